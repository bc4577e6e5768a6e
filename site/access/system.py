"""The actor of background work.

It may do what the workflow it runs may do, and is named as such in the audit log.
"""

from __future__ import annotations


class System:
    """An actor without account or session, recorded as `system`."""

    pk = None
    is_authenticated = True
    is_superuser = True
    is_active = True
    audit_label = "system"

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM = System()

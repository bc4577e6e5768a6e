"""The actor of background work: may do what the workflow it runs may do, and is named as such in the record."""

from __future__ import annotations


class System:
    """No account, no session; recorded as `system`."""

    pk = None
    is_authenticated = True
    is_superuser = True
    is_active = True
    audit_label = "system"

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM = System()

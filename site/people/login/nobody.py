"""The actor of what a stranger does at the door."""

from __future__ import annotations


class Nobody:
    """No account; recorded as `anonymous`."""

    pk = None
    is_authenticated = False
    audit_label = "anonymous"


NOBODY = Nobody()

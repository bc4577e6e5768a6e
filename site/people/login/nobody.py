"""The actor of what people do before they are signed in."""

from __future__ import annotations


class Nobody:
    """An actor without an account, recorded as `anonymous`."""

    pk = None
    is_authenticated = False
    audit_label = "anonymous"


NOBODY = Nobody()

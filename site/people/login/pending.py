"""What an anonymous session may hold between two steps of sign-in.

Each entry is for one purpose and short-lived.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock

CODE = "people_code"  # a one-time code was asked for: token, purpose, where it went, next
CHOICE = "people_choice"  # a code fitted several accounts: their numbers, purpose, next
OFFER = "people_outside"  # an outside identity nobody has linked yet
SECONDS = {CODE: 600, CHOICE: 600, OFFER: 900}


def put_pending(request: HttpRequest, what: str, **values: Any) -> None:
    """Keep *values* for the next step."""
    request.session[what] = {**values, "at": int(clock.timestamp())}


def get_pending(request: HttpRequest, what: str) -> dict[str, Any] | None:
    """Return what was kept, or None if there is nothing or it is too old."""
    kept = request.session.get(what)
    if not isinstance(kept, dict) or clock.timestamp() - kept.get("at", 0) > SECONDS[what]:
        return None
    return kept


def drop_pending(request: HttpRequest, what: str) -> None:
    """Forget what was kept."""
    request.session.pop(what, None)


def has_offer(request: HttpRequest) -> bool:
    """Say whether an external identity waits to be linked."""
    return get_pending(request, OFFER) is not None

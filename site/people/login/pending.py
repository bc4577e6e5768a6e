"""What an anonymous session may hold between two steps at the door; each entry is for one purpose and short-lived."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock

CODE = "people_code"  # a one-time code was asked for: token, purpose, where it went, next
CHOICE = "people_choice"  # a code fitted several accounts: their numbers, purpose, next
OFFER = "people_outside"  # an outside identity nobody has linked yet
SECONDS = {CODE: 600, CHOICE: 600, OFFER: 900}


def put(request: HttpRequest, what: str, **values: Any) -> None:
    """Keep *values* for the next step."""
    request.session[what] = {**values, "at": int(clock.timestamp())}


def get(request: HttpRequest, what: str) -> dict[str, Any] | None:
    """Return what was kept, if it isn't too old."""
    kept = request.session.get(what)
    if not isinstance(kept, dict) or clock.timestamp() - kept.get("at", 0) > SECONDS[what]:
        return None
    return kept


def drop(request: HttpRequest, what: str) -> None:
    """Forget it."""
    request.session.pop(what, None)


def has_offer(request: HttpRequest) -> bool:
    """Say whether an outside identity waits to be linked."""
    return get(request, OFFER) is not None

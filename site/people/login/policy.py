"""Who needs a second factor. `access` stands above and knows the roles: it tells us through `ask_with` when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache

SECONDS = 60  # how long an answer may be old; `forget` makes it new at once
_asked: list[Callable[[Any], bool]] = []


def ask_with(strong: Callable[[Any], bool]) -> None:
    """Tell which function says whether a user holds a role that needs a second factor (one query; called at most once a minute)."""
    _asked[:] = [strong]


def holds_strong_role(user: Any) -> bool:
    """Say whether *user* works for the site or judges others: staff, superusers, and every role declared strong."""
    if not getattr(user, "is_authenticated", False):
        return False
    if user.is_staff or user.is_superuser:
        return True
    if not _asked:
        return False
    key = _key(user.pk)
    known = cache.get(key)
    if known is None:
        known = bool(_asked[0](user))
        cache.set(key, known, SECONDS)
    return bool(known)


def second_factor_required(user: Any) -> bool:
    """Say whether *user* may go on only after a second factor (never, where CRAFTPATH_MFA_REQUIRED is off, as in the demo)."""
    return bool(settings.CRAFTPATH_MFA_REQUIRED) and holds_strong_role(user)


def forget(user_id: int) -> None:
    """Ask anew at the next request: call it when a role was given or withdrawn."""
    cache.delete(_key(user_id))


def _key(user_id: int) -> str:
    return f"people:strong-role:{user_id}"

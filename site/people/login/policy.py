"""Who needs a second factor.

The app `access`, which is above this one, knows the roles and calls `set_strong_role_check` when
Django starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

SECONDS = 60  # how long an answer may be old; `forget` makes it new at once
_asked: list[Callable[[Any], bool]] = []


def set_strong_role_check(strong: Callable[[Any], bool]) -> None:
    """Set the function that says whether a user holds a role that needs a second factor.

    It costs one query and is called at most once a minute for each user.
    """
    _asked[:] = [strong]


def holds_strong_role(user: User | AnonymousUser) -> bool:
    """Say whether *user* works for the site or judges others.

    These are staff, superusers, and holders of every role declared strong.
    """
    if not user.is_authenticated:
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


def second_factor_required(user: User | AnonymousUser) -> bool:
    """Say whether *user* may go on only after a second factor (never, where CRAFTPATH_MFA_REQUIRED
    is off, as in the demo).
    """
    return bool(settings.CRAFTPATH_MFA_REQUIRED) and holds_strong_role(user)


def forget_strong_role(user_id: int) -> None:
    """Forget the cached answer, so that the next request asks again.

    Call it when a role was given or withdrawn.
    """
    cache.delete(_key(user_id))


def _key(user_id: int) -> str:
    return f"people:strong-role:{user_id}"

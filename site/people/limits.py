"""How often a password may be guessed: counted by address and by user name, in the cache."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.cache import cache
from django.http import HttpRequest

from audit.context import client_address

WINDOW = 15 * 60
BY_NAME = 10
BY_ADDRESS = 50  # a workshop shares one address


def _keys(request: HttpRequest, username: str) -> tuple[tuple[str, int], tuple[str, int]]:
    hashed = hashlib.sha256(username.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return (f"sign-in:name:{hashed}", BY_NAME), (f"sign-in:address:{client_address(request)}", BY_ADDRESS)


def too_many_failures(request: HttpRequest) -> bool:
    """Say whether this name or this address has to wait."""
    return any(cache.get(key, 0) >= limit for key, limit in _keys(request, request.POST.get("username", "")))


def _count(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is None:
        return
    for key, _limit in _keys(request, str(credentials.get("username", ""))):
        cache.add(key, 0, WINDOW)
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two lines
            cache.set(key, 1, WINDOW)


def _clear(*, request: HttpRequest | None = None, user: Any, **_: Any) -> None:
    if request is not None:
        cache.delete(_keys(request, user.get_username())[0][0])


def connect() -> None:
    """Count failures and forget them after a success."""
    user_login_failed.connect(_count, dispatch_uid="people.limits.count")
    user_logged_in.connect(_clear, dispatch_uid="people.limits.clear")

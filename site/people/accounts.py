"""The account of a request or of an actor, where the system and visitors won't do."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.actors import Actor
from people.models import User


def signed_in_account(request: HttpRequest) -> User:
    """Return the account that is signed in; raise `PermissionDenied` to visitors."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_account(actor: Actor | None) -> User:
    """Return *actor*, which must be an account; raise `TypeError` for the system and for visitors."""
    if not isinstance(actor, User):
        msg = f"an account is needed here, not {actor!r}"
        raise TypeError(msg)
    return actor


def account_or_none(actor: Actor) -> User | None:
    """Return *actor*, or None for the system, as a row keeps who acted."""
    return None if actor.pk is None else require_account(actor)

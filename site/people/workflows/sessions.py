"""Ends of sessions, which may be one of them, all others, or all (after a new password or a
withdrawn role).
"""

from __future__ import annotations

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

import audit
from core.actors import Actor
from core.errors import NotFound


@transaction.atomic
def end_session(*, actor: Actor, session: UserSession) -> None:
    """End one session of the actor's own list.

    Raises `NotFound` for another account's session.
    """
    if session.user_id != actor.pk:
        raise NotFound
    audit.record("people.session_ended", actor=actor, target=actor, after={"address": session.ip})
    key = session.session_key
    session.delete()
    transaction.on_commit(lambda: _forget(key))


@transaction.atomic
def end_sessions(
    *, actor: Actor, user: Actor, keep: HttpRequest | None = None, reason: str = ""
) -> int:
    """End every session of *user*, whether or not it is listed, except the one of the request
    *keep*.

    Returns how many listed sessions there were. A new epoch makes all of them invalid at their next
    request, so none can be missed. Call it when a password was changed or a role was withdrawn.
    """
    users = get_user_model()._default_manager
    users.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user = users.get(pk=user.pk)
    kept = keep.session.session_key if keep is not None else None
    rows = UserSession.objects.filter(user=user).exclude(session_key=kept)
    keys = list(rows.values_list("session_key", flat=True))
    rows.delete()
    audit.record(
        "people.sessions_ended", actor=actor, target=user, after={"count": len(keys)}, reason=reason
    )
    if keep is not None:
        update_session_auth_hash(keep, user)  # a new key too: whoever copied the old cookie is out
        UserSession.objects.filter(user=user, session_key=kept).update(
            session_key=keep.session.session_key
        )
    transaction.on_commit(lambda: _forget(*keys))
    return len(keys)


def _forget(*keys: str) -> None:
    """Remove the data of the sessions, from cache and table alike."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()

"""What the current session has proven, read from allauth's records, and its row in the list of
sessions.
"""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from core import clock
from core.actors import Actor

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def second_factor_given(request: HttpRequest) -> bool:
    """Say whether a passkey, a code of the app or a recovery code was shown in this session (no
    query).
    """
    return any(
        record.get("method") == "mfa"
        for record in get_authentication_records(request, request.user)
    )


def note_second_factor(request: HttpRequest, authenticator: Authenticator) -> None:
    """Count setting up a factor as using it, because the person has just proven to have it."""
    record_authentication(
        request, request.user, "mfa", id=authenticator.pk, type=authenticator.type
    )


def has_second_factor(user: Actor) -> bool:
    """Say whether *user* has set up a passkey or an app (one query)."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def touch_session(request: HttpRequest) -> None:
    """Store when the session was last seen (one UPDATE, at most once a minute)."""
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=clock.now()
    )


def drop_row(request: HttpRequest) -> None:
    """Remove the session from the list.

    The caller ends the session itself.
    """
    UserSession.objects.filter(session_key=request.session.session_key).delete()

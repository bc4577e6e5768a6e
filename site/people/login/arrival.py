"""What happens when a sign-in is complete.

It writes the audit event, the list of sessions and the known device, and decides which page must
come first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

import audit
from core import clock
from jobs import outcomes
from people.login import devices, policy
from people.login.gate import MUST_CHANGE, SEEN
from people.login.pending import has_offer

if TYPE_CHECKING:
    from people.models import User

NEW_DEVICE = "people.signed_in_new_device"  # outcome: subjects are accounts, the payload names the row in KnownDevice


@transaction.atomic
def complete_sign_in(request: HttpRequest, user: User, *, next_url: str = "") -> HttpResponse:
    """Record the sign-in of *user*, who is signed in already, and return the redirect to the next
    page.
    """
    ways = [way_of(record) for record in get_authentication_records(request, user)] or ["demo"]
    audit.record("people.signed_in", actor=user, target=user, after={"ways": ways})
    device, tell, cookie = devices.recognise_device(request, user)
    if tell:
        audit.record(
            "people.signed_in_new_device", actor=user, target=user, after={"device": device.label}
        )
        outcomes.announce_outcome(
            NEW_DEVICE, [str(user.pk)], actor=user, payload={"device": device.pk}
        )
    UserSession.objects.create_from_request(request)
    request.session[SEEN] = int(clock.now().timestamp())
    if "password" in ways and (user.must_change_password or password_is_old(user)):
        request.session[MUST_CHANGE] = "first" if user.must_change_password else "old"
    target = next_url or resolve_url(settings.LOGIN_REDIRECT_URL)
    if has_offer(request):
        target = reverse("people:link")
    response = HttpResponseRedirect(target)
    devices.set_device_cookie(response, cookie, secure=request.is_secure())
    return response


def way_of(record: dict[str, Any]) -> str:
    """Return one word for an entry of allauth's authentication records."""
    method = str(record.get("method", ""))
    return (
        str(record.get("type") or method)
        if method == "mfa"
        else str(record.get("provider") or method)
    )


def password_is_old(user: User) -> bool:
    """Say whether *user*'s password is older than STAFF_PASSWORD_DAYS.

    It applies only to roles that need a second factor. With 0 days a password never gets too old.
    """
    days = settings.STAFF_PASSWORD_DAYS
    if not days or not policy.holds_strong_role(user):
        return False
    chosen = user.password_changed_at or user.date_joined
    return bool(chosen < clock.now() - timedelta(days=days))

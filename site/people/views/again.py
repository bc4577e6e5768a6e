"""The page that asks the person to confirm who they are, and leads back."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

import audit
from people import throttling
from people.accounts import signed_in_account
from people.forms.again import ConfirmPasswordForm
from people.forms.factors import AgainCodeForm, PasskeyAgainForm
from people.login import policy, proof, recent
from people.views.sign_in import safe_next


@sensitive_post_parameters()
@never_cache
@login_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ask for password, passkey or code of the app, and go back to the sensitive action.

    If the role needs a second factor and none was shown in this session, that factor is asked for.
    A password is not enough then.
    """
    user = signed_in_account(request)
    target = safe_next(request, resolve_url(settings.LOGIN_REDIRECT_URL))
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    has_factor = bool(kinds & set(proof.FACTORS))
    factor_only = (
        has_factor
        and policy.second_factor_required(user)
        and not proof.second_factor_given(request)
    )
    by_code, by_passkey = "code" in request.POST, "credential" in request.POST
    by_password = (
        request.method == "POST"
        and not (by_code or by_passkey or "demo" in request.POST)
        and not factor_only
    )
    password = ConfirmPasswordForm(
        request.POST if by_password else None, user=user, request=request
    )
    code: Any = AgainCodeForm(request.POST if by_code and has_factor else None, user=user)
    fault = ""
    if request.method == "POST":
        way = ""
        if by_passkey and has_factor:
            asked = PasskeyAgainForm(request.POST, user=user)
            if seconds := throttling.throttle_attempt(throttling.SECOND_FACTOR, str(user.pk)):
                fault = throttling.locked_sentence(seconds)
            elif asked.is_valid():
                throttling.clear_attempts(throttling.SECOND_FACTOR, str(user.pk))
                asked.save()
                way = "passkey"
            else:
                fault = _(
                    "The device couldn't confirm your identity. Try again, or use another way."
                )
        elif by_code and has_factor and code.is_valid():
            code.save()
            way = "code"
        elif by_password and password.is_valid():
            record_authentication(request, user, "password", reauthenticated=True)
            way = "password"
        elif settings.DEMO and "demo" in request.POST:
            way = "demo"
        if way:
            return _confirmed(request, target, way)
        with transaction.atomic():
            audit.record(
                "people.second_factor_failed" if by_code or by_passkey else "people.sign_in_failed",
                actor=user,
                target=user,
            )
    context = {
        "form": None if factor_only or not user.has_usable_password() else password,
        "code_form": code if has_factor else None,
        "options": passkeys.begin_authentication(user)
        if Authenticator.Type.WEBAUTHN in kinds
        else None,
        "passkey_fault": fault,
        "factor_only": factor_only,
        "next": target,
        "minutes": settings.CRAFTPATH_STEP_UP_MINUTES,
        "pressed": request.session.get(recent.PRESSED, False),
        "is_demo_person": settings.DEMO,
    }
    return render(
        request, "people/again.html", context, status=422 if request.method == "POST" else 200
    )


def _confirmed(request: HttpRequest, target: str, way: str) -> HttpResponse:
    with transaction.atomic():
        audit.record(
            "people.confirmed_again", actor=request.user, target=request.user, after={"way": way}
        )
    recent.note_confirmed(request)
    if request.session.pop(recent.PRESSED, False):
        messages.info(
            request,
            _(
                "Your identity is confirmed. Nothing has been done yet, so press the button "
                "once more."
            ),
        )
    return HttpResponseRedirect(target)

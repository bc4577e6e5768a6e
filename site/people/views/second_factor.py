"""Views of the second factor, which ask for it at sign-in, require it where a role needs one, set
it up and remove it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as app_codes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as passkeys
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

import audit
from core.actors import Actor
from people import throttling
from people.accounts import signed_in_account
from people.forms.factors import (
    AddAppForm,
    AddPasskeyForm,
    PasskeySecondForm,
    RenamePasskeyForm,
    SecondFactorForm,
)
from people.login import policy, proof, qr
from people.login.nobody import NOBODY
from people.login.recent import recent_sign_in_required
from people.views.sign_in import safe_next
from people.workflows import credentials


@sensitive_post_parameters()
@login_stage_required(stage=LoginStageKey.MFA_AUTHENTICATE.value, redirect_urlname="people:sign_in")
def ask_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor after the first was given."""
    stage: Any = request._login_stage
    user = stage.login.user
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    by_passkey = "credential" in request.POST
    form: Any = SecondFactorForm(
        request.POST if request.method == "POST" and not by_passkey else None, user=user
    )
    passkey_fault = ""
    if request.method == "POST":
        if not user.is_active:
            return stage.abort()
        asked: Any = PasskeySecondForm(request.POST, user=user) if by_passkey else form
        if by_passkey and (
            seconds := throttling.throttle_attempt(throttling.SECOND_FACTOR, str(user.pk))
        ):
            passkey_fault = throttling.locked_sentence(seconds)
        elif asked.is_valid():
            throttling.clear_attempts(throttling.SECOND_FACTOR, str(user.pk))
            with transaction.atomic():
                asked.save()
                return stage.exit()
        else:
            passkey_fault = (
                _("The device couldn't confirm your identity. Try again, or use a code.")
                if by_passkey
                else ""
            )
        with transaction.atomic():
            audit.record(
                "people.second_factor_failed",
                actor=NOBODY,
                target=user,
                after={"way": "passkey" if by_passkey else "code"},
            )
    context = {
        "form": form,
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "passkey_fault": passkey_fault,
        "options": passkeys.begin_authentication(user)
        if Authenticator.Type.WEBAUTHN in kinds
        else None,
    }
    return render(
        request,
        "people/second_factor.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """Show a person whose role needs a second factor how to set one up.

    No other page opens before that.
    """
    if proof.has_second_factor(request.user) or not policy.second_factor_required(request.user):
        return redirect("people:account")
    target = safe_next(request, "")
    if target:
        request.session["people_after_set_up"] = target
    return render(request, "people/set_up.html", {})


@sensitive_post_parameters()
@never_cache
@recent_sign_in_required
def app_add(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app by showing the picture to scan and asking for the first code."""
    if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
        messages.info(
            request,
            _(
                "An authenticator app is already set up. Remove it first if you want to use "
                "another one."
            ),
        )
        return redirect("people:account")
    if request.method == "POST" and not request.session.get(app_codes.SECRET_SESSION_KEY):
        return redirect("people:app_add")  # another tab has finished, or the session is new
    form = AddAppForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = TOTP.activate(request.user, form.secret).instance
            first_codes = credentials.factor_added(actor=request.user, authenticator=made)
        app_codes.clear_totp_secret(request)
        return _added(request, made, first_codes, _("The authenticator app is set up."))
    context = {
        "form": form,
        "secret": _grouped(form.secret),
        "picture": qr.draw_totp_qr_code(request.user, form.secret),
    }
    return render(request, "people/app_add.html", context, status=422 if form.is_bound else 200)


@never_cache
@recent_sign_in_required
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Add a passkey, which the device makes and of which we keep the public half."""
    form = AddPasskeyForm(
        request.POST or None, user=request.user, initial={"name": _suggested(request.user)}
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = passkeys.WebAuthn.add(
                request.user, form.cleaned_data["name"][:50], form.cleaned_data["credential"]
            ).instance
            first_codes = credentials.factor_added(actor=request.user, authenticator=made)
        return _added(
            request,
            made,
            first_codes,
            _("The passkey has been added. You can now sign in with it."),
        )
    fault = (
        _("The device didn't complete the step, so no passkey was added. Try again.")
        if form.is_bound
        else ""
    )
    context = {
        "form": form,
        "fault": fault,
        "options": passkeys.begin_registration(request.user, True),
    }
    return render(request, "people/passkey_add.html", context, status=422 if form.is_bound else 200)


def _suggested(user: Actor) -> str:
    count = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count()
    return _("Passkey %(n)d") % {"n": count + 1}


def _added(
    request: HttpRequest, made: Authenticator, first_codes: Authenticator | None, sentence: str
) -> HttpResponse:
    proof.note_second_factor(request, made)
    messages.success(request, sentence)
    if first_codes is not None:
        return redirect("people:recovery_codes")
    return redirect(request.session.pop("people_after_set_up", None) or "people:account")


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@never_cache
@recent_sign_in_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes once, and make new ones on a POST."""
    row = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if request.method == "POST":
        row = credentials.make_recovery_codes(actor=request.user, user=signed_in_account(request))
        messages.success(request, _("New codes have been created. The old ones no longer work."))
        return redirect("people:recovery_codes")
    wrapped: RecoveryCodes | None = row.wrap() if row else None
    shown = wrapped.get_unused_codes() if wrapped and not wrapped.did_view else []
    if wrapped:
        wrapped.mark_as_viewed()
    context = {
        "shown": [f"{code[:4]} {code[4:]}" for code in shown],
        "left": len(wrapped.get_unused_codes()) if wrapped else 0,
        "may_make": proof.has_second_factor(request.user),
        "after": request.session.pop("people_after_set_up", None) or resolve_url("people:account"),
    }
    return render(request, "people/recovery_codes.html", context)


def _own(request: HttpRequest, pk: int, *kinds: str) -> Authenticator:
    found = Authenticator.objects.filter(pk=pk, user=request.user, type__in=kinds).first()
    if found is None:
        raise Http404
    return found


@never_cache
@recent_sign_in_required
def passkey_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a passkey another name."""
    passkey = _own(request, pk, Authenticator.Type.WEBAUTHN)
    form = RenamePasskeyForm(request.POST or None, initial={"name": passkey.wrap().name})
    if request.method == "POST" and form.is_valid():
        credentials.rename_passkey(
            actor=request.user, authenticator=passkey, name=form.cleaned_data["name"]
        )
        return redirect("people:account")
    return render(
        request, "people/passkey_rename.html", {"form": form}, status=422 if form.is_bound else 200
    )


@never_cache
@recent_sign_in_required
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey or the app, after saying what that means."""
    factor = _own(request, pk, *proof.FACTORS)
    if request.method == "POST":
        credentials.remove_factor(actor=request.user, authenticator=factor)
        messages.success(request, _("Removed. It no longer opens this account."))
        return redirect("people:account")
    is_app = factor.type == Authenticator.Type.TOTP
    last = (
        not Authenticator.objects.filter(user=request.user, type__in=proof.FACTORS)
        .exclude(pk=factor.pk)
        .exists()
    )
    context = {"is_app": is_app, "name": "" if is_app else factor.wrap().name, "last": last}
    return render(request, "people/factor_remove.html", context)

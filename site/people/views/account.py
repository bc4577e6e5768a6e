"""Views of one's own account.

Every way to sign in has its own page, which says what a change means and leads back.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core import clock, sms
from core.errors import InvalidInput
from people import throttling
from people.accounts import signed_in_account
from people.forms.again import ConfirmPasswordForm
from people.forms.codes import CodeForm, MailForm, PhoneForm
from people.forms.passwords import NewPasswordForm
from people.login import devices, outside, pending, policy, proof
from people.login.enums import CodeChannel, CodePurpose
from people.login.gate import MUST_CHANGE
from people.login.recent import recent_sign_in_required
from people.views.by_code import mask_contact, redeem_typed_code, send_contact_code
from people.workflows import codes, credentials, sessions


def own_sessions(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the person's live sessions, the current one first, with two queries however many
    there are.
    """
    rows = list(UserSession.objects.filter(user=request.user).order_by("-last_seen_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=clock.now()
        ).values_list("session_key", flat=True)
    )
    listed = [
        {
            "pk": row.pk,
            "device": devices.describe_device(row.user_agent),
            "address": row.ip,
            "seen": row.last_seen_at,
            "began": row.created_at,
            "this": row.session_key == request.session.session_key,
        }
        for row in rows
        if row.session_key in alive
    ]
    return sorted(listed, key=lambda row: not row["this"])


@never_cache
@login_required
def show_account(request: HttpRequest) -> HttpResponse:
    """Show everything that signs the visitor in."""
    user = signed_in_account(request)
    factors = list(Authenticator.objects.filter(user=user).order_by("pk"))
    linked = {
        row.provider: row for row in SocialAccount.objects.filter(user=request.user).order_by("pk")
    }
    ways = outside.usable_ways(request)
    spare = next(
        (row.wrap() for row in factors if row.type == Authenticator.Type.RECOVERY_CODES), None
    )
    context = {
        "app": next((row for row in factors if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [
            {"row": row, "name": row.wrap().name}
            for row in factors
            if row.type == Authenticator.Type.WEBAUTHN
        ],
        "has_factor": any(row.type in proof.FACTORS for row in factors),
        "codes_left": len(spare.get_unused_codes()) if spare else 0,
        "required": policy.second_factor_required(request.user),
        "sessions": own_sessions(request),
        "linked": [
            {"row": row, "name": outside.way_name(request, key)} for key, row in linked.items()
        ],
        "linkable": [way for way in ways if way.key not in linked],
        "phone": mask_contact(user.phone) if user.phone else "",
        "mail": mask_contact(user.email) if user.email else "",
        "by_sms": sms.can_send_sms(),
    }
    return render(request, "people/account.html", context)


@sensitive_post_parameters()
@never_cache
@login_required
def change_own_password(request: HttpRequest) -> HttpResponse:
    """Change the password, which asks for the present one and twice for the new one.

    Other devices are signed out.
    """
    user = signed_in_account(request)
    why = request.session.get(MUST_CHANGE, "")
    new = NewPasswordForm(request.POST or None, user=user)
    old = (
        ConfirmPasswordForm(request.POST or None, user=user, request=request, prefix="old")
        if user.has_usable_password()
        else None
    )
    if request.method == "POST" and (old is None or old.is_valid()) and new.is_valid():
        credentials.change_password(
            actor=user, user=user, password=new.cleaned_data["password"], request=request
        )
        request.session.pop(MUST_CHANGE, None)
        messages.success(
            request, _("Your password has been changed. All other devices are signed out.")
        )
        return redirect("people:account")
    if old is not None:
        old.fields["password"].label = _("Current password")
    return render(
        request,
        "people/password.html",
        {"old": old, "new": new, "why": why},
        status=422 if new.is_bound else 200,
    )


def _ask_contact(
    request: HttpRequest,
    form: Any,
    field: str,
    *,
    purpose: CodePurpose,
    then: str,
    context: dict[str, Any],
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            send_contact_code(
                request,
                purpose=purpose,
                to=form.cleaned_data[field],
                user=signed_in_account(request),
                anybody=True,
            )
        except throttling.TooMany as error:
            form.add_error(field, str(error))
            status = error.status
        else:
            return redirect(then)
    return render(request, "people/contact.html", {"form": form, **context}, status=status)


def _confirm_contact(
    request: HttpRequest, *, purpose: CodePurpose, start: str, sentence: str
) -> HttpResponse:
    kept = pending.get_pending(request, pending.CODE)
    if kept is None or kept["purpose"] != purpose.value:
        return redirect(start)
    form = CodeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            row = redeem_typed_code(request, kept, form.cleaned_data["code"])
            if row.user_id != request.user.pk:
                raise InvalidInput("code_over", codes.OVER)
        except throttling.TooMany as error:
            form.add_error("code", str(error))
            status = error.status
        except InvalidInput as error:
            form.add_error("code", str(error))
        else:
            pending.drop_pending(request, pending.CODE)
            if kept["channel"] == CodeChannel.SMS:
                credentials.confirm_phone(
                    actor=request.user, user=signed_in_account(request), phone=kept["to"]
                )
            else:
                credentials.confirm_mail(
                    actor=request.user, user=signed_in_account(request), mail=kept["to"]
                )
            messages.success(request, sentence)
            return redirect("people:account")
    context = {
        "form": form,
        "to": mask_contact(kept["to"]),
        "start": start,
        "eyebrow": _("My account"),
        "minutes": codes.MINUTES,
    }
    return render(request, "people/code.html", context, status=status)


@never_cache
@recent_sign_in_required
def change_own_phone(request: HttpRequest) -> HttpResponse:
    """Set or change the number, which counts once its code is typed."""
    if not sms.can_send_sms():
        raise Http404
    form = PhoneForm(request.POST or None)
    return _ask_contact(
        request,
        form,
        "phone",
        purpose=CodePurpose.PHONE,
        then="people:phone_enter",
        context={"is_phone": True},
    )


@never_cache
@recent_sign_in_required
def phone_enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code sent to the new number."""
    return _confirm_contact(
        request,
        purpose=CodePurpose.PHONE,
        start="people:phone",
        sentence=_("Your phone number is confirmed."),
    )


@never_cache
@recent_sign_in_required
def change_own_mail(request: HttpRequest) -> HttpResponse:
    """Set or change the mail address, which counts once its code is typed."""
    form = MailForm(request.POST or None)
    return _ask_contact(
        request,
        form,
        "mail",
        purpose=CodePurpose.MAIL,
        then="people:mail_enter",
        context={"is_phone": False},
    )


@never_cache
@recent_sign_in_required
def mail_enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code sent to the new address."""
    return _confirm_contact(
        request,
        purpose=CodePurpose.MAIL,
        start="people:mail",
        sentence=_("Your email address is confirmed."),
    )


def _confirmed(request: HttpRequest, **context: Any) -> HttpResponse:
    return render(request, "people/confirm.html", context)


@never_cache
@recent_sign_in_required
def phone_remove(request: HttpRequest) -> HttpResponse:
    """Remove the number from the account, after saying what that means."""
    if request.method == "POST":
        credentials.remove_phone(actor=request.user, user=signed_in_account(request))
        messages.success(request, _("The number has been removed from your account."))
        return redirect("people:account")
    return _confirmed(
        request,
        title=_("Remove the phone number"),
        consequence=_(
            "You will no longer be able to sign in or reset your password by text message."
        ),
        detail=_("Your member record has its own phone number. Only your union can change it."),
        action_label=_("Remove the number"),
    )


@never_cache
@recent_sign_in_required
def mail_remove(request: HttpRequest) -> HttpResponse:
    """Remove the mail address from the account, after saying what that means."""
    if request.method == "POST":
        credentials.remove_mail(actor=request.user, user=signed_in_account(request))
        messages.success(request, _("The email address has been removed from your account."))
        return redirect("people:account")
    return _confirmed(
        request,
        title=_("Remove the email address"),
        consequence=_(
            "You will no longer be able to reset your password by email, and you won't "
            "receive messages there."
        ),
        action_label=_("Remove the email address"),
    )


@never_cache
@login_required
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one other device."""
    row = UserSession.objects.filter(pk=pk, user=request.user).first()
    if row is None:
        raise Http404
    if row.session_key == request.session.session_key:
        messages.info(request, _("That is this device. To sign out here, use “Sign out”."))
        return redirect("people:account")
    if request.method == "POST":
        sessions.end_session(actor=request.user, session=row)
        messages.success(request, _("That device is signed out."))
        return redirect("people:account")
    return _confirmed(
        request,
        title=_("Sign out this device"),
        consequence=_("%(device)s at %(address)s will have to sign in again.")
        % {"device": devices.describe_device(row.user_agent), "address": row.ip},
        detail=_("If you don't know this device, change your password as well."),
        action_label=_("Sign it out"),
    )


@never_cache
@login_required
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Sign out every other device."""
    if request.method == "POST":
        sessions.end_sessions(actor=request.user, user=request.user, keep=request)
        messages.success(request, _("All other devices are signed out."))
        return redirect("people:account")
    return _confirmed(
        request,
        title=_("Sign out all other devices"),
        consequence=_(
            "All devices except this one will have to sign in again. Unsaved work on them is lost."
        ),
        action_label=_("Sign out all"),
    )


@never_cache
@recent_sign_in_required
def unlink_identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Unlink an external identity."""
    row = SocialAccount.objects.filter(pk=pk, user=request.user).first()
    if row is None:
        raise Http404
    name = outside.way_name(request, row.provider)
    if request.method == "POST":
        credentials.unlink_outside(actor=request.user, account=row)
        messages.success(
            request, _("%(name)s has been unlinked from this account.") % {"name": name}
        )
        return redirect("people:account")
    return _confirmed(
        request,
        title=_("Unlink %(name)s") % {"name": name},
        consequence=_(
            "You will no longer be able to sign in here with %(name)s. You can link it "
            "again at any time."
        )
        % {"name": name},
        action_label=_("Unlink"),
    )

"""Sign-in by a code on the phone, a new password by a code, and the first sign-in by the office's
code.

Unknown contacts get the same answer as known ones.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

import audit
from core import sms
from core.errors import InvalidInput, NotFound
from core.text import mask_mobile, mask_name
from people import throttling
from people.forms.codes import ActivationForm, ChoiceForm, CodeForm, ContactForm, PhoneForm
from people.forms.passwords import NewPasswordForm
from people.login import pending
from people.login.enums import CodeChannel, CodePurpose
from people.login.nobody import NOBODY
from people.models import OneTimeCode, User
from people.views.sign_in import safe_next
from people.workflows import codes, credentials


def list_contact_holders(channel: str, to: str) -> QuerySet[Any]:
    """Return the active accounts that have confirmed *to* as theirs (a family may share a number).

    An account that the office has just opened counts too. Nobody has signed in to it, and it has no
    password. So the code to the number that the office recorded is its first sign-in and confirms
    that number.
    """
    users = get_user_model().objects.filter(is_active=True).order_by("pk")
    if channel == CodeChannel.SMS:
        never_used = Q(last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return users.filter(Q(phone_verified_at__isnull=False) | never_used, phone=to)
    return users.filter(email__iexact=to).exclude(email_verified_at=None)


def mask_contact(to: str) -> str:
    """Return a number or address masked so that its owner still recognises it."""
    if "@" in to:
        name, _at, host = to.partition("@")
        return f"{name[:1]}***@{host}"
    return mask_mobile(to)


def send_contact_code(
    request: HttpRequest,
    *,
    purpose: CodePurpose,
    to: str,
    user: User | None = None,
    anybody: bool = False,
    next_url: str = "",
) -> None:
    """Count, make and send a code, and remember it in the session.

    Raises `limits.TooMany`.
    """
    channel = CodeChannel.MAIL if "@" in to else CodeChannel.SMS
    throttling.take_code(request, to.casefold())
    known = anybody or list_contact_holders(channel, to).exists()
    row = codes.issue_one_time_code(
        actor=user or NOBODY, purpose=purpose, channel=channel, to=to, send=known, user=user
    )
    pending.put_pending(
        request,
        pending.CODE,
        token=row.token,
        purpose=purpose.value,
        to=to,
        channel=channel.value,
        next=next_url,
    )


def redeem_typed_code(request: HttpRequest, kept: dict[str, Any], code: str) -> OneTimeCode:
    """Use up the code typed.

    Raises `InvalidInput` or `limits.TooMany` with the sentence, and records refusals.
    """
    address = throttling.address_of(request)
    if seconds := throttling.throttle_attempt(throttling.CODE_TYPED, address):
        raise throttling.TooMany(seconds)
    try:
        row = codes.redeem_one_time_code(
            token=kept["token"], code=code, purpose=CodePurpose(kept["purpose"])
        )
    except InvalidInput as error:
        with transaction.atomic():
            audit.record(
                "people.code_refused",
                actor=NOBODY,
                target=User(),
                after={"purpose": kept["purpose"], "why": error.code},
            )
        raise
    throttling.return_attempt(throttling.CODE_TYPED, address)
    return row


def _ask_where(
    request: HttpRequest, form: Any, field: str, template: str, *, purpose: CodePurpose, then: str
) -> HttpResponse:
    """Ask for the contact, send the code, and redirect to the page where it is typed."""
    next_url = safe_next(request, "")
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            send_contact_code(
                request, purpose=purpose, to=form.cleaned_data[field], next_url=next_url
            )
        except throttling.TooMany as error:
            form.add_error(field, str(error))
            status = error.status
        else:
            return redirect(then)
    return render(request, template, {"form": form, "next": next_url}, status=status)


def _ask_code(
    request: HttpRequest, *, purpose: CodePurpose, start: str, then: Any, eyebrow: str
) -> HttpResponse:
    """Ask for the code, and answer with *then* once it is right."""
    kept = pending.get_pending(request, pending.CODE)
    if kept is None or kept["purpose"] != purpose.value:
        return redirect(start)
    form = CodeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            redeem_typed_code(request, kept, form.cleaned_data["code"])
        except throttling.TooMany as error:
            form.add_error("code", str(error))
            status = error.status
        except InvalidInput as error:
            form.add_error("code", str(error))
        else:
            pending.drop_pending(request, pending.CODE)
            return then(kept)
    context = {
        "form": form,
        "to": mask_contact(kept["to"]),
        "start": start,
        "eyebrow": eyebrow,
        "minutes": codes.MINUTES,
    }
    return render(request, "people/code.html", context, status=status)


@sensitive_post_parameters()
@never_cache
def sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """Ask for the number a sign-in code goes to."""
    if not sms.can_send_sms():
        raise NotFound
    if request.user.is_authenticated:
        return redirect("home:me")
    form = PhoneForm(request.POST or None)
    return _ask_where(
        request,
        form,
        "phone",
        "people/by_code.html",
        purpose=CodePurpose.SIGN_IN,
        then="people:code_enter",
    )


@sensitive_post_parameters()
@never_cache
def code_enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and sign in the person who has that number."""

    def then(kept: dict[str, Any]) -> HttpResponse:
        users = list(list_contact_holders(kept["channel"], kept["to"]))
        if not users:  # the account was closed meanwhile
            return redirect("people:sign_in")
        if len(users) > 1:
            pending.put_pending(
                request,
                pending.CHOICE,
                users=[user.pk for user in users],
                purpose="sign_in",
                next=kept["next"],
                to=kept["to"],
            )
            return redirect("people:code_choose")
        return _in(request, users[0], kept["next"], phone=kept["to"])

    return _ask_code(
        request,
        purpose=CodePurpose.SIGN_IN,
        start="people:by_code",
        then=then,
        eyebrow=_("Sign in with a code"),
    )


@transaction.atomic
def _in(request: HttpRequest, user: User, next_url: str, *, phone: str = "") -> HttpResponse:
    if phone and user.phone == phone and not user.phone_verified_at:
        credentials.confirm_phone(actor=user, user=user, phone=phone)
    record_authentication(request, user, "code")
    return perform_login(request, Login(user=user, redirect_url=next_url or None))


def _names(users: list[Any]) -> list[tuple[str, str]]:
    """Return masked names that tell the accounts of one number apart."""
    rows = []
    for user in users:
        person = getattr(user, "person", None)
        name = person.masked_name if person else mask_name(user.display_name or user.username)
        rows.append(
            (
                str(user.pk),
                _("%(name)s, user name %(start)s…") % {"name": name, "start": user.username[:3]},
            )
        )
    return rows


@never_cache
def code_choose(request: HttpRequest) -> HttpResponse:
    """Ask which of the accounts that share the number it is."""
    kept = pending.get_pending(request, pending.CHOICE)
    if kept is None:
        return redirect("people:by_code")
    users = list(
        get_user_model()
        .objects.filter(pk__in=kept["users"], is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    form = ChoiceForm(request.POST or None, accounts=_names(users))
    if form.is_bound and form.is_valid():
        chosen = next(user for user in users if str(user.pk) == form.cleaned_data["account"])
        if kept["purpose"] == "sign_in":
            pending.drop_pending(request, pending.CHOICE)
            return _in(request, chosen, kept["next"], phone=kept["to"])
        pending.put_pending(request, pending.CHOICE, users=[chosen.pk], purpose="reset", next="")
        return redirect("people:forgot_password")
    return render(
        request, "people/choose.html", {"form": form}, status=422 if form.is_bound else 200
    )


@sensitive_post_parameters()
@never_cache
def start_password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for the number or mail address of the account."""
    form = ContactForm(request.POST or None)
    return _ask_where(
        request,
        form,
        "contact",
        "people/forgot.html",
        purpose=CodePurpose.RESET,
        then="people:forgot_enter",
    )


@sensitive_post_parameters()
@never_cache
def forgot_enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then lead to the new password."""

    def then(kept: dict[str, Any]) -> HttpResponse:
        users = [user.pk for user in list_contact_holders(kept["channel"], kept["to"])]
        pending.put_pending(request, pending.CHOICE, users=users, purpose="reset", next="")
        return redirect("people:code_choose" if len(users) > 1 else "people:forgot_password")

    return _ask_code(
        request,
        purpose=CodePurpose.RESET,
        start="people:forgot",
        then=then,
        eyebrow=_("New password"),
    )


@sensitive_post_parameters()
@never_cache
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Set the new password of the one account the code is for."""
    kept = pending.get_pending(request, pending.CHOICE)
    if kept is None or kept["purpose"] != "reset" or len(kept["users"]) != 1:
        return redirect("people:forgot")
    user = get_user_model().objects.filter(pk=kept["users"][0], is_active=True).first()
    if user is None:
        return redirect("people:forgot")
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_bound and form.is_valid():
        pending.drop_pending(request, pending.CHOICE)
        credentials.reset_password(user=user, password=form.cleaned_data["password"])
        messages.success(
            request,
            _("Your new password is set, and all devices are signed out. Sign in with it now."),
        )
        return redirect("people:sign_in")
    return render(
        request, "people/new_password.html", {"form": form}, status=422 if form.is_bound else 200
    )


@sensitive_post_parameters()
@never_cache
def start_activation(request: HttpRequest) -> HttpResponse:
    """Ask for user name and code of the office's slip, then lead to the first password."""
    form = ActivationForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if seconds := throttling.throttle_attempt(
            throttling.CODE_TYPED, throttling.address_of(request)
        ):
            form.add_error(None, throttling.locked_sentence(seconds))
            return render(request, "people/first.html", {"form": form}, status=429)
        row = codes.find_activation(form.cleaned_data["code"])
        if row and row.user and row.user.username == form.cleaned_data["username"].strip():
            throttling.return_attempt(throttling.CODE_TYPED, throttling.address_of(request))
            pending.put_pending(
                request,
                pending.CODE,
                token=row.token,
                purpose=CodePurpose.ACTIVATE.value,
                to="",
                channel=row.channel,
                next="",
            )
            return redirect("people:first_password")
        form.add_error(
            None,
            _(
                "The user name and code don't match, or the code has been used or has "
                "expired. Contact your union."
            ),
        )
    return render(request, "people/first.html", {"form": form}, status=status)


@sensitive_post_parameters()
@never_cache
def first_password(request: HttpRequest) -> HttpResponse:
    """Ask for the first password, open the account and sign in."""
    kept = pending.get_pending(request, pending.CODE)
    row = (
        OneTimeCode.objects.select_related("user")
        .filter(token=kept["token"], purpose=CodePurpose.ACTIVATE, used_at=None)
        .first()
        if kept and kept["purpose"] == CodePurpose.ACTIVATE.value
        else None
    )
    if row is None or row.user is None or not row.user.is_active:
        return redirect("people:first")
    form = NewPasswordForm(request.POST or None, user=row.user)
    if form.is_bound and form.is_valid():
        try:
            user = credentials.activate_account(row=row, password=form.cleaned_data["password"])
        except InvalidInput as error:
            messages.error(request, str(error))
            return redirect("people:first")
        pending.drop_pending(request, pending.CODE)
        messages.success(request, _("Your account is active. Welcome!"))
        return _in(request, user, "")
    return render(
        request,
        "people/new_password.html",
        {"form": form, "first": row.user},
        status=422 if form.is_bound else 200,
    )

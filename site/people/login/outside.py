"""Sign-in with external identities.

An identity opens the account it was linked to. An unlinked one is offered for linking and never
matched to an account by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.db import transaction
from django.db.models.signals import pre_save  # noqa: TID251 - on a library's model, to keep data out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

import audit
from people.login import in_app, pending
from people.login.nobody import NOBODY
from people.models import User
from people.rules.identity import IdentityError, read_mobile

NAMES = {
    "wecom": gettext_lazy("WeCom"),
    "dingtalk": gettext_lazy("DingTalk"),
    "weixin": gettext_lazy("WeChat"),
}


@dataclass(frozen=True, slots=True)
class SignInWay:
    """One sign-in button, with the provider's key in addresses and its name."""

    key: str
    name: str


def list_sign_in_ways(request: HttpRequest) -> list[SignInWay]:
    """Return the providers that are switched on, in a fixed order."""
    apps = get_adapter().list_apps(request)
    found = [
        SignInWay(app.provider_id or app.provider, str(NAMES.get(app.provider) or app.name))
        for app in apps
    ]
    return sorted(found, key=lambda way: way.key)


def usable_ways(request: HttpRequest) -> list[SignInWay]:
    """Return those of `list_sign_in_ways` that work in the browser of *request*.

    In the phone browser of one of the apps, the other providers would show a code to scan with the
    very phone it is shown on. WeChat needs an official account there, and elsewhere a website
    application.
    """
    app = in_app.find_app(request.headers.get("User-Agent", ""))
    return [way for way in list_sign_in_ways(request) if _leads_somewhere(request, way.key, app)]


def name_ways_elsewhere(request: HttpRequest) -> str:
    """Return the names of the ways that need another browser than that of *request*, joined for a
    sentence.
    """
    usable = usable_ways(request)
    return pgettext("between listed words", ", ").join(
        way.name for way in list_sign_in_ways(request) if way not in usable
    )


def _leads_somewhere(request: HttpRequest, key: str, app: str) -> bool:
    if key not in NAMES:
        return True
    if app and key != app:
        return False
    if key != "weixin":
        return True
    settings = get_adapter().get_app(request, provider=key).settings
    return bool(settings.get("account_id")) if app else bool(settings.get("website", True))


def way_name(request: HttpRequest, key: str) -> str:
    """Return the name of the provider *key*, also when it has been switched off meanwhile."""
    return next(
        (way.name for way in list_sign_in_ways(request) if way.key == key), str(NAMES.get(key, key))
    )


def before_login(request: HttpRequest, sociallogin: Any) -> None:
    """Decide what follows when a provider has vouched for somebody.

    allauth calls it before anything else is decided. A linked identity goes on (its account must be
    active). An unlinked one is kept for a quarter of an hour. The person is asked to sign in once
    in another way, or, if already signed in, to confirm the link.
    """
    account = sociallogin.account
    provider, uid, phone = account.provider, account.uid, vouched_phone(sociallogin)
    account.extra_data = reduce_profile(account.extra_data)
    name = account.extra_data.get("name", "")
    known = SocialAccount.objects.select_related("user").filter(provider=provider, uid=uid).first()
    if known and not request.user.is_authenticated:
        if not known.user.is_active:
            with transaction.atomic():
                audit.record(
                    "people.sign_in_failed",
                    actor=NOBODY,
                    target=known.user,
                    after={"way": provider},
                )
            raise ImmediateHttpResponse(refuse_outside_sign_in(request, None))
        return
    pending.put_pending(request, pending.OFFER, provider=provider, uid=uid, name=name, phone=phone)
    raise ImmediateHttpResponse(
        redirect("people:link" if request.user.is_authenticated else "people:outside_unknown")
    )


def reduce_profile(told: dict[str, Any]) -> dict[str, str]:
    """Return what is kept of a provider's answer, which is only a name to recognise the identity
    by.

    No mail address, picture or number is kept.
    """
    claims = told.get("userinfo") or told.get("id_token") or told
    name = str(claims.get("name") or claims.get("nick") or claims.get("nickname") or "")[:60]
    return {"name": name} if name else {}


def connect_profile_filter() -> None:
    """Let nothing but the name reach the table of linked identities.

    It is a signal because allauth writes the whole answer over a linked identity before it calls
    our code.
    """
    pre_save.connect(_keep_the_name_alone, sender=SocialAccount, dispatch_uid="people.outside_name")


def _keep_the_name_alone(instance: SocialAccount, **_: Any) -> None:
    instance.extra_data = reduce_profile(instance.extra_data or {})


def vouched_phone(sociallogin: Any) -> str:
    """Return the mobile number the provider says it has verified, or nothing."""
    data = sociallogin.account.extra_data
    claims = data.get("userinfo") or data.get("id_token") or data
    told = claims.get("phone_number") if claims.get("phone_number_verified") is True else ""
    if sociallogin.account.provider == "dingtalk" and str(claims.get("stateCode", "86")) == "86":
        told = claims.get("mobile", "")  # DingTalk lets nobody in without a verified number
    try:
        return read_mobile(str(told or ""))
    except IdentityError:
        return ""


def refuse_outside_sign_in(request: HttpRequest, provider: Any) -> HttpResponse:
    """Redirect to the page the person came from, with a message.

    The exact cause is for the log, not for the visitor.
    """
    with transaction.atomic():
        audit.record(
            "people.sign_in_failed",
            actor=NOBODY,
            target=User(),
            after={"way": str(getattr(provider, "sub_id", "") or "outside")},
        )
    messages.error(
        request,
        _("The other service couldn't confirm who you are. Try again, or sign in another way."),
    )
    return redirect("people:account" if request.user.is_authenticated else "people:sign_in")

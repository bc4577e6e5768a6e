"""Views for external identities (OIDC, WeCom, DingTalk, WeChat).

They are off by default. A button goes out by POST, and the answer comes back here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from requests import RequestException  # noqa: TID251 - its error class only; the calls are allauth's, see ADR 0017

from core import sms
from core.errors import NotFound
from people import throttling
from people.accounts import signed_in_account
from people.login import outside, pending
from people.login.enums import CodePurpose
from people.login.recent import recent_sign_in_required
from people.views.by_code import mask_contact, send_contact_code
from people.views.sign_in import safe_next
from people.workflows import credentials


class CarefulOpenId(OpenIDConnectOAuth2Adapter):
    """OpenID Connect that always checks the signature, and that both sources name the same person."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Check signature, issuer, audience and age.

        It does so although the token came straight from the provider, because there may be proxies.
        """
        told: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return told

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any
    ) -> Any:
        """Refuse an answer without an id token, or whose parts name different subjects, with
        `OAuth2Error`.
        """
        if not kwargs["response"].get("id_token"):
            msg = "no id token"
            raise OAuth2Error(msg)
        login = super().complete_login(request, app, token, **kwargs)
        data = login.account.extra_data
        if data.get("userinfo") and data["userinfo"].get("sub") != data["id_token"].get("sub"):
            msg = "userinfo and id token speak of different people"
            raise OAuth2Error(msg)
        return login


@require_POST
def start_outside_sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to the provider *provider_id*, to sign in or, if signed in, to link an identity."""
    if provider_id not in {way.key for way in outside.usable_ways(request)}:
        raise NotFound
    provider = get_adapter().get_provider(request, provider_id)
    try:
        return provider.redirect(request, process="login", next_url=safe_next(request, "") or None)
    except (RequestException, KeyError):  # its discovery document can't be had
        return outside.refuse_outside_sign_in(request, provider)


@recent_sign_in_required
@require_POST
def start_link(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirect to a provider to link one more identity to the current account, after a recent
    sign-in only.
    """
    return start_outside_sign_in(request, provider_id)


def only_if_on(provider_id: str, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return *view* for the answer of the provider *provider_id*, which raises `NotFound` while
    the provider is switched off.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if provider_id not in {way.key for way in outside.list_sign_in_ways(request)}:
            raise NotFound
        return view(request, *args, **kwargs)

    return answered


@login_not_required
@never_cache
def openid_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Handle the answer of the OpenID Connect provider."""
    if provider_id not in {way.key for way in outside.list_sign_in_ways(request)}:
        raise NotFound
    answer: HttpResponse = OAuth2CallbackView.adapter_view(CarefulOpenId(request, provider_id))(
        request
    )
    return answer


@never_cache
def show_unknown_identity(request: HttpRequest) -> HttpResponse:
    """Say that this identity isn't linked yet, and what to do.

    The person signs in once in another way, or with a number that the provider vouches for by a
    code sent to it.
    """
    offer = pending.get_pending(request, pending.OFFER)
    if offer is None:
        return redirect("people:sign_in")
    if request.user.is_authenticated:
        return redirect("people:link")
    fault = ""
    if request.method == "POST":
        if "forget" in request.POST:
            pending.drop_pending(request, pending.OFFER)
            return redirect("people:sign_in")
        if offer["phone"] and sms.can_send_sms():
            try:
                send_contact_code(request, purpose=CodePurpose.SIGN_IN, to=offer["phone"])
            except throttling.TooMany as error:
                fault = str(error)
            else:
                return redirect("people:code_enter")
    context = {
        "name": outside.way_name(request, offer["provider"]),
        "phone": mask_contact(offer["phone"]) if offer["phone"] and sms.can_send_sms() else "",
        "fault": fault,
    }
    return render(request, "people/outside_unknown.html", context, status=429 if fault else 200)


@never_cache
@recent_sign_in_required
def confirm_identity_link(request: HttpRequest) -> HttpResponse:
    """Ask whether the identity shall sign in to this account from now on, and link it or forget
    it.
    """
    offer = pending.get_pending(request, pending.OFFER)
    if offer is None:
        return redirect("people:account")
    name = outside.way_name(request, offer["provider"])
    if request.method == "POST":
        pending.drop_pending(request, pending.OFFER)
        if "no" in request.POST:
            messages.info(request, _("Nothing was linked."))
            return redirect("home:me")
        with transaction.atomic():
            credentials.link_outside(
                actor=request.user,
                user=signed_in_account(request),
                provider=offer["provider"],
                uid=offer["uid"],
                name=offer["name"],
            )
        messages.success(request, _("You can now sign in with %(name)s.") % {"name": name})
        return redirect("people:account")
    return render(request, "people/link.html", {"name": name, "their_name": offer["name"]})

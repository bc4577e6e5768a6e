"""Adapters that change how django-allauth behaves here.

They use our sentences and mails instead of its own, encrypt secrets, and let nobody sign themselves
up.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from audit.context import client_address
from core.actors import Actor
from people import crypto

if TYPE_CHECKING:
    from people.models import User

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - a value of the list of sessions, nothing listens there
WRONG_CODE = _("This code is wrong or has already been used. Wait for the next one and enter it.")


class AccountAdapter(DefaultAccountAdapter):
    """The adapter of sign-in, with one extra stage for the second factor.

    What follows a sign-in is in `people.login.arrival`.
    """

    def get_login_stages(self) -> list[str]:
        """Return the stages between the first proof and the session."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, because accounts are opened by a union's office."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Record the sign-in and redirect to the next page."""
        from people.login import arrival  # app ready

        return arrival.complete_sign_in(request, user, next_url=kwargs.get("redirect_url") or "")

    def respond_user_inactive(self, request: HttpRequest, user: Actor) -> HttpResponse:
        """Answer as if the proof had been wrong."""
        return redirect(settings.LOGIN_URL)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return False, because `recent_sign_in_required` guards every view of ours that needs it."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the same address as in the audit rows."""
        return client_address(request) or NO_ADDRESS

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing, because our views show the messages."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing.

        Outcomes go to `notify`, which knows how each person wants to be told.
        """


class SecondFactorAdapter(DefaultMFAAdapter):
    """The adapter of passkeys and authenticator apps."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """Return *text* (a seed) encrypted with the keys outside the database."""
        return base64.b64encode(crypto.encrypt_text(text, bound_to="second factor")).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return the seed."""
        return crypto.decrypt_text(base64.b64decode(encrypted_text), bound_to="second factor")

    def get_totp_label(self, user: User) -> str:
        """Return what the app shows below the site's name."""
        return str(user.get_username())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for the passkey, which is this host under the site's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.SITE_NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return whose passkey it is, in the words that the device will show."""
        return {
            **super().get_public_key_credential_user_entity(user),
            "name": user.get_username(),
            "display_name": str(user),
        }


class OutsideAdapter(DefaultSocialAccountAdapter):
    """The adapter of external identities (OIDC, WeCom, DingTalk, WeChat).

    They sign in only people who linked them before.
    """

    def list_apps(
        self, request: HttpRequest, provider: Any = None, client_id: Any = None
    ) -> list[Any]:
        """Return the clients from the settings, because the database holds none."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False, because nobody opens an account with an external identity."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Keep only a name of the profile, to recognise the identity by, and decide where an
        unlinked identity leads.
        """
        from people.login import outside  # app ready

        outside.before_login(request, sociallogin)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Redirect to the sign-in page with a message."""
        from people.login import outside  # app ready

        raise ImmediateHttpResponse(outside.refuse_outside_sign_in(request, provider))

"""DingTalk (钉钉) for django-allauth, whose own adapter knows only one address and fails on
incomplete answers.

https://open.dingtalk.com/document/orgapp/tutorial-obtaining-user-personal-information says that the
code comes back as `authCode` and that the token is requested with a JSON body. In DingTalk's own
browser on a phone the app answers at once (…/document/app/logon-free-third-party-websites). The
code then comes back as `code`, and one signed call tells who the person is. Both ways return the
same `unionId`. The `openId` differs between applications.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.http import HttpRequest

from core import clock
from people.login.asking import request_json
from people.login.in_app import is_in_app


class DingTalkClient(OAuth2Client):
    """The token request, which uses JSON and camel case."""

    def get_redirect_url(
        self, authorization_url: str, scope: Any, extra_params: dict[str, Any]
    ) -> str:
        """Return the consent page, or the address that the app itself answers."""
        if not is_in_app(self.request, "dingtalk"):
            return str(super().get_redirect_url(authorization_url, scope, extra_params))
        query = {
            "appid": self.consumer_key,
            "response_type": "code",
            "scope": "snsapi_auth",
            "state": self.state or "",
            "redirect_uri": self.callback_url,
        }
        return f"{authorization_url}?{urlencode(query)}"

    def get_access_token(
        self, code: str, pkce_code_verifier: Any = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """Return the person's token.

        In the app the code takes its place, and `DingTalkAdapter.complete_login` asks about it.
        """
        if is_in_app(self.request, "dingtalk"):
            return {"access_token": code}
        sent = {
            "clientId": self.consumer_key,
            "clientSecret": self.consumer_secret,
            "code": code,
            "grantType": "authorization_code",
        }
        told = request_json("POST", self.access_token_url, "accessToken", json=sent)
        return {"access_token": told["accessToken"]}


class DingTalkAdapter(OAuth2Adapter):
    """DingTalk's addresses.

    A private installation (专属钉钉) names its hosts in the settings of the client.
    """

    provider_id = "dingtalk"
    client_class = DingTalkClient

    def __init__(self, request: HttpRequest) -> None:
        """Read the code under the name DingTalk gives it."""
        if "authCode" in request.GET and "code" not in request.GET:
            query = request.GET.copy()
            query["code"] = request.GET["authCode"]
            request.GET = query  # type: ignore[assignment]  # a query dict that can be changed is one
        super().__init__(request)

    @property
    def _api(self) -> str:
        return str(
            self.get_provider().app.settings.get("server_url", "https://api.dingtalk.com")
        ).rstrip("/")

    @property
    def access_token_url(self) -> str:
        """Return the address where the code is exchanged for a token."""
        return f"{self._api}/v1.0/oauth2/userAccessToken"

    @property
    def authorize_url(self) -> str:
        """Return the consent page, or in the app the address that it answers itself."""
        settings = self.get_provider().app.settings
        if is_in_app(self.request, "dingtalk"):
            return str(
                settings.get("in_app_url", "https://oapi.dingtalk.com/connect/oauth2/sns_authorize")
            )
        return str(settings.get("authorize_url", "https://login.dingtalk.com/oauth2/auth"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **_: Any) -> Any:
        """Ask whose token it is."""
        if is_in_app(request, "dingtalk"):
            told = self._ask_about_code(app, token.token)
        else:
            told = request_json(
                "GET",
                f"{self._api}/v1.0/contact/users/me",
                "unionId",
                headers={"x-acs-dingtalk-access-token": token.token},
            )
        return self.get_provider().sociallogin_from_response(request, told)

    def _ask_about_code(self, app: Any, code: str) -> dict[str, Any]:
        """Return whose *code* it is, under the same keys as the other call.

        The time in milliseconds is signed with the secret. Raises `OAuth2Error` if the answer names
        nobody.
        """
        moment = str(int(clock.timestamp() * 1000))
        signature = base64.b64encode(
            hmac.digest(app.secret.encode(), moment.encode(), hashlib.sha256)
        ).decode("ascii")
        address = str(app.settings.get("in_app_server_url", "https://oapi.dingtalk.com")).rstrip(
            "/"
        )
        query = {"accessKey": app.client_id, "timestamp": moment, "signature": signature}
        told = request_json(
            "POST", f"{address}/sns/getuserinfo_bycode", params=query, json={"tmp_auth_code": code}
        ).get("user_info")
        union = told.get("unionid") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(union, str) or not union.strip():
            msg = "the answer names nobody"
            raise OAuth2Error(msg)
        return {"unionId": union, "nick": told.get("nick")}


class DingTalkProvider(OAuth2Provider):
    """The provider DingTalk, which identifies a person by the id it gives all applications of one
    owner.
    """

    id = "dingtalk"
    name = "DingTalk"
    account_class = ProviderAccount
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        """Ask for the person and for the organisation they choose."""
        return ["openid", "corpid"]

    def get_auth_params(self) -> dict[str, Any]:
        """Ask for DingTalk's consent page, which it insists on."""
        return {"prompt": "consent", **super().get_auth_params()}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the id under which the link is kept."""
        return str(data["unionId"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return nothing, because the account takes nothing over."""
        return {}


callback = OAuth2CallbackView.adapter_view(DingTalkAdapter)

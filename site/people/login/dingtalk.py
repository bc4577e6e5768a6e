"""DingTalk (钉钉) for django-allauth, whose own adapter knows one address only and stumbles over answers that lack something.

https://open.dingtalk.com/document/orgapp/tutorial-obtaining-user-personal-information: the code comes back as `authCode`, the token is got
with a JSON body, the person is known by `openId`, which differs from application to application.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.http import HttpRequest

from people.login.asking import ask


class DingTalkClient(OAuth2Client):
    """The token call, which speaks JSON and camel case."""

    def get_access_token(self, code: str, pkce_code_verifier: Any = None, extra_data: Any = None) -> dict[str, Any]:
        """Return the person's token."""
        sent = {"clientId": self.consumer_key, "clientSecret": self.consumer_secret, "code": code, "grantType": "authorization_code"}
        told = ask("POST", self.access_token_url, "accessToken", json=sent)
        return {"access_token": told["accessToken"]}


class DingTalkAdapter(OAuth2Adapter):
    """DingTalk's addresses; one's own (专属钉钉) names its hosts in the settings of the client."""

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
        return str(self.get_provider().app.settings.get("server_url", "https://api.dingtalk.com")).rstrip("/")

    @property
    def access_token_url(self) -> str:
        """Return where the code is changed for a token."""
        return f"{self._api}/v1.0/oauth2/userAccessToken"

    @property
    def authorize_url(self) -> str:
        """Return the page on which the person agrees."""
        return str(self.get_provider().app.settings.get("authorize_url", "https://login.dingtalk.com/oauth2/auth"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **_: Any) -> Any:
        """Ask who the token speaks of."""
        told = ask("GET", f"{self._api}/v1.0/contact/users/me", "openId", headers={"x-acs-dingtalk-access-token": token.token})
        return self.get_provider().sociallogin_from_response(request, told)


class DingTalkProvider(OAuth2Provider):
    """A person is known by the id DingTalk gives this application."""

    id = "dingtalk"
    name = "DingTalk"
    account_class = ProviderAccount
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        """Ask for the person, and for the organisation he chooses."""
        return ["openid", "corpid"]

    def get_auth_params(self) -> dict[str, Any]:
        """Ask for DingTalk's page of consent, which it insists on."""
        return {"prompt": "consent", **super().get_auth_params()}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the id under which the link is kept."""
        return str(data["openId"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take nothing over into an account."""
        return {}


callback = OAuth2CallbackView.adapter_view(DingTalkAdapter)

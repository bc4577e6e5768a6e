"""WeChat (微信) for django-allauth, whose own adapter garbles names that arrive as correct UTF-8.

On a desktop a code is scanned for the website application
(https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html). In
WeChat's own browser on a phone the page of the official account answers
(…/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html). That is another application with
an id and a secret of its own. The same person has another `openid` in each and one `unionid` in
both, if both are bound to one account of the open platform. So the `unionid` is the identity where
WeChat tells it, which it does for `snsapi_userinfo`. The token is requested by GET. A refusal is an
answer 200 with `errcode`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.http import HttpRequest

from people.login.asking import request_json
from people.login.in_app import is_in_app

IN_APP_SCOPE = "snsapi_userinfo"


class WeixinClient(OAuth2Client):
    """The two calls that differ from OAuth 2."""

    def get_redirect_url(
        self, authorization_url: str, scope: Any, extra_params: dict[str, Any]
    ) -> str:
        """Return the page with the code to scan, or the address that the app itself answers."""
        query = {
            "appid": self.consumer_key,
            "redirect_uri": self.callback_url,
            "response_type": "code",
            "scope": IN_APP_SCOPE if is_in_app(self.request, "weixin") else ",".join(scope),
            "state": self.state or "",
        }
        return f"{authorization_url}?{urlencode(query)}#wechat_redirect"

    def get_access_token(
        self, code: str, pkce_code_verifier: Any = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """Return the person's token, and whose it is."""
        sent = {
            "appid": self.consumer_key,
            "secret": self.consumer_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        told = request_json("GET", self.access_token_url, "access_token", "openid", params=sent)
        return {
            "access_token": told["access_token"],
            "openid": told["openid"],
            "unionid": told.get("unionid"),
        }


class WeixinAdapter(OAuth2Adapter):
    """WeChat's addresses, which the settings of the client may replace."""

    provider_id = "weixin"
    client_class = WeixinClient

    @property
    def _api(self) -> str:
        return str(
            self.get_provider().app.settings.get("server_url", "https://api.weixin.qq.com")
        ).rstrip("/")

    @property
    def access_token_url(self) -> str:
        """Return where the code is changed for a token."""
        return f"{self._api}/sns/oauth2/access_token"

    @property
    def authorize_url(self) -> str:
        """Return the page with the code to scan, or in the app the address that it answers itself."""
        settings = self.get_provider().app.settings
        if is_in_app(self.request, "weixin"):
            return str(
                settings.get("in_app_url", "https://open.weixin.qq.com/connect/oauth2/authorize")
            )
        return str(settings.get("authorize_url", "https://open.weixin.qq.com/connect/qrconnect"))

    def get_client(self, request: HttpRequest, app: Any) -> Any:
        """Return the client of the website application, or in the app that of the official
        account.
        """
        client = super().get_client(request, app)
        if is_in_app(request, "weixin"):
            client.consumer_key, client.consumer_secret = (
                app.settings.get("account_id", ""),
                app.settings.get("account_secret", ""),
            )
        return client

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Ask for the person's profile, which must belong to the id the token was given for."""
        openid = kwargs["response"]["openid"]
        told = request_json(
            "GET",
            f"{self._api}/sns/userinfo",
            "openid",
            params={"access_token": token.token, "openid": openid},
        )
        unionid = told.get("unionid") or kwargs["response"].get("unionid")
        return self.get_provider().sociallogin_from_response(
            request, {**told, "openid": openid, "unionid": unionid}
        )


class WeixinProvider(OAuth2Provider):
    """A person is known by the id WeChat gives all applications of one owner, or this application
    if it tells no other.
    """

    id = "weixin"
    name = "Weixin"
    account_class = ProviderAccount
    oauth2_adapter_class = WeixinAdapter

    def get_default_scope(self) -> list[str]:
        """Ask for a sign-in by scanned code."""
        return ["snsapi_login"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the id under which the link is kept."""
        return str(data.get("unionid") or data["openid"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take nothing over into an account."""
        return {}


callback = OAuth2CallbackView.adapter_view(WeixinAdapter)

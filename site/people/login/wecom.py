"""WeCom (企业微信) for django-allauth, which has no provider for it.

The member's id identifies the person.

On a desktop a code is scanned (https://developer.work.weixin.qq.com/document/path/98152). The
address takes `appid` (the corporation) and `agentid`. In WeCom's own browser on a phone the app
answers at once, without a question (path/91022, `snsapi_base`). Either way the token is the
application's own, requested with corporation and secret, not with the code. The code then tells who
the member is (`auth/getuserinfo`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.http import HttpRequest

from people.login.asking import request_json
from people.login.in_app import is_in_app


class WeComClient(OAuth2Client):
    """The two calls that differ from OAuth 2."""

    def get_redirect_url(
        self, authorization_url: str, scope: Any, extra_params: dict[str, Any]
    ) -> str:
        """Return the page with the code to scan, or the address that the app itself answers."""
        agent = get_adapter().get_app(self.request, provider="wecom").settings.get("agent_id", "")
        if is_in_app(self.request, "wecom"):
            query = {
                "appid": self.consumer_key,
                "redirect_uri": self.callback_url,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": self.state or "",
                "agentid": agent,
            }
            return f"{authorization_url}?{urlencode(query)}#wechat_redirect"
        query = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "agentid": agent,
            "redirect_uri": self.callback_url,
            "state": self.state or "",
        }
        return f"{authorization_url}?{urlencode(query)}"

    def get_access_token(
        self, code: str, pkce_code_verifier: Any = None, extra_data: Any = None
    ) -> dict[str, Any]:
        """Return the application's token.

        The member's *code* is used in `WeComAdapter.complete_login`.
        """
        sent = {"corpid": self.consumer_key, "corpsecret": self.consumer_secret}
        told = request_json("GET", self.access_token_url, "access_token", params=sent)
        return {
            "access_token": told["access_token"],
            "expires_in": told.get("expires_in"),
            "code": code,
        }


class WeComAdapter(OAuth2Adapter):
    """WeCom's addresses.

    A private installation (私有部署) names its host as `server_url`.
    """

    provider_id = "wecom"
    client_class = WeComClient

    @property
    def _api(self) -> str:
        return str(
            self.get_provider().app.settings.get("server_url", "https://qyapi.weixin.qq.com")
        ).rstrip("/")

    @property
    def access_token_url(self) -> str:
        """Return the address of the application's token."""
        return f"{self._api}/cgi-bin/gettoken"

    @property
    def authorize_url(self) -> str:
        """Return the page with the code to scan, or in the app the address that it answers itself."""
        settings = self.get_provider().app.settings
        if is_in_app(self.request, "wecom"):
            return str(
                settings.get("in_app_url", "https://open.weixin.qq.com/connect/oauth2/authorize")
            )
        return str(
            settings.get("authorize_url", "https://login.work.weixin.qq.com/wwlogin/sso/login")
        )

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Ask whose code it is.

        People outside the corporation have no `userid` and are refused with `OAuth2Error`.
        """
        sent = {"access_token": token.token, "code": kwargs["response"]["code"]}
        told = request_json("GET", f"{self._api}/cgi-bin/auth/getuserinfo", params=sent)
        member = told.get("userid") or told.get("UserId")
        if not isinstance(member, str) or not member.strip():
            msg = "not a member of the corporation"
            raise OAuth2Error(msg)
        return self.get_provider().sociallogin_from_response(
            request, {"userid": member, "corp": app.client_id}
        )


class WeComProvider(OAuth2Provider):
    """The provider WeCom, which identifies a member by corporation and member id."""

    id = "wecom"
    name = "WeCom"
    account_class = ProviderAccount
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the id under which the link is kept."""
        return f"{data['corp']}:{data['userid']}"

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return nothing, because WeCom tells this application no name."""
        return {}


callback = OAuth2CallbackView.adapter_view(WeComAdapter)

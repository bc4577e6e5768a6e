"""Read from the environment which outside providers people can sign in with. All are off unless an
operator names a client.
"""

from __future__ import annotations

from typing import Any

from config import env


def list_outside_providers() -> dict[str, dict[str, Any]]:
    """Return what allauth expects in SOCIALACCOUNT_PROVIDERS, which is empty where nothing is set."""
    found: dict[str, dict[str, Any]] = {}
    if env.get_setting("CRAFTPATH_OIDC_CLIENT_ID") and env.get_setting("CRAFTPATH_OIDC_URL"):
        app = {
            "provider_id": "oidc",
            "name": env.get_setting("CRAFTPATH_OIDC_NAME"),
            "client_id": env.get_setting("CRAFTPATH_OIDC_CLIENT_ID"),
            "secret": env.get_setting("CRAFTPATH_OIDC_SECRET"),
            "settings": {
                "server_url": env.get_setting("CRAFTPATH_OIDC_URL"),
                "oauth_pkce_enabled": True,
            },
        }
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    if env.get_setting("CRAFTPATH_WECOM_CORP_ID"):
        app = {
            "client_id": env.get_setting("CRAFTPATH_WECOM_CORP_ID"),
            "secret": env.get_setting("CRAFTPATH_WECOM_SECRET"),
        }
        found["wecom"] = {
            "APPS": [{**app, "settings": {"agent_id": env.get_setting("CRAFTPATH_WECOM_AGENT_ID")}}]
        }
    if client := env.get_setting("CRAFTPATH_DINGTALK_CLIENT_ID"):
        found["dingtalk"] = {
            "APPS": [{"client_id": client, "secret": env.get_setting("CRAFTPATH_DINGTALK_SECRET")}]
        }
    website, account = (
        env.get_setting("CRAFTPATH_WEIXIN_CLIENT_ID"),
        env.get_setting("CRAFTPATH_WEIXIN_ACCOUNT_ID"),
    )
    if website or account:
        app = {
            "client_id": website or account,
            "secret": env.get_setting("CRAFTPATH_WEIXIN_SECRET"),
            "settings": {
                "website": bool(website),
                "account_id": account,
                "account_secret": env.get_setting("CRAFTPATH_WEIXIN_ACCOUNT_SECRET"),
            },
        }
        found["weixin"] = {"APPS": [app]}
    return found

"""Sign-in through others: which providers are on, read from the environment. Off unless an operator names a client."""

from __future__ import annotations

from typing import Any

from config import env


def providers() -> dict[str, dict[str, Any]]:
    """Return what allauth expects in SOCIALACCOUNT_PROVIDERS; empty where nothing is set."""
    found: dict[str, dict[str, Any]] = {}
    if env.get("CRAFTPATH_OIDC_CLIENT_ID") and env.get("CRAFTPATH_OIDC_URL"):
        app = {
            "provider_id": "oidc",
            "name": env.get("CRAFTPATH_OIDC_NAME"),
            "client_id": env.get("CRAFTPATH_OIDC_CLIENT_ID"),
            "secret": env.get("CRAFTPATH_OIDC_SECRET"),
            "settings": {"server_url": env.get("CRAFTPATH_OIDC_URL"), "oauth_pkce_enabled": True},
        }
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    if env.get("CRAFTPATH_WECOM_CORP_ID"):
        app = {"client_id": env.get("CRAFTPATH_WECOM_CORP_ID"), "secret": env.get("CRAFTPATH_WECOM_SECRET")}
        found["wecom"] = {"APPS": [{**app, "settings": {"agent_id": env.get("CRAFTPATH_WECOM_AGENT_ID")}}]}
    for provider in ("dingtalk", "weixin"):
        if client := env.get(f"CRAFTPATH_{provider.upper()}_CLIENT_ID"):
            found[provider] = {"APPS": [{"client_id": client, "secret": env.get(f"CRAFTPATH_{provider.upper()}_SECRET")}]}
    return found

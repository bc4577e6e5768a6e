"""The browsers inside WeCom, WeChat and DingTalk on a phone.

There the app itself says who the person is, and a code to scan is of no use.
"""

from __future__ import annotations

from django.http import HttpRequest

# The first that fits counts: WeCom names WeChat as its ancestor.
APPS = (("wxwork", "wecom"), ("micromessenger", "weixin"), ("dingtalk", "dingtalk"))
PHONES = ("android", "iphone", "ipad", "harmony", "mobile")


def find_app(user_agent: str) -> str:
    """Return the provider ("wecom", "weixin", "dingtalk") in whose own phone browser the page is
    open, or an empty string.

    The apps' browsers on a desktop count as any other, because the phone that scans is another
    device there.
    """
    told = user_agent.lower()
    if not any(mark in told for mark in PHONES):
        return ""
    return next((provider for mark, provider in APPS if mark in told), "")


def is_in_app(request: HttpRequest, provider: str) -> bool:
    """Say whether *request* comes from the phone browser of *provider*."""
    return find_app(request.headers.get("User-Agent", "")) == provider

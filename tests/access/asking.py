"""How the matrix asks: one address, one account, the kind of answer; nothing stays changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.shortcuts import resolve_url
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe

from tests.access import world
from tests.architecture.test_urls import ours

IN, FORBIDDEN, UNKNOWN, SIGN_IN = "in", "403", "404", "sign-in"


def names() -> list[str]:
    """Return the names of the addresses whose views are ours."""
    return [":".join([*namespaces, entry.name]) for _path, namespaces, entry in ours()]


def draw_nothing(monkeypatch: Any) -> None:
    """Answer without drawing pages: who may is decided before."""
    monkeypatch.setattr(Template, "render", lambda _self, context=None, request=None: mark_safe(""))


def clients(people: dict[str, Any]) -> dict[str, Client]:
    """Return a signed-in browser for each account."""
    found = {}
    for key, user in people.items():
        found[key] = Client(raise_request_exception=False)
        if user is not None:
            found[key].force_login(user)
    return found


def answers(name: str, on: str, side: world.Side, browsers: dict[str, Client], *, post: bool = False) -> dict[str, str]:
    """Return the kind of answer each account gets."""
    return {key: ask(client, name, on, side, post=post) for key, client in browsers.items()}


def ask(client: Client, name: str, on: str, side: world.Side, *, post: bool = False) -> str:
    """Return IN, FORBIDDEN, UNKNOWN or SIGN_IN; a server error and a method not taken (405) as numbers. Changes are rolled back."""
    url = reverse(name, kwargs=world.KWARGS[on](side))
    cookies = client.cookies.copy()  # signing out, and a new session, must not reach the next question
    with transaction.atomic():
        try:
            response = client.post(url, {}) if post else client.get(url)
        except Http404:
            return UNKNOWN
        finally:
            transaction.set_rollback(True)
            client.cookies = cookies
    if response.status_code == 401:
        return SIGN_IN
    if response.status_code in (403, 404, 405) or response.status_code >= 500:
        return str(response.status_code)
    if response.status_code == 302 and response["Location"].split("?")[0] in (resolve_url(settings.LOGIN_URL), "/manage/login/"):
        return SIGN_IN
    return IN

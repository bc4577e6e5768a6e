"""How the matrix asks: one address, one account, the kind of answer; nothing stays changed."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.shortcuts import resolve_url
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from django.utils.safestring import mark_safe

from people.login.gate import SEEN
from tests.access import world
from tests.architecture.test_urls import ours

DESK = "/manage/"
DRAW = Template.render
IN, FORBIDDEN, UNKNOWN, SIGN_IN = "in", "403", "404", "sign-in"


def names() -> list[str]:
    """Return the names of the addresses whose views are ours."""
    return [":".join([*namespaces, entry.name]) for _path, namespaces, entry in ours()]


def draw_nothing(monkeypatch: Any) -> None:
    """Answer without drawing pages: who may is decided before."""
    monkeypatch.setattr(Template, "render", lambda _self, context=None, request=None: mark_safe(""))


class Browser(Client):
    """A browser that knows whether somebody is signed in."""

    signed_in = False


def clients(people: dict[str, Any]) -> dict[str, Browser]:
    """Return a signed-in browser for each account."""
    found = {}
    for key, user in people.items():
        found[key] = Browser(raise_request_exception=False)
        if user is not None:
            found[key].force_login(user)
            found[key].signed_in = True
            # Every request is rolled back: without this each would note anew that somebody is
            # there.
            session = found[key].session
            session[SEEN] = int(time.time()) + 3600
            session.save()
    return found


def answers(
    name: str, on: str, side: world.Side, browsers: dict[str, Browser], *, post: bool = False
) -> dict[str, str]:
    """Return the kind of answer each account gets."""
    return {key: ask(client, name, on, side, post=post) for key, client in browsers.items()}


def ask(client: Browser, name: str, on: str, side: world.Side, *, post: bool = False) -> str:
    """Return IN, FORBIDDEN, UNKNOWN or SIGN_IN; a server error and a method not taken (405) as
    numbers. Changes are rolled back.
    """
    url = reverse(name, kwargs=world.KWARGS[on](side))
    cookies = (
        client.cookies.copy()
    )  # signing out, and a new session, must not reach the next question
    with transaction.atomic():
        try:
            response = client.post(url, {}) if post else client.get(url)
        except Http404:
            return UNKNOWN
        finally:
            transaction.set_rollback(True)
            client.cookies = cookies
    desk, signed_in = url.startswith(DESK) and ":" in name, client.signed_in
    for close in (
        response._resource_closers
    ):  # a file that nobody reads; close() itself would end the connection's turn too
        close()
    if response.status_code == 401:
        return SIGN_IN
    if response.status_code in (403, 404, 405) or response.status_code >= 500:
        return str(response.status_code)
    leads = response["Location"].split("?")[0] if response.status_code == 302 else ""
    if leads in (resolve_url(settings.LOGIN_URL), "/manage/login/"):
        # Wagtail sends everybody it refuses to the door, which answers 403 to who is signed in
        # already.
        return FORBIDDEN if desk and signed_in else SIGN_IN
    if leads == DESK and desk:
        return FORBIDDEN  # with a sentence there
    return IN

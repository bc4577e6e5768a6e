"""Letters twice as large on a phone: pages get longer, never wider than the screen; a table may
scroll in a box of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.access import asking, world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Roots of the text only, as a browser's own setting does: media queries still see 390 px.
LOOK = """() => {
    document.documentElement.style.fontSize = "200%";
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !one.closest("thead")
        && one.getBoundingClientRect().right > room + 1)
        .slice(-3).map((one) => one.outerHTML.slice(0, 120));
}"""
PAGES: dict[str, tuple[str, ...]] = {
    world.NOBODY: ("/", "/verify/", "/verify/file/", "/sign-in/", "/training/", "/competitions/", "/honours/", "/search/"),
    world.OWNER: ("/", "/me/", "/me/account/", "/me/data/", "/certificates/", "/messages/"),
    "union_officer": (
        "/me/", "/office/people/", "/office/unions/", "/office/imports/", "/office/certificates/", "/office/certificates/files/",
        "/office/certificates/change/", "/office/certificates/templates/", "/office/certificates/corrections/", "/office/duplicates/",
        "/office/jobs/", "/verify/batch/",
    ),
    "union_admin": ("/me/", "/office/access/", "/office/employers/", "/office/certificates/bodies/", "/office/duplicates/"),
    "employer_hr": ("/me/", "/verify/watch-list/", "/api/keys/", "/api/webhooks/"),
    "audit_admin": ("/me/", "/oversight/audit/"),
}  # fmt: skip


def test_no_page_is_wider_than_a_phone_with_letters_twice_as_large(
    open_page: Callable[..., Any], live_server: Any
) -> None:
    clients: dict[str, Client] = asking.clients(world.subjects(world.side()))
    wide = {}
    for who, addresses in PAGES.items():
        for language in ("zh-CN", "en-GB"):
            page = open_page(width=390, height=844, locale=language)
            cookie = clients[who].cookies.get(settings.SESSION_COOKIE_NAME)
            if cookie:
                page.context.add_cookies(
                    [
                        {
                            "name": settings.SESSION_COOKIE_NAME,
                            "value": cookie.value,
                            "url": live_server.url,
                        }
                    ]
                )
            for address in addresses:
                answer = page.goto(address)
                assert answer.status == 200, (who, address)
                guilty = page.evaluate(LOOK)
                if guilty:
                    wide[who, language, address] = guilty
    assert wide == {}

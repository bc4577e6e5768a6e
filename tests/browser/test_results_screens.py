"""The screens of results and corrections on a desk and on a phone, filled: they fit, satisfy
axe-core, and both people see what changes.

With SCREENSHOTS=folder each page is also kept as a picture.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from competitions import workflows
from competitions.models import BlindCode, Correction
from tests.competitions import stage as stages
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "preload": False,
}
PICTURES = os.environ.get("SCREENSHOTS", "")


def at(name: str, *args: Any) -> str:
    return reverse(f"competitions:{name}", args=args)


@pytest.fixture
def contest() -> Any:
    """A published contest with a corrected version, one number disqualified, and a correction that
    waits.
    """
    stage = stages.build(judges=4).published()
    code = BlindCode.objects.get(event=stage.event, number=4)
    request = workflows.request_correction(
        actor=stage.manager,
        event=stage.event,
        kind="change_number",
        code=code,
        after="disqualified",
        reason="复核发现冒名顶替。",
    )
    workflows.approve_request(actor=stage.reviewer, request=request)
    stage.waiting = workflows.request_correction(
        actor=stage.chief,
        event=stage.event,
        kind="void_sheet",
        sheet=stage.sheet("A", 1),
        reason="工件调换，经查属实。",
    )
    stage.reload()
    return stage


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_screens_of_a_corrected_contest_fit_and_can_be_read(
    contest: Any, open_page: Any, live_server: Any, screen: dict[str, int]
) -> None:
    event = contest.event.public_id
    winner = BlindCode.objects.get(event=contest.event, number=1).entry.person.user
    pages = [
        ("results", contest.manager, at("results", event)),
        ("marks", contest.chief, f"{at('marks', event)}?module=A"),
        ("correct", contest.manager, at("correct", event, "correct_mark")),
        ("decide", contest.reviewer, at("decide", event, contest.waiting.public_id)),
        ("own decide", contest.chief, at("decide", event, contest.waiting.public_id)),
        ("mine", winner, at("mine", event)),
        ("board", winner, at("board", event)),
        ("detail", winner, at("detail", event)),
        ("code book", contest.secrecy, at("code_book", event)),
        ("number", contest.chief, at("number", event, 1)),
        ("me", winner, "/me/"),
    ]
    for name, user, address in pages:
        page = signed_in(open_page, live_server, user, screen)
        assert page.goto(address).status == 200
        look(page, name, screen)
        page.context.close()


def test_officer_sees_what_would_change_before_asking_and_the_second_person_before_agreeing(
    contest: Any, open_page: Any, live_server: Any
) -> None:
    workflows.refuse_request(actor=contest.reviewer, request=contest.waiting)
    event = contest.event.public_id
    page = signed_in(open_page, live_server, contest.manager, PHONE)
    page.goto(at("correct", event, "void_sheet"))
    page.locator("[name='number']").select_option("1")
    page.locator("[name='module']").select_option("B")
    page.locator("[name='reason']").fill("工件调换，经查属实。")
    page.locator("main form button.btn-primary").click()
    changes = page.locator("main").inner_text()
    assert all(part in changes for part in ("100.00", "40.00", "当前", "更正后", "奖项变动"))
    look(page, "preview", PHONE)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(f"**{at('results', event)}")
    request = Correction.objects.get(kind="void_sheet", request__state="waiting").request
    second = signed_in(open_page, live_server, contest.reviewer, PHONE)
    second.goto(at("decide", event, request.public_id))
    assert all(
        part in second.locator("main").inner_text()
        for part in ("100.00", "40.00", "工件调换，经查属实。")
    )
    second.locator("button[value='approve']").click()
    second.wait_for_url(f"**{at('results', event)}")
    assert "第 3 版" in second.locator("main").inner_text()


def signed_in(open_page: Any, live_server: Any, user: Any, screen: dict[str, int]) -> Any:
    page = open_page(
        **screen, **({"has_touch": True, "is_mobile": True} if screen is PHONE else {})
    )
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def look(page: Any, name: str, screen: dict[str, int]) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{screen['width']}.png", full_page=True)
    before = len(page.complaints.lines)
    found = Axe().run(page, options=WCAG)
    del page.complaints.lines[before:]  # axe's own style element, which our content policy refuses
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, f"{name} is {wide} px wider than the screen"

"""The screens of rights on a desk and a phone: agree, extend, ask the other way; axe-core clean,
nothing wider than the window.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

import access
from access import handles
from access.workflows import assign_role, proposal, review
from org.models import OrgUnit
from tests.factories.ground import MembershipFactory, OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
PICTURES = os.environ.get("CRAFTPATH_PICTURES", "")


@pytest.fixture
def stage(db):
    """A clerk of the district with three roles, one ending in eight days, and a proposal waiting
    for the city's second administrator.
    """
    today = timezone.localdate()
    province = OrgUnitFactory(name="某省总工会")
    city = OrgUnitFactory(name="某市总工会", parent=province)
    district = OrgUnitFactory(name="某区总工会", parent=OrgUnit.objects.get(pk=city.pk))
    street, plant = (
        OrgUnitFactory(name=name, parent=OrgUnit.objects.get(pk=district.pk))
        for name in ("某街道联合工会", "某机械厂工会")
    )
    for n in range(4):
        OrgUnitFactory(name=f"第{n}分会", parent=OrgUnit.objects.get(pk=district.pk))
    first, second = WorkerFactory(name="示例主管").user, WorkerFactory(name="某某主管").user
    for user in (first, second):
        assign_role(actor=access.SYSTEM, user=user, role="union_admin", scope=city)
    clerk = WorkerFactory(name="示例经办")
    MembershipFactory(person=clerk, org_unit=district)
    for role, unit, days in (
        ("union_officer", district, 460),
        ("union_reviewer", street, 8),
        ("training_officer", plant, 190),
    ):
        row = proposal.propose_role(
            actor=first,
            user=clerk.user,
            role=role,
            scope=unit,
            reason="办班",
            ends_on=today + timedelta(days=days),
        )
        proposal.agree_to_role_proposal(actor=second, proposal=row)
    proposal.propose_role(
        actor=first,
        user=clerk.user,
        role="union_reviewer",
        scope=district,
        reason="原审核人退休",
        ends_on=today + timedelta(days=300),
    )
    review.open_review(actor=access.SYSTEM, scope=district)
    return {
        "clerk": clerk.user,
        "second": second,
        "city": city,
        "page": f"/office/access/people/{handles.handle_of(clerk.user.pk)}/",
    }


def enter(page, live_server, user):
    browser = Client()
    browser.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": browser.cookies[name].value, "url": live_server.url}]
    )


def clean(page, name):
    """No finding of axe-core and nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{page.viewport_size['width']}.png", full_page=True)
    before = len(page.complaints.lines)
    found = Axe().run(page, options=WCAG).response["violations"]
    page.evaluate("0")
    del page.complaints.lines[before:]
    assert [(item["id"], [node["html"][:160] for node in item["nodes"]]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_administrator_looks_asks_and_agrees(open_page, live_server, stage, size):
    page = open_page(*size)
    enter(page, live_server, stage["second"])
    for name, path in {
        "desk": "/office/access/",
        "people": "/office/access/people/",
        "person": stage["page"],
        "where": f"/office/access/where/?where={stage['city'].code}&deed=courses.manage_class&who=示例经办",
        "new": f"/office/access/new/?account={stage['page'].split('/')[-2]}",
        "roles": "/office/access/roles/",
        "reviews": "/office/access/reviews/",
        "log": "/office/access/log/",
    }.items():
        page.goto(path)
        clean(page, name)
    page.goto("/office/access/reviews/")
    page.get_by_role("link", name="逐项确认").click()
    clean(page, "review")
    page.goto(stage["page"])
    page.get_by_role("button", name="同意授予").click()
    expect(page.get_by_text("现在起有效")).to_be_visible()
    page.get_by_role("link", name="收回").first.click()
    clean(page, "withdraw")


def test_holder_asks_for_an_extension_of_his_own(open_page, live_server, stage):
    page = open_page(390, 844)
    enter(page, live_server, stage["clerk"])
    page.goto(stage["page"])
    page.get_by_role("link", name="申请延期").click()
    clean(page, "extend")
    page.fill("[name=reason]", "代班延长")
    page.get_by_role("button", name="申请延期").click()
    expect(page.get_by_text("由两位管理员办理")).to_be_visible()
    clean(page, "own")


def test_administrator_agrees_with_the_keyboard_alone_and_prints_the_page(
    open_page, live_server, stage
):
    page = open_page(1280, 900)
    enter(page, live_server, stage["second"])
    page.goto(stage["page"])
    page.emulate_media(media="print")
    for hidden in (".site-bar", ".rights-head > .btn"):
        assert not any(one.is_visible() for one in page.locator(hidden).all())
    assert page.get_by_role("heading", name="角色从哪里来，到哪天为止").is_visible()
    page.emulate_media(media="screen")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "同意授予":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_text("现在起有效")).to_be_visible()


def test_stranger_finds_nothing_there(client, stage):
    client.force_login(UserFactory())
    assert client.get(stage["page"]).status_code == 404

"""The search page in a browser: results follow the typing, and nothing is out of reach."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from search import registry, testing
from tests.factories.ground import EmployerFactory, OrgUnitFactory
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filled(index, monkeypatch):
    document = registry.get_registered_document("firm")
    monkeypatch.setattr(
        document, "summary", lambda row: "设备齐全，设焊工、钳工实训工位。", raising=False
    )
    registry.register_facet("region", label="地区")
    EmployerFactory(name="红星机械厂")
    EmployerFactory(name="东海电焊工技能提升工作室")
    EmployerFactory(name="东海焊工培训中心")
    EmployerFactory.create_batch(24, name="西山焊工之家")
    OrgUnitFactory(name="东海市总工会")
    testing.flush_index()
    yield
    registry._facets.pop("region")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_results_follow_the_typing(filled, request, size):
    page = request.getfixturevalue(size)
    page.goto("/search/")
    page.locator("#search-q").press_sequentially("hangongpeixun", delay=10)
    page.wait_for_selector("a.hit")
    assert page.locator("a.hit").all_text_contents() == ["东海焊工培训中心"]
    assert page.locator("a.hit mark").all_text_contents() == ["焊工培训"]
    assert "q=hangongpeixun" in page.url
    assert page.locator("#search-q").evaluate("node => node === document.activeElement")
    page.locator("#search-q").fill("焊工")
    expect(page.locator("a.hit")).to_have_count(20)
    page.select_option("#facet-region", "东海")
    expect(page.locator("a.hit")).to_have_count(2)
    assert "region=" in page.url
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/search-{size}.png", full_page=True)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_page_is_accessible_in_each_of_its_states(filled, open_page, size):
    from axe_playwright_python.sync_playwright import Axe

    # axe writes styles of its own, which the page's policy forbids.
    page = open_page(**size, bypass_csp=True)
    for query in ("", "?q=焊工", "?q=焊工&page=2", "?q=汉工", "?q=***", "?q=火星"):
        page.goto(f"/search/{query}")
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(
                path=f"{folder}/search-{size['width']}-{len(query)}.png", full_page=True
            )
        found = Axe().run(
            page,
            options={
                "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
                "preload": False,
            },
        )
        assert [violation["id"] for violation in found.response["violations"]] == [], query


def test_page_works_without_javascript(filled, open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/search/")
    page.fill("#search-q", "焊工 东海")
    page.press("#search-q", "Enter")
    assert page.locator("a.hit").count() == 2
    page.locator("nav.chips a").nth(1).click()
    assert "kind=firm" in page.url
    assert page.locator("a.hit").count() == 2

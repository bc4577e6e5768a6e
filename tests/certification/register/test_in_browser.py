"""The page of the register in Chromium: the browser remembers a head and verifies by itself that
the next one continues it.
"""

import os

import pytest
from playwright.sync_api import expect

from certification.workflows.register import append_register_entries
from tests.certification.register.making import Key
from tests.certification.register.tampering import wipe
from tests.certification.register.test_append import entries

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


@pytest.mark.parametrize(
    ("old", "new"), [(1, 2), (7, 8), (255, 256), (256, 257), (300, 1000), (65, 600)]
)
def test_a_grown_register_is_verified_by_the_browser(open_page, live_server, old, new):
    key = Key()
    append_register_entries(entries(*range(old)), sign=key)
    page = open_page(width=1280, height=900)
    said = page.locator("[data-said]")
    page.goto(f"{live_server.url}/register/")
    expect(said).to_contain_text("已记住")
    page.reload()
    expect(said).to_contain_text("没有变化")
    append_register_entries(entries(*range(old, new)), sign=key)
    page.reload()
    expect(said).to_contain_text("原有各行全部保留")
    expect(page.locator("[data-heads]")).to_be_visible()
    page.reload()
    expect(said).to_contain_text("没有变化")


@pytest.mark.parametrize("count", [300, 320, 200])
def test_a_register_begun_anew_is_found_by_the_browser_and_the_old_head_kept(
    open_page, live_server, count
):
    key = Key()
    append_register_entries(entries(*range(300)), sign=key)
    page = open_page(width=390, height=844)
    said = page.locator("[data-said]")
    page.goto(f"{live_server.url}/register/")
    expect(said).to_contain_text("已记住")
    wipe()
    append_register_entries(entries(9999, *range(1, count)), sign=key)
    for _turn in range(2):
        page.reload()
        expect(said).to_contain_text("接不上")
        expect(page.locator("[data-heads]")).to_contain_text("300")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_clean_and_no_wider_than_the_window(open_page, live_server, width):
    from axe_playwright_python.sync_playwright import Axe

    for start in range(0, 900, 300):
        append_register_entries(entries(*range(start, start + 300)), sign=Key())
    page = open_page(width=width, height=900)
    page.complaints.allowed += ["Content Security Policy", "404"]  # axe-core's own probing
    page.goto(f"{live_server.url}/register/")
    page.fill("[name=entry]", "ab" * 32)
    page.click("main button[type=submit]")
    expect(page.locator("[data-found]")).to_contain_text("没有这一行")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page, options=WCAG).response["violations"] == []
    if folder := os.environ.get("CRAFTPATH_PICTURES", ""):
        page.screenshot(path=f"{folder}/register-{width}.png", full_page=True)

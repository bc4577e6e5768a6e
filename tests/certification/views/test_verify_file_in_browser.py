"""The file check in Chromium: says at once that it works, takes what is dropped, needs no script."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from access import SYSTEM
from certification.models import Certificate, LookUp
from certification.sandbox.client import AT_ONCE, sandbox
from certification.sandbox.slots import take_slot
from certification.workflows import issue
from tests.certification.pictures import draw_page, save
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("CRAFTPATH_SHOTS")


@pytest.fixture
def certificate(db):
    return issue.issue_certificate(
        actor=SYSTEM, order=make_order(person=PersonFactory(name="欧阳示例"))
    )


def shot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def file_of(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def photo(settings):
    return file_of(
        "IMG_2031.jpg",
        save(draw_page(f"{settings.BASE_URL}/V/{Certificate.objects.get().code}"), "JPEG"),
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_page_says_at_once_that_the_file_is_being_checked(open_page, certificate, settings, width):
    page = open_page(width=width)
    page.goto("/verify/file/")
    # Playwright looks at no page that is being left, so the sending is held back behind the page's
    # own script.
    page.evaluate(
        "document.querySelector('[data-drop]').addEventListener('submit', (event) => event.preventDefault())"
    )
    shot(page, f"form-{width}")
    page.locator("input[type=file]").set_input_files(photo(settings))
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("status")).to_have_text("正在上传并核验，请稍候几秒。")
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("button[type=submit]").last).to_be_disabled()
    shot(page, f"working-{width}")
    page.evaluate("document.querySelector('[data-drop]').submit()")
    expect(page.locator("[data-cause=picture]")).to_be_visible(
        timeout=30_000
    )  # the server of the sandbox starts with the first file
    expect(page.locator("[data-picture]")).to_contain_text("本身不能证明任何事")
    shot(page, f"picture-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_answer_fits_a_phone_with_letters_twice_as_large(open_page, certificate):
    page = open_page(width=390)
    page.goto(f"/V/{certificate.code}")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.locator("[data-technical] summary").press("Enter")
    shot(page, "answer-390-twice")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_file_that_is_too_large_is_not_even_sent(open_page):
    page = open_page()
    page.goto("/verify/file/")
    page.route("**/verify/file/", lambda _route: pytest.fail("was sent"))
    page.locator("input[type=file]").set_input_files(file_of("a.pdf", b"%PDF-" + bytes(11 << 20)))
    page.get_by_role("button", name="核验").click(no_wait_after=True)
    expect(page.get_by_role("status")).to_contain_text("超过 10 MB，没有上传")
    expect(page.locator("progress")).to_be_hidden()
    assert LookUp.objects.count() == 0


def test_busy_door_keeps_the_form_and_the_file_can_be_chosen_again_without_script(
    open_page, certificate, settings
):
    page = open_page(java_script_enabled=False)
    page.complaints.allowed.append("503")
    page.goto("/verify/file/")
    expect(page.locator("progress")).to_be_hidden()
    with take_slot(AT_ONCE, sandbox.folder), take_slot(AT_ONCE, sandbox.folder):
        page.locator("input[type=file]").set_input_files(photo(settings))
        page.get_by_role("button", name="核验").click()
        expect(page.get_by_role("alert")).to_contain_text("请过半分钟再选一次")
        shot(page, "busy")
    page.locator("input[type=file]").set_input_files(photo(settings))
    page.get_by_role("button", name="核验").click()
    expect(page.locator("[data-cause=picture]")).to_be_visible(
        timeout=30_000
    )  # the server of the sandbox starts with the first file

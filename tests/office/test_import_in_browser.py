"""In Chromium: three hundred rows with one wrong cause are one line, and the button is in the
window without scrolling.
"""

import os
from pathlib import Path

import pytest
from django.test import Client

from tests.office.importing import check, sheet, worker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_button_of_a_check_is_always_in_the_window(
    open_page, live_server, officer, city, unit, width
):
    rows = [
        worker(serial, union=f"旧编码{serial % 6}" if serial > 2 else unit.code)
        for serial in range(1, 303)
    ]
    rows += [worker(serial, number=f"{serial}") for serial in range(400, 420)] + [
        worker(450, mobile="1"),
        worker(451, joined="9/1/2024"),
    ]
    run = check(officer, city, sheet(*rows))
    client = Client()
    client.force_login(officer)
    page = open_page(width=width, height=844)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"/office/imports/{run.public_id}/")
    assert page.locator(".causes > li").count() == 4
    button = page.locator(".import-acts .btn-primary")
    box = button.bounding_box()
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"import-{width}.png")
        page.screenshot(path=Path(folder) / f"import-{width}-whole.png", full_page=True)

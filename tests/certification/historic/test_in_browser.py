"""In Chromium: an officer takes a sheet over, a colleague compares the sample, HR verifies and
reads where the record comes from.
"""

import pytest
from django.test import Client
from playwright.sync_api import expect

from jobs.runner import run_waiting_items
from tests.certification.historic.making import paper, sheet

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NUMBER, NAME = paper(1)[:2]


@pytest.fixture
def signed_in(open_page, live_server):
    """Return a function that opens a page as a user."""

    def enter(user, **screen):
        client = Client()
        client.force_login(user)
        page = open_page(**screen)
        page.context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "url": live_server.url,
                }
            ]
        )
        return page

    return enter


def verify(page):
    page.goto("/verify/")
    page.locator("[name=number]").fill(NUMBER.replace("〔", "[").replace("〕", "]"))
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=name]").press("Enter")
    expect(page.locator(".verdict")).to_contain_text("证书有效")


@pytest.mark.parametrize("width", [390, 1280])
def test_import_compare_verify(signed_in, open_page, officer, second, city, tmp_path, width):
    file = tmp_path / "2015年台账.xlsx"
    file.write_bytes(sheet(paper(1), paper(2), paper(3, number="7")))
    screen = {"width": width, "height": 900}

    desk = signed_in(officer, **screen)
    desk.goto("/office/certificates/")
    desk.get_by_role("link", name="历史证书补录").click()
    desk.get_by_role("link", name="上传表格").first.click()
    desk.get_by_label("这张表据什么整理？").fill("培训科2015年台账")
    desk.get_by_label("存根或存档原件在手：由另一人抽样核对").check()
    desk.locator("input[type=file]").set_input_files(file)
    desk.get_by_role("button", name="上传").click()
    desk.get_by_role("button", name="开始试导").click()
    expect(desk.locator("h1")).to_contain_text("正在核对 3 行")
    run_waiting_items()
    desk.goto(desk.url)
    expect(desk.locator("h1")).to_contain_text("2 行可补录，1 行要改")
    desk.get_by_role("button", name="补录这 2 行").click()
    expect(desk.locator("h1")).to_contain_text("正在入册")
    run_waiting_items()
    desk.goto(desk.url)
    expect(desk.locator("h1")).to_contain_text("已补录 2 条")
    address = desk.url

    hr = open_page(**screen)
    verify(hr)
    expect(hr.locator("[data-origin=list]")).to_contain_text("并非由匠路签发")
    expect(hr.locator(".verdict.ok")).to_have_count(0)

    other = signed_in(second, **screen)
    other.goto("/office/certificates/historic/")
    other.get_by_role("link", name="2015年台账.xlsx").first.click()
    other.get_by_role("button", name="抽取 2 条").click()
    for answer in other.get_by_label("一致", exact=True).all():
        answer.check()
    other.get_by_label("原件存放在哪里？").fill("档案室 2015-3 盒")
    other.get_by_role("button", name="提交核对结果").click()
    expect(other.locator("main")).to_contain_text("已抽样核对")
    run_waiting_items()

    verify(hr)
    expect(hr.locator("[data-origin=archive]")).to_contain_text("抽样核对")
    desk.goto(address)
    expect(desk.get_by_role("link", name="撤回这批补录")).to_have_count(0)
    for page in (desk, other, hr):
        assert page.evaluate("document.documentElement.scrollWidth") <= width

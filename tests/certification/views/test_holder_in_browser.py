"""A holder in Chromium: shows the code, shares a link, sees that it was opened, asks for a
correction; an officer grants it.
"""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import expect

import access
from access.workflows import assign_role
from certification.enums import CertificateState
from certification.models import Certificate
from certification.workflows import issue
from org.workflows.belonging import join_union
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(open_page, live_server):
    """Return a function that opens a page as a user."""

    def enter(user, **screen):
        client = Client()  # one for each: signing in a second time would end the first session
        client.force_login(user)
        page = open_page(**screen)
        cookie = client.cookies["sessionid"]
        page.context.add_cookies(
            [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
        )
        return page

    return enter


def test_holder_shares_and_has_a_name_corrected(signed_in, open_page, tmp_path):
    org = OrgUnitFactory()
    person, officer = WorkerFactory(name="欧阳示例"), UserFactory()
    join_union(
        actor=access.SYSTEM,
        person=person,
        org_unit=OrgUnitFactory(parent=org),
        starts_on=date(2020, 1, 1),
    )
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    certificate = issue.issue_certificate(
        actor=access.SYSTEM, order=make_order(person=person, org=org)
    )

    holder = signed_in(person.user, width=390, height=844)
    holder.goto(f"/certificates/{certificate.public_id}/")
    holder.get_by_role("link", name="全屏出示").click()
    expect(holder.locator("svg.code")).to_be_visible()
    holder.get_by_role("link", name="返回").click()
    holder.get_by_role("link", name="分享链接").click()
    holder.get_by_label("给谁看").fill("应聘")
    holder.get_by_role("button", name="生成链接").click()
    address = urlsplit(holder.get_by_label("链接地址").first.input_value()).path

    stranger = open_page(width=1280, height=900)
    stranger.goto(address)
    expect(stranger.locator(".verdict")).to_contain_text("证书有效")
    expect(stranger.locator("dl.facts")).to_contain_text("欧阳示例")

    holder.reload()
    expect(holder.locator("ul.lines")).to_contain_text("打开1次")
    holder.get_by_role("button", name="停用链接").click()
    expect(holder.locator("main")).to_contain_text("没有有效链接")

    paper = tmp_path / "id.pdf"
    paper.write_bytes(b"%PDF-1.7 a paper")
    holder.goto(f"/certificates/{certificate.public_id}/correct/")
    holder.get_by_label("姓名", exact=True).check()
    holder.get_by_label("正确姓名").fill("欧阳示范")
    holder.get_by_label("说明原因").fill("证书上的字写错了")
    holder.locator("input[type=file]").set_input_files(paper)
    holder.get_by_role("button", name="提交申请").click()
    expect(holder.locator("main")).to_contain_text("待经办人处理")

    desk = signed_in(officer, width=1280, height=900)
    desk.goto("/office/certificates/corrections/")
    desk.get_by_role("link", name=certificate.number).click()
    desk.get_by_role("button", name="同意并换发证书").click()
    expect(desk.locator("main")).to_contain_text("已更正")

    old = Certificate.objects.get(pk=certificate.pk)
    assert (old.state, old.replaced_by.holder_name) == (CertificateState.SUPERSEDED, "欧阳示范")
    holder.goto("/certificates/")
    expect(holder.locator("main")).to_contain_text(old.replaced_by.number)

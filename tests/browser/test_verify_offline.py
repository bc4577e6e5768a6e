"""The kept page in Chromium without a network: a scanned address is judged by the device, with the
lists it keeps.
"""

import json
import os
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from access import SYSTEM
from certification.credentials import offline_token
from certification.enums import CertificateKind, Reason
from certification.keys import get_keyring
from certification.models import Certificate, Credential
from certification.workflows import issue, status_changes
from tests.certification.credentials.making import P256
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


@pytest.fixture
def certificate(transactional_db):
    return issue.issue_certificate(
        actor=SYSTEM, order=make_order(person=PersonFactory(name="欧阳示例"))
    )


def address(certificate, digits=None):
    return (
        f"/V/{certificate.code}#{digits or Credential.objects.get(certificate=certificate).offline}"
    )


def install(page):
    page.goto("/verify/offline/")
    expect(page.locator("[data-state]")).to_contain_text("还没有")
    page.click("[data-refresh]")
    expect(page.locator("[data-state]")).to_contain_text("个状态名单")


def leave_the_network(page):
    page.complaints.allowed += ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    page.context.set_offline(True)


def answered(page, certificate, digits=None):
    page.goto("about:blank")
    page.goto(address(certificate, digits))
    box = page.locator("[data-verdict]")
    expect(box).to_be_visible()
    return box.get_attribute("data-answer"), box.inner_text()


def token(certificate, signer, **changes):
    values = {
        "number": certificate.number,
        "name": "欧阳示例",
        "what": "培训合格证书",
        "level": 3,
        "issued": certificate.issued_on,
        "until": None,
        "status_list": certificate.status_list.number,
        "status_index": certificate.status_index,
    }
    return offline_token.sign_offline_token(
        offline_token.OfflineToken(**{**values, **changes}), signer=signer
    )


def test_scanned_code_is_judged_without_a_network(open_page, certificate):
    other = issue.issue_certificate(actor=SYSTEM, order=make_order())
    third = issue.issue_certificate(actor=SYSTEM, order=make_order())
    status_changes.suspend_certificate(actor=SYSTEM, certificate=third, reason=Reason.UNDER_REVIEW)
    status_changes.replace_certificate(actor=SYSTEM, certificate=other, reason=Reason.CORRECTED)
    page = open_page(width=390, height=844)
    install(page)
    page.goto(address(certificate))
    expect(page.locator("[data-answer=valid]")).to_contain_text(
        "证书有效"
    )  # with a network the site itself answers
    leave_the_network(page)

    answer, said = answered(page, certificate)
    assert answer == "valid"
    assert re.search(r"签名有效；截至 \d+ 年 \d+ 月 \d+ 日未撤销", said)
    facts = page.locator("[data-facts]")
    expect(facts).to_contain_text("欧阳示例")
    expect(facts).to_contain_text(certificate.number)
    expect(facts).to_contain_text("名单自身的签名已核对")
    assert answered(page, other)[0] == "revoked"
    assert answered(page, third)[0] == "suspended"

    digits = Credential.objects.get(certificate=certificate).offline
    for wrong in (digits[:-1] + str((int(digits[-1]) + 1) % 10), digits[:-40], "12345", "9" * 1500):
        answer, said = answered(page, certificate, wrong)
        assert answer == "bad"
        assert "不能采信" in said
    ring = get_keyring().token
    from datetime import date

    assert (
        answered(page, certificate, token(certificate, ring, until=date(2020, 1, 1)))[0]
        == "expired"
    )
    assert answered(page, certificate, token(certificate, ring, status_list=99))[0] == "unknown"
    assert answered(page, certificate, token(certificate, ring, status_index=200_000))[0] == "bad"
    assert (
        answered(page, certificate, token(certificate, P256("qr-stranger")))[1].count("密钥") == 1
    )
    assert answered(page, certificate, token(certificate, P256(ring.kid)))[0] == "bad"
    # The kept page itself, and what is pasted there.
    page.goto("/V/")
    page.fill("[name=code]", "HTTPS://CERT.EXAMPLE.CN" + address(certificate))
    page.click("[data-check] [type=submit]")
    box = page.locator("[data-verdict]")
    expect(box).to_have_attribute("data-answer", "valid")
    expect(box).to_have_class(
        re.compile(r"\bwarn\b")
    )  # a genuine code behind the address of another site
    expect(page.locator("[data-foreign]")).to_contain_text("cert.example.cn")
    page.fill(
        "[name=code]", re.match(r"https?://[^/]+", page.url)[0].upper() + address(certificate)
    )
    page.click("[data-check] [type=submit]")
    expect(box).to_have_class(re.compile(r"\bok\b"))
    expect(page.locator("[data-foreign]")).to_be_hidden()


def test_award_names_its_competition_and_an_old_list_is_never_green(open_page, transactional_db):
    fields = {
        "starts": "二〇二六年五月六日",
        "ends": "五月八日",
        "event": "示例市职工职业技能大赛",
        "rank": "一",
    }
    order = make_order(
        kind=CertificateKind.AWARD,
        subject="示例市职工职业技能大赛",
        occupation="焊工",
        distinction="一等奖",
        level=None,
        fields=fields,
    )
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    page = open_page(width=390, height=844)
    install(page)
    leave_the_network(page)
    assert answered(page, certificate)[0] == "valid"
    facts = page.locator("[data-facts]")
    expect(facts).to_contain_text("示例市职工职业技能大赛 焊工 一等奖")
    expect(facts).to_contain_text("竞赛获奖")
    page.clock.set_fixed_time(timezone.now() + timedelta(hours=35))
    assert answered(page, certificate)[0] == "valid"
    page.clock.set_fixed_time(timezone.now() + timedelta(hours=37))
    answer, said = answered(page, certificate)
    assert (answer, page.locator("[data-verdict]").get_attribute("class").split()[-1]) == (
        "stale",
        "warn",
    )
    assert "✓" not in said
    page.clock.set_fixed_time(timezone.now() + timedelta(days=40))
    assert "40 天" in answered(page, certificate)[1]


def test_lists_are_refreshed_with_a_network_and_older_ones_are_not_taken(open_page, certificate):
    page = open_page(width=1280, height=900)
    page.complaints.allowed += ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    install(page)
    old = page.request.get(
        f"/status/{certificate.status_list.number}/revocation",
        headers={"Accept": "application/vc+jwt"},
    ).text()
    Certificate.objects.filter(pk=certificate.pk).update(
        state="revoked", state_since="2026-11-01", state_reason="fraud"
    )
    from certification.workflows.status_lists import mark_status_list_changed

    mark_status_list_changed(certificate)
    page.wait_for_timeout(1100)  # a list is dated to the second
    page.goto("/V/")
    page.click("[data-refresh]")
    expect(page.locator("[data-state]")).to_contain_text("个状态名单")
    page.context.set_offline(True)
    assert answered(page, certificate)[0] == "revoked"
    page.context.set_offline(False)

    def replay(route):
        route.fulfill(body=old, content_type="application/vc+jwt")

    page.context.route("**/status/*/revocation", replay)
    page.goto("/V/")
    page.click("[data-refresh]")
    expect(page.locator("[data-state]")).to_contain_text("个状态名单")
    page.context.unroute("**/status/*/revocation")
    page.context.set_offline(True)
    assert answered(page, certificate)[0] == "revoked"


def test_list_that_was_changed_on_the_device_is_not_believed(open_page, certificate):
    page = open_page(width=1280, height=900)
    install(page)
    page.goto("/V/")
    page.evaluate(
        """async () => {
          const cache = await caches.open("craftpath-verify-1");
          for (const one of await cache.keys()) if (one.url.endsWith("/revocation")) {
            const [head, body, signature] = (await (await cache.match(one)).text()).split(".");
            const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
            claims.iat += 60;
            await cache.put(one, new Response([head, btoa(JSON.stringify(claims)).replaceAll("=", ""), signature].join(".")));
          }
        }"""
    )
    leave_the_network(page)
    answer, said = answered(page, certificate)
    assert (answer, "名单" in said) == ("bad", True)


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_clean_and_no_wider_than_the_window(open_page, certificate, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(width=width, height=900)
    page.complaints.allowed += ["Content Security Policy", "404"]  # axe-core's own probing
    folder = os.environ.get("CRAFTPATH_PICTURES", "")
    cache.clear()

    def look(name):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        violations = Axe().run(page, options=WCAG).response["violations"]
        assert violations == [], json.dumps(violations)[:2000]
        if folder:
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    install(page)
    look("offline")
    page.goto("/V/" + address(certificate).partition("/V/")[2].partition("#")[0])
    look("code")
    page.goto("/V/#" + Credential.objects.get().offline)
    expect(page.locator("[data-facts]")).to_be_visible()
    look("kept")
    page.goto("/verify/file/")
    look("file")
    page.set_input_files(
        "[name=file]",
        {
            "name": "a.json",
            "mimeType": "application/json",
            "buffer": Credential.objects.get().data.encode(),
        },
    )
    page.click("main [type=submit]")
    expect(page.locator("[data-cause=genuine]")).to_be_visible()
    look("file-answer")
    changed = {**json.loads(Credential.objects.get().data), "name": "别的"}
    page.goto("/verify/file/")
    page.complaints.allowed += ["422"]
    page.set_input_files(
        "[name=file]",
        {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(changed).encode()},
    )
    page.click("main [type=submit]")
    expect(page.locator("[data-cause=changed]")).to_be_visible()
    look("file-changed")


def test_file_dropped_on_the_sheet_is_sent(open_page, certificate):
    page = open_page(width=1280, height=900)
    page.goto("/verify/file/")
    transfer = page.evaluate_handle(
        "text => { const all = new DataTransfer(); all.items.add(new File([text], 'credential.json')); return all; }",
        Credential.objects.get().data,
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})
    expect(page.locator("[data-cause=genuine]")).to_be_visible()

"""The pages of verification, as strangers meet them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from certification import limits
from certification.enums import CertificateState
from certification.models import LookUp
from certification.rules import number
from certification.workflows import verification as workflows
from tests.factories.certification import CertificateFactory
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return CertificateFactory(person=PersonFactory(name="欧阳示例"), occupation_code="6-18-02-04")


def ask(client, number_, name, follow=True):
    return client.post(reverse("certification:verify"), {"number": number_, "name": name}, follow=follow)


def answer(response):
    body = response.content.decode()
    return body.split('data-answer="')[1].split('"')[0]


def test_number_and_name_lead_to_a_page_whose_address_tells_nothing(client, row):
    response = ask(client, row.number, "欧阳示例", follow=False)
    assert response.status_code == 302
    assert response.url == reverse("certification:verify_result", args=[LookUp.objects.get().public_id])
    page = client.get(response.url)
    body = page.content.decode()
    assert (page.status_code, answer(page)) == (200, "valid")
    assert "欧阳示例" in body
    assert row.number in body
    assert "6-18-02-04" in body
    assert "三级／高级工" in body
    assert "no-store" in page["Cache-Control"]
    again = client.get(response.url)
    assert (answer(again), LookUp.objects.count()) == ("valid", 1)


def test_result_opened_elsewhere_shows_a_masked_name(client, django_user_model, row):
    address = ask(client, row.number, "欧阳示例", follow=False).url
    client.cookies.clear()
    body = client.get(address).content.decode()
    assert "欧阳**" in body
    assert "欧阳示例" not in body


def test_result_says_what_is_true_now(client, row):
    address = ask(client, row.number, "欧阳示例", follow=False).url
    row.state, row.state_since, row.state_reason = CertificateState.REVOKED, timezone.localdate(), "fraud"
    row.save()
    page = client.get(address)
    assert answer(page) == "revoked"
    assert "弄虚作假取得" in page.content.decode()


def test_result_is_kept_for_a_day(client, row):
    address = ask(client, row.number, "欧阳示例", follow=False).url
    LookUp.objects.update(at=timezone.now() - timedelta(hours=25))
    assert client.get(address).status_code == 410


def test_code_shows_a_masked_name_and_logs(client, row):
    page = client.get(reverse("certification:code", args=[row.code]))
    body = page.content.decode()
    assert (page.status_code, answer(page)) == (200, "valid")
    assert "欧阳**" in body
    assert "欧阳示例" not in body
    assert "noindex" in body
    assert LookUp.objects.get().way == "code"


@pytest.mark.parametrize("token", ["AAAAAAAAAAAAAAAAAAAAAA", "short", "x" * 100, "%00", "' OR 1=1"])
def test_unknown_and_torn_codes_answer_alike(client, token):
    page = client.get(f"/v/{token}/")
    assert (page.status_code, answer(page)) == (404, "no_match")


def body_without_chance(response):
    """Return the page without what differs by chance: time, reference, tokens, the look-up's own address."""
    import re

    text = response.content.decode()
    for pattern in (
        r"V-\w{4}-\w{4}",
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
        r'value="[A-Za-z0-9]{64}"',
        r"/verify/result/[0-9a-f-]+/",
        r'nonce="[^"]+"',
    ):
        text = re.sub(pattern, "…", text)
    return text


def test_unknown_number_and_wrong_name_give_the_same_page(client, row):
    unknown = str(number.make(org="990001", kind="PX", year=2026, serial=1))
    first, second = ask(client, unknown, "欧阳示例"), ask(client, row.number, "欧阳不是")
    assert answer(first) == answer(second) == "no_match"
    assert body_without_chance(first) == body_without_chance(second)
    assert first.status_code == second.status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("330106-PX-2026-001837-F", "编号末位对不上"),
        ("Y000123123456195000001", "zscx.osta.org.cn"),
        ("12345", "这不是本站编号的写法"),
        ("330106-PX-2026-001837-Y", "编号写法没有错"),
    ],
)
def test_no_match_says_only_how_the_number_is_written(client, typed, said):
    page = ask(client, typed, "王")
    assert answer(page) == "no_match"
    assert said in page.content.decode()


@pytest.mark.parametrize("data", [{}, {"number": "", "name": ""}, {"number": "x" * 61, "name": "王"}, {"number": "1", "name": "王" * 101}])
def test_form_with_gaps_comes_back_with_sentences(client, data):
    page = client.post(reverse("certification:verify"), data)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert LookUp.objects.count() == 0


@pytest.mark.parametrize("name", ["\x00", "王\x00明", "<script>alert(1)</script>", "𠮷" * 100, "' OR ''='"])
def test_odd_names_are_answered(client, row, name):
    page = ask(client, row.number, name)
    assert page.status_code in {200, 422}
    assert "<script>alert" not in page.content.decode()


def test_too_many_from_one_address_is_answered_calmly(client, row, monkeypatch):
    monkeypatch.setattr(limits, "BY_ADDRESS", limits.Limit("address", 3, 60))
    codes = [ask(client, row.number, "欧阳示例", follow=False).status_code for _ in range(4)]
    assert codes in ([302, 302, 302, 429], [302] * 4)  # the clock may have begun a new window in between
    if codes[-1] == 429:
        page = ask(client, row.number, "欧阳示例")
        assert "过" in page.content.decode()
        assert int(page["Retry-After"]) > 0


def test_names_tried_for_one_number_end_whatever_the_address(client, row):
    codes = []
    for attempt in range(limits.BY_NUMBER.times + 2):
        response = client.post(
            reverse("certification:verify"), {"number": row.number.lower(), "name": f"王{attempt}"}, REMOTE_ADDR=f"203.0.113.{attempt}"
        )
        codes.append(response.status_code)
    assert 429 in codes
    assert codes[: limits.BY_NUMBER.times] == [302] * limits.BY_NUMBER.times
    other = CertificateFactory()
    assert ask(client, other.number, other.holder_name).status_code == 200


def test_limit_of_codes(client, row, monkeypatch):
    monkeypatch.setattr(limits, "BY_CODE_ADDRESS", limits.Limit("code", 0, 3600))
    cache.clear()
    assert client.get(f"/v/{row.code}/").status_code == 200
    assert client.get(f"/v/{row.code}/").status_code == 429


def test_register_that_does_not_answer_is_said_plainly(client, row, monkeypatch):
    def broken(**_):
        raise OperationalError

    monkeypatch.setattr(workflows, "look_up_by_code", broken)
    monkeypatch.setattr(workflows, "look_up_by_number_and_name", broken)
    for page in (client.get(f"/v/{row.code}/"), ask(client, row.number, "欧阳示例")):
        assert (page.status_code, answer(page)) == (503, "unavailable")
        assert "暂时无法核对" in page.content.decode()


def test_code_costs_a_fixed_number_of_queries(client, row, django_assert_num_queries):
    client.get(f"/v/{row.code}/")
    with django_assert_num_queries(2):  # the row, the log
        client.get(f"/v/{row.code}/")


def test_pages_work_in_english(client, row):
    page = client.get(f"/v/{row.code}/", headers={"accept-language": "en"})
    assert "The certificate is valid" in page.content.decode()

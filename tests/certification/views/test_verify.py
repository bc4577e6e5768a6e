"""The pages of verification, as strangers meet them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from access import SYSTEM
from access.models import WholeSite
from access.workflows import assign_role
from certification import throttling
from certification.enums import CertificateState
from certification.models import LookUp
from certification.queries import verification as queries
from certification.rules import number
from certification.workflows import look_up_log
from certification.workflows import verification as workflows
from notify.models import Message
from tests.factories.certification import CertificateFactory
from tests.factories.ground import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return CertificateFactory(person=PersonFactory(name="欧阳示例"), occupation_code="6-18-02-04")


def ask(client, number_, name, follow=True):
    return client.post(
        reverse("certification:verify"), {"number": number_, "name": name}, follow=follow
    )


def answer(response):
    body = response.content.decode()
    return body.split('data-answer="')[1].split('"')[0]


def test_number_and_name_lead_to_a_page_whose_address_tells_nothing(client, row):
    response = ask(client, row.number, "欧阳示例", follow=False)
    assert response.status_code == 302
    assert response.url == reverse(
        "certification:verify_result", args=[LookUp.objects.get().public_id]
    )
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
    row.state, row.state_since, row.state_reason = (
        CertificateState.REVOKED,
        timezone.localdate(),
        "fraud",
    )
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
    look_up_log.drain_look_up_journal()
    assert LookUp.objects.get().way == "code"


@pytest.mark.parametrize("token", ["AAAAAAAAAAAAAAAAAAAAAA", "short", "x" * 100, "%00", "' OR 1=1"])
def test_unknown_and_torn_codes_answer_alike(client, token):
    page = client.get(f"/v/{token}/")
    assert (page.status_code, answer(page)) == (404, "no_match")


@pytest.mark.parametrize("address", ["/V/{}", "/V/{}/", "/v/{}", "/v/{}/", "/V/{}?from=scan"])
def test_the_printed_address_works_however_it_is_typed(client, row, address):
    assert answer(client.get(address.format(row.code))) == "valid"
    assert answer(client.get(address.format(row.code.lower()))) == "valid"


def test_our_links_are_the_address_that_is_printed(row):
    assert reverse("certification:code", args=[row.code]) == f"/V/{row.code}"


def test_what_only_technicians_ask_for_is_folded_away(client, row):
    body = client.get(reverse("certification:code", args=[row.code])).content.decode()
    shown, folded = body.split("data-technical", 1)
    assert (row.sha256 in shown, row.sha256 in folded.split("</details>")[0]) == (False, True)
    assert "PAdES" not in shown


def test_code_of_another_site_and_foreign_letters_are_answered_by_a_sentence(client, row):
    page = client.get("/V/0000000000000000").content.decode()
    assert "其他网站" in page
    page = ask(
        client, row.number.replace("P", "Р").replace("X", "Х"), row.holder_name
    ).content.decode()  # Cyrillic
    assert "西里尔" in page


def test_check_letter_typed_alike_leads_to_the_certificate(client, row):

    made = next(
        one
        for n in range(1, 999)
        if (
            one := number.make_certificate_number(org="990000", kind="PX", year=2026, serial=n)
        ).check
        in "0O1I"
    )
    row.number = str(made)
    row.save()
    typed = str(made)[:-1] + made.check.translate(str.maketrans("0O1I", "O0I1"))
    assert answer(ask(client, typed, row.holder_name)) == "valid"
    (found,) = queries.verify_many(
        [queries.Asked(typed, row.holder_name)], today=timezone.localdate()
    )
    assert found.certificate == row


def body_without_chance(response):
    """Return the page without what differs by chance: time, reference, tokens, the look-up's own
    address.
    """
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
    unknown = str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=1))
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


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"number": "", "name": ""},
        {"number": "x" * 61, "name": "王"},
        {"number": "1", "name": "王" * 101},
    ],
)
def test_form_with_gaps_comes_back_with_sentences(client, data):
    page = client.post(reverse("certification:verify"), data)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert LookUp.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["\x00", "王\x00明", "<script>alert(1)</script>", "𠮷" * 100, "' OR ''='"]
)
def test_odd_names_are_answered(client, row, name):
    page = ask(client, row.number, name)
    assert page.status_code in {200, 422}
    assert "<script>alert" not in page.content.decode()


def attempt(client, row, turn, *, name="", address="198.51.100.7", ticket=""):
    data = {"number": row.number.lower(), "name": name or f"王{turn}", "ticket": ticket}
    return client.post(reverse("certification:verify"), data, REMOTE_ADDR=address)


def elsewhere(turn):
    return f"203.{turn // 200}.{turn % 200}.9"


def ticket_of(page):
    return page.content.decode().split('name="ticket" value="')[1].split('"')[0]


@pytest.fixture
def clock(stopped_clock):
    """A clock that stands still and can be moved on."""
    stopped_clock.move_to(datetime(2027, 1, 15, 8, tzinfo=UTC))
    return stopped_clock


def test_after_five_misses_of_a_network_its_next_answer_for_a_number_waits(client, row, clock):
    assert [attempt(client, row, turn).status_code for turn in range(5)] == [302] * 5
    page = attempt(client, row, 6)
    assert (page.status_code, page["Retry-After"]) == (429, "20")
    assert "稍候" in page.content.decode()
    assert 'value="王6"' in page.content.decode()
    ticket = ticket_of(page)
    assert attempt(client, row, 6, ticket=ticket).status_code == 429
    clock.move_by(seconds=21)
    assert attempt(client, row, 6, ticket=ticket).status_code == 302
    assert attempt(client, row, 7, ticket=ticket).status_code == 429  # used up
    other = CertificateFactory()
    assert ask(client, other.number, other.holder_name).status_code == 200


def test_ticket_of_one_network_is_worth_nothing_in_another(client, row, clock):
    for address in ("198.51.100.7", "198.51.99.7"):
        for turn in range(5):
            attempt(client, row, turn, address=address)
    ticket = ticket_of(attempt(client, row, 6))
    clock.move_by(seconds=21)
    assert attempt(client, row, 6, address="198.51.99.7", ticket=ticket).status_code == 429
    assert attempt(client, row, 6, ticket=ticket).status_code == 302


def test_right_name_is_answered_after_the_wait_too(client, row, clock):
    for turn in range(5):
        attempt(client, row, turn)
    ticket = ticket_of(attempt(client, row, 9, name="欧阳示例"))
    clock.move_by(seconds=21)
    address = attempt(client, row, 9, name="欧阳示例", ticket=ticket).url
    assert answer(client.get(address)) == "valid"


def test_right_pair_is_answered_at_once_whatever_others_missed_for_the_number(client, row, clock):
    for turn in range(40):
        attempt(client, row, turn, address=elsewhere(turn))
    assert answer(client.get(attempt(client, row, 0, name="欧阳示例").url)) == "valid"


def test_number_that_many_networks_guess_leaves_each_one_free_miss(client, row, clock):
    assert {
        attempt(client, row, turn, address=elsewhere(turn)).status_code for turn in range(20)
    } == {302}
    assert [attempt(client, row, turn).status_code for turn in range(3)] == [302, 429, 429]
    clock.move_by(seconds=86_400)
    assert attempt(client, row, 1).status_code == 302


def test_one_name_against_running_numbers_waits_after_ten_misses(client, row, clock):
    numbers = [
        str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=serial))
        for serial in range(1, 14)
    ]
    page = reverse("certification:verify")
    codes = [client.post(page, {"number": one, "name": "欧阳 示例"}).status_code for one in numbers]
    assert codes == [302] * 10 + [429] * 3
    assert client.post(page, {"number": numbers[12], "name": "别人"}).status_code == 302
    assert (
        attempt(client, row, 0, name="欧阳示例").status_code == 302
    )  # from another network the right pair doesn't wait
    waited = client.post(page, {"number": row.number, "name": "欧阳示例"})
    clock.move_by(seconds=21)
    came = client.post(
        page, {"number": row.number, "name": "欧阳示例", "ticket": ticket_of(waited)}
    )
    assert answer(client.get(came.url)) == "valid"


def test_one_name_that_many_networks_try_leaves_each_one_free_miss(client, row, clock):
    for serial in range(1, 61):
        typed = {
            "number": str(
                number.make_certificate_number(org="990001", kind="PX", year=2026, serial=serial)
            ),
            "name": "欧阳示例",
        }
        assert (
            client.post(
                reverse("certification:verify"), typed, REMOTE_ADDR=elsewhere(serial)
            ).status_code
            == 302
        )
    others = [
        str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=serial))
        for serial in (70, 71)
    ]
    page = reverse("certification:verify")
    assert [
        client.post(page, {"number": one, "name": "欧阳示例"}).status_code for one in others
    ] == [302, 429]
    assert attempt(client, row, 0, name="欧阳示例").status_code == 302


def test_name_that_is_counted_stands_in_no_key_of_the_cache(client, row, monkeypatch):
    kept = []
    monkeypatch.setattr(throttling.cache, "add", lambda key, *rest: kept.append(str(key)) or True)
    assert attempt(client, row, 0, name="王独一").status_code == 302
    assert len(kept) >= 6
    assert not [key for key in kept if "王" in key or row.number in key or "198.51" in key]


def test_hits_are_not_counted_at_all(client, row, clock):
    assert {attempt(client, row, turn, name="欧阳示例").status_code for turn in range(140)} == {302}


def test_number_that_does_not_exist_is_limited_in_the_same_way(client, row, clock):
    class Unknown:
        number = str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=1))

    answers = [
        [attempt(client, one, f"{turn}{one.number}").status_code for turn in range(7)]
        for one in (row, Unknown)
    ]
    assert answers[0] == answers[1] == [302] * 5 + [429] * 2


def test_thirty_misses_a_minute_of_a_network_wait_whatever_the_last_figures(client, clock):
    rows = CertificateFactory.create_batch(8)
    codes = [
        attempt(client, rows[turn % 8], turn, address=f"203.0.113.{turn}").status_code
        for turn in range(32)
    ]
    assert codes == [302] * 30 + [429] * 2
    assert (
        attempt(client, rows[0], 1, name=rows[0].holder_name, address="203.0.114.1").status_code
        == 302
    )
    clock.move_by(seconds=60)
    assert (
        attempt(client, rows[0], 1, name=rows[0].holder_name, address="203.0.113.1").status_code
        == 302
    )


def test_site_that_is_searched_alarms_once_and_slows_who_misses(client, row, clock, monkeypatch):
    monkeypatch.setattr(throttling, "SITE_MISSES", throttling.VerificationLimit("site", 3, 600))
    assign_role(actor=SYSTEM, user=UserFactory(), role="security_admin", scope=WholeSite.get())
    others = CertificateFactory.create_batch(4)
    for turn, one in enumerate(others[:3]):
        assert attempt(client, one, turn).status_code == 302
    assert Message.objects.filter(kind="certification.guessing").count() == 1
    page = attempt(client, row, 9, name="欧阳示例")
    assert (page.status_code, page["Retry-After"]) == (429, "8")
    ticket = ticket_of(page)
    clock.move_by(seconds=9)
    assert attempt(client, row, 9, name="欧阳示例", ticket=ticket).status_code == 302
    assert (
        attempt(client, row, 9, name="欧阳示例", address="203.0.113.1").status_code == 302
    )  # that network missed nothing
    assert Message.objects.filter(kind="certification.guessing").count() == 1


def test_unknown_number_and_wrong_name_cost_the_same_queries(client, row):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    unknown = str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=1))
    ask(client, row.number, "欧阳示例")
    said = []
    for typed in (unknown, row.number):
        with CaptureQueriesContext(connection) as seen:
            client.post(reverse("certification:verify"), {"number": typed, "name": "不是"})
        said.append(
            [
                one["sql"].split(" WHERE ")[0].split(" VALUES ")[0].split(" SET ")[0]
                for one in seen
                if "SAVEPOINT" not in one["sql"]
            ]
        )
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        (None, ""),
        ("junk", "junk"),
    ],
)
def test_network_of_an_address(address, network):
    assert throttling.network_of_address(address) == network


def test_unknown_codes_are_limited_and_never_stop_a_right_one(client, row, monkeypatch):
    monkeypatch.setattr(
        throttling, "BY_CODE_ADDRESS", throttling.VerificationLimit("code", 1, 3600, here=True)
    )
    answers = [client.get("/v/0000000000000000/").status_code for _turn in range(2)]
    assert answers == [404, 429]
    assert {client.get(f"/v/{row.code}/").status_code for _turn in range(3)} == {200}


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
    with django_assert_num_queries(
        1
    ):  # the row and what stands beside it; the log is a line on the disk
        client.get(f"/v/{row.code}/")


def test_pages_work_in_english(client, row):
    page = client.get(f"/v/{row.code}/", headers={"accept-language": "en"})
    assert "The certificate is valid" in page.content.decode()


def test_replaced_certificate_leads_to_the_check_of_the_new_one_and_back(client, row):
    new = CertificateFactory(person=row.person)
    row.state, row.state_since, row.state_reason, row.replaced_by = (
        CertificateState.SUPERSEDED,
        timezone.localdate(),
        "corrected",
        new,
    )
    row.save()
    page = client.get(f"/v/{row.code}/").content.decode()
    assert 'data-answer="superseded"' in page
    assert f'href="/verify/?number={new.number}"' in page
    assert new.code not in page
    assert f'value="{new.number}"' in client.get(f"/verify/?number={new.number}").content.decode()
    assert row.number in client.get(f"/v/{new.code}/").content.decode()

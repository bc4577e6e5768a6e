"""The exam player on poor devices: a row for each, and one question asked of all: does the screen
say what the server holds?

Checked after every step (`Candidate.check`): what the page calls received is on the server, as
shown; what it calls kept on this device is in the device's storage; what is only in the page is
said in red; and nothing the server has acknowledged is missing from its record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import AnswerOp, Attempt, Question
from courses.queries.exam import counting_answers
from courses.workflows.exam import start_attempt
from tests.factories.courses import (
    EnrolmentFactory,
    ExamFactory,
    SessionFactory,
    TrainingClassFactory,
)
from tests.support import devices
from tests.support.devices import Device

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse"
ANSWERS = "**/answers/"
ON_DEVICE = """async () => {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open('craftpath-exam');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const rows = await new Promise((resolve, reject) => {
    const request = database.transaction('operations').objectStore('operations').getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.close();
  return rows.map((row) => [row.place, row.value]);
}"""


# Five minutes older: what arrives within half a minute of its writing counts by its receipt.
MAKE_OLDER = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open('craftpath-exam');
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise((resolve) => {
    const transaction = database.transaction('operations', 'readwrite');
    transaction.objectStore('operations').openCursor().onsuccess = ({ target }) => {
      target.result?.update({ ...target.result.value, at: target.result.value.at - 300_000 });
    };
    transaction.oncomplete = resolve;
  });
  database.close();
}"""


class Candidate:
    """A candidate at one page: answers by touch, and looks whether the page is honest."""

    def __init__(self, page: Any, attempt: Attempt, base: str) -> None:
        self.page, self.attempt, self.base = page, attempt, base
        self.acknowledged: set[UUID] = set()
        page.on("response", self._hear)

    def _hear(self, response: Any) -> None:
        if response.url.endswith("/answers/") and response.status == 200:
            words = response.json()["saved"]
            self.acknowledged |= {
                UUID(key)
                for key, word in words.items()
                if word in {"saved", "superseded", "unreadable", "late"}
            }

    def sign_in(self) -> None:
        """Give the browser a session of the candidate."""
        client = Client()
        client.force_login(self.attempt.enrolment.person.user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.base}]
        )

    def open(self) -> Candidate:
        self.sign_in()
        self.page.goto(reverse("courses:sitting", args=[self.attempt.public_id]))
        return self.wait_until_ready()

    def wait_until_ready(self) -> Candidate:
        expect(self.page.locator("#exam[data-ready]")).to_be_visible()
        return self

    def place_of(self, kind: str, nth: int = 0) -> int:
        places = [
            place for place, item in enumerate(self.attempt.paper, start=1) if item["kind"] == kind
        ]
        return places[nth]

    def choose(self, nth: int, text: str = "对") -> int:
        """Choose *text* at the nth single choice; return its place."""
        place = self.place_of("single", nth)
        self.page.locator(f"[data-go='{place}']").click()
        self.page.locator(f"#q{place} .opt", has_text=text).click()
        return place

    def cell(self, place: int) -> Any:
        return self.page.locator(f"[data-go='{place}']")

    def said(self, place: int) -> Any:
        return self.page.locator(f"#q{place} [data-said]")

    def expect_state(self, place: int, state: str) -> None:
        """Wait until the answer sheet shows *state*; "saved" is the one without a mark of its own."""
        others = ("local", "memory", "unreadable", "lost", "none", "writing")
        if state == "saved":
            self.page.wait_for_function(
                "([place, others]) => !others.some((name) => document.querySelector(`[data-go='${place}']`).classList.contains(name))",
                arg=[place, list(others)],
            )
        else:
            self.page.wait_for_selector(f"[data-go='{place}'].{state}")

    def shown(self, place: int) -> list[str]:
        """What stands in the field of a question."""
        return self.page.evaluate(
            """(place) => {
                const section = document.getElementById(`q${place}`);
                const number = section.querySelector('input.number');
                if (number) return number.value.trim() ? [number.value.trim()] : [];
                return [...section.querySelectorAll('input:checked')].map((input) => input.value).sort();
            }""",
            place,
        )

    def check(self) -> None:
        """Compare what the page says of each answer with what the server and the device have."""
        counts = counting_answers(Attempt.objects.get(pk=self.attempt.pk))
        states = self.page.evaluate(
            "[...document.querySelectorAll('#grid [data-go]')].map((cell) => [...cell.classList].filter((name) => name !== 'flag'))"
        )
        local = [place for place, names in enumerate(states, start=1) if "local" in names]
        on_device = self.page.evaluate(ON_DEVICE) if local else []
        for place, names in enumerate(states, start=1):
            if not names:
                answer = counts[place]
                assert self.shown(place) == ([answer.raw] if answer.raw else answer.value), (
                    f"question {place} is called received"
                )
            elif "local" in names:
                assert [place, self.shown(place)] in on_device, (
                    f"question {place} is called kept on this device"
                )
            elif "memory" in names:
                expect(self.page.locator("#trouble")).to_be_visible()
        missing = self.acknowledged - set(AnswerOp.objects.values_list("op_id", flat=True))
        assert not missing, "the server acknowledged what it doesn't have"

    def texts(self) -> dict[int, list[str]]:
        """Place → the text of the answer that counts on the server."""
        named = {
            option["id"]: option["text"]
            for item in self.attempt.paper
            for option in item["options"]
        }
        counts = counting_answers(Attempt.objects.get(pk=self.attempt.pk))
        return {
            place: [named.get(pk, pk) for pk in answer.value or []]
            for place, answer in counts.items()
        }


@pytest.fixture
def attempt() -> Attempt:
    """A sitting of three single choices and a number in metres."""
    training_class = TrainingClassFactory(starts_on=timezone.localdate())
    SessionFactory(training_class=training_class, number=1, now=True)
    exam = ExamFactory(training_class=training_class, question_count=4, bank=3, points_each=25)
    Question.objects.create(
        course=training_class.course,
        kind="number",
        text="气瓶与动火点的距离不小于多少米？",
        number=10,
        unit="米",
    )
    enrolment = EnrolmentFactory(training_class=training_class)
    return start_attempt(actor=enrolment.person.user, exam=exam, enrolment=enrolment)


@pytest.fixture
def sit(
    open_page: Callable[..., Any], live_server: Any, attempt: Attempt
) -> Callable[..., Candidate]:
    """Return `sit(device)`: the candidate at a page of that device, before its trouble begins."""

    def begin(device: Device = devices.WELL) -> Candidate:
        page = open_page(width=390, height=844, **device.context)
        devices.allow_network_trouble(page)
        device.prepare(page)
        return Candidate(page, attempt, live_server.url)

    return begin


# ---- the device's storage ----


@pytest.mark.parametrize(
    ("device", "state"),
    [
        (devices.WELL, "local"),
        (devices.STORAGE_REFUSES_TO_OPEN, "memory"),
        (devices.STORAGE_REFUSES_TO_WRITE, "memory"),
        (devices.STORAGE_FULL, "memory"),
        (devices.STORAGE_LOST_FOR_GOOD, "memory"),
        (devices.STORAGE_CONNECTION_LOST, "local"),
    ],
    ids=str,
)
def test_answer_without_network_is_called_kept_only_where_it_is(sit, device, state):
    me = sit(device).open()
    first = me.choose(0)
    me.expect_state(first, "saved")
    device.begin(me.page)
    with devices.without_network(me.page):
        second = me.choose(1)
        me.expect_state(second, state)
        expect(me.page.locator("#trouble")).to_be_visible(visible=state == "memory")
        expect(me.page.locator("#offline")).to_be_visible()
        me.check()
    me.expect_state(second, "saved")
    me.check()
    assert me.texts() == {first: ["对"], second: ["对"]}


def test_answers_on_a_full_device_are_sent_while_there_is_a_network(sit):
    me = sit(devices.STORAGE_FULL).open()
    devices.STORAGE_FULL.begin(me.page)
    place = me.choose(0)
    me.expect_state(place, "saved")
    me.check()
    assert me.texts() == {place: ["对"]}


def test_evicted_storage_is_written_again_from_the_page(sit):
    me = sit().open()
    with devices.without_network(me.page):
        first = me.choose(0)
        me.expect_state(first, "local")
        devices.evict_storage(me.page)
        second = me.choose(1)
        me.expect_state(second, "local")
        me.check()
    me.expect_state(first, "saved")
    me.expect_state(second, "saved")
    me.check()


# ---- the clock ----


@pytest.mark.parametrize(
    "device", [devices.CLOCK_JUMPS_FORWARDS, devices.CLOCK_JUMPS_BACKWARDS], ids=str
)
def test_clock_of_the_device_that_jumps_ends_nothing_and_moves_nothing(sit, attempt, device):
    me = sit(device).open()
    first = me.choose(0)
    me.expect_state(first, "saved")
    with me.page.expect_response(ANSWERS):  # the page notices and asks the server what time it is
        device.begin(me.page)
    expect(me.page.locator("#clock")).to_have_text(re.compile(r"^(29|30):\d\d$"))
    second = me.choose(1)
    me.expect_state(second, "saved")
    me.check()
    attempt.refresh_from_db()
    assert attempt.state == "running"


@pytest.mark.parametrize(
    "device", [devices.CLOCK_JUMPS_FORWARDS, devices.CLOCK_JUMPS_BACKWARDS], ids=str
)
def test_clock_that_jumps_without_network_leaves_the_paper_open(sit, attempt, device):
    me = sit(device).open()
    with devices.without_network(me.page):
        device.begin(me.page)
        place = me.choose(0)
        me.expect_state(place, "local")
        expect(me.page.locator("#sure")).to_be_hidden()
        assert me.page.locator("#paper input:disabled").count() == 0
        me.check()
    me.expect_state(place, "saved")
    attempt.refresh_from_db()
    assert attempt.state == "running"


def test_display_that_runs_out_asks_the_server_and_goes_on(sit, attempt):
    """Even the page's own steady clock only asks: the server says that there is time left."""
    me = sit()
    me.page.clock.install()
    me.open()
    me.page.clock.run_for(1000)
    with devices.without_network(me.page):
        me.page.clock.fast_forward("31:00")
        expect(me.page.locator("#clock")).to_contain_text("00:00")
        expect(me.page.locator("#offline-title")).not_to_be_empty()
        assert me.page.locator("#paper input:disabled").count() == 0
        place = me.choose(0)
        me.check()
    me.page.clock.run_for(20_000)
    me.expect_state(place, "saved")
    attempt.refresh_from_db()
    assert attempt.state == "running"


def let_time_be_over(attempt: Attempt) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(ends_at=timezone.now() - timedelta(seconds=1))


def test_server_ends_the_sitting_and_the_page_says_so(sit, attempt):
    me = sit().open()
    place = me.choose(0)
    me.expect_state(place, "saved")
    let_time_be_over(attempt)
    me.page.evaluate("dispatchEvent(new Event('online'))")
    me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.receipt != "") == ("collected", True)


def test_answer_that_comes_after_the_end_waits_for_a_person(sit, attempt):
    me = sit().open()
    with devices.without_network(me.page):
        place = me.choose(0)
        me.expect_state(place, "local")
        let_time_be_over(attempt)
    me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark, attempt.late_waiting, me.texts()) == (
        "collected",
        0,
        1,
        {},
    )


def test_answer_that_comes_after_the_time_for_late_ones_is_said_to_be_lost(sit, attempt):
    me = sit().open()
    with devices.without_network(me.page):
        place = me.choose(0)
        me.expect_state(place, "local")
        Attempt.objects.filter(pk=attempt.pk).update(ends_at=timezone.now() - timedelta(minutes=11))
    expect(me.page.locator("#ended")).to_be_visible()
    me.expect_state(place, "lost")
    expect(me.page.locator("#sure-text")).to_contain_text(str(place))
    assert not AnswerOp.objects.exists()


# ---- the session ----


def test_session_that_ended_is_renewed_in_the_page_and_everything_is_sent(sit, attempt):
    me = sit().open()
    devices.end_session(attempt.enrolment.person.user)
    place = me.choose(0)
    dialog = me.page.locator("#renew-session")
    expect(dialog).to_be_visible()
    me.expect_state(place, "local")
    me.check()
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("[type=submit]").click()
    me.expect_state(place, "saved")
    expect(dialog).to_be_hidden()
    expect(me.page.locator("#offline")).to_be_hidden()
    me.check()


def test_token_that_another_tab_changed_is_fetched_anew(sit):
    me = sit().open()
    devices.lose_token(me.page)
    place = me.choose(0)
    me.expect_state(place, "saved")
    me.check()


def test_another_person_signed_in_meanwhile_sends_nothing_under_that_name(
    sit, attempt, live_server
):
    me = sit().open()
    other = EnrolmentFactory(training_class=attempt.exam.training_class).person.user
    client = Client()
    client.force_login(other)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    me.page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    place = me.choose(0)
    expect(me.page.locator("#renew-session [data-part=other]")).to_be_visible()
    me.expect_state(place, "local")
    me.check()
    assert not AnswerOp.objects.exists()


# ---- tabs and devices ----


def test_second_tab_answers_and_both_show_what_counts(sit, attempt, live_server):
    me = sit().open()
    place = me.choose(0, "错一")
    me.expect_state(place, "saved")
    tab = Candidate(devices.open_second_tab(me.page), attempt, live_server.url)
    tab.page.goto(me.page.url)
    tab.wait_until_ready()
    assert tab.shown(place) == me.shown(place)
    tab.choose(0, "对")
    tab.expect_state(place, "saved")
    expect(me.page.locator(f"#q{place} .opt", has_text="对").locator("input")).to_be_checked()
    expect(me.said(place)).not_to_be_empty()
    me.check()
    tab.check()
    assert me.texts() == {place: ["对"]}


def test_second_device_answers_last_and_the_first_shows_it(sit, attempt):
    """Both opened the paper before anything was answered."""
    me, other = sit().open(), sit().open()
    second, third, place = me.choose(1), me.choose(2), me.choose(0, "错一")
    me.expect_state(place, "saved")
    other.choose(0, "对")
    other.expect_state(place, "saved")
    me.page.evaluate("dispatchEvent(new Event('online'))")
    expect(me.page.locator(f"#q{place} .opt", has_text="对").locator("input")).to_be_checked()
    me.check()
    other.check()
    assert me.texts() == {second: ["对"], third: ["对"], place: ["对"]}


def test_answer_that_waited_on_one_device_gives_way_to_a_later_one_and_says_so(sit, attempt):
    me, other = sit().open(), sit().open()
    with devices.without_network(me.page):
        place = me.choose(0, "错一")
        me.expect_state(place, "local")
        me.page.evaluate(MAKE_OLDER)
        other.choose(0, "对")
        other.expect_state(place, "saved")
    me.page.reload()
    me.wait_until_ready()
    expect(me.page.locator(f"#q{place} .opt", has_text="对").locator("input")).to_be_checked()
    me.expect_state(place, "saved")
    me.check()
    assert me.texts() == {place: ["对"]}
    me.choose(0, "错二")
    me.expect_state(place, "saved")
    assert me.texts() == {place: ["错二"]}


# ---- the network ----


def test_answer_whose_acknowledgement_was_lost_is_sent_again_and_written_once(sit):
    me = sit().open()
    with devices.answers_lost(me.page, ANSWERS) as sent:
        place = me.choose(0)
        me.expect_state(place, "local")
        expect(me.page.locator("#offline")).to_be_visible()
        me.check()
    me.page.evaluate("dispatchEvent(new Event('online'))")
    me.expect_state(place, "saved")
    me.check()
    assert sent
    assert AnswerOp.objects.count() == 1


def test_network_lost_right_after_an_answer_was_received(sit):
    me = sit().open()
    devices.once_offline_after(me.page, ANSWERS)
    first = me.choose(0)
    me.expect_state(first, "saved")
    second = me.choose(1)
    me.expect_state(second, "local")
    me.check()
    me.page.context.set_offline(False)
    me.expect_state(second, "saved")
    me.check()


def test_portal_of_the_wireless_network_is_no_server(sit):
    me = sit().open()
    with devices.portal_answers(me.page, ANSWERS):
        place = me.choose(0)
        me.expect_state(place, "local")
        expect(me.page.locator("#offline")).to_be_visible()
        me.check()
    me.page.evaluate("dispatchEvent(new Event('online'))")
    me.expect_state(place, "saved")


def kept_for_offline(me: Candidate) -> None:
    """Wait until the worker keeps the page, which the page says."""
    me.page.wait_for_function(
        """async () => {
            for (const name of await caches.keys()) if (await (await caches.open(name)).match(location.pathname)) return true;
            return false;
        }"""
    )


def test_page_reloads_without_network_with_all_that_was_answered(sit):
    me = sit().open()
    kept_for_offline(me)
    first = me.choose(0)
    me.expect_state(first, "saved")
    me.page.locator("[data-flag]:visible").click()
    number = me.place_of("number")
    with devices.without_network(me.page):
        second = me.choose(1, "错一")
        me.expect_state(second, "local")
        me.page.locator(f"[data-go='{number}']").click()
        me.page.locator(f"#q{number} .number").fill("10米")
        me.page.locator(f"#q{number} .number").blur()
        me.expect_state(number, "local")
        me.page.reload()
        me.wait_until_ready()
        me.expect_state(first, "saved")
        me.expect_state(second, "local")
        me.expect_state(number, "local")
        expect(me.page.locator("[data-n=flag]")).to_have_text("1")
        me.check()
    me.expect_state(second, "saved")
    me.expect_state(number, "saved")
    me.check()
    assert me.texts() == {first: ["对"], second: ["错一"], number: ["10"]}


def test_page_from_the_back_forward_cache_asks_the_server_how_things_are(sit, attempt):
    me, other = sit().open(), sit().open()
    place = me.choose(0, "错一")
    me.expect_state(place, "saved")
    other.choose(0, "对")
    other.expect_state(place, "saved")
    devices.leave_and_come_back(me.page)
    expect(me.page.locator(f"#q{place} .opt", has_text="对").locator("input")).to_be_checked()
    me.check()


def test_browser_without_a_worker_is_told_before_and_works(sit, attempt):
    me = sit(devices.NO_SERVICE_WORKER)
    me.sign_in()
    exam = attempt.exam
    me.page.goto(reverse("courses:exam", args=[exam.training_class.public_id, exam.public_id]))
    expect(me.page.locator("#browser.warn")).to_be_visible()
    me.open()
    expect(me.page.locator("#reload")).not_to_be_empty()
    place = me.choose(0)
    me.expect_state(place, "saved")
    me.check()


def test_page_killed_in_the_background_sends_what_it_kept_when_it_is_opened_again(
    sit, attempt, live_server
):
    me = sit().open()
    with devices.without_network(me.page):
        place = me.choose(0)
        me.expect_state(place, "local")
        me.check()
        devices.hide(me.page)
        me.page.context.set_offline(False)
        me.page.route(ANSWERS, lambda route: route.abort())
        restored = Candidate(devices.kill_and_restore(me.page), attempt, live_server.url)
    restored.wait_until_ready()
    restored.expect_state(place, "saved")
    restored.check()
    assert restored.texts() == {place: ["对"]}


# ---- old browsers, numbers, handing in ----


@pytest.mark.parametrize("device", [devices.WELL, devices.OLD_WEBVIEW], ids=str)
def test_paper_is_answered_and_handed_in_with_its_receipt(sit, attempt, device):
    me = sit(device).open()
    places = [me.choose(nth) for nth in range(3)]
    number = me.place_of("number")
    me.page.locator(f"[data-go='{number}']").click()
    me.page.locator(f"#q{number} .number").fill("１０ m")
    me.page.locator(f"#q{number} .number").blur()
    for place in (*places, number):
        me.expect_state(place, "saved")
    me.check()
    me.page.locator("#hand-in").click()
    me.page.locator("#sure-yes").click()
    me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark) == ("submitted", 100)
    groups = " ".join(attempt.receipt[at : at + 8] for at in range(0, 64, 8))
    expect(me.page.locator(".receipt")).to_have_text(groups)


def test_number_that_cant_be_read_is_said_before_leaving_and_counts_as_no_answer(sit, attempt):
    me = sit().open()
    place = me.place_of("number")
    me.page.locator(f"[data-go='{place}']").click()
    field, said = me.page.locator(f"#q{place} .number"), me.page.locator(f"#q{place} [data-read]")
    field.fill("0,8 m")
    expect(said).to_contain_text("0.8 米")
    field.fill("1O米")
    field.blur()
    expect(said).to_have_class(re.compile("wrong"))
    other = me.place_of("single")
    me.cell(other).click()
    expect(me.page.locator(f"#q{place}")).to_be_visible()  # the first time it stays and says so
    me.cell(other).click()
    expect(me.page.locator(f"#q{other}")).to_be_visible()
    me.expect_state(place, "unreadable")
    me.check()
    good = me.choose(0)
    me.expect_state(good, "saved")  # the bad one blocks no other
    me.page.locator("#hand-in").click()
    expect(me.page.locator("#sure-text")).to_contain_text(str(place))
    me.page.locator("#sure-yes").click()
    me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert attempt.mark == 25
    expect(me.page.get_by_text("1O米")).to_be_visible()


def test_answer_lost_while_handing_in_is_found_again(sit, attempt):
    """The server took the paper, its answer got lost: asking again gives the same receipt."""
    me = sit().open()
    place = me.choose(0)
    me.expect_state(place, "saved")
    me.page.locator("#hand-in").click()
    with devices.answers_lost(me.page, "**/hand-in/"):
        me.page.locator("#sure-yes").click()
        me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark) == ("submitted", 25)


def test_screen_that_shows_something_else_than_counts_isnt_handed_in_unseen(sit, attempt):
    me, other = sit().open(), sit().open()
    place = me.choose(0, "错一")
    me.expect_state(place, "saved")
    me.page.locator("#hand-in").click()
    expect(me.page.locator("#sure-yes")).to_be_visible()
    # Between what the page last heard and its handing in, another device answers.

    def answer_as_before(route: Any) -> None:
        seen = json.loads(route.request.post_data)["seen"]
        state = {
            "now": timezone.now().timestamp() * 1000,
            "endsAt": 0,
            "left": 60_000,
            "state": "running",
            "received": seen,
        }
        route.fulfill(
            status=200,
            content_type="application/json",
            body=json.dumps({**state, "saved": {}, "counts": {}}),
        )

    me.page.route(ANSWERS, answer_as_before)
    other.choose(0, "对")
    other.expect_state(place, "saved")
    me.page.locator("#sure-yes").click()
    expect(me.page.locator("#sure-text")).to_contain_text(str(place))
    expect(me.page.locator(f"#q{place} .opt", has_text="对").locator("input")).to_be_checked()
    attempt.refresh_from_db()
    assert attempt.state == "running"
    me.page.locator("#sure-yes").click()
    me.page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.mark) == ("submitted", 25)


def test_numbers_are_read_alike_in_the_browser_and_on_the_server(desktop, live_server):
    """The same vectors as `tests/courses/test_exam_rules.py`."""
    from courses.rules.number_text import UNITS
    from tests.courses.test_exam_rules import VECTORS

    desktop.route(
        "**/blank/",
        lambda route: route.fulfill(
            status=200, content_type="text/html", body="<!doctype html><title>.</title>"
        ),
    )
    desktop.goto("/blank/")
    found = desktop.evaluate(
        """async ([vectors, units]) => {
            const { numberReader, writeNumber } = await import('/static/courses/number_text.js');
            const read = numberReader(units);
            return vectors.map(([text, unit]) => {
                try { return writeNumber(read(text, unit)); } catch (error) { return `!${error.code ?? error}`; }
            });
        }""",
        [VECTORS, {unit: list(ways) for unit, ways in UNITS.items()}],
    )
    assert dict(zip(map(repr, VECTORS), found, strict=True)) == {
        repr(vector): vector[2] for vector in VECTORS
    }

"""The judge's sheet on poor devices: nothing acknowledged is lost, nothing unacknowledged is
called kept, the screen says which.

Every row marks three lines: one while all is well, two while the device is poor. Then the trouble
ends, or a well device looks on.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from competitions.models import MarkChange, Sheet, Signature
from people.models import User
from tests.browser.test_judging import (
    SCRIPTS,
    contest_save,
    kept_values,
    line,
    open_sheet,
    wait_until_controlled,
    wait_until_kept,
)
from tests.browser.test_judging import contest as contest
from tests.support import devices

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVE = "**/save/"
KEPT_WORDS = ("已存本机", "已保存")
PASSWORD = "correct horse battery"


def status(page: Any) -> Any:
    return page.locator("#network")


def mark_two_lines(page: Any) -> None:
    """Give what is measured in A1.3 and the judgement A1.2, after A1.1 was given on a well device."""
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    line(page, "A1.2").get_by_role("button", name="2", exact=True).click()


def mark_first_line(page: Any) -> None:
    field = line(page, "A1.1").locator("input")
    field.fill("25")
    field.press("Enter")
    expect(status(page)).to_have_text("在线 · 全部已保存")


ALL = {"A1.1": "25.00", "A1.2": "2", "A1.3": "30.00"}
FIRST = {"A1.1": "25.00"}


def expect_on_screen(page: Any) -> None:
    """The screen shows all three values."""
    expect(line(page, "A1.1").locator("input")).to_have_value("25.00")
    expect(line(page, "A1.2").locator('[aria-pressed="true"]')).to_have_text("2")
    expect(line(page, "A1.3").locator('[aria-pressed="true"]')).to_have_text("达标")


@dataclass(frozen=True)
class Row:
    """A device, whether the network goes with its trouble, and what the screen says then (a part
    of it) and never.
    """

    device: devices.Device
    offline: bool
    says: str
    never: tuple[str, ...] = ()
    red: bool = False
    sent_meanwhile: bool = field(default=False)

    def __str__(self) -> str:
        return f"{self.device}{' offline' if self.offline else ''}".replace(" ", "-")


NO_STORE_OFFLINE = "离线，且本机存不了数据 · 2 个分数只在本页里"
NO_STORE = "本机存不了数据"
KEPT_OFFLINE = "离线 · 2 个分数待同步，已存本机"
ROWS = [
    Row(
        devices.STORAGE_REFUSES_TO_OPEN, False, NO_STORE, KEPT_WORDS, red=True, sent_meanwhile=True
    ),
    Row(devices.STORAGE_REFUSES_TO_OPEN, True, NO_STORE_OFFLINE, KEPT_WORDS, red=True),
    Row(
        devices.STORAGE_REFUSES_TO_WRITE, False, NO_STORE, KEPT_WORDS, red=True, sent_meanwhile=True
    ),
    Row(devices.STORAGE_REFUSES_TO_WRITE, True, NO_STORE_OFFLINE, KEPT_WORDS, red=True),
    Row(devices.STORAGE_FULL, False, NO_STORE, KEPT_WORDS, red=True, sent_meanwhile=True),
    Row(devices.STORAGE_FULL, True, NO_STORE_OFFLINE, KEPT_WORDS, red=True),
    Row(devices.STORAGE_LOST_FOR_GOOD, False, NO_STORE, KEPT_WORDS, red=True, sent_meanwhile=True),
    Row(devices.STORAGE_LOST_FOR_GOOD, True, NO_STORE_OFFLINE, KEPT_WORDS, red=True),
    Row(devices.STORAGE_CONNECTION_LOST, True, KEPT_OFFLINE),
    Row(devices.CLOCK_JUMPS_FORWARDS, True, KEPT_OFFLINE),
    Row(devices.CLOCK_JUMPS_BACKWARDS, True, KEPT_OFFLINE),
    Row(devices.CLOCK_JUMPS_FORWARDS, False, "在线 · 全部已保存", sent_meanwhile=True),
    Row(devices.NO_SERVICE_WORKER, True, "已存本机 · 请不要刷新，离线时打不开本页"),
    Row(devices.OLD_WEBVIEW, True, KEPT_OFFLINE),
    Row(devices.OLD_WEBVIEW, False, "在线 · 全部已保存", sent_meanwhile=True),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_marks_on_a_poor_device_are_sent_and_the_screen_says_where_they_are(
    row, contest, open_page, live_server
):
    page = open_page(width=820, height=1180, **row.device.context)
    devices.allow_network_trouble(page)
    row.device.prepare(page)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    field = line(page, "A1.1").locator("input")
    field.fill("25")
    field.press("Enter")
    expect(line(page, "A1.1").locator("input")).to_have_value("25.00")
    wait_for(page, lambda: kept_values(sheet) == FIRST)
    row.device.begin(page)
    if row.offline:
        page.context.set_offline(True)
    mark_two_lines(page)
    expect(status(page)).to_contain_text(row.says, timeout=20_000)
    said = status(page).inner_text()
    assert [words for words in row.never if words in said] == []
    expect(page.locator("#paper")).to_have_attribute("data-kept", "no" if row.red else "yes")
    if row.red:
        expect(status(page)).to_have_class("tag bad")
    expect_on_screen(page)
    expect(page.locator("#sum")).to_have_text("55.00")
    if row.offline:
        assert kept_values(sheet) == FIRST
        page.context.set_offline(False)
    wait_for(page, lambda: kept_values(sheet) == ALL)
    assert [change.value for change in MarkChange.objects.filter(sheet=sheet, accepted=True)] == [
        "25.00",
        "30.00",
        "2",
    ]
    row.device.end(page)
    expect_on_screen(page)


def wait_for(page: Any, met: Callable[[], bool], *, turns: int = 400) -> None:
    """Wait until *met*: the server has got it. The database tells nobody of a change, so it is
    asked between turns of the page.
    """
    for _turn in range(turns):
        if met():
            return
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 100))")
    pytest.fail("it didn't come about in time")


# Notes what the page asks the browser for, before its own scripts run.
ASKS = """
    window.asked = [];
    const give = (name, value) => Object.defineProperty(navigator, name, { value });
    give('storage', { persist: async () => window.asked.push('persist') > 0 });
    give('wakeLock', { request: async (kind) => {
        window.asked.push(kind);
        return Object.assign(new EventTarget(), { release: async () => {} });
    } });
"""


def test_sheet_asks_to_keep_its_storage_and_to_leave_the_screen_on(contest, open_page, live_server):
    """J1 and W1: a tablet that slept lost its storage; nobody had asked the browser for either."""
    page = open_page(width=820, height=1180)
    page.add_init_script(f"(() => {{ {ASKS} }})();")
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    wait_for(page, lambda: {"persist", "screen"} <= set(page.evaluate("asked")), turns=50)


# ---- what a judge signs ----


def complete(page: Any, sheet: Sheet, judges: list[Any]) -> None:
    """Fill the whole sheet: the others' scores beforehand, ours on the page."""
    mark_first_line(page)
    mark_two_lines(page)
    page.locator('.subs [data-sub="A2"]').click()
    line(page, "A2.1").get_by_role("button", name="20.00", exact=True).click()
    expect(status(page)).to_have_text("在线 · 全部已保存")
    expect(page.get_by_role("button", name="签名并提交")).to_have_attribute(
        "aria-disabled", "false"
    )  # the panel's scores are known here


def test_signature_never_covers_a_mark_the_screen_shows_and_the_server_lacks(
    contest, open_page, live_server
):
    """J1: the tablet slept, its storage is dead. Before: the screen said 达标 and saved, the server
    signed without.
    """
    page = open_page(width=1180, height=820)
    devices.STORAGE_LOST_FOR_GOOD.prepare(page)
    sheet = contest.sheet("A", 3)
    judges = contest.judges_of(sheet)
    for other in judges[1:]:
        contest_save(other, sheet, {"A1.2": "2"})
    open_sheet(page, judges[0], sheet, live_server.url)
    complete(page, sheet, judges)
    devices.STORAGE_LOST_FOR_GOOD.begin(page)
    page.locator('.subs [data-sub="A1"]').click()
    with page.expect_response(SAVE):
        line(page, "A1.3").get_by_role("button", name="未达标").click()
    expect(status(page)).to_have_class("tag bad")
    page.get_by_role("button", name="签名并提交").click()
    page.locator("#sign-dialog").get_by_role("button", name="签名").click()
    expect(page.locator("#saved")).to_contain_text("1 / 3")
    assert kept_values(sheet)["A1.3"] == "0.00"
    assert Signature.objects.filter(sheet=sheet).count() == 1


def test_signature_while_a_mark_waits_is_refused_on_the_page_and_by_the_server(
    contest, open_page, live_server
):
    page = open_page(width=1180, height=820)
    sheet = contest.sheet("A", 3)
    judges = contest.judges_of(sheet)
    for other in judges[1:]:
        contest_save(other, sheet, {"A1.2": "2"})
    open_sheet(page, judges[0], sheet, live_server.url)
    complete(page, sheet, judges)
    devices.allow_network_trouble(page)
    page.route(SAVE, lambda route: route.abort())
    page.locator('.subs [data-sub="A1"]').click()
    # Not met and met again: the screen shows what the record has, and two values haven't arrived.
    line(page, "A1.3").get_by_role("button", name="未达标").click()
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    page.get_by_role("button", name="签名并提交").click(force=True)
    expect(page.locator("#saved")).to_contain_text("2 个分数待同步")
    refused = page.evaluate(SIGN_BEHIND_THE_PAGE)
    assert (refused["status"], refused["data"]["code"]) == (409, "marks_unsent")
    assert not Signature.objects.filter(sheet=sheet).exists()
    page.unroute(SAVE)
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert [
        change.value for change in MarkChange.objects.filter(sheet=sheet, aspect__code="A1.3")
    ] == ["30.00", "0.00", "30.00"]


# A page whose own check was got round: the content is as shown, only the last save hasn't arrived.
SIGN_BEHIND_THE_PAGE = """async () => {
    const { postJson } = await import('/static/js/request.js');
    const { digestOf } = await import('/static/js/sha256.js');
    const state = JSON.parse(document.getElementById('sheet-state').textContent);
    const now = await (await fetch(JSON.parse(document.getElementById('sheet-place').textContent).urls.state)).json();
    const scores = (aspect) => aspect.rounds.filter((round) => round.state === 'settled').flatMap((round) => round.scores);
    const marks = now.sub_criteria.flatMap((sub) => sub.aspects)
        .map((aspect) => aspect.kind === 'J' ? [aspect.code, null, scores(aspect)] : [aspect.code, aspect.value || null, []]);
    marks.sort(([a], [b]) => (a < b ? -1 : 1));
    const { public_id: sheet, version, module, number, minutes } = now;
    const content = { sheet, version, module, number, minutes, marks };
    const { Outbox } = await import('/static/js/outbox.js');
    const place = JSON.parse(document.getElementById('desk-place').textContent);
    const outbox = await Outbox.open({ database: place.database, owner: place.judge });
    const waiting = await outbox.waiting();
    const url = JSON.parse(document.getElementById('sheet-place').textContent).urls.sign;
    const last_operation = waiting[waiting.length - 1].id;
    return postJson(url, { content, fingerprint: digestOf(content), total: now.total, last_operation });
}"""


def test_signature_of_a_screen_that_differs_is_refused_with_both_values_and_shows_the_record(
    contest, open_page, live_server
):
    page = open_page(width=1180, height=820)
    sheet = contest.sheet("A", 3)
    judges = contest.judges_of(sheet)
    for other in judges[1:]:
        contest_save(other, sheet, {"A1.2": "2"})
    open_sheet(page, judges[0], sheet, live_server.url)
    complete(page, sheet, judges)
    page.route("**/state/", lambda route: route.abort())  # this tablet doesn't hear of it
    page.complaints.allowed += devices.NETWORK_COMPLAINTS
    contest_save(judges[1], sheet, {"A1.1": "30"}, base=1)
    page.get_by_role("button", name="签名并提交").click()
    page.unroute("**/state/")
    page.complaints.allowed.append("409")
    page.locator("#sign-dialog").get_by_role("button", name="签名").click()
    expect(page.locator("#saved")).to_contain_text("A1.1 您看到 25.00，记录是 30.00")
    assert not Signature.objects.filter(sheet=sheet).exists()
    # The judge stays on the tab where he was; the other tab says that something is there.
    expect(line(page, "A2.1")).to_be_visible()
    expect(page.locator('.subs [data-sub="A1"]')).to_have_class("look")
    page.locator('.subs [data-sub="A1"]').click()
    expect(line(page, "A1.1").locator("input")).to_have_value("30.00")
    expect(line(page, "A1.1").locator(".note.bad")).to_contain_text(
        "您看到的是 25.00，记录里是 30.00"
    )
    expect(page.get_by_role("button", name="签名并提交")).to_have_attribute("aria-disabled", "true")
    line(page, "A1.1").get_by_role("button", name="知道了").click()
    page.get_by_role("button", name="签名并提交").click()
    page.locator("#sign-dialog").get_by_role("button", name="签名").click()
    expect(page.locator("#saved")).to_contain_text("1 / 3")


# ---- tabs, clearing, what is being typed ----


def test_answer_turns_no_tab_and_a_second_tap_clears_nothing(contest, open_page, live_server):
    """J3: at 1.5 s of latency the next tab is tapped before the answer comes, and the key is
    tapped twice.
    """
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    wait_until_controlled(page)
    held: list[Any] = []
    page.route(SAVE, lambda route: held.append(route))
    with page.expect_request(SAVE):
        line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    page.locator('.subs [data-sub="A2"]').click()
    expect(line(page, "A2.1")).to_be_visible()
    with page.expect_response(SAVE):
        held[0].continue_()
    expect(status(page)).to_have_text("在线 · 全部已保存")
    expect(line(page, "A2.1")).to_be_visible()
    expect(line(page, "A1.3")).to_be_hidden()
    assert kept_values(sheet) == {"A1.3": "30.00"}
    assert MarkChange.objects.filter(sheet=sheet).count() == 1


@pytest.mark.parametrize("way", ["button", "key", "touch"])
def test_mark_is_cleared_by_a_gesture_of_its_own_and_comes_back(
    way, contest, open_page, live_server
):
    page = open_page(width=390, height=844, has_touch=True)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    met = line(page, "A1.3").get_by_role("button", name="达标", exact=True)
    clear = line(page, "A1.3").get_by_role("button", name="清除 A1.3")
    expect(clear).to_have_count(0)  # there is nothing to clear
    with page.expect_response(SAVE):
        met.click()
    with page.expect_response(SAVE):
        if way == "key":
            met.focus()
            page.keyboard.press("Backspace")
        elif way == "touch":
            clear.tap()
        else:
            clear.click()
    expect(line(page, "A1.3").locator('[aria-pressed="true"]')).to_have_count(0)
    wait_for(page, lambda: kept_values(sheet) == {})
    page.get_by_role("button", name="撤销").click()
    expect(met).to_have_attribute("aria-pressed", "true")
    wait_for(page, lambda: kept_values(sheet) == {"A1.3": "30.00"})
    assert [change.value for change in MarkChange.objects.filter(sheet=sheet)] == [
        "30.00",
        "",
        "30.00",
    ]


def test_figure_that_is_being_typed_is_not_taken_away_by_news(contest, open_page, live_server):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    judges = contest.judges_of(sheet)
    open_sheet(page, judges[0], sheet, live_server.url)
    field = line(page, "A1.1").locator("input")
    field.focus()
    page.keyboard.type("2")
    contest_save(judges[1], sheet, {"A1.1": "10", "A1.3": "30"})
    with page.expect_response("**/state/"):
        devices.hide(page, hidden=False)
    expect(line(page, "A1.3").get_by_role("button", name="达标", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(field).to_have_value("2")
    expect(field).to_be_focused()


# ---- network lost before, during, after; sessions, tabs, devices ----


def test_network_lost_before_during_and_after_the_request_loses_no_mark(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    with devices.without_network(page):
        line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
        expect(status(page)).to_have_text("离线 · 1 个分数待同步，已存本机")
        assert kept_values(sheet) == {}
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    with devices.answers_lost(page, SAVE) as sent:
        line(page, "A1.2").get_by_role("button", name="2", exact=True).click()
        expect(status(page)).to_have_text("离线 · 1 个分数待同步，已存本机")
        assert len(sent) >= 1
        assert kept_values(sheet) == {"A1.3": "30.00", "A1.2": "2"}
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    devices.once_offline_after(page, SAVE)
    field = line(page, "A1.1").locator("input")
    field.fill("25")
    field.press("Enter")
    wait_for(page, lambda: kept_values(sheet) == ALL)
    expect(status(page)).to_contain_text("离线")
    page.context.set_offline(False)
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert [change.value for change in MarkChange.objects.filter(sheet=sheet)] == [
        "30.00",
        "2",
        "25.00",
    ]
    assert set(MarkChange.objects.filter(sheet=sheet).values_list("accepted", flat=True)) == {True}


def test_portal_of_a_wireless_network_is_not_taken_for_an_answer(contest, open_page, live_server):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    wait_until_controlled(page)
    with devices.portal_answers(page, SAVE):
        line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
        expect(status(page)).to_have_text("离线 · 1 个分数待同步，已存本机")
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert kept_values(sheet) == {"A1.3": "30.00"}


def test_session_that_ends_is_renewed_in_place_and_the_mark_arrives(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    judge = User.objects.get(pk=contest.judges_of(sheet)[0].pk)
    judge.set_password(PASSWORD)
    judge.save()
    open_sheet(page, judge, sheet, live_server.url)
    devices.allow_network_trouble(page)
    devices.end_session(judge)
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    expect(page.locator("#renew-session")).to_be_visible()
    expect(status(page)).to_have_text("登录已过期 · 1 个分数待同步，已存本机")
    assert kept_values(sheet) == {}
    page.locator("#renew-password").fill(PASSWORD)
    page.locator("#renew-session").get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("#renew-session")).to_be_hidden()
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    expect(line(page, "A1.3").locator('[aria-pressed="true"]')).to_have_text("达标")
    assert kept_values(sheet) == {"A1.3": "30.00"}


def test_second_tab_shows_the_same_and_both_tabs_values_are_in_the_log_in_order(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    second = devices.open_second_tab(page)
    second.goto(page.url)
    expect(second.locator("#paper[data-ready]")).to_be_visible()
    with devices.without_network(page):
        line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
        expect(line(second, "A1.3").locator('[aria-pressed="true"]')).to_have_text("达标")
        line(second, "A1.3").get_by_role("button", name="未达标").click()
        expect(line(page, "A1.3").locator('[aria-pressed="true"]')).to_have_text("未达标")
        expect(status(page)).to_contain_text("2 个分数待同步")
    for tab in (page, second):
        expect(status(tab)).to_have_text("在线 · 全部已保存", timeout=40_000)
        expect(line(tab, "A1.3").locator('[aria-pressed="true"]')).to_have_text("未达标")
    assert kept_values(sheet) == {"A1.3": "0.00"}
    assert list(MarkChange.objects.filter(sheet=sheet).values_list("value", "accepted")) == [
        ("30.00", True),
        ("0.00", True),
    ]


def test_second_device_of_one_judge_is_told_and_nothing_is_overwritten(
    contest, open_page, live_server
):
    sheet = contest.sheet("A", 2)
    judge = contest.judges_of(sheet)[0]
    tablet, phone = open_page(width=820, height=1180), open_page(width=390, height=844)
    for page in (tablet, phone):
        open_sheet(page, judge, sheet, live_server.url)
    with devices.without_network(tablet):
        line(tablet, "A1.2").get_by_role("button", name="1", exact=True).click()
        expect(status(tablet)).to_have_text("离线 · 1 个分数待同步，已存本机")
        with phone.expect_response(SAVE):
            line(phone, "A1.2").get_by_role("button", name="3", exact=True).click()
    note = line(tablet, "A1.2").locator(".note.bad")
    expect(note).to_contain_text("1", timeout=40_000)
    expect(note).to_contain_text("3")
    assert kept_values(sheet) == {"A1.2": "3"}
    assert list(
        MarkChange.objects.filter(sheet=sheet).values_list("value", "accepted", "refusal")
    ) == [
        ("3", True, ""),
        ("1", False, "changed_meanwhile"),
    ]


# ---- storage thrown away, pages that come back ----


def test_storage_that_was_evicted_is_written_again_from_the_page(contest, open_page, live_server):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    with devices.without_network(page):
        mark_two_lines(page)
        expect(status(page)).to_have_text(KEPT_OFFLINE)
        devices.evict_storage(page)
        field = line(page, "A1.1").locator("input")
        field.fill("25")
        field.press("Enter")
        expect(status(page)).to_have_text("离线 · 3 个分数待同步，已存本机")
        expect_on_screen(page)
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert kept_values(sheet) == ALL


def test_page_killed_in_the_background_comes_back_offline_with_its_marks(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    devices.allow_network_trouble(page)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    wait_until_controlled(page)
    wait_until_kept(page, urlsplit(page.url).path, *SCRIPTS)
    page.context.set_offline(True)
    mark_two_lines(page)
    expect(status(page)).to_have_text(KEPT_OFFLINE)
    restored = devices.kill_and_restore(page)
    expect(status(restored)).to_have_text(KEPT_OFFLINE)
    expect(line(restored, "A1.2").locator('[aria-pressed="true"]')).to_have_text("2")
    expect(restored.locator(".rail [aria-current] .tag")).to_have_text("2 个分数待同步")
    restored.context.set_offline(False)
    expect(status(restored)).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert kept_values(sheet) == {"A1.2": "2", "A1.3": "30.00"}


def test_page_from_the_back_forward_cache_sends_and_asks_anew(contest, open_page, live_server):
    page = open_page(width=820, height=1180)
    devices.allow_network_trouble(page)
    sheet = contest.sheet("A", 1)
    judges = contest.judges_of(sheet)
    open_sheet(page, judges[0], sheet, live_server.url)
    wait_until_controlled(page)
    page.route(SAVE, lambda route: route.abort())
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    expect(status(page)).to_have_text("离线 · 1 个分数待同步，已存本机")
    page.unroute(SAVE)
    contest_save(judges[1], sheet, {"A1.1": "10"})
    devices.leave_and_come_back(page)
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    expect(line(page, "A1.1").locator("input")).to_have_value("10.00")
    assert kept_values(sheet) == {"A1.1": "10.00", "A1.3": "30.00"}


# ---- what others see ----


def test_desk_and_rail_count_marks_that_wait_by_sheet_and_keep_the_word_otherwise(
    contest, open_page, live_server
):
    """W1: offline, a sheet with marks on the device was shown as not begun; marks were counted as
    sheets.
    """
    page = open_page(width=1180, height=820)
    devices.allow_network_trouble(page)
    sheet = contest.sheet("A", 1)
    judge = contest.judges_of(sheet)[0]
    open_sheet(page, judge, sheet, live_server.url)
    wait_until_controlled(page)
    other = contest.sheet("A", 2)
    page.route(SAVE, lambda route: route.abort())
    mark_two_lines(page)
    expect(page.locator(f'.rail [data-sheet="{sheet.public_id}"] .tag')).to_have_text(
        "2 个分数待同步"
    )
    page.goto(reverse("competitions:desk"))
    expect(page.locator(f'.numbers [data-sheet="{sheet.public_id}"] .tag')).to_have_text(
        "2 个分数待同步"
    )
    if page.locator(f'.numbers [data-sheet="{other.public_id}"]').count():
        expect(page.locator(f'.numbers [data-sheet="{other.public_id}"] .tag')).to_have_text("未评")
    expect(page.locator("#desk-waiting")).to_have_text("2 个分数待同步")
    page.unroute(SAVE)
    wait_for(page, lambda: kept_values(sheet) == {"A1.2": "2", "A1.3": "30.00"}, turns=600)
    expect(page.locator("#desk-waiting")).to_be_hidden()


def test_rail_says_marking_again_once_the_marks_have_arrived_and_counts_no_remark(
    contest, open_page, live_server
):
    page = open_page(width=1180, height=820)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    tag = page.locator(".rail [aria-current] .tag")
    expect(tag).to_have_text("评分中")
    with devices.without_network(page):
        mark_two_lines(page)
        line(page, "A1.3").get_by_role("button", name="A1.3 的备注").click()
        line(page, "A1.3").locator("textarea").fill("螺钉松动")
        line(page, "A1.3").get_by_role("button", name="记下备注").click()
        expect(line(page, "A1.3").locator(".remarks")).to_contain_text("您，待同步：")
        expect(tag).to_have_text("2 个分数待同步")
    expect(status(page)).to_have_text("在线 · 全部已保存", timeout=40_000)
    expect(tag).to_have_text("评分中")


def test_waiting_names_the_judges_and_since_when(contest, open_page, live_server):
    page = open_page(width=1180, height=820)
    sheet = contest.sheet("A", 1)
    judges = contest.judges_of(sheet)
    open_sheet(page, judges[0], sheet, live_server.url)
    with page.expect_response(SAVE):
        line(page, "A1.2").get_by_role("button", name="2", exact=True).click()
    with page.expect_response("**/state/"):
        devices.hide(page, hidden=False)
    waits = line(page, "A1.2").locator(".waits")
    for other in judges[1:]:
        expect(waits).to_contain_text(str(other))
    expect(waits).to_contain_text("起")
    contest_save(judges[1], sheet, {"A1.2": "2"})
    with page.expect_response("**/state/"):
        devices.hide(page, hidden=False)
    expect(waits).not_to_contain_text(str(judges[1]))
    expect(waits).to_contain_text(str(judges[2]))


def test_remark_on_a_line_is_kept_offline_and_sent(contest, open_page, live_server):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    with devices.without_network(page):
        line(page, "A1.3").get_by_role("button", name="A1.3 的备注").click()
        line(page, "A1.3").locator("textarea").fill("螺钉松动 𠮷")
        line(page, "A1.3").get_by_role("button", name="记下备注").click()
        expect(line(page, "A1.3").locator(".remarks")).to_contain_text("您，待同步：")
        expect(status(page)).to_contain_text("1 条备注待同步")
        expect(page.locator(".rail [aria-current] .tag")).to_have_text("1 条备注待同步")
    expect(line(page, "A1.3").locator(".remarks")).to_contain_text("1 号裁判", timeout=40_000)
    assert list(sheet.remarks.values_list("aspect__code", "text")) == [("A1.3", "螺钉松动 𠮷")]


def test_photo_of_a_remark_is_made_smaller_waits_behind_the_marks_and_is_sent(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    data = io.BytesIO()
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(data, "JPEG", quality=95)
    order = []
    page.on(
        "request",
        lambda request: (
            request.method == "POST" and order.append(request.url.rstrip("/").rpartition("/")[2])
        ),
    )
    here = line(page, "A1.3")
    with devices.without_network(page):
        here.get_by_role("button", name="A1.3 的备注").click()
        here.locator("input[type=file]").set_input_files(
            {"name": "人.heic", "mimeType": "image/heic", "buffer": b"no picture"}
        )
        expect(page.locator("#live")).to_contain_text("读不出")
        here.locator("input[type=file]").set_input_files(
            {"name": "work.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}
        )
        expect(here).to_contain_text("照片会随这条备注一起提交")
        here.get_by_role("button", name="记下备注").click()
        expect(page.locator("#live")).to_contain_text("写明照片")
        here.locator("textarea").fill("根部气孔")
        here.get_by_role("button", name="记下备注").click()
        expect(here.locator(".remarks")).to_contain_text("您，待同步： 根部气孔 [照片]")
        line(page, "A1.2").get_by_role("button", name="2", exact=True).click()
        order.clear()
    expect(here.locator(".remarks")).to_contain_text("1 号裁判", timeout=40_000)
    sent = [part for part in order if part in {"save", "remark"}]
    assert sent[-2:] == ["save", "remark"]
    remark = sheet.remarks.get()
    assert (remark.text, 0 < remark.photo.size < 700_000) == ("根部气孔", True)
    link = here.locator(".remarks a")
    assert (
        page.request.get(link.evaluate("one => one.href")).headers["content-type"] == "image/jpeg"
    )


def test_remark_that_is_refused_comes_back_into_its_field_with_the_photo(
    contest, open_page, live_server
):
    page = open_page(width=820, height=1180)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(data, "JPEG")
    page.route(
        "**/remark/",
        lambda route: route.fulfill(
            status=422, json={"code": "photo_form", "message": "照片已损坏。"}
        ),
    )
    page.complaints.allowed.append("422")
    here = line(page, "A1.3")
    here.get_by_role("button", name="A1.3 的备注").click()
    here.locator("input[type=file]").set_input_files(
        {"name": "work.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}
    )
    here.locator("textarea").fill("根部气孔")
    here.get_by_role("button", name="记下备注").click()
    expect(page.locator("#live")).to_have_text("照片已损坏。")
    expect(here.locator("textarea")).to_have_value("根部气孔")
    expect(here).to_contain_text("照片会随这条备注一起提交")
    assert not sheet.remarks.exists()

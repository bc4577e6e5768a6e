"""The browser modules that pages on poor devices share, by themselves."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from playwright.sync_api import expect

from core.digests import digest_canonical_json, write_canonical_json
from people.models import User
from tests.factories.ground import UserFactory
from tests.support import devices

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse"
BLANK = "**/module-test/"
# Playwright's `evaluate` takes values of JSON only, so the modules' objects stay in the page, on
# `window`.
OPEN_OUTBOX = """async (owner) => {
    const { Outbox } = await import('/static/js/outbox.js');
    window.heard = [];
    window.outbox = await Outbox.open({ database: 'test', owner });
    for (const name of ['trouble', 'recovered']) window.outbox.addEventListener(name, () => window.heard.push(name));
    return window.outbox.lasting;
}"""
PUT = "async (operation) => { const row = await window.outbox.put(operation); return [row.seq, row.kept]; }"
WAITING = "async () => (await window.outbox.waiting()).map((row) => [row.value, row.kept])"


def open_blank(page: Any, device: devices.Device = devices.WELL) -> Any:
    """Open an empty page of our origin, on *device*."""
    device.prepare(page)
    page.route(
        BLANK,
        lambda route: route.fulfill(
            status=200, content_type="text/html", body="<!doctype html><title>.</title>"
        ),
    )
    page.goto("/module-test/")
    return page


# ---- outbox ----


def test_operations_wait_in_the_order_written_and_survive_a_reload(desktop):
    page = open_blank(desktop)
    assert page.evaluate(OPEN_OUTBOX, "a") is True
    assert [page.evaluate(PUT, {"value": value}) for value in ("1", "𠮷", "3")] == [
        [1, "device"],
        [2, "device"],
        [3, "device"],
    ]
    page.reload()
    page.evaluate(OPEN_OUTBOX, "b")
    assert page.evaluate(WAITING) == []
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate(WAITING) == [["1", "device"], ["𠮷", "device"], ["3", "device"]]


def test_operation_put_again_keeps_its_place_and_one_dropped_is_gone(desktop):
    page = open_blank(desktop)
    page.evaluate(OPEN_OUTBOX, "a")
    page.evaluate(
        "async () => { for (const id of ['x', 'y']) await outbox.put({ id, value: id }); }"
    )
    page.evaluate(
        "async () => { await outbox.put({ id: 'x', value: 'new' }); await outbox.drop('y'); }"
    )
    page.reload()
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate(WAITING) == [["new", "device"]]


@pytest.mark.parametrize(
    "device",
    [devices.STORAGE_REFUSES_TO_WRITE, devices.STORAGE_FULL, devices.STORAGE_LOST_FOR_GOOD],
    ids=str,
)
def test_failing_storage_is_said_values_stay_in_memory_and_are_written_once_it_works(
    desktop, device
):
    page = open_blank(desktop, device)
    page.evaluate(OPEN_OUTBOX, "a")
    page.evaluate(PUT, {"value": "before"})
    device.begin(page)
    assert page.evaluate(PUT, {"value": "during"}) == [2, "memory"]
    assert page.evaluate("[outbox.lasting, outbox.unkept, heard]") == [False, 1, ["trouble"]]
    assert page.evaluate(WAITING) == [["before", "device"], ["during", "memory"]]
    device.end(page)
    assert page.evaluate(PUT, {"value": "after"}) == [3, "device"]
    assert page.evaluate("[outbox.lasting, outbox.unkept, heard.slice(-1)]") == [
        True,
        0,
        ["recovered"],
    ]
    page.reload()
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate(WAITING) == [
        ["before", "device"],
        ["during", "device"],
        ["after", "device"],
    ]


@pytest.mark.parametrize("device", [devices.STORAGE_REFUSES_TO_OPEN], ids=str)
def test_storage_that_never_opens_leaves_memory_and_says_so(desktop, device):
    page = open_blank(desktop, device)
    assert page.evaluate(OPEN_OUTBOX, "a") is False
    assert page.evaluate(PUT, {"value": "1"}) == [1, "memory"]
    assert page.evaluate(WAITING) == [["1", "memory"]]


def test_storage_that_never_answers_is_given_up_and_then_left_alone(desktop):
    page = open_blank(desktop, devices.STORAGE_NEVER_OPENS)
    page.clock.install()
    page.evaluate(f"window.opening = ({OPEN_OUTBOX})('a')")
    page.wait_for_function("window.heard")
    page.clock.run_for(6000)
    assert page.evaluate("window.opening") is False
    assert page.evaluate(PUT, {"value": "1"}) == [
        1,
        "memory",
    ]  # at once: no timer of the page runs here


def test_connection_lost_while_the_tablet_slept_is_opened_again_without_a_word(desktop):
    device = devices.STORAGE_CONNECTION_LOST
    page = open_blank(desktop, device)
    page.evaluate(OPEN_OUTBOX, "a")
    device.begin(page)
    assert page.evaluate(PUT, {"value": "1"}) == [1, "device"]
    assert page.evaluate("heard") == []


def test_evicted_storage_is_written_again_from_memory(desktop):
    page = open_blank(desktop)
    page.evaluate(OPEN_OUTBOX, "a")
    page.evaluate(PUT, {"value": "1"})
    devices.evict_storage(page)
    assert page.evaluate(PUT, {"value": "2"}) == [2, "device"]
    page.reload()
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate(WAITING) == [["1", "device"], ["2", "device"]]


def test_two_tabs_share_what_waits_and_what_one_sent_is_not_sent_by_the_other(desktop):
    first = open_blank(desktop)
    second = open_blank(devices.open_second_tab(desktop))
    for page in (first, second):
        page.evaluate(OPEN_OUTBOX, "a")
    first.evaluate("outbox.put({ id: 'x', value: '1' })")
    second.evaluate(PUT, {"value": "2"})
    assert second.evaluate(WAITING) == [["1", "device"], ["2", "device"]]
    second.evaluate("outbox.drop('x')")
    assert first.evaluate(WAITING) == [["2", "device"]]
    assert first.evaluate("[outbox.lasting, outbox.count]") == [True, 1]


def test_page_killed_in_the_background_finds_its_values_again(desktop):
    page = open_blank(desktop)
    page.evaluate(OPEN_OUTBOX, "a")
    page.evaluate(PUT, {"value": "1"})
    context = page.context
    page.close()
    restored = open_blank(context.new_page())
    restored.evaluate(OPEN_OUTBOX, "a")
    assert restored.evaluate(WAITING) == [["1", "device"]]


def test_notes_of_an_owner_are_kept_by_key(desktop):
    page = open_blank(desktop)
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate("outbox.writeNote('flags', [3, 5])") == "device"
    page.evaluate("async () => { await outbox.writeNote('old', 1); await outbox.dropNote('old'); }")
    page.reload()
    page.evaluate(OPEN_OUTBOX, "a")
    assert page.evaluate("async () => [...(await outbox.readNotes())]") == [["flags", [3, 5]]]


def test_modules_work_where_newer_parts_of_the_browser_are_missing(desktop):
    page = open_blank(desktop, devices.OLD_WEBVIEW)
    assert page.evaluate(OPEN_OUTBOX, "a") is True
    assert page.evaluate(PUT, {"value": "1"}) == [1, "device"]
    assert page.evaluate(ASK, ["/sign-in/session/", 5000]) == ["answered", 200]
    assert page.evaluate(
        "async () => (await import('/static/js/sha256.js')).digestOf('工')"
    ) == digest_canonical_json("工")
    assert (
        page.evaluate("async () => (await import('/static/js/wake_lock.js')).isSupported()")
        is False
    )
    page.evaluate("async () => (await import('/static/js/wake_lock.js')).keepAwake()()")


# ---- requests ----

ASK = """async ([url, timeout]) => {
    const { getJson } = await import('/static/js/request.js');
    const { outcome, status } = await getJson(url, { timeout });
    return [outcome, status];
}"""


def test_request_says_what_came_of_it(desktop):
    page = open_blank(desktop)
    page.complaints.allowed += ["Failed to load resource"]
    state = "/sign-in/session/"
    assert page.evaluate(ASK, [state, 5000]) == ["answered", 200]
    assert page.evaluate(ASK, ["/no-such-address/", 5000]) == ["answered", 404]
    assert page.evaluate(ASK, ["/me/", 5000])[0] == "signed-out"  # redirected to the sign-in page
    with devices.portal_answers(page, f"**{state}"):
        assert page.evaluate(ASK, [state, 5000]) == ["no-network", 200]
    with devices.without_network(page):
        assert page.evaluate(ASK, [state, 5000]) == ["no-network", 0]
    page.route(f"**{state}", lambda route: None)  # never answered
    assert page.evaluate(ASK, [state, 50]) == ["timed-out", 0]


def test_form_without_a_good_token_counts_as_signed_out(desktop):
    page = open_blank(desktop)
    page.complaints.allowed += ["403"]
    sent = """async () => {
        const { postForm } = await import('/static/js/request.js');
        const { outcome, status } = await postForm('/sign-in/', {});
        return [outcome, status];
    }"""
    assert page.evaluate(sent) == ["signed-out", 403]
    assert page.evaluate(ASK, ["/sign-in/session/", 5000]) == ["answered", 200]  # gives a token
    page.complaints.allowed += ["422"]
    assert page.evaluate(sent) == ["answered", 422]


# ---- digests ----

VALUES: list[Any] = [
    "",
    "abc",
    "a" * 55,
    "a" * 56,
    "a" * 64,
    "职业技能" * 700,
    "𠮷野家 㐂 \U0003106c 龦",
    '"\\/\b\f\n\r\t\x00\x1f\x7f\u2028\ud800',
    0,
    -1,
    2**53 - 1,
    "14.40",
    None,
    True,
    [],
    {},
    [1, [2, [3, []]], {"b": "2", "a": [None, False]}],
    {"\ufb33": 1, "\U0001f600": 2, "10": 3, "9": 4, "é": 5, "": 6, "z": {"y": {"x": "匠"}}},
]


def test_browser_and_server_compute_the_same_digests(desktop):
    page = open_blank(desktop)
    # As text: Playwright's own way of handing values over mends half a surrogate pair.
    found = page.evaluate(
        """async (texts) => {
            const { canonicalJson, digestOf } = await import('/static/js/sha256.js');
            return texts.map((text) => [JSON.stringify(canonicalJson(JSON.parse(text))), digestOf(JSON.parse(text))]);
        }""",
        [json.dumps(value) for value in VALUES],
    )
    assert [(json.loads(text), digest) for text, digest in found] == [
        (write_canonical_json(value), digest_canonical_json(value)) for value in VALUES
    ]


def test_digest_is_sha256_as_everybody_computes_it(desktop):
    page = open_blank(desktop)
    texts = ["", "abc", "a" * 1000, "匠路 🛠", *("x" * n for n in (55, 56, 63, 64, 65, 119, 120))]
    found = page.evaluate(
        "async (texts) => texts.map((await import('/static/js/sha256.js')).sha256Hex)", texts
    )
    assert found == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_browser_refuses_what_has_no_canonical_form(desktop):
    page = open_blank(desktop)
    refused = """async () => {
        const { digestOf } = await import('/static/js/sha256.js');
        const said = [];
        for (const value of [1.5, NaN, undefined, new Date(0), 2 ** 53, () => 0]) {
            try { digestOf(value); said.push('taken'); } catch (error) { said.push(error.name); }
        }
        return said;
    }"""
    assert page.evaluate(refused) == ["TypeError"] * 6


# ---- session ----

START = """async () => {
    const { Session } = await import('/static/js/session.js');
    window.session = new Session();
    window.session.renew().then(() => { document.title = 'renewed'; });
}"""


@pytest.fixture
def worker(transactional_db: None) -> User:
    return UserFactory()


def open_waiting_page(page: Any, user: User) -> Any:
    """Open a page made for *user* in a browser where nobody is signed in, whose session has just
    been found ended.
    """
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    body = "<!doctype html><meta charset=utf-8><title>.</title>" + render_to_string(
        "people/parts/renew_session.html", request=request
    )
    page.route(BLANK, lambda route: route.fulfill(status=200, content_type="text/html", body=body))
    page.goto("/module-test/")
    page.evaluate(START)
    return page


def fill_dialog(page: Any, user: User, password: str = PASSWORD) -> None:
    page.locator("#renew-session [name=username]").fill(user.username)
    page.locator("#renew-session [name=password]").fill(password)
    page.locator("#renew-session [type=submit]").click()


def test_session_is_renewed_in_the_page_with_a_good_token(desktop, worker):
    page = open_waiting_page(desktop, worker)
    page.complaints.allowed += ["422", "409"]
    expect(page.locator("#renew-session")).to_be_visible()
    expect(page.locator("#renew-username")).to_have_value(worker.username)
    fill_dialog(page, worker, "wrong horse")
    expect(page.locator("#renew-session [data-said]")).to_be_visible()
    fill_dialog(page, UserFactory())
    expect(page.locator("#renew-session [data-said]")).to_contain_text("本页属于另一个账号")
    assert (
        page.evaluate("async () => (await (await fetch('/sign-in/session/')).json()).person") == ""
    )
    fill_dialog(page, worker)
    expect(page).to_have_title("renewed")
    expect(page.locator("#renew-session")).to_be_hidden()
    assert page.evaluate("session.isEnded") is False


def test_session_renewed_in_another_tab_lets_the_page_go_on_when_it_is_seen_again(desktop, worker):
    page = open_waiting_page(desktop, worker)
    with page.expect_popup() as opened:
        page.locator("#renew-session a[data-part=form]").click()
    other = opened.value
    other.fill("[name=username]", worker.username)
    other.fill("[name=password]", PASSWORD)
    other.locator("form:has([name=password]) button[type=submit]").click()
    other.wait_for_url("**/sign-in/renewed/")
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page).to_have_title("renewed")


def test_another_person_in_the_browser_is_named_and_signed_out_first(desktop, worker):
    desktop.goto("/sign-in/")
    desktop.fill("[name=username]", UserFactory().username)
    desktop.fill("[name=password]", PASSWORD)
    desktop.locator("form:has([name=password]) button[type=submit]").click()
    desktop.wait_for_url("**/me/")
    page = open_waiting_page(desktop, worker)
    expect(page.locator("#renew-session [data-part=other]")).to_be_visible()
    expect(page.locator("#renew-session [name=password]")).to_be_hidden()
    page.locator("[data-act=sign-out]").click()
    fill_dialog(page, worker)
    expect(page).to_have_title("renewed")


def test_dialog_without_a_network_says_so_and_can_be_put_off(desktop, worker):
    page = open_waiting_page(desktop, worker)
    page.locator("#renew-session [name=password]").wait_for()
    with devices.without_network(page):
        fill_dialog(page, worker)
        expect(page.locator("#renew-session [data-said]")).to_contain_text("连不上服务器")
    page.locator("[data-act=later]").click()
    expect(page.locator("#renew-session")).to_be_hidden()
    page.evaluate("session.show()")
    fill_dialog(page, worker)
    expect(page).to_have_title("renewed")


# ---- wake lock ----


def test_screen_stays_awake_until_the_page_lets_go_and_again_after_it_was_hidden(desktop):
    page = open_blank(desktop)
    page.evaluate("""async () => {
        window.locks = [];
        navigator.wakeLock.request = async () => {
            const lock = Object.assign(new EventTarget(), { release: async () => { lock.released = true; } });
            window.locks.push(lock);
            return lock;
        };
        const { keepAwake } = await import('/static/js/wake_lock.js');
        window.letGo = keepAwake();
    }""")
    devices.hide(page)
    page.evaluate(
        "locks[0].dispatchEvent(new Event('release'))"
    )  # the browser does that to hidden pages
    devices.hide(page, hidden=False)
    page.evaluate("letGo()")
    devices.hide(page, hidden=False)
    assert page.evaluate("locks.map((lock) => Boolean(lock.released))") == [False, True]

"""The judge's sheet on a tablet: by touch and by keyboard, without network, against another
judge's tablet, signed.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from competitions.models import Mark, Sheet, Signature
from core.static_modules import list_imported_modules
from tests.competitions import stage as stages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOUR = stages.FOUR
ROWS = (
    {"code": "A", "level": "模块", "name": "配电装调", "day": 1},
    {"code": "A1", "level": "子项", "name": "线路敷设"},
    {
        "code": "A1.1",
        "level": "评分点",
        "name": "导线颜色与截面符合图纸",
        "kind": "测量",
        "mark": 30,
        "steps": "5；10；15；20；25",
    },
    {"code": "A1.2", "level": "评分点", "name": "线槽走线整齐", "kind": "评价", "mark": 20, **FOUR},
    {
        "code": "A1.3",
        "level": "评分点",
        "name": "绝缘电阻不低于 0.5 MΩ",
        "kind": "测量",
        "mark": 30,
    },
    {"code": "A2", "level": "子项", "name": "接线工艺"},
    {
        "code": "A2.1",
        "level": "评分点",
        "name": "端子压接",
        "kind": "测量",
        "mark": 20,
        "steps": "10",
    },
)
SCRIPTS = (
    static("competitions/sheet.js"),
    *(f"{settings.STATIC_URL}{path}" for path in list_imported_modules("competitions/sheet.js")),
)
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def contest(transactional_db: None) -> stages.Stage:
    """An event being marked: one module of two sub-criteria."""
    stage = stages.build()
    stage.with_scheme = lambda rows=ROWS: stages.Stage.with_scheme(stage, rows)  # type: ignore[method-assign]  # a smaller scheme for the browser
    return stage.scoring()


def sign_in(page: Any, user: Any, base: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])


def open_sheet(page: Any, user: Any, sheet: Sheet, base: str) -> None:
    sign_in(page, user, base)
    page.goto(reverse("competitions:sheet", args=[sheet.public_id]))
    expect(page.locator("#paper[data-ready]")).to_be_visible()


def line(page: Any, code: str) -> Any:
    return page.locator(f'.aspect[data-aspect="{code}"]')


def clean(page: Any) -> list[str]:
    """Return what axe finds wrong."""
    page.complaints.allowed.append(
        "Applying inline style"
    )  # axe measures with inline styles; nothing of ours does
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "preload": False}
    )
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]


def wait_until_controlled(page):
    """Wait until the service worker answers for this page (no predicate for Playwright: the page's
    policy forbids eval).

    At the moment in which it takes over a request can pass by `page.route`, so a test that holds
    requests back waits for it first.
    """
    page.evaluate(
        "() => new Promise((done) => navigator.serviceWorker.controller ? done()"
        " : navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true }))"
    )


def wait_until_kept(page: Any, *paths: str) -> None:
    """Wait until the worker has kept *paths* for times without network."""
    page.evaluate(
        """async (paths) => {
            for (let turn = 0; turn < 100; turn += 1) {
                const found = await Promise.all(paths.map((path) => caches.match(path, { ignoreVary: true })));
                if (found.every(Boolean)) return;
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
            throw new Error("not kept in ten seconds");
        }""",
        list(paths),
    )


def kept_values(sheet: Sheet) -> dict[str, str]:
    return {
        mark.aspect.code: str(mark.awarded if mark.score is None else mark.score)
        for mark in Mark.objects.filter(sheet=sheet).select_related("aspect")
        if mark.awarded is not None or mark.score is not None
    }


def test_marks_given_offline_survive_a_reload_and_are_sent_once_online(
    contest, open_page, live_server
):
    page = open_page(width=1180, height=820)
    page.complaints.allowed.append(OFFLINE)
    sheet = contest.sheet("A", 1)
    judge = contest.judges_of(sheet)[0]
    open_sheet(page, judge, sheet, live_server.url)
    wait_until_controlled(page)
    wait_until_kept(page, urlsplit(page.url).path, *SCRIPTS)
    page.context.set_offline(True)
    line(page, "A1.3").get_by_role("button", name="达标", exact=True).click()
    line(page, "A1.2").get_by_role("button", name="2", exact=True).click()
    line(page, "A1.1").locator("input").fill("25")
    line(page, "A1.1").locator("input").press("Enter")
    expect(page.locator("#network")).to_have_text("离线 · 3 个分数待同步，已存本机")
    expect(page.locator("#sum")).to_have_text("55.00")
    assert kept_values(sheet) == {}
    page.reload()
    expect(page.locator("#network")).to_have_text("离线 · 3 个分数待同步，已存本机")
    expect(line(page, "A1.1").locator("input")).to_have_value("25.00")
    expect(line(page, "A1.2").get_by_role("button", name="2", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.context.set_offline(False)
    expect(page.locator("#network")).to_have_text("在线 · 全部已保存", timeout=40_000)
    assert kept_values(sheet) == {"A1.1": "25.00", "A1.2": "2", "A1.3": "30.00"}
    assert sheet.changes.values("operation").distinct().count() == 3


def test_sheet_never_opened_gives_the_desk_while_offline(contest, open_page, live_server):
    page = open_page()
    page.complaints.allowed.append(OFFLINE)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    desk = reverse("competitions:desk")
    wait_until_controlled(page)
    wait_until_kept(page, desk)
    page.context.set_offline(True)
    page.goto(reverse("competitions:sheet", args=["00000000-0000-4000-8000-000000000000"]))
    expect(page.locator("#desk-waiting")).to_have_text("离线 · 打开过的评分表仍可使用")


def test_value_that_met_another_tablets_is_shown_and_not_merged(contest, open_page, live_server):
    sheet = contest.sheet("A", 2)
    first, second, _third = contest.judges_of(sheet)
    mine, theirs = open_page(), open_page()
    mine.complaints.allowed.append(OFFLINE)
    open_sheet(mine, first, sheet, live_server.url)
    open_sheet(theirs, second, sheet, live_server.url)
    mine.context.set_offline(True)
    line(mine, "A1.1").locator("input").fill("20")
    line(mine, "A1.1").locator("input").press("Enter")
    line(theirs, "A1.1").locator("input").fill("25")
    line(theirs, "A1.1").locator("input").press("Enter")
    expect(theirs.locator("#saved")).to_contain_text("已自动保存")
    mine.context.set_offline(False)
    note = line(mine, "A1.1").locator(".note.bad")
    expect(note).to_contain_text("20.00", timeout=40_000)
    expect(note).to_contain_text("25.00")
    assert kept_values(sheet) == {"A1.1": "25.00"}
    assert clean(mine) == []
    with mine.expect_response("**/save/"):
        note.get_by_role("button", name="改为 20.00").click()
    expect(note).to_have_count(0)
    expect(mine.locator("#saved")).to_contain_text("已自动保存")
    assert kept_values(sheet) == {"A1.1": "20.00"}


def test_sheet_is_marked_by_keyboard_undone_and_signed(contest, open_page, live_server):
    page = open_page()
    sheet = contest.sheet("A", 3)
    judges = contest.judges_of(sheet)
    for other in judges[1:]:
        contest_save(other, sheet, {"A1.2": "2"})
    open_sheet(page, judges[0], sheet, live_server.url)
    line(page, "A1.1").locator("input").focus()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(line(page, "A1.2").locator(".keys button").first).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("ArrowLeft")
    expect(line(page, "A1.3").get_by_role("button", name="未达标")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Control+z")
    expect(line(page, "A1.3").get_by_role("button", name="达标", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="签名并提交").click(
        force=True
    )  # not yet: it says why and goes there
    expect(page.locator("#saved")).to_contain_text("A2.1")
    expect(line(page, "A2.1")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#sum")).to_have_text("93.33")
    expect(page.get_by_role("button", name="签名并提交")).to_have_attribute(
        "aria-disabled", "false"
    )
    page.get_by_role("button", name="签名并提交").click()
    expect(page.locator("#sign-dialog")).to_be_visible()
    assert clean(page) == []
    page.locator("#sign-dialog").get_by_role("button", name="签名").click()
    expect(page.locator("#saved")).to_contain_text("1 / 3")
    assert (
        Signature.objects.filter(sheet=sheet, judge__user=judges[0], withdrawn_at=None).count() == 1
    )
    page.get_by_role("button", name="撤回签名").click()
    expect(page.get_by_role("button", name="签名并提交")).to_be_visible()


SLOW_STORE = """
    // What is read from the tablet's own store arrives late, as on an old tablet: the reading is older than what was typed meanwhile.
    const real = IDBObjectStore.prototype.getAll;
    IDBObjectStore.prototype.getAll = function (...all) {
        const request = real.apply(this, all);
        if (!window.storeDelay) return request;
        const late = {};
        request.onsuccess = () => setTimeout(() => { late.result = request.result; late.onsuccess(); }, window.storeDelay);
        return late;
    };
"""
WATCH = """(code) => {
    window.storeDelay = 150;
    window.shown = [];
    new MutationObserver(() => {
        const pressed = document.querySelector(`.aspect[data-aspect="${code}"] [aria-pressed=true]`);
        window.shown.push(pressed ? pressed.dataset.key : null);
    }).observe(document.getElementById("aspects"), { childList: true, subtree: true });
}"""


def test_value_changed_while_the_last_one_is_answered_never_jumps_back(
    contest, open_page, live_server
):
    page = open_page()
    page.add_init_script(SLOW_STORE)
    sheet = contest.sheet("A", 3)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    line(page, "A1.3").get_by_role("button", name="未达标").focus()
    page.evaluate(WATCH, "A1.3")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.keyboard.press("1")
    page.evaluate("window.shown = []")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#saved")).to_contain_text("已自动保存")
    expect(page.locator("#network")).to_have_text("在线 · 全部已保存")
    assert set(page.evaluate("window.shown")) == {"0.00"}
    assert kept_values(sheet) == {"A1.3": "0.00"}
    page.keyboard.press("Control+z")
    expect(line(page, "A1.3").get_by_role("button", name="达标", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def contest_save(user: Any, sheet: Sheet, values: dict[str, str], *, base: int = 0) -> None:
    from competitions import workflows

    changes = [workflows.MarkInput(code, value, base) for code, value in values.items()]
    workflows.save_marks(actor=user, sheet=sheet, operation=stages.op(), changes=changes)


def test_scores_too_far_apart_are_shown_with_the_first_round_and_scored_again(
    contest, open_page, live_server
):
    page = open_page()
    sheet = contest.sheet("A", 4)
    judges = contest.judges_of(sheet)
    for other in judges[1:]:
        contest_save(other, sheet, {"A1.2": "1"})
    open_sheet(page, judges[0], sheet, live_server.url)
    line(page, "A1.2").get_by_role("button", name="3", exact=True).click()
    note = line(page, "A1.2").locator(".note.warn")
    expect(note).to_contain_text("3 位裁判相差超过 1 分")
    expect(note).to_contain_text("请对照基准件商议后重评；首轮分数保留在记录里。")
    expect(line(page, "A1.2").locator('[aria-pressed="true"]')).to_have_count(0)
    assert clean(page) == []
    line(page, "A1.2").get_by_role("button", name="2", exact=True).click()
    expect(page.locator("#saved")).to_contain_text("已自动保存")
    assert sheet.rounds.filter(number=2, aspect__code="A1.2").count() == 1


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1280, 820)])
def test_desk_and_sheet_fit_the_width_and_pass_axe(contest, open_page, live_server, width, height):
    page = open_page(width=width, height=height)
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    for address in (
        reverse("competitions:desk"),
        reverse("competitions:sheet", args=[sheet.public_id]),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert clean(page) == []


def test_nothing_on_the_sheet_tells_who_competes(contest, open_page, live_server):
    page = open_page()
    sheet = contest.sheet("A", 1)
    open_sheet(page, contest.judges_of(sheet)[0], sheet, live_server.url)
    shown = page.content()
    assert [entry.person.name for entry in contest.entries if entry.person.name in shown] == []
    assert [
        str(entry.public_id) for entry in contest.entries if str(entry.public_id) in shown
    ] == []


def screens(stage: stages.Stage) -> list[tuple[Any, list[str]]]:
    """Return the other screens of an event by who opens them."""
    event, sheet = stage.event.public_id, stage.sheet("A", 1).public_id
    office = {
        stage.manager: ("office", "entries", "judges", "scheme", "results", "event_edit"),
        stage.chief: ("office", "sheets"),
        stage.secrecy: ("office", "code_book"),
    }
    lists = [reverse(f"competitions:{name}") for name in ("office_list", "event_new")]
    acts = [
        reverse("competitions:act_part", args=[event, "lock-module", "A"]),
        reverse("competitions:sheet_minutes", args=[event, sheet]),
    ]
    own = {
        stage.manager: [*lists, reverse("competitions:act", args=[event, "cancel"])],
        stage.chief: acts,
        stage.secrecy: [],
    }
    public = [
        reverse("competitions:list"),
        *(reverse(f"competitions:{name}", args=[event]) for name in ("detail", "board")),
    ]
    return [
        (None, public),
        *(
            (user, [reverse(f"competitions:{name}", args=[event]) for name in names] + own[user])
            for user, names in office.items()
        ),
    ]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_screens_of_an_event_fit_the_width_and_pass_axe(
    contest, open_page, live_server, width, height
):
    wrong = []
    for user, addresses in screens(contest):
        page = open_page(width=width, height=height)
        if user is not None:
            sign_in(page, user, live_server.url)
        for address in addresses:
            page.goto(address)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wrong.append(f"{address}: wider than {width}")
            wrong += [f"{address}: {found}" for found in clean(page)]
    assert wrong == []


def test_overview_of_an_event_prints_on_one_sheet_with_what_is_open_and_nothing_unfolded(
    contest, open_page, live_server
):
    page = open_page()
    sign_in(page, contest.chief, live_server.url)
    page.goto(reverse("competitions:office", args=[contest.event.public_id]))
    shown = "(part) => getComputedStyle(document.querySelector(part)).display"
    assert page.evaluate(shown, ".on-paper") == "none"
    page.emulate_media(media="print")
    assert [
        page.evaluate(shown, part) for part in (".on-paper", ".overview .fold", ".overview #record")
    ] == ["block", "none", "none"]
    assert "1–4 号" in page.locator(".overview .on-paper").inner_text()
    sheet = pikepdf.open(io.BytesIO(page.pdf(format="A4")))
    assert len(sheet.pages) == 1

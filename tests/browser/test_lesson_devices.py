"""The lesson reader on poor devices: what was credited stays, nothing is called kept or counted
that isn't, and the page says which.

The server's clock is turned by moving the lease back (`pass_time`), never by waiting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import Lesson, LessonProgress, ReadingLease, TrainingClass
from people.models import User
from tests.factories.courses import (
    EnrolmentFactory,
    LessonFactory,
    SessionFactory,
    TrainingClassFactory,
    publish_lesson,
)
from tests.support import devices
from tests.support.devices import Device

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse"
QUIZ = {
    "question": "手套湿了？",
    "answers": [{"text": "接着用", "correct": False}, {"text": "换一副", "correct": True}],
    "explanation": "<p>湿手套不绝缘。</p>",
}
NEXT = {
    "question": "裤脚怎么穿？",
    "answers": [{"text": "挽起", "correct": False}, {"text": "放下", "correct": True}],
    "explanation": "",
}
LONG = [("text", "<p>" + "电弧的温度在五千摄氏度以上，防护用品一件不能少。" * 40 + "</p>")] * 3


@dataclass
class Stage:
    """A trainee of a class, two lessons, a page of the first."""

    page: Any
    user: User
    training_class: TrainingClass
    lesson: Lesson
    other: Lesson
    quiz: list[str]
    base: str
    held: list[Any] = field(
        default_factory=list
    )  # requests a test keeps from the server for a while

    def address(self, lesson: Lesson | None = None) -> str:
        return reverse(
            "courses:lesson", args=[self.training_class.public_id, (lesson or self.lesson).number]
        )

    @property
    def credited(self) -> int:
        """Seconds the server has credited for the first lesson."""
        return (
            LessonProgress.objects.filter(lesson=self.lesson)
            .values_list("seconds", flat=True)
            .first()
            or 0
        )

    def pass_time(self, seconds: int) -> None:
        """Let *seconds* have passed since the last report."""
        step = timedelta(seconds=seconds)
        ReadingLease.objects.exclude(counted_to=None).update(counted_to=F("counted_to") - step)
        ReadingLease.objects.exclude(expires_at=None).update(expires_at=F("expires_at") - step)

    def report(self, page: Any = None) -> None:
        """Let the page report now instead of after twenty seconds, and wait for the answer if
        there is a network.
        """
        (page or self.page).evaluate("window.dispatchEvent(new Event('online'))")


@pytest.fixture
def build(
    open_page: Callable[..., Any], live_server: Any, transactional_db: None
) -> Callable[..., Stage]:
    """Return `build(device)`: the first lesson open on that device."""

    def made(device: Device = devices.WELL, **size: int) -> Stage:
        training_class = TrainingClassFactory()
        SessionFactory(training_class=training_class, number=1, now=True)
        enrolment = EnrolmentFactory(training_class=training_class)
        lessons = [
            LessonFactory(
                course=training_class.course, number=number, title=f"第 {number} 课", min_seconds=60
            )
            for number in (1, 2)
        ]
        shown = publish_lesson(lessons[0], ("quiz", QUIZ), *LONG, ("quiz", NEXT), *LONG)
        publish_lesson(lessons[1])
        page = open_page(**{**size, **device.context})
        device.prepare(page)
        stage = Stage(
            page,
            enrolment.person.user,
            training_class,
            *lessons,
            list(shown.quiz_keys()),
            live_server.url,
        )
        sign_in(stage.page, stage)
        open_lesson(stage.page, stage)
        return stage

    return made


def sign_in(page: Any, stage: Stage) -> None:
    client = Client()
    client.force_login(stage.user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": stage.base}]
    )


def open_lesson(page: Any, stage: Stage, lesson: Lesson | None = None) -> None:
    with page.expect_response("**/beat/") as first:
        page.goto(stage.address(lesson))
    first.value.finished()
    expect(page.locator(".reader[data-ready]")).to_be_visible()


def left(page: Any) -> Any:
    return page.locator("#left")


def expect_state(page: Any, state: str, words: str) -> None:
    expect(left(page)).to_have_attribute("data-state", state)
    expect(left(page)).to_contain_text(words)


def pauses(response: Any) -> bool:
    """Say whether *response* answers the report of a page that is being hidden."""
    return response.url.endswith("/beat/") and '"pauses":true' in (response.request.post_data or "")


def choose(page: Any, stage: Stage, answer: str = "1", quiz: int = 0) -> None:
    page.locator(f"[name=quiz-{stage.quiz[quiz]}][value='{answer}']").check()


def kept_words(page: Any, stage: Stage, quiz: int = 0) -> Any:
    return page.locator(f"#quiz-{stage.quiz[quiz]} [data-kept]")


def credit(stage: Stage, seconds: int, page: Any = None) -> None:
    """Read for *seconds* on the page and see them credited and shown."""
    before = stage.credited
    expect(left(page or stage.page)).to_have_attribute("data-state", "counting")
    stage.pass_time(seconds)
    stage.report(page)
    shown = "|".join(
        str(60 - before - seconds - late) for late in range(4)
    )  # the test itself takes some seconds
    expect(left(page or stage.page)).to_contain_text(re.compile(rf"还需阅读 ({shown}) 秒|已够"))
    assert before + seconds <= stage.credited <= before + seconds + 3


# ---- the device table ----


def storage_fails(build: Callable[..., Stage], device: Device) -> None:
    """A choice that can't be kept is said to be on the page only, and is checked and credited all
    the same.
    """
    stage = build(device)
    stage.page.on("dialog", lambda dialog: dialog.accept())
    device.begin(stage.page)
    choose(stage.page, stage)
    expect(kept_words(stage.page, stage)).to_contain_text("只在本页")
    expect(stage.page.locator("#trouble")).to_be_visible()
    credit(stage, 20)
    stage.page.locator(f"#quiz-{stage.quiz[0]} [name=check]").click()
    expect(stage.page.locator(f"#quiz-{stage.quiz[0]}[data-right]")).to_be_visible()
    expect(stage.page.locator("#trouble")).to_be_hidden()
    assert LessonProgress.objects.get(lesson=stage.lesson).quiz_right == [stage.quiz[0]]


def storage_comes_back(build: Callable[..., Stage], device: Device) -> None:
    """A storage that is opened again keeps the choice; a reload shows it."""
    stage = build(device)
    device.begin(stage.page)
    choose(stage.page, stage)
    expect(kept_words(stage.page, stage)).to_contain_text("已存本机")
    stage.page.reload()
    expect(stage.page.locator(f"[name=quiz-{stage.quiz[0]}][value='1']")).to_be_checked()


def storage_is_evicted(build: Callable[..., Stage], _device: Device) -> None:
    """What the browser has thrown away is written again with the next choice."""
    stage = build()
    choose(stage.page, stage)
    expect(kept_words(stage.page, stage)).to_contain_text("已存本机")
    devices.evict_storage(stage.page)
    choose(stage.page, stage, quiz=1)
    expect(kept_words(stage.page, stage, quiz=1)).to_contain_text("已存本机")
    stage.page.reload()
    for quiz in stage.quiz:
        expect(stage.page.locator(f"[name=quiz-{quiz}][value='1']")).to_be_checked()


def clock_jumps(build: Callable[..., Stage], device: Device) -> None:
    """The device's clock neither credits nor takes away."""
    stage = build(device)
    credit(stage, 20)
    device.begin(stage.page)
    before = stage.credited
    stage.report()
    expect_state(stage.page, "counting", "还需阅读")
    assert stage.credited - before <= 3
    credit(stage, 20)


def session_ends(build: Callable[..., Stage], _device: Device) -> None:
    """Time stands still while nobody is signed in; after signing in within the page it counts
    again, with a good token.
    """
    stage = build()
    page = stage.page
    page.complaints.allowed += ["403"]
    choose(page, stage)
    credit(stage, 20)
    before = stage.credited
    devices.end_session(stage.user)
    devices.lose_token(page)
    stage.report()
    expect_state(page, "signed_out", "登录已失效")
    page.locator("[data-act=later]").click()
    page.locator("#sign-in").click()
    page.locator("#renew-session [name=password]").fill(PASSWORD)
    stage.pass_time(30)
    page.locator("#renew-session [type=submit]").click()
    expect_state(page, "counting", "正在计时")
    assert stage.credited - before <= 3
    expect(page.locator(f"[name=quiz-{stage.quiz[0]}][value='1']")).to_be_checked()
    page.locator(f"#quiz-{stage.quiz[0]} [name=check]").click()
    expect(page.locator(f"#quiz-{stage.quiz[0]}[data-right]")).to_be_visible()
    credit(stage, 20)


def second_tab(build: Callable[..., Stage], _device: Device) -> None:
    """A lesson opened in another tab counts there; this tab says so and takes over by a button."""
    stage = build()
    credit(stage, 20)
    other = devices.open_second_tab(stage.page)
    open_lesson(other, stage, stage.other)
    before = stage.credited
    stage.pass_time(20)
    stage.report()
    expect_state(stage.page, "elsewhere", "本浏览器的另一个标签页计时：《第 2 课》")
    assert stage.credited == before
    stage.page.locator("#take").click()
    expect_state(stage.page, "counting", "正在计时")
    stage.report(other)
    expect_state(other, "elsewhere", "《第 1 课》")
    stage.pass_time(20)
    stage.report(other)
    stage.report()
    expect(left(stage.page)).to_have_attribute("data-state", "counting")
    assert LessonProgress.objects.filter(lesson=stage.other).values_list(
        "seconds", flat=True
    ).first() in (0, 1, 2, 3)


def second_device(
    build: Callable[..., Stage], _device: Device, open_page: Callable[..., Any]
) -> None:
    """A second device doesn't count while the first reads; both say where it counts."""
    stage = build()
    tablet = open_page(width=820, height=1180)
    sign_in(tablet, stage)
    open_lesson(tablet, stage)
    expect_state(tablet, "elsewhere", "另一台设备")
    credit(stage, 20)
    tablet.locator("#take").click()
    expect_state(tablet, "counting", "正在计时")
    before = stage.credited
    stage.pass_time(20)
    stage.report()
    expect_state(stage.page, "elsewhere", "另一台设备")
    assert stage.credited == before


def network_lost_before(build: Callable[..., Stage], _device: Device) -> None:
    """Without a network the number stands still and the page says so; what passed meanwhile isn't
    credited.
    """
    stage = build()
    credit(stage, 20)
    before = stage.credited
    with devices.without_network(stage.page):
        stage.page.evaluate("window.dispatchEvent(new Event('offline'))")
        expect_state(stage.page, "offline", "网络断了")
        choose(stage.page, stage)
        stage.page.locator(f"#quiz-{stage.quiz[0]} [name=check]").click()
        expect(stage.page.locator("#refusal")).to_contain_text("没有提交")
        expect(stage.page.locator(f"[name=quiz-{stage.quiz[0]}][value='1']")).to_be_checked()
        stage.pass_time(30)
    stage.report()
    expect_state(stage.page, "counting", "还需阅读")
    assert stage.credited - before <= 3
    stage.page.locator(f"#quiz-{stage.quiz[0]} [name=check]").click()
    expect(stage.page.locator(f"#quiz-{stage.quiz[0]}[data-right]")).to_be_visible()


def network_lost_during(build: Callable[..., Stage], _device: Device) -> None:
    """The server has taken the report, its answer is lost: the page shows no more than it was
    told, then what the server has.
    """
    stage = build()
    shown = left(stage.page).inner_text()
    stage.pass_time(20)
    with devices.answers_lost(stage.page, "**/beat/") as sent:
        stage.report()
        expect_state(stage.page, "offline", "网络断了")
        assert len(sent) >= 1
        assert re.search(r"\d+", left(stage.page).inner_text())[0] == re.search(r"\d+", shown)[0]  # type: ignore[index]  # both have one
    stage.report()
    expect_state(stage.page, "counting", "还需阅读")
    assert 20 <= stage.credited <= 25
    expect(left(stage.page)).to_contain_text(f"还需阅读 {60 - stage.credited} 秒")


def network_lost_after(build: Callable[..., Stage], _device: Device) -> None:
    """An answer that arrived is shown; then the number stands still."""
    stage = build()
    stage.pass_time(20)
    devices.once_offline_after(stage.page, "**/beat/")
    stage.report()
    expect(left(stage.page)).to_contain_text(re.compile("还需(阅读)? (40|39|38|37) 秒"))
    stage.report()
    expect_state(stage.page, "offline", "网络断了")
    expect(left(stage.page)).to_contain_text(re.compile("还需 (40|39|38|37) 秒"))
    stage.page.context.set_offline(False)
    stage.report()
    expect_state(stage.page, "counting", "还需阅读")


def portal_in_between(build: Callable[..., Stage], _device: Device) -> None:
    """The sign-in page of a wireless network is no answer of ours."""
    stage = build()
    with devices.portal_answers(stage.page, "**/beat/"):
        stage.report()
        expect_state(stage.page, "offline", "网络断了")
    stage.report()
    expect_state(stage.page, "counting", "还需阅读")


def reloaded_offline(build: Callable[..., Stage], _device: Device) -> None:
    """The lesson needs the network to open; nothing credited and no choice is lost by trying
    without.
    """
    stage = build()
    choose(stage.page, stage)
    expect(kept_words(stage.page, stage)).to_contain_text("已存本机")
    credit(stage, 20)
    with (
        devices.without_network(stage.page),
        pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"),
    ):
        stage.page.reload()
    open_lesson(stage.page, stage)
    expect(stage.page.locator(f"[name=quiz-{stage.quiz[0]}][value='1']")).to_be_checked()
    expect(kept_words(stage.page, stage)).to_contain_text("已存本机")
    credit(stage, 20)


def back_forward_cache(build: Callable[..., Stage], _device: Device) -> None:
    """Left and shown again: the time in between isn't counted."""
    stage = build()
    credit(stage, 20)
    with stage.page.expect_response(pauses):
        stage.page.evaluate(
            "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
        )
    expect(left(stage.page)).to_have_attribute("data-state", "paused")
    before = stage.credited
    stage.pass_time(30)
    stage.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect_state(stage.page, "counting", "还需阅读")
    assert stage.credited - before <= 3


def killed_and_restored(build: Callable[..., Stage], _device: Device) -> None:
    """A page killed in the background is opened again at once, with its choices and what was
    credited.
    """
    stage = build()
    choose(stage.page, stage)
    expect(kept_words(stage.page, stage)).to_contain_text("已存本机")
    credit(stage, 20)
    restored = devices.kill_and_restore(stage.page)
    expect(restored.locator(".reader[data-ready]")).to_be_visible()
    expect_state(restored, "counting", "还需阅读")
    expect(restored.locator(f"[name=quiz-{stage.quiz[0]}][value='1']")).to_be_checked()
    assert stage.credited >= 20
    credit(stage, 20, restored)


def works(build: Callable[..., Stage], device: Device) -> None:
    """Reads, checks and closes a lesson."""
    stage = build(device)
    credit(stage, 20)
    credit(stage, 20)
    for quiz in range(2):
        choose(stage.page, stage, quiz=quiz)
        expect(kept_words(stage.page, stage, quiz)).to_contain_text("已存本机")
    stage.pass_time(25)
    stage.page.locator("button", has_text="我读完了").click()
    stage.page.wait_for_url("**/#lessons")
    assert LessonProgress.objects.get(lesson=stage.lesson).completed_at


@pytest.mark.parametrize(
    ("row", "device"),
    [
        (storage_fails, devices.STORAGE_REFUSES_TO_OPEN),
        (storage_fails, devices.STORAGE_REFUSES_TO_WRITE),
        (storage_fails, devices.STORAGE_FULL),
        (storage_fails, devices.STORAGE_LOST_FOR_GOOD),
        (storage_comes_back, devices.STORAGE_CONNECTION_LOST),
        (storage_is_evicted, devices.WELL),
        (clock_jumps, devices.CLOCK_JUMPS_FORWARDS),
        (clock_jumps, devices.CLOCK_JUMPS_BACKWARDS),
        (session_ends, devices.WELL),
        (second_tab, devices.WELL),
        (network_lost_before, devices.WELL),
        (network_lost_during, devices.WELL),
        (network_lost_after, devices.WELL),
        (portal_in_between, devices.WELL),
        (reloaded_offline, devices.WELL),
        (back_forward_cache, devices.WELL),
        (killed_and_restored, devices.WELL),
        (works, devices.NO_SERVICE_WORKER),
        (works, devices.OLD_WEBVIEW),
    ],
    ids=lambda value: str(value) if isinstance(value, Device) else value.__name__,
)
def test_lesson_on_a_poor_device(row, device, build):
    row(build, device)


def test_lesson_on_a_second_device(build, open_page):
    second_device(build, devices.WELL, open_page)


# ---- idling, hiding, the way to what is wrong ----


def test_page_nobody_touches_stops_counting_and_goes_on_at_a_touch(build):
    stage = build()
    type(stage.training_class.rule).objects.update(reading_idle_seconds=30)
    stage.page.clock.install()
    open_lesson(stage.page, stage)
    before = stage.credited
    stage.page.clock.fast_forward(32_000)
    stage.page.clock.run_for(1000)
    expect_state(stage.page, "idle", "没人操作")
    assert stage.credited - before <= 3
    stage.page.mouse.move(200, 300)
    expect_state(stage.page, "counting", "正在计时")


def test_hidden_page_reports_what_was_read_and_pauses(build):
    stage = build()
    credit(stage, 20)  # the first report has been answered
    stage.pass_time(15)
    with stage.page.expect_response(pauses):
        devices.hide(stage.page)
    expect(left(stage.page)).to_have_attribute("data-state", "paused")
    assert 35 <= stage.credited <= 41
    before = stage.credited
    stage.pass_time(30)
    devices.hide(stage.page, hidden=False)
    expect_state(stage.page, "counting", "还需阅读")
    assert stage.credited - before <= 3


def test_page_shown_again_before_its_pause_was_answered_counts_again_at_once(build):
    stage = build()
    credit(stage, 20)  # the first report has been answered
    stage.page.route("**/beat/", lambda route: stage.held.append(route), times=1)
    devices.hide(stage.page)
    expect(left(stage.page)).to_have_attribute("data-state", "paused")
    devices.hide(stage.page, hidden=False)
    expect(left(stage.page)).to_have_attribute("data-state", "paused")
    (held,) = stage.held
    held.continue_()
    expect_state(stage.page, "counting", "还需阅读")


def test_number_stands_still_between_reports(build):
    stage = build()
    shown = left(stage.page).inner_text()
    stage.page.clock.install()
    stage.page.clock.run_for(5000)
    assert left(stage.page).inner_text() == shown


def test_refused_lesson_leads_to_the_wrong_question_in_place(build):
    stage = build(width=390, height=844)
    page = stage.page
    page.complaints.allowed += ["409"]
    choose(page, stage)
    choose(page, stage, "0", quiz=1)
    credit(stage, 30)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("button", has_text="我读完了").click()
    expect(page.locator("#refusal")).to_be_visible()
    place = page.evaluate("scrollY")
    assert place > 300  # not thrown to the top
    stage.pass_time(30)
    page.locator("button", has_text="我读完了").click()
    wrong = page.locator(f"#quiz-{stage.quiz[1]}")
    expect(wrong).to_contain_text("再想想")
    expect(wrong).to_be_in_viewport()
    expect(wrong.locator("input").first).to_be_focused()
    expect(page.locator(f"#quiz-{stage.quiz[0]}")).to_contain_text("湿手套不绝缘")
    wrong.locator("[value='1']").check()
    wrong.locator("[name=check]").click()
    expect(page.locator(f"#quiz-{stage.quiz[1]}[data-right]")).to_be_visible()
    page.locator("button", has_text="我读完了").click()
    page.wait_for_url("**/#lessons")


def test_reader_without_a_script_keeps_choices_and_place(build, open_page):
    stage = build()
    page = open_page(width=390, height=844, java_script_enabled=False)
    page.complaints.allowed += ["409"]
    sign_in(page, stage)
    ReadingLease.objects.all().delete()
    page.goto(stage.address())
    choose(page, stage, "0")
    choose(page, stage, "1", quiz=1)
    page.locator(f"#quiz-{stage.quiz[1]} [name=check]").click()
    expect(page).to_have_url(re.compile(f"#quiz-{stage.quiz[1]}$"))
    expect(page.locator(f"#quiz-{stage.quiz[1]}[data-right]")).to_be_in_viewport()
    expect(page.locator(f"[name=quiz-{stage.quiz[0]}][value='0']")).to_be_checked()
    stage.pass_time(70)
    page.locator("button", has_text="我读完了").click()
    expect(page.locator("#refusal")).to_contain_text("1")
    expect(page.locator(f"#quiz-{stage.quiz[0]}")).to_be_in_viewport()
    choose(page, stage, "1")
    page.locator("button", has_text="我读完了").click()
    expect(page).to_have_url(re.compile("#lessons$"))


@pytest.mark.parametrize("width", [390, 1280])
def test_reader_fits_the_width_and_passes_axe(build, width):
    from tests.browser.test_judging import clean

    stage = build(width=width, height=844)
    assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert clean(stage.page) == []

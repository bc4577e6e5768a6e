"""Training in a real browser: enrol on a phone, check in from the wall, read, sit the exam through
a dead network.
"""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from django.db.models import F
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

import access
from access.workflows import assign_role
from courses import demo
from courses.models import Attempt, Enrolment, ReadingLease, SpotAnswer
from courses.pages import LessonPage
from courses.rules.check_in import code_at
from courses.workflows.attendance import check_in_trainee
from courses.workflows.enrolment import enrol_person
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    # Wagtail leaves the temporary file of a new rendition to the garbage collector.
    pytest.mark.filterwarnings(
        "ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"
    ),
]
PASSWORD = "correct horse"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


@pytest.fixture
def stage(settings, tmp_path):
    """The demo's courses, a worker and a class head who can sign in."""
    settings.MEDIA_ROOT = tmp_path
    loaded = demo.load_courses_demo(actor=access.SYSTEM, org=OrgUnitFactory())
    worker, head = WorkerFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=head, role="class_head", scope=loaded.today)
    return loaded, worker, head


def sign_in(page, user):
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("form:has([name=password]) button[type=submit]").first.click()


def clean(page):
    """No finding of axe-core and nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    before = len(page.complaints.lines)
    found = Axe().run(page, options=WCAG).response["violations"]
    page.evaluate(
        "0"
    )  # what the browser said about axe's own measuring has arrived now; it is not the page's
    del page.complaints.lines[before:]
    assert [(item["id"], [node["html"][:160] for node in item["nodes"]]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def read_all(loaded, page):
    """Let twenty seconds a lesson have passed on the server's clock, and answer the quizzes by
    hand.
    """
    for lesson in loaded.course.lessons.order_by("number"):
        page.goto(f"/classes/{loaded.today.public_id}/lessons/{lesson.number}/")
        page.locator(".reader[data-ready]").wait_for()
        ReadingLease.objects.update(counted_to=F("counted_to") - timedelta(seconds=30))
        for block_id, key in LessonPage.objects.get(lesson=lesson).quiz_keys().items():
            for option in sorted(key.correct):
                page.locator(f"[name=quiz-{block_id}][value='{option}']").check()
        clean(page)
        page.locator("button", has_text="我读完了").click()
        page.wait_for_url("**/#lessons")


def answer_right(page, attempt):
    """Answer every question as the key says, one screen after the other."""
    for place, key in enumerate(attempt.key, start=1):
        section = page.locator(f"#q{place}")
        section.wait_for()
        if key["kind"] == "number":
            section.locator(".number").fill(key["number"])
            section.locator(".number").blur()
        else:
            for option in key["correct"]:
                section.locator(f"label:has([value='{option}'])").click()
        if place < len(attempt.key):
            page.locator("#next").click()


def test_worker_enrols_checks_in_reads_and_passes_though_the_network_dies(stage, phone, open_page):
    loaded, worker, head = stage
    phone.complaints.allowed += ["ERR_INTERNET_DISCONNECTED", "409"]
    phone.goto("/training/")
    clean(phone)
    phone.get_by_role("link", name="焊接安全").click()
    clean(phone)
    phone.get_by_role("button", name="报名").click()
    sign_in(phone, worker.user)
    phone.wait_for_url("**/enrol/")
    clean(phone)
    phone.get_by_role("button", name="确认报名").click()
    phone.wait_for_url(f"**/classes/{loaded.today.public_id}/")
    clean(phone)
    enrolment = Enrolment.objects.get(person=worker)

    wall = open_page(width=1280, height=800)
    session = loaded.today.sessions.get()
    wall.goto(f"/classes/{loaded.today.public_id}/sessions/{session.public_id}/code/")
    sign_in(wall, head)
    clean(wall)
    (seen,) = zxingcpp.read_barcodes(
        Image.open(BytesIO(wall.locator(".qr").screenshot())), formats=zxingcpp.BarcodeFormat.QRCode
    )
    assert re.search(
        f"/classes/{loaded.today.public_id}/check-in/\\?s={session.public_id}&c=[0-9a-f]{{20}}$",
        seen.text,
    )
    phone.get_by_role("link", name="签到").first.click()
    phone.fill("[name=code]", "000000")
    phone.get_by_role("button", name="签到").click()
    phone.get_by_role("alert").get_by_text("签到码不对").wait_for()
    code = re.sub(r"\D", "", wall.locator(".digits").inner_text())
    phone.fill("[name=code]", code)
    phone.get_by_role("button", name="签到").click()
    phone.get_by_text("签到成功").wait_for()
    clean(phone)

    read_all(loaded, phone)
    phone.get_by_role("link", name="去考试").click()
    clean(phone)
    phone.get_by_role("button", name="开始考试").click()
    phone.wait_for_url("**/sittings/**")
    attempt = Attempt.objects.get()
    clean(phone)
    phone.context.set_offline(True)
    answer_right(phone, attempt)
    phone.get_by_text("网络断了，请接着答。").wait_for()
    expect(phone.locator("[data-n=local]")).to_have_text("10")
    assert phone.locator("#hand-in").get_attribute("aria-disabled") == "true"
    assert attempt.ops.count() == 0
    clean(phone)
    phone.context.set_offline(False)
    expect(phone.locator("[data-n=saved]")).to_have_text("10")
    phone.reload()
    expect(phone.locator("[data-n=saved]")).to_have_text("10")
    phone.locator("[data-go='10']").click()
    phone.locator("#hand-in").click()
    phone.locator("#sure-yes").click()
    phone.wait_for_url("**/result/")
    clean(phone)
    attempt.refresh_from_db()
    enrolment.refresh_from_db()
    assert (attempt.mark, enrolment.state) == (100, "passed")
    phone.go_back()
    phone.wait_for_url("**/result/**")


def test_answers_of_a_page_that_was_closed_offline_are_sent_when_it_opens_again(stage, desktop):
    loaded, worker, _head = stage
    desktop.complaints.allowed += ["ERR_INTERNET_DISCONNECTED"]
    desktop.goto(f"/classes/{loaded.today.public_id}/enrol/")
    sign_in(desktop, worker.user)
    desktop.get_by_role("button", name="确认报名").click()
    desktop.wait_for_url("**/classes/*/")
    clean(desktop)
    exam = loaded.today.exams.get()
    desktop.goto(f"/classes/{loaded.today.public_id}/exams/{exam.public_id}/")
    desktop.get_by_role("button", name="开始考试").click()
    desktop.wait_for_url("**/sittings/**")
    address, attempt = desktop.url, Attempt.objects.get()
    desktop.context.set_offline(True)
    desktop.keyboard.press("m")
    first = desktop.locator("#q1")
    if attempt.key[0]["kind"] == "number":
        first.locator(".number").fill("7")
        first.locator(".number").blur()
    else:
        desktop.keyboard.press("a")
    expect(desktop.locator("[data-n=local]")).to_have_text("1")
    desktop.on("dialog", lambda dialog: dialog.accept())
    context = desktop.context
    desktop.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("[data-n=saved]")).to_have_text("1")
    expect(again.locator("[data-n=flag]")).to_have_text("1")
    assert attempt.ops.count() == 1


def test_class_head_sees_the_roster_on_a_phone_and_on_a_desk(stage, open_page):
    loaded, _worker, head = stage
    page = open_page(width=390, height=844)
    page.goto(f"/classes/{loaded.today.public_id}/roster/")
    sign_in(page, head)
    page.wait_for_url("**/roster/")
    clean(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    clean(page)
    page.goto("/classes/")
    clean(page)


def test_phone_shows_the_button_of_a_spot_check_without_a_reload(stage, phone, open_page):
    loaded, worker, head = stage
    session = loaded.today.sessions.get()
    row = enrol_person(actor=worker.user, training_class=loaded.today, person=worker)
    check_in_trainee(
        actor=worker.user,
        enrolment=row,
        session=session,
        code=code_at(session.secret, timezone.now()),
        device="",
    )
    phone.goto(f"/classes/{loaded.today.public_id}/lessons/1/")
    sign_in(phone, worker.user)
    phone.wait_for_url("**/lessons/1/")
    desk = open_page(width=1280, height=800)
    desk.goto(f"/classes/{loaded.today.public_id}/sessions/{session.public_id}/spot-checks/")
    sign_in(desk, head)
    desk.get_by_role("button", name="现在点名").click()
    desk.get_by_text("尚未应答").wait_for()
    clean(desk)
    phone.get_by_role("button", name="我在").click()
    phone.get_by_text("已记录").wait_for()
    clean(phone)
    assert phone.url.endswith("/lessons/1/"), "the lesson and what was chosen in it stay"
    desk.get_by_text("1 / 1").wait_for()
    assert SpotAnswer.objects.get().answered_at


def test_wall_shows_no_code_that_would_be_refused(stage, open_page):
    loaded, _worker, head = stage
    session = loaded.today.sessions.get()
    wall = open_page(width=390, height=844)
    wall.complaints.allowed += ["ERR_INTERNET_DISCONNECTED"]
    wall.goto(f"/classes/{loaded.today.public_id}/sessions/{session.public_id}/code/")
    sign_in(wall, head)
    wall.locator(".digits").wait_for()
    clean(wall)
    first = wall.locator(".digits").inner_text()
    wall.wait_for_function(
        "first => document.querySelector('.digits').innerText !== first", arg=first
    )
    wall.context.set_offline(True)
    wall.locator("#wall-now.dead").wait_for(state="attached", timeout=25_000)
    assert not wall.locator(".digits").is_visible()
    wall.get_by_text("网络断了").wait_for()
    wall.context.set_offline(False)
    wall.locator(".digits").wait_for(state="visible")

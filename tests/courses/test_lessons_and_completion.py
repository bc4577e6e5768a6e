"""Reading by the server's clock, and the rule that fires."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import SYSTEM
from core.clock import now
from core.errors import NotFound
from courses import public
from courses.errors import LessonNotDone
from courses.models import Enrolment, LessonProgress, ReadingLease
from courses.queries.completion import assess_enrolment, describe_missing_part
from courses.workflows.attendance import check_in_trainee
from courses.workflows.completion import announce_all_passed, decide_completion
from courses.workflows.exam import record_mark
from courses.workflows.lesson import (
    ReadingReport,
    complete_lesson,
    credit_reading_report,
    record_quiz,
)
from courses.workflows.training_class import (
    begin_assessment,
    cancel_class,
    finish_class,
    start_class,
)
from jobs.models import Job
from tests.courses.test_attendance import wall
from tests.factories.courses import (
    CompletionRuleFactory,
    EnrolmentFactory,
    LessonFactory,
    publish_lesson,
)

pytestmark = pytest.mark.django_db
PAGE, OTHER = UUID(int=1), UUID(int=2)
PRESSED = ReadingReport(
    page=PAGE
)  # without a script: somebody has opened the page or pressed a button


@pytest.fixture
def lesson(going_on):
    lesson = LessonFactory(course=going_on.course, number=1)
    publish_lesson(lesson)
    return lesson


def act(trainee, lesson, **more):
    return {"actor": trainee.person.user, "enrolment": trainee, "lesson": lesson, **more}


def on(page=PAGE, **more):
    """Return a report of a page that reports by itself."""
    return ReadingReport(page=page, by_script=True, **more)


def test_lesson_read_long_enough_with_its_quiz_is_done_once(trainee, lesson, stopped_clock):
    credit_reading_report(**act(trainee, lesson, report=PRESSED))
    stopped_clock.move_by(seconds=60)
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "quiz_open"):
        complete_lesson(**act(trainee, lesson, report=PRESSED), quiz=["q1", "q2"])
    record_quiz(**act(trainee, lesson), right=["q1"])
    record_quiz(**act(trainee, lesson), right=["q2"])
    done = complete_lesson(**act(trainee, lesson, report=PRESSED), quiz=["q1", "q2"])
    again = complete_lesson(**act(trainee, lesson, report=PRESSED), quiz=["q1", "q2"])
    assert again.completed_at == done.completed_at
    assert assess_enrolment(trainee).lesson_hours == Decimal(1)


def test_lesson_too_fast_says_how_many_seconds_are_left(trainee, lesson, stopped_clock):
    credit_reading_report(**act(trainee, lesson, report=PRESSED))
    stopped_clock.move_by(seconds=25)
    with pytest.raises(LessonNotDone) as caught:
        complete_lesson(**act(trainee, lesson, report=PRESSED))
    assert (caught.value.code, caught.value.data) == ("too_fast", {"seconds": 35})


def read(trainee, lesson, report):
    """Report and return (state, seconds credited so far)."""
    reading = credit_reading_report(**act(trainee, lesson, report=report))
    return reading.state, reading.progress.seconds


def test_reports_in_time_credit_the_time_between_them_and_a_report_after_a_gap_credits_nothing(
    trainee, lesson, stopped_clock
):
    got = [read(trainee, lesson, on())]
    for gap in (20, 40, 41, 20, 9 * 3600, 15):
        stopped_clock.move_by(seconds=gap)
        got.append(read(trainee, lesson, on()))
    assert [seconds for _state, seconds in got] == [0, 20, 60, 60, 80, 80, 95]
    assert {state for state, _seconds in got} == {"counting"}


def test_untouched_page_credits_nothing_and_gives_the_lease_back(trainee, lesson, stopped_clock):
    read(trainee, lesson, on())
    stopped_clock.move_by(seconds=20)
    assert read(trainee, lesson, on(untouched_seconds=120)) == ("counting", 20)
    stopped_clock.move_by(seconds=20)
    assert read(trainee, lesson, on(untouched_seconds=121)) == ("idle", 20)
    assert read(trainee, lesson, on(OTHER)) == ("counting", 20)


def test_five_minutes_of_nobody_are_no_reading_without_a_script_either(
    trainee, lesson, stopped_clock
):
    credit_reading_report(**act(trainee, lesson, report=PRESSED))
    stopped_clock.move_by(seconds=120)
    assert read(trainee, lesson, PRESSED) == ("counting", 120)
    stopped_clock.move_by(seconds=299)
    assert read(trainee, lesson, PRESSED) == ("counting", 120)


def test_time_while_the_page_was_hidden_counts_for_nothing(trainee, lesson, stopped_clock):
    read(trainee, lesson, on())
    stopped_clock.move_by(seconds=10)
    assert read(trainee, lesson, on(pauses=True)) == ("paused", 10)
    stopped_clock.move_by(seconds=30)
    assert read(trainee, lesson, on(resumes=True)) == ("counting", 10)
    stopped_clock.move_by(seconds=20)
    assert read(trainee, lesson, on()) == ("counting", 30)


def test_numbers_of_the_rule_of_the_class_decide(trainee, lesson, stopped_clock):
    type(trainee.training_class.rule).objects.update(
        reading_beat_seconds=60, reading_idle_seconds=600
    )
    read(trainee, lesson, on())
    stopped_clock.move_by(seconds=120)
    assert read(trainee, lesson, on(untouched_seconds=600)) == ("counting", 120)


def test_four_lessons_in_parallel_credit_the_time_that_passed_once(
    trainee, going_on, lesson, stopped_clock
):
    lessons = [
        lesson,
        *(LessonFactory(course=going_on.course, number=number) for number in (2, 3, 4)),
    ]
    for one in lessons[1:]:
        publish_lesson(one)
    pages = [UUID(int=number) for number in range(1, 5)]
    for _turn in range(6):
        for page, one in zip(pages, lessons, strict=True):
            read(trainee, one, on(page))
        stopped_clock.move_by(seconds=20)
    assert list(
        LessonProgress.objects.order_by("lesson__number").values_list("seconds", flat=True)
    ) == [100, 0, 0, 0]


def test_two_classes_of_one_person_share_the_lease(trainee, lesson, stopped_clock):
    other = EnrolmentFactory(person=trainee.person)
    elsewhere = LessonFactory(course=other.training_class.course, number=1)
    publish_lesson(elsewhere)
    read(trainee, lesson, on())
    reading = credit_reading_report(**act(other, elsewhere, report=on(OTHER)))
    assert (reading.state, reading.elsewhere.progress.lesson) == ("elsewhere", lesson)
    stopped_clock.move_by(seconds=20)
    assert read(other, elsewhere, on(OTHER)) == ("elsewhere", 0)
    assert read(trainee, lesson, on()) == ("counting", 20)


def test_other_page_takes_over_by_the_button_when_opened_in_the_same_browser_or_when_the_lease_has_run_out(
    trainee, lesson, stopped_clock
):
    read(trainee, lesson, on(device="phone"))
    assert read(trainee, lesson, ReadingReport(page=OTHER, device="tablet", opens=True)) == (
        "elsewhere",
        0,
    )
    assert read(trainee, lesson, on(OTHER, device="phone")) == ("elsewhere", 0)
    stopped_clock.move_by(seconds=15)
    assert read(trainee, lesson, on(OTHER, device="tablet", takes_over=True)) == ("counting", 0)
    assert read(trainee, lesson, on(device="phone")) == ("elsewhere", 0)
    newer = UUID(int=3)
    assert read(trainee, lesson, ReadingReport(page=newer, device="tablet", opens=True)) == (
        "counting",
        0,
    )
    stopped_clock.move_by(seconds=121)
    assert read(trainee, lesson, on(device="phone")) == ("counting", 0)


@given(
    steps=st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(0, 1),
            st.integers(0, 50_000),
            st.sampled_from(
                [
                    {},
                    {"takes_over": True},
                    {"resumes": True},
                    {"pauses": True},
                    {"by_script": False},
                    {"opens": True},
                ]
            ),
        ),
        max_size=12,
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_more_is_credited_than_time_has_passed(
    trainee, going_on, lesson, stopped_clock, steps
):
    LessonProgress.objects.all().delete()
    ReadingLease.objects.all().delete()
    second = going_on.course.lessons.filter(number=2).first() or LessonFactory(
        course=going_on.course, number=2
    )
    if not hasattr(second, "page"):
        publish_lesson(second)
    began = stopped_clock.now()
    for page, which, milliseconds, flags in steps:
        stopped_clock.move_by(milliseconds=milliseconds)
        report = ReadingReport(
            **{"page": UUID(int=page), "device": "phone", "by_script": True, **flags}
        )
        credit_reading_report(**act(trainee, (lesson, second)[which], report=report))
    credited = sum(LessonProgress.objects.values_list("seconds", flat=True))
    assert credited <= (stopped_clock.now() - began).total_seconds()


def test_lesson_not_published_now_credits_nothing_and_keeps_what_was_credited(
    trainee, lesson, stopped_clock
):
    read(trainee, lesson, on())
    stopped_clock.move_by(seconds=20)
    read(trainee, lesson, on())
    lesson.page.unpublish()
    lesson.refresh_from_db()
    stopped_clock.move_by(seconds=20)
    assert read(trainee, lesson, on()) == ("unpublished", 20)
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "unpublished"):
        complete_lesson(**act(trainee, lesson, report=PRESSED))


def test_lesson_of_another_course_is_refused(trainee):
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "other_course"):
        credit_reading_report(**act(trainee, LessonFactory(), report=PRESSED))


def test_lesson_read_by_somebody_else_is_a_404(trainee, lesson, worker):
    with pytest.raises(NotFound):
        credit_reading_report(actor=worker.user, enrolment=trainee, lesson=lesson, report=PRESSED)


def test_lesson_from_the_queue_credits_nothing(going_on, lesson, stopped_clock):
    waiting = EnrolmentFactory(training_class=going_on, state="waitlisted", waitlist_no=1)
    read(waiting, lesson, on())
    stopped_clock.move_by(seconds=20)
    assert read(waiting, lesson, on()) == ("not_learning", 0)
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "not_learning"):
        complete_lesson(**act(waiting, lesson, report=PRESSED))


def mark_all(trainee, session, mark=80):
    """Meet both parts of the factory's rule: presence, and a mark put in by an assessor."""
    record_mark(
        actor=SYSTEM, enrolment=trainee, part="theory", mark=Decimal(mark), assessor="外聘考评员"
    )
    check_in_trainee(
        actor=trainee.person.user, enrolment=trainee, session=session, code=wall(session), device=""
    )
    trainee.refresh_from_db()


@pytest.fixture
def announced(monkeypatch):
    from jobs import outcomes

    heard = []
    monkeypatch.setattr(
        outcomes,
        "announce_outcome",
        lambda outcome, subjects, *, actor, payload=None: heard.append(
            (outcome, list(subjects), actor)
        ),
    )
    return heard


def test_rule_fires_once_when_the_last_part_is_met(trainee, going_on, announced, stopped_clock):
    mark_all(trainee, going_on.sessions.get())
    assert trainee.state == "passed"
    decide_completion(actor=SYSTEM, enrolment=trainee)
    stopped_clock.move_by(hours=4)
    assert (announce_all_passed(), announce_all_passed()) == (1, 0)
    assert announced == [("courses.enrolment_passed", [str(trainee.public_id)], SYSTEM)]
    assert (trainee.decision["marks"], trainee.decision["attendance_percent"]) == (
        {"theory": "80.00"},
        "100.0",
    )


def test_rule_frozen_on_the_class_ignores_a_newer_version(trainee, going_on, announced):
    CompletionRuleFactory(course=going_on.course, pass_marks={"theory": "90"}, version=99)
    mark_all(trainee, going_on.sessions.get(), mark=60)
    assert trainee.state == "passed"


def test_below_the_mark_is_ready_for_the_exam_with_the_reason(trainee, going_on, announced):
    mark_all(trainee, going_on.sessions.get(), mark=59)
    assert (trainee.state, announced) == ("eligible", [])
    assert [describe_missing_part(item) for item in assess_enrolment(trainee).missing] == [
        "理论考试：59 分，合格线 60 分。"
    ]


def test_finish_decides_everybody_with_reasons(
    going_on, trainee, announced, staff_of, django_capture_on_commit_callbacks
):
    officer = staff_of(going_on, "training_officer")
    mark_all(trainee, going_on.sessions.get(), mark=30)
    never = EnrolmentFactory(training_class=going_on)
    waiting = EnrolmentFactory(training_class=going_on, state="waitlisted", waitlist_no=9)
    for step in (start_class, begin_assessment, finish_class):
        step(actor=officer, training_class=going_on)
    assert list(Enrolment.objects.order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "absent",
        "withdrawn",
    ]
    never.refresh_from_db()
    assert [item["code"] for item in never.decision["missing"]] == ["attendance", "exam_not_taken"]
    assert waiting.decision is None


def test_cancelled_class_gives_every_seat_back(going_on, trainee, staff_of):
    cancel_class(
        actor=staff_of(going_on, "training_officer"), training_class=going_on, reason="教室漏水"
    )
    trainee.refresh_from_db()
    going_on.refresh_from_db()
    assert (trainee.state, going_on.seats_taken, going_on.state) == ("withdrawn", 0, "cancelled")


def test_completion_facts_hold_what_a_certificate_says(trainee, going_on, announced):
    with pytest.raises(NotFound):
        public.completion_facts(trainee.public_id)
    mark_all(trainee, going_on.sessions.get())
    facts = public.completion_facts(trainee.public_id)
    assert (
        facts.person_name,
        facts.course_title,
        facts.hours,
        facts.marks,
        facts.attendance_percent,
        facts.issuer_org_id,
    ) == (
        trainee.person.name,
        going_on.course.title,
        Decimal("4.0"),
        {"theory": "80.00"},
        "100.0",
        going_on.org_id,
    )
    public.mark_certified(actor=SYSTEM, enrolment_public_id=trainee.public_id)
    public.mark_certified(actor=SYSTEM, enrolment_public_id=str(trainee.public_id))
    trainee.refresh_from_db()
    assert trainee.state == "certified"
    assert public.passed_of(trainee.person) == [facts]


def test_announcement_starts_the_certificate_job_in_the_same_transaction(trainee, going_on):
    from jobs import outcomes

    before = Job.objects.count()
    mark_all(trainee, going_on.sessions.get())
    assert Job.objects.count() == before
    going_on.sessions.update(ends_at=now())
    announce_all_passed()
    assert Job.objects.count() - before == len(
        outcomes._subscribers.get("courses.enrolment_passed", [])
    )

"""Reading by the server's clock, and the rule that fires."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from access import SYSTEM
from core.errors import NotFound
from courses import public
from courses.errors import LessonNotDone
from courses.models import Enrolment, LessonProgress
from courses.queries.completion import sentence, standing
from courses.workflows.attendance import check_in
from courses.workflows.completion import announce_all_passed, decide_completion
from courses.workflows.exam import record_mark
from courses.workflows.lesson import beat, complete_lesson, record_quiz
from courses.workflows.training_class import begin_assessment, cancel_class, finish_class, start_class
from jobs.models import Job
from tests.courses.test_attendance import wall
from tests.factories.courses import CompletionRuleFactory, EnrolmentFactory, LessonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(going_on):
    return LessonFactory(course=going_on.course, number=1)


def act(trainee, lesson):
    return {"actor": trainee.person.user, "enrolment": trainee, "lesson": lesson}


def test_lesson_read_long_enough_with_its_quiz_is_done_once(trainee, lesson, clock):
    beat(**act(trainee, lesson))
    clock(seconds=60)
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "quiz_open"):
        complete_lesson(**act(trainee, lesson), quiz=["q1", "q2"])
    record_quiz(**act(trainee, lesson), right=["q1"])
    record_quiz(**act(trainee, lesson), right=["q2"])
    beat(**act(trainee, lesson))
    done = complete_lesson(**act(trainee, lesson), quiz=["q1", "q2"])
    assert complete_lesson(**act(trainee, lesson), quiz=["q1", "q2"]).completed_at == done.completed_at
    assert standing(trainee).lesson_hours == Decimal(1)


def test_lesson_too_fast_says_how_many_seconds_are_left(trainee, lesson, clock):
    beat(**act(trainee, lesson))
    clock(seconds=25)
    with pytest.raises(LessonNotDone) as caught:
        complete_lesson(**act(trainee, lesson))
    assert (caught.value.code, caught.value.data) == ("too_fast", {"seconds": 35})


def test_lesson_left_open_overnight_is_not_reading(trainee, lesson, clock):
    beat(**act(trainee, lesson))
    clock(hours=9)
    assert beat(**act(trainee, lesson)).seconds == 0


def test_lesson_of_another_course_is_refused(trainee):
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "other_course"):
        beat(**act(trainee, LessonFactory()))


def test_lesson_read_by_somebody_else_is_a_404(trainee, lesson, worker):
    with pytest.raises(NotFound):
        beat(actor=worker.user, enrolment=trainee, lesson=lesson)


def test_lesson_from_the_queue_credits_nothing(going_on, lesson, clock):
    waiting = EnrolmentFactory(training_class=going_on, state="waitlisted", waitlist_no=1)
    beat(**act(waiting, lesson))
    clock(seconds=80)
    beat(**act(waiting, lesson))
    assert LessonProgress.objects.get().seconds == 0
    with pytest.raises(LessonNotDone, check=lambda error: error.code == "not_learning"):
        complete_lesson(**act(waiting, lesson))


def mark_all(trainee, session, mark=80):
    """Meet both parts of the factory's rule: presence, and a mark put in by an assessor."""
    record_mark(actor=SYSTEM, enrolment=trainee, part="theory", mark=Decimal(mark), assessor="外聘考评员")
    check_in(actor=trainee.person.user, enrolment=trainee, session=session, code=wall(session), device="")
    trainee.refresh_from_db()


@pytest.fixture
def announced(monkeypatch):
    from jobs import outcomes

    heard = []
    monkeypatch.setattr(
        outcomes, "announce", lambda outcome, subjects, *, actor, payload=None: heard.append((outcome, list(subjects), actor))
    )
    return heard


def test_rule_fires_once_when_the_last_part_is_met(trainee, going_on, announced, clock):
    mark_all(trainee, going_on.sessions.get())
    assert trainee.state == "passed"
    decide_completion(actor=SYSTEM, enrolment=trainee)
    clock(hours=4)
    assert (announce_all_passed(), announce_all_passed()) == (1, 0)
    assert announced == [("courses.enrolment_passed", [str(trainee.public_id)], SYSTEM)]
    assert (trainee.decision["marks"], trainee.decision["attendance_percent"]) == ({"theory": "80.00"}, "100.0")


def test_rule_frozen_on_the_class_ignores_a_newer_version(trainee, going_on, announced):
    CompletionRuleFactory(course=going_on.course, pass_marks={"theory": "90"}, version=99)
    mark_all(trainee, going_on.sessions.get(), mark=60)
    assert trainee.state == "passed"


def test_below_the_mark_is_ready_for_the_exam_with_the_reason(trainee, going_on, announced):
    mark_all(trainee, going_on.sessions.get(), mark=59)
    assert (trainee.state, announced) == ("eligible", [])
    assert [sentence(item) for item in standing(trainee).missing] == ["理论考试：59 分，合格线 60 分。"]


def test_finish_decides_everybody_with_reasons(going_on, trainee, announced, staff_of, django_capture_on_commit_callbacks):
    officer = staff_of(going_on, "training_officer")
    mark_all(trainee, going_on.sessions.get(), mark=30)
    never = EnrolmentFactory(training_class=going_on)
    waiting = EnrolmentFactory(training_class=going_on, state="waitlisted", waitlist_no=9)
    for step in (start_class, begin_assessment, finish_class):
        step(actor=officer, training_class=going_on)
    assert list(Enrolment.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "absent", "withdrawn"]
    never.refresh_from_db()
    assert [item["code"] for item in never.decision["missing"]] == ["attendance", "exam_not_taken"]
    assert waiting.decision is None


def test_cancelled_class_gives_every_seat_back(going_on, trainee, staff_of):
    cancel_class(actor=staff_of(going_on, "training_officer"), training_class=going_on, reason="教室漏水")
    trainee.refresh_from_db()
    going_on.refresh_from_db()
    assert (trainee.state, going_on.seats_taken, going_on.state) == ("withdrawn", 0, "cancelled")


def test_completion_facts_hold_what_a_certificate_says(trainee, going_on, announced):
    with pytest.raises(NotFound):
        public.completion_facts(trainee.public_id)
    mark_all(trainee, going_on.sessions.get())
    facts = public.completion_facts(trainee.public_id)
    assert (facts.person_name, facts.course_title, facts.hours, facts.marks, facts.attendance_percent, facts.issuer_org_id) == (
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
    going_on.sessions.update(ends_at=timezone.now())
    announce_all_passed()
    assert Job.objects.count() - before == len(outcomes._subscribers.get("courses.enrolment_passed", []))

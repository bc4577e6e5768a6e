"""What a certificate may say of a class: presence on record, and only when no session is ahead any
more.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from access import SYSTEM
from core.clock import now, today
from core.errors import NotFound
from courses import public
from courses.models import Attendance, ClassSession, Enrolment
from courses.rules.completion import day_present
from courses.tasks import announce_passed as announce_task
from courses.workflows.attendance import check_in_trainee, confirm_check_in, record_check_in
from courses.workflows.completion import announce_all_passed
from courses.workflows.exam import record_mark
from courses.workflows.lesson import ReadingReport, complete_lesson, credit_reading_report
from courses.workflows.timetable import cancel_session
from courses.workflows.training_class import begin_assessment, finish_class, start_class
from jobs import outcomes, sweeper
from notify.models import Message
from tests.courses.test_attendance import wall
from tests.factories.courses import (
    CompletionRuleFactory,
    EnrolmentFactory,
    LessonFactory,
    SessionFactory,
    TrainingClassFactory,
    publish_lesson,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(monkeypatch):
    heard = []
    monkeypatch.setattr(
        outcomes,
        "announce_outcome",
        lambda outcome, subjects, *, actor, payload=None: heard.extend(subjects),
    )
    return heard


def class_of(sessions: int, *, share: str = "0.8", **changes):
    """Return a class planned for thirty days with *sessions*, one a day; the first is open for
    check-in now.
    """
    training_class = TrainingClassFactory(
        starts_on=today(), ends_on=today() + timedelta(days=30), **changes
    )
    training_class.rule = CompletionRuleFactory(
        course=training_class.course, attendance_share=Decimal(share)
    )
    training_class.save()
    for number in range(sessions):
        start = now() - timedelta(minutes=5) + timedelta(days=number)
        SessionFactory(training_class=training_class, number=number + 1, starts_at=start)
    return training_class


def attend(trainee, session) -> None:
    check_in_trainee(
        actor=trainee.person.user, enrolment=trainee, session=session, code=wall(session), device=""
    )


def mark(trainee, value: int = 80) -> None:
    record_mark(
        actor=SYSTEM, enrolment=trainee, part="theory", mark=Decimal(value), assessor="外聘考评员"
    )


def facts_of(trainee):
    return public.completion_facts(trainee.public_id)


@pytest.mark.parametrize(
    ("signed_in", "by_code", "session", "day"),
    [
        (date(2026, 11, 3), True, date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 11, 3), True, date(2026, 12, 24), date(2026, 11, 3)),  # moved after the sign-in
        (
            date(2026, 11, 5),
            False,
            date(2026, 11, 3),
            date(2026, 11, 3),
        ),  # entered by hand two days later
        (
            date(2026, 11, 5),
            False,
            date(2026, 12, 24),
            date(2026, 11, 5),
        ),  # and the session moved after that
    ],
)
def test_day_of_presence_is_the_one_on_record_wherever_the_session_is_moved(
    signed_in, by_code, session, day
):
    assert day_present(signed_in=signed_in, by_code=by_code, session=session) == day


def test_certificate_covers_first_to_last_attended_day_not_the_planned_ones(
    stopped_clock, announced
):
    training_class = class_of(3, share="0.6")
    trainee = EnrolmentFactory(training_class=training_class)
    first, second, _third = training_class.sessions.all()
    mark(trainee)
    attend(trainee, first)
    stopped_clock.move_by(days=1)
    attend(trainee, second)
    assert training_class.ends_on > today()
    facts = facts_of(trainee)
    assert (facts.starts_on, facts.ends_on) == (today() - timedelta(days=1), today())
    assert (facts.hours, facts.sessions_attended, facts.sessions_held, facts.class_over) == (
        Decimal("8.0"),
        2,
        3,
        False,
    )


def test_class_with_one_attended_day_names_that_day(trainee, going_on, stopped_clock, announced):
    mark(trainee)
    attend(trainee, going_on.sessions.get())
    facts = facts_of(trainee)
    assert facts.starts_on == facts.ends_on == today()


def test_rule_met_before_the_last_session_is_announced_when_that_session_is_over(
    stopped_clock, announced
):
    training_class = class_of(2, share="0.5")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    attend(trainee, training_class.sessions.first())
    trainee.refresh_from_db()
    assert (trainee.state, announced, announce_all_passed()) == ("passed", [], 0)
    stopped_clock.move_by(days=1, hours=4)
    assert sweeper._chores["courses.announce_passed"].is_due()
    assert (announce_task(), announce_task(), announced) == (1, 0, [str(trainee.public_id)])
    assert not sweeper._chores["courses.announce_passed"].is_due()


def test_rule_that_lets_the_certificate_go_early_is_followed(stopped_clock, announced):
    training_class = class_of(2, share="0.5")
    training_class.rule = CompletionRuleFactory(
        course=training_class.course, attendance_share=Decimal("0.5"), certificate_early=True
    )
    training_class.save()
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    attend(trainee, training_class.sessions.first())
    assert announced == [str(trainee.public_id)]
    facts = facts_of(trainee)
    assert (facts.class_over, facts.ends_on, facts.hours) == (
        True,
        today(),
        Decimal("4.0"),
    )


def test_office_that_closes_the_class_settles_it_before_the_planned_end(
    stopped_clock, announced, staff_of
):
    training_class = class_of(2, share="0.5")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    attend(trainee, training_class.sessions.first())
    for step in (start_class, begin_assessment, finish_class):
        step(actor=staff_of(training_class, "training_officer"), training_class=training_class)
    assert announced == [str(trainee.public_id)]
    assert facts_of(trainee).ends_on == today()


def test_presence_confirmed_after_the_rule_was_met_counts_at_the_end(
    stopped_clock, announced, staff_of
):
    training_class = class_of(2, share="0.5")
    training_class.sessions.filter(number=2).update(
        starts_at=now(), ends_at=now() + timedelta(hours=2)
    )
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    session = training_class.sessions.get(number=2)
    by_hand = record_check_in(
        actor=staff_of(training_class), enrolment=trainee, session=session, reason="手机没电"
    )
    attend(trainee, training_class.sessions.get(number=1))
    assert facts_of(trainee).hours == Decimal("4.0")
    confirm_check_in(actor=staff_of(training_class), attendance=by_hand)
    stopped_clock.move_by(hours=4)
    assert announce_all_passed() == 1
    assert facts_of(trainee).hours == Decimal("8.0")


def test_passed_trainee_whose_session_is_cancelled_learns_on_and_may_pass_again(
    stopped_clock, announced, staff_of
):
    training_class = class_of(3, share="0.3")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    first, second, _third = training_class.sessions.all()
    attend(trainee, first)
    trainee.refresh_from_db()
    assert trainee.state == "passed"
    cancel_session(
        actor=staff_of(training_class, "training_officer"), session=first, reason="教师资格不符"
    )
    trainee.refresh_from_db()
    assert (trainee.state, trainee.decision, trainee.decided_at) == ("attending", None, None)
    with pytest.raises(NotFound):
        facts_of(trainee)
    assert set(
        Message.objects.filter(recipient=trainee.person.user).values_list("kind", flat=True)
    ) == {
        "courses.passed",
        "courses.pass_open_again",
        "courses.session_cancelled",
    }
    stopped_clock.move_by(days=1)
    attend(trainee, second)
    stopped_clock.move_by(days=3)
    assert (announce_all_passed(), announced) == (1, [str(trainee.public_id)])
    assert facts_of(trainee).hours == Decimal(4)


def test_passed_trainee_whose_only_session_was_cancelled_fails_when_the_class_is_closed(
    stopped_clock, announced, staff_of
):
    training_class = class_of(3, share="0.3")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    first = training_class.sessions.first()
    attend(trainee, first)
    ClassSession.objects.filter(pk=first.pk).update(
        state="cancelled"
    )  # as rows of before may stand
    for step in (start_class, begin_assessment, finish_class):
        step(actor=staff_of(training_class, "training_officer"), training_class=training_class)
    trainee.refresh_from_db()
    assert (trainee.state, announced) == ("failed", [])
    assert trainee.decision["missing"][0]["code"] == "attendance"


def test_session_cancelled_after_the_facts_were_passed_on_but_before_the_certificate(
    stopped_clock, announced, staff_of
):
    training_class = class_of(2, share="0.5")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    attend(trainee, training_class.sessions.first())
    stopped_clock.move_by(days=2)
    assert announce_all_passed() == 1
    cancel_session(
        actor=staff_of(training_class, "training_officer"),
        session=training_class.sessions.first(),
        reason="补记有误",
    )
    trainee.refresh_from_db()
    assert (trainee.state, trainee.announced_at) == ("attending", None)


def test_passing_after_four_of_five_sessions_ends_nothing(client, stopped_clock, announced):
    training_class = class_of(5)
    lesson = LessonFactory(course=training_class.course, number=1)
    publish_lesson(lesson)
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    for session in list(training_class.sessions.all())[:4]:
        attend(trainee, session)
        stopped_clock.move_by(days=1)
    trainee.refresh_from_db()
    assert (trainee.state, announced) == ("passed", [])
    client.force_login(trainee.person.user)  # four days later
    page = client.get(f"/classes/{training_class.public_id}/").content.decode()
    assert "check-in/?s=" in page, "the fifth session is on: the way to check in is shown"
    attend(trainee, training_class.sessions.last())
    act = {
        "actor": trainee.person.user,
        "enrolment": trainee,
        "lesson": lesson,
        "report": ReadingReport(page=lesson.public_id),
    }
    credit_reading_report(**act)
    stopped_clock.move_by(seconds=60)
    credit_reading_report(**act)
    assert complete_lesson(**act).completed_at
    stopped_clock.move_by(hours=4)
    assert announce_all_passed() == 1
    facts = facts_of(trainee)
    assert (facts.sessions_attended, facts.hours) == (5, Decimal(21))


def test_session_moved_after_the_facts_were_frozen_changes_nothing(
    trainee, going_on, stopped_clock, announced
):
    mark(trainee)
    attend(trainee, going_on.sessions.get())
    stopped_clock.move_by(hours=4)
    announce_all_passed()
    before = facts_of(trainee)
    ClassSession.objects.update(
        starts_at=now() + timedelta(days=40), ends_at=now() + timedelta(days=41)
    )
    after = facts_of(trainee)
    assert (after.starts_on, after.ends_on, after.hours) == (
        before.starts_on,
        before.ends_on,
        before.hours,
    )


def test_nobody_attended_but_marks_exist_has_no_days(stopped_clock, announced):
    training_class = class_of(0, share="0")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    trainee.refresh_from_db()
    facts = facts_of(trainee)
    assert (trainee.state, facts.starts_on, facts.ends_on, facts.hours) == (
        "passed",
        None,
        None,
        Decimal(0),
    )
    assert (facts.class_over, announced) == (True, [str(trainee.public_id)])
    assert Attendance.objects.count() == 0


def test_class_read_online_covers_the_days_of_its_lessons(stopped_clock, announced):
    training_class = class_of(0, share="0")
    lessons = [LessonFactory(course=training_class.course, number=number) for number in (1, 2)]
    for lesson in lessons:
        publish_lesson(lesson)
    trainee = EnrolmentFactory(training_class=training_class)
    begun = today()
    for lesson in lessons:
        act = {
            "actor": trainee.person.user,
            "enrolment": trainee,
            "lesson": lesson,
            "report": ReadingReport(page=lesson.public_id),
        }
        credit_reading_report(**act)
        stopped_clock.move_by(seconds=60)
        complete_lesson(**act)
        stopped_clock.move_by(days=1)
    mark(trainee)
    facts = facts_of(trainee)
    assert (facts.starts_on, facts.ends_on, facts.hours) == (
        begun,
        begun + timedelta(days=1),
        Decimal("2.0"),
    )


def test_those_due_and_those_who_wait_for_the_last_session_are_told_apart(stopped_clock, announced):
    training_class = class_of(2, share="0.5")
    trainee = EnrolmentFactory(training_class=training_class)
    mark(trainee)
    attend(trainee, training_class.sessions.first())
    path = training_class.org.path
    assert (list(public.passed_to_certify(path)), public.passed_before_the_end(path)) == ([], 1)
    stopped_clock.move_by(days=2)
    assert (list(public.passed_to_certify(path)), public.passed_before_the_end(path)) == (
        [Enrolment.objects.get()],
        0,
    )

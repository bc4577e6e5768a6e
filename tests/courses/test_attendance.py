"""Presence: the code on the wall, the phone, the two members of staff."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.clock import now
from core.errors import Forbidden, NotFound
from courses.errors import CheckInRefused
from courses.models import Attendance, ClassSession
from courses.rules.check_in import code_at
from courses.workflows.attendance import check_in_trainee, confirm_check_in, record_check_in
from courses.workflows.timetable import cancel_session
from tests.factories.courses import EnrolmentFactory, SessionFactory
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def wall(session):
    return code_at(session.secret, now())


def go(enrolment, session, code=None, device="phone-a"):
    return check_in_trainee(
        actor=enrolment.person.user,
        enrolment=enrolment,
        session=session,
        code=code or wall(session),
        device=device,
    )


def refused(code):
    return pytest.raises(CheckInRefused, check=lambda error: error.code == code)


def test_check_in_good_code_credits_the_session_and_starts_attending(trainee, going_on):
    session = going_on.sessions.get()
    SessionFactory(training_class=going_on, number=2)
    attendance = go(trainee, session)
    trainee.refresh_from_db()
    assert (attendance.counts, attendance.hours, trainee.state) == (
        True,
        session.hours,
        "attending",
    )


def test_check_in_twice_answers_the_same_even_with_an_old_code(trainee, going_on):
    session = going_on.sessions.get()
    first = go(trainee, session)
    assert go(trainee, session, code="000000") == first
    assert Attendance.objects.count() == 1


def test_check_in_before_and_after_the_window_is_refused_with_the_time(
    trainee, going_on, stopped_clock
):
    late = SessionFactory(training_class=going_on, number=2)
    with refused("too_early"):
        go(trainee, late)
    session = going_on.sessions.get(number=1)
    stopped_clock.move_by(minutes=16)
    with refused("too_late"):
        go(trainee, session)


def test_check_in_second_person_on_one_phone_is_refused(trainee, going_on):
    session = going_on.sessions.get()
    go(trainee, session)
    other = EnrolmentFactory(training_class=going_on)
    with refused("phone_used"):
        go(other, session)
    assert go(other, session, device="phone-b").counts


def test_check_in_to_another_class_is_refused(trainee, training_class):
    with refused("other_class"):
        go(trainee, training_class.sessions.get())


def test_check_in_by_somebody_else_is_a_404(trainee, going_on):
    session = going_on.sessions.get()
    with pytest.raises(NotFound):
        check_in_trainee(
            actor=UserFactory(), enrolment=trainee, session=session, code=wall(session), device=""
        )


def test_check_in_from_the_queue_is_refused(going_on):
    waiting = EnrolmentFactory(training_class=going_on, state="waitlisted", waitlist_no=1)
    with refused("not_a_trainee"):
        go(waiting, going_on.sessions.get())


def test_check_in_cancelled_session_counts_for_nobody(trainee, going_on, staff_of):
    session = going_on.sessions.get()
    cancel_session(actor=staff_of(going_on, "training_officer"), session=session, reason="停电")
    session.refresh_from_db()
    with refused("session_cancelled"):
        go(trainee, session)


def test_manual_presence_counts_only_after_a_second_person(trainee, going_on, staff_of):
    session, head, second = (
        going_on.sessions.get(),
        staff_of(going_on),
        staff_of(going_on, "trainer"),
    )
    attendance = record_check_in(actor=head, enrolment=trainee, session=session, reason="手机没电")
    assert not attendance.counts
    with refused("needs_two"):
        confirm_check_in(actor=head, attendance=attendance)
    assert confirm_check_in(actor=second, attendance=attendance).counts
    assert confirm_check_in(actor=second, attendance=attendance).confirmed_by == second


def test_manual_presence_needs_the_right_and_a_reason(trainee, going_on, staff_of):
    session = going_on.sessions.get()
    with pytest.raises(NotFound):
        record_check_in(actor=UserFactory(), enrolment=trainee, session=session, reason="没带手机")
    with pytest.raises(Forbidden):
        record_check_in(
            actor=staff_of(going_on, "class_assessor"),
            enrolment=trainee,
            session=session,
            reason="没带手机",
        )
    with pytest.raises(ValidationError):
        record_check_in(actor=staff_of(going_on), enrolment=trainee, session=session, reason="  ")
    assert Attendance.objects.count() == 0


def test_manual_presence_then_own_code_settles_it(trainee, going_on, staff_of):
    session = going_on.sessions.get()
    record_check_in(actor=staff_of(going_on), enrolment=trainee, session=session, reason="手机没电")
    assert go(trainee, session).counts
    assert Attendance.objects.count() == 1


def test_manual_presence_ahead_of_the_session_is_refused(trainee, going_on, staff_of):
    with refused("too_early"):
        record_check_in(
            actor=staff_of(going_on),
            enrolment=trainee,
            session=SessionFactory(training_class=going_on, number=2),
            reason="请假",
        )


def test_database_refuses_one_person_as_both_staff(trainee, going_on, staff_of):
    head = staff_of(going_on)
    attendance = record_check_in(
        actor=head, enrolment=trainee, session=going_on.sessions.get(), reason="x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.filter(pk=attendance.pk).update(confirmed_by=head)


def test_secrets_differ_between_sessions(going_on):
    SessionFactory(training_class=going_on, number=2)
    assert len(set(ClassSession.objects.values_list("secret", flat=True))) == 2

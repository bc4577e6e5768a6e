"""Places: taken, waited for, offered, given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access import SYSTEM
from audit.models import Event
from audit.words import describe_changes
from core.clock import now
from core.errors import Forbidden, NotFound
from courses.enums import ENROLMENT_MOVES, EnrolmentState
from courses.errors import EnrolmentRefused
from courses.models import Enrolment, TrainingClass
from courses.queries.enrolment import queue_place
from courses.workflows.enrolment import (
    accept_offer,
    enrol_person,
    lapse_unaccepted_offers,
    promote_from_waitlist,
    withdraw_enrolment,
)
from courses.workflows.training_class import save_class
from notify.models import Message
from tests.factories.courses import EnrolmentFactory, SessionFactory, TrainingClassFactory
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    UserFactory,
    WorkerFactory,
)

pytestmark = pytest.mark.django_db


def seats(training_class):
    return TrainingClass.objects.values_list("seats_taken", flat=True).get(pk=training_class.pk)


def kinds_of(row):
    return list(
        Message.objects.filter(recipient=row.person.user)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def go(person, training_class):
    return enrol_person(actor=person.user, training_class=training_class, person=person)


def test_enrol_free_seat_admits_and_freezes_employer_and_union(training_class, worker):
    employer, union = EmployerFactory(), OrgUnitFactory()
    EmploymentFactory(person=worker, employer=employer)
    MembershipFactory(person=worker, org_unit=union)
    enrolment = go(worker, training_class)
    assert (enrolment.state, enrolment.employer, enrolment.union) == ("admitted", employer, union)
    assert seats(training_class) == 1
    assert list(
        Event.objects.filter(target_type="courses.Enrolment").values_list("kind", flat=True)
    ) == ["courses.enrolled"]


def test_enrol_again_answers_the_same_even_when_full(worker):
    training_class = TrainingClassFactory(capacity=1)
    first = go(worker, training_class)
    assert go(worker, training_class) == first
    assert seats(training_class) == 1
    assert Enrolment.objects.count() == 1


def test_enrol_again_after_the_window_still_answers_the_same(training_class, worker, stopped_clock):
    first = go(worker, training_class)
    stopped_clock.move_by(days=30)
    assert go(worker, training_class) == first


def test_enrol_full_class_joins_the_queue_in_order():
    training_class = TrainingClassFactory(capacity=1)
    people = [WorkerFactory() for _ in range(3)]
    rows = [go(person, training_class) for person in people]
    assert [(row.state, row.waitlist_no) for row in rows] == [
        ("admitted", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    assert [queue_place(row) for row in rows[1:]] == [1, 2]
    assert seats(training_class) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "running"}, "enrolment_over"),
        ({"state": "draft"}, "enrolment_over"),
        ({"enrol_closes_at": timedelta(hours=-1)}, "enrolment_over"),
        ({"enrol_opens_at": timedelta(hours=1)}, "enrolment_not_open"),
    ],
)
def test_enrol_outside_the_window_is_refused(worker, change, code):
    training_class = TrainingClassFactory()
    for name, value in change.items():
        setattr(training_class, name, now() + value if isinstance(value, timedelta) else value)
    training_class.enrol_opens_at = min(
        training_class.enrol_opens_at, training_class.enrol_closes_at - timedelta(minutes=1)
    )
    training_class.save()
    with pytest.raises(EnrolmentRefused) as caught:
        go(worker, training_class)
    assert caught.value.code == code
    assert Enrolment.objects.count() == 0


def test_enrol_overlapping_classes_is_refused_with_the_name(training_class, worker):
    go(worker, training_class)
    other = TrainingClassFactory()
    SessionFactory(
        training_class=other, starts_at=training_class.sessions.get().starts_at + timedelta(hours=1)
    )
    with pytest.raises(EnrolmentRefused) as caught:
        go(worker, other)
    assert caught.value.code == "clash"
    assert training_class.name in str(caught.value)


def test_enrol_two_classes_of_one_course_is_refused(training_class, worker):
    go(worker, training_class)
    with pytest.raises(EnrolmentRefused) as caught:
        go(worker, TrainingClassFactory(course=training_class.course))
    assert caught.value.code == "same_course"


def test_enrol_for_somebody_else_needs_a_right(training_class, worker, staff_of):
    with pytest.raises(NotFound):
        enrol_person(actor=UserFactory(), training_class=training_class, person=worker)
    with pytest.raises(Forbidden):
        enrol_person(
            actor=staff_of(training_class, "trainer"), training_class=training_class, person=worker
        )
    assert (
        enrol_person(
            actor=staff_of(training_class, "training_officer"),
            training_class=training_class,
            person=worker,
        ).state
        == "admitted"
    )


def test_withdraw_frees_the_seat_and_coming_back_reuses_the_row(training_class, worker):
    enrolment = go(worker, training_class)
    withdraw_enrolment(actor=worker.user, enrolment=enrolment)
    assert seats(training_class) == 0
    assert withdraw_enrolment(actor=worker.user, enrolment=enrolment).state == "withdrawn"
    again = go(worker, training_class)
    assert (again.pk, again.state, seats(training_class)) == (enrolment.pk, "admitted", 1)


def test_withdraw_offers_the_seat_to_whoever_waits_longest():
    training_class = TrainingClassFactory(capacity=1, offer_hours=24)
    people = [WorkerFactory() for _ in range(3)]
    rows = [go(person, training_class) for person in people]
    withdraw_enrolment(actor=people[0].user, enrolment=rows[0])
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["withdrawn", "offered", "waitlisted"]
    assert seats(training_class) == 1
    assert go(WorkerFactory(), training_class).state == "waitlisted", (
        "a newcomer can't slip past the queue"
    )
    assert accept_offer(actor=people[1].user, enrolment=rows[1]).state == "admitted"
    assert accept_offer(actor=people[1].user, enrolment=rows[1]).state == "admitted"


def test_offer_not_accepted_in_time_goes_to_the_next(stopped_clock):
    training_class = TrainingClassFactory(capacity=1, offer_hours=2)
    people = [WorkerFactory() for _ in range(3)]
    rows = [go(person, training_class) for person in people]
    withdraw_enrolment(actor=people[0].user, enrolment=rows[0])
    stopped_clock.move_by(hours=2)
    with pytest.raises(EnrolmentRefused):
        accept_offer(actor=people[1].user, enrolment=rows[1])
    assert lapse_unaccepted_offers() == 1
    assert lapse_unaccepted_offers() == 0
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["withdrawn", "withdrawn", "offered"]


def test_withdraw_after_the_class_began_is_refused(training_class, worker, stopped_clock):
    enrolment = go(worker, training_class)
    stopped_clock.move_by(days=10, minutes=1)
    with pytest.raises(EnrolmentRefused):
        withdraw_enrolment(actor=worker.user, enrolment=enrolment)


def test_nobody_is_promoted_into_a_class_that_has_begun(training_class, stopped_clock, staff_of):
    training_class.capacity = 1
    training_class.save()
    rows = [go(WorkerFactory(), training_class) for _ in range(2)]
    officer = staff_of(training_class, "training_officer")
    TrainingClass.objects.update(capacity=2)
    stopped_clock.move_by(days=10, minutes=1)
    assert promote_from_waitlist(actor=officer, training_class=training_class) == []
    rows[1].refresh_from_db()
    assert (rows[1].state, seats(training_class)) == ("withdrawn", 1), (
        "the queue is closed, not left waiting"
    )
    assert kinds_of(rows[1]) == ["courses.queue_closed"]


def test_promote_after_more_seats_offers_them_in_order(training_class, staff_of):
    training_class.capacity = 1
    training_class.save()
    rows = [go(WorkerFactory(), training_class) for _ in range(4)]
    TrainingClass.objects.update(capacity=3)
    offered = promote_from_waitlist(
        actor=staff_of(training_class, "training_officer"), training_class=training_class
    )
    assert offered == rows[1:3]
    assert seats(training_class) == 3


def test_database_refuses_one_seat_too_many(training_class):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingClass.objects.filter(pk=training_class.pk).update(seats_taken=41)


def test_database_refuses_a_second_row_for_one_person(training_class, worker):
    EnrolmentFactory(training_class=training_class, person=worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrolmentFactory(training_class=training_class, person=worker)


def test_every_state_has_its_moves():
    assert set(ENROLMENT_MOVES) == set(EnrolmentState)


def test_lapse_offers_is_not_for_people(worker):
    with pytest.raises(NotFound):
        lapse_unaccepted_offers(actor=worker.user)
    assert lapse_unaccepted_offers(actor=SYSTEM) == 0


def test_saving_a_class_unchanged_records_no_changed_dates(training_class, staff_of):
    officer = staff_of(training_class, "training_officer")
    fresh = type(training_class).objects.get(
        pk=training_class.pk
    )  # the database answers in UTC, a form in local time
    save_class(
        actor=officer,
        course=fresh.course,
        training_class=fresh,
        enrol_opens_at=timezone.localtime(fresh.enrol_opens_at),
        enrol_closes_at=timezone.localtime(fresh.enrol_closes_at),
        starts_on=fresh.starts_on,
        venue="二号车间",
        change_notice="换了地点",
    )
    event = Event.objects.get(kind="courses.class_saved")
    changed = {change.key for change in describe_changes([event])[event.pk]}
    assert changed == {"venue", "change_notice"}

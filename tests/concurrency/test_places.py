"""One class at a time, the queue before newcomers, an offer against its end: many transactions at
once, each with a control that fails.

The controls take one lock away and let all transactions look before any of them writes. They need
PostgreSQL: on SQLite a writing transaction is alone from its first statement.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from courses.errors import ClassNotReady, EnrolmentRefused
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.queries.timetable import people_of
from courses.workflows import enrolment as workflows
from courses.workflows import timetable
from courses.workflows.enrolment import (
    Served,
    accept_offer,
    drop_trainee,
    enrol_person,
    lapse_unaccepted_offers,
    promote_from_waitlist,
    withdraw_enrolment,
)
from courses.workflows.timetable import add_session
from courses.workflows.training_class import finish_class, save_class
from tests.factories.courses import EnrolmentFactory, SessionFactory, TrainingClassFactory
from tests.factories.ground import UserFactory, WorkerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
on_postgresql = pytest.mark.service("postgresql")
ROUNDS = 10


def at_once(*jobs):
    """Run *jobs* in threads that start together, each with its own connection; return results or
    errors in order.
    """
    gate = threading.Barrier(len(jobs))
    results = [None] * len(jobs)

    def run(place, job):
        try:
            gate.wait(10)
            results[place] = job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def officer():
    return UserFactory(is_superuser=True)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def enrols(person, training_class):
    return lambda: enrol_person(
        actor=person.user, training_class=fresh(training_class), person=person
    )


def overlapping(count):
    """Return classes of different courses that meet at the same time."""
    start = timezone.now() + timedelta(days=20)
    classes = [TrainingClassFactory(capacity=5) for _ in range(count)]
    for training_class in classes:
        SessionFactory(
            training_class=training_class,
            number=1,
            starts_at=start,
            ends_at=start + timedelta(hours=3),
        )
    return classes


def of_one_course(count):
    """Return classes of one course at different times."""
    first = TrainingClassFactory(capacity=5)
    return [
        first,
        *(
            TrainingClassFactory(capacity=5, course=first.course, rule=first.rule)
            for _ in range(count - 1)
        ),
    ]


def seats_of(person):
    return Enrolment.objects.filter(person=person, state="admitted").count()


# ---- one person, several classes ----


@pytest.mark.parametrize("make", [overlapping, of_one_course])
def test_one_worker_enrolling_in_three_classes_at_once_gets_one(make):
    for _round in range(ROUNDS):
        person, classes = WorkerFactory(), make(3)
        results = at_once(*(enrols(person, training_class) for training_class in classes))
        assert (seats_of(person), sum(isinstance(row, EnrolmentRefused) for row in results)) == (
            1,
            2,
        ), results


@on_postgresql
@pytest.mark.parametrize("make", [overlapping, of_one_course])
def test_control_without_the_lock_of_the_person_one_worker_gets_two_classes(monkeypatch, make):
    looked = threading.Barrier(2)
    look = workflows.check_may_enrol

    def look_together(**facts):
        look(**facts)
        looked.wait(10)

    monkeypatch.setattr(workflows, "hold_unmerged", lambda person: person)
    monkeypatch.setattr(workflows, "check_may_enrol", look_together)
    person, classes = WorkerFactory(), make(2)
    at_once(*(enrols(person, training_class) for training_class in classes))
    assert seats_of(person) == 2


def test_accepting_an_offer_and_enrolling_elsewhere_at_once_gives_one_class():
    for _round in range(ROUNDS):
        one, other = of_one_course(2)
        offer = EnrolmentFactory(
            training_class=one, state="offered", offered_until=timezone.now() + timedelta(hours=3)
        )
        Enrolment.objects.filter(pk=offer.pk).update(waitlist_no=offer.pk)
        results = at_once(
            lambda offer=offer: accept_offer(actor=offer.person.user, enrolment=fresh(offer)),
            enrols(offer.person, other),
        )
        assert seats_of(offer.person) == 1, results


def test_promotion_and_enrolling_elsewhere_at_once_gives_one_class(officer):
    """The promotion only tries the person's lock: where the enrolment is first, the seat waits for
    the next round.
    """
    for _round in range(ROUNDS):
        one, other = of_one_course(2)
        waiting = EnrolmentFactory(training_class=one, state="waitlisted", waitlist_no=1)
        results = at_once(
            lambda one=one: promote_from_waitlist(actor=officer, training_class=fresh(one)),
            enrols(waiting.person, other),
        )
        held = list(
            Enrolment.objects.filter(
                person=waiting.person, state__in=["admitted", "offered"]
            ).values_list("training_class", flat=True)
        )
        assert len(held) == 1, results
        assert fresh(one).seats_taken == (1 if held == [one.pk] else 0)


@on_postgresql
def test_control_without_the_lock_of_the_person_a_promotion_gives_a_second_class(
    monkeypatch, officer
):
    looked = threading.Barrier(2)
    look, is_free = workflows.check_may_enrol, workflows.time_is_free

    def look_together(**facts):
        look(**facts)
        looked.wait(10)

    def find_free_together(*facts):
        found = is_free(*facts)
        looked.wait(10)
        return found

    monkeypatch.setattr(workflows, "hold_unmerged", lambda person: person)
    monkeypatch.setattr(workflows, "hold_persons", lambda ids, wait=True: set(ids))
    monkeypatch.setattr(workflows, "check_may_enrol", look_together)
    monkeypatch.setattr(workflows, "time_is_free", find_free_together)
    one, other = of_one_course(2)
    waiting = EnrolmentFactory(training_class=one, state="waitlisted", waitlist_no=1)
    results = at_once(
        lambda: promote_from_waitlist(actor=officer, training_class=fresh(one)),
        enrols(waiting.person, other),
    )
    held = (
        Enrolment.objects.filter(person=waiting.person)
        .order_by("training_class")
        .values_list("training_class", "state")
    )
    assert list(held) == [(one.pk, "offered"), (other.pk, "admitted")], results


# ---- a new session against an enrolment ----


def race_session_against_enrolment(officer):
    """Add a session to a class while one of its trainees enrols in a class at that time; return
    whether somebody noticed.
    """
    mine, other = overlapping(2)
    mine.sessions.update(
        starts_at=timezone.now() + timedelta(days=30),
        ends_at=timezone.now() + timedelta(days=30, hours=3),
    )
    trainee, slot = EnrolmentFactory(training_class=mine), other.sessions.get()
    TrainingClass.objects.filter(pk=mine.pk).update(venue="另一处", teacher="另一人")
    results = at_once(
        lambda: add_session(
            actor=officer,
            training_class=fresh(mine),
            title="加课",
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            hours=2,
        ),
        enrols(trainee.person, other),
    )
    return isinstance(results[0], ClassNotReady) or isinstance(
        results[1], EnrolmentRefused
    ), results


def test_new_session_and_enrolment_at_the_same_time_never_miss_each_other(officer):
    for _round in range(ROUNDS):
        noticed, results = race_session_against_enrolment(officer)
        assert noticed, results
        assert ClassSession.objects.filter(title="加课").count() <= 1
        ClassSession.objects.filter(title="加课").delete()


@on_postgresql
def test_control_without_the_lock_of_the_persons_a_new_session_misses_the_enrolment(
    monkeypatch, officer
):
    looked = threading.Barrier(2)
    look, check = workflows.check_may_enrol, timetable._check_time

    def look_together(**facts):
        look(**facts)
        looked.wait(10)

    def check_together(*facts):
        found = check(*facts)
        looked.wait(10)
        return found

    monkeypatch.setattr(workflows, "hold_unmerged", lambda person: person)
    monkeypatch.setattr(timetable, "hold_persons", lambda ids, wait=True: set(ids))
    monkeypatch.setattr(workflows, "check_may_enrol", look_together)
    monkeypatch.setattr(timetable, "_check_time", check_together)
    noticed, results = race_session_against_enrolment(officer)
    assert not noticed, results


@on_postgresql
def test_two_classes_given_one_room_at_once_are_noticed_and_without_the_timetable_they_are_not(
    monkeypatch, officer
):
    start = timezone.now() + timedelta(days=9)

    def plan(training_class):
        return lambda: add_session(
            actor=officer,
            training_class=fresh(training_class),
            title="加课",
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            hours=2,
        )

    results = at_once(*(plan(row) for row in (TrainingClassFactory(), TrainingClassFactory())))
    assert sum(isinstance(row, ClassNotReady) for row in results) == 1, results
    ClassSession.objects.all().delete()

    looked = threading.Barrier(2)
    check = timetable._check_time
    monkeypatch.setattr(timetable, "hold_timetable", lambda: None)
    monkeypatch.setattr(
        timetable, "_check_time", lambda *facts: (check(*facts), looked.wait(10))[0]
    )
    results = at_once(*(plan(row) for row in (TrainingClassFactory(), TrainingClassFactory())))
    assert not any(isinstance(row, Exception) for row in results), results


# ---- the queue against newcomers ----


def class_with_queue(waiting=3, taken=1):
    training_class = TrainingClassFactory(capacity=1)
    rows = [
        EnrolmentFactory(training_class=training_class, state="waitlisted", waitlist_no=n)
        for n in range(1, waiting + 1)
    ]
    TrainingClass.objects.filter(pk=training_class.pk).update(
        last_waitlist_no=waiting, seats_taken=taken
    )
    return training_class, rows


def test_newcomers_and_more_seats_at_once_never_overtake_the_queue(officer):
    for _round in range(3):
        training_class, rows = class_with_queue()
        newcomers = [WorkerFactory() for _ in range(4)]

        def raise_seats(training_class=training_class):
            return save_class(
                actor=officer,
                course=training_class.course,
                training_class=fresh(training_class),
                capacity=4,
            )

        results = at_once(raise_seats, *(enrols(person, training_class) for person in newcomers))
        workflows.serve_all_queues()  # a person looked at by another transaction at that moment is served in the next round
        assert [fresh(row).state for row in rows] == ["offered"] * 3, results
        assert set(
            Enrolment.objects.filter(person__in=newcomers).values_list("state", flat=True)
        ) == {"waitlisted"}
        assert fresh(training_class).seats_taken == 4


def test_control_newcomers_who_do_not_look_at_the_queue_overtake_it(monkeypatch):
    training_class, rows = class_with_queue()
    TrainingClass.objects.filter(pk=training_class.pk).update(capacity=2)
    monkeypatch.setattr(workflows, "serve_queue", lambda _class: Served())
    newcomer = WorkerFactory()
    assert at_once(enrols(newcomer, training_class))[0].state == "admitted"
    assert fresh(rows[0]).state == "waitlisted"


def test_leaving_waiting_and_coming_at_once_keeps_seats_and_rows_together():
    training_class, rows = class_with_queue(waiting=2, taken=0)
    inside = EnrolmentFactory(training_class=fresh(training_class))
    newcomers = [WorkerFactory() for _ in range(3)]
    at_once(
        lambda: withdraw_enrolment(actor=inside.person.user, enrolment=fresh(inside)),
        lambda: withdraw_enrolment(actor=rows[0].person.user, enrolment=fresh(rows[0])),
        *(enrols(person, training_class) for person in newcomers),
    )
    workflows.serve_all_queues()
    held = Enrolment.objects.filter(
        training_class=training_class, state__in=["offered", "admitted"]
    )
    assert (held.count(), fresh(training_class).seats_taken) == (1, 1)
    assert held.get().pk == rows[1].pk


# ---- an offer against its end ----


def offered():
    training_class = TrainingClassFactory(capacity=1)
    until = timezone.now() + timedelta(minutes=5)
    offer = EnrolmentFactory(
        training_class=training_class, state="offered", offered_until=until, waitlist_no=1
    )
    return training_class, offer, until


def test_accepting_an_offer_against_its_end_has_one_winner():
    for _round in range(ROUNDS):
        training_class, offer, until = offered()
        results = at_once(
            lambda offer=offer: accept_offer(actor=offer.person.user, enrolment=fresh(offer)),
            lambda until=until: lapse_unaccepted_offers(now=until),
        )
        state, seats = fresh(offer).state, fresh(training_class).seats_taken
        accepted = not isinstance(results[0], Exception)
        assert (state, seats, results[1]) == (
            ("admitted", 1, 0) if accepted else ("withdrawn", 0, 1)
        ), results


@on_postgresql
def test_control_without_the_lock_somebody_who_accepted_loses_the_seat(monkeypatch):
    looked = threading.Barrier(2)
    seen = threading.local()

    def read_only(row):
        found = type(row).objects.get(pk=row.pk)
        seen.count = getattr(seen, "count", 0) + 1
        if seen.count == 2:  # the class, then the enrolment: both have looked now
            looked.wait(10)
        return found

    monkeypatch.setattr(workflows, "lock", read_only)
    _training_class, offer, until = offered()
    accepted, lapsed = at_once(
        lambda: accept_offer(actor=offer.person.user, enrolment=fresh(offer)),
        lambda: lapse_unaccepted_offers(now=until),
    )
    assert (accepted.state, lapsed) == ("admitted", 1), (
        "both have won: the seat is given and taken back"
    )


# ---- taking off the list against closing the class ----


def test_taking_a_trainee_off_against_closing_the_class_decides_once(officer):
    for _round in range(ROUNDS):
        training_class = TrainingClassFactory(state="assessing", capacity=5)
        SessionFactory(training_class=training_class, number=1)
        trainee = EnrolmentFactory(training_class=training_class)
        results = at_once(
            lambda trainee=trainee: drop_trainee(
                actor=officer, enrolment=fresh(trainee), reason="调岗"
            ),
            lambda training_class=training_class: finish_class(
                actor=officer, training_class=fresh(training_class)
            ),
        )
        state, seats = fresh(trainee).state, fresh(training_class).seats_taken
        assert not isinstance(results[1], Exception), results
        assert (state, seats) in {("dropped", 0), ("absent", 1)}, results
        assert isinstance(results[0], EnrolmentRefused) is (state == "absent")
        assert people_of(training_class) == set()

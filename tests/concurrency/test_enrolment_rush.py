"""The last seats: many workers at once, none too many; and the same rush without the conditional
UPDATE, which oversells.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from courses.enums import EnrolmentState
from courses.models import Enrolment, TrainingClass
from courses.queries import enrolment as reads
from courses.workflows.enrolment import enrol_person, withdraw_enrolment
from tests.factories.courses import EnrolmentFactory, TrainingClassFactory
from tests.factories.ground import WorkerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS = 8


def rush(jobs):
    """Run *jobs* in threads that start together, each with its own connection; return results in
    order (errors as themselves).
    """
    gate = threading.Barrier(min(THREADS, len(jobs)))

    def run(job):
        try:
            if threading.current_thread() not in waited:
                waited.add(threading.current_thread())
                gate.wait(10)
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    waited: set[threading.Thread] = set()
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, jobs))


def enrol_all(training_class, people):
    def one(person):
        return enrol_person(
            actor=person.user,
            training_class=TrainingClass.objects.get(pk=training_class.pk),
            person=person,
        )

    return rush([lambda person=person: one(person) for person in people])


def test_rush_never_oversells_and_the_queue_has_no_gap():
    training_class = TrainingClassFactory(capacity=5)
    results = enrol_all(training_class, [WorkerFactory() for _ in range(32)])
    assert Counter(getattr(row, "state", repr(row)) for row in results) == {
        "admitted": 5,
        "waitlisted": 27,
    }
    training_class.refresh_from_db()
    assert training_class.seats_taken == 5
    numbers = (
        Enrolment.objects.exclude(waitlist_no=None)
        .order_by("waitlist_no")
        .values_list("waitlist_no", flat=True)
    )
    assert list(numbers) == list(range(1, 28))


def test_one_worker_clicking_eight_times_at_once_gets_one_seat():
    training_class = TrainingClassFactory(capacity=5)
    person = WorkerFactory()
    results = enrol_all(training_class, [person] * 8)
    training_class.refresh_from_db()
    assert {getattr(row, "pk", repr(row)) for row in results} == {Enrolment.objects.get().pk}
    assert training_class.seats_taken == 1


def test_leaving_and_coming_at_once_loses_no_seat():
    training_class = TrainingClassFactory(capacity=4)
    inside = [EnrolmentFactory(training_class=training_class) for _ in range(4)]
    outside = [WorkerFactory() for _ in range(4)]
    leave = [
        lambda row=row: withdraw_enrolment(actor=row.person.user, enrolment=row) for row in inside
    ]
    come = [
        lambda person=person: enrol_person(
            actor=person.user,
            training_class=TrainingClass.objects.get(pk=training_class.pk),
            person=person,
        )
        for person in outside
    ]
    results = rush([job for pair in zip(leave, come, strict=True) for job in pair])
    assert [row for row in results if isinstance(row, Exception)] == []
    training_class.refresh_from_db()
    states = Counter(Enrolment.objects.values_list("state", flat=True))
    held = states["admitted"] + states["offered"]
    assert (states["withdrawn"], held, training_class.seats_taken) == (4, 4, 4)
    assert not reads.list_waiting_enrolments(training_class).exists()


def test_control_without_the_conditional_update_the_rush_oversells():
    """The same rush with "count, then insert" instead: proof that the test above can fail.

    SQLite starts its transactions with the write lock, which alone would save it: the control looks
    before it begins one.
    """
    training_class = TrainingClassFactory(capacity=5)
    people = [WorkerFactory() for _ in range(32)]
    looked = threading.Barrier(THREADS)

    def naive(person):
        seen = TrainingClass.objects.get(pk=training_class.pk).seats_taken
        looked.wait(10)
        if seen >= training_class.capacity:
            return None
        with transaction.atomic():
            row = Enrolment(
                training_class=training_class,
                person=person,
                state=EnrolmentState.ADMITTED,
                enrolled_at=training_class.created_at,
            )
            row.save()
            TrainingClass.objects.filter(pk=training_class.pk).update(
                seats_taken=min(seen + 1, training_class.capacity)
            )
        return row

    rows = rush([lambda person=person: naive(person) for person in people[:THREADS]])
    assert not any(isinstance(row, OperationalError) for row in rows)
    assert (
        Enrolment.objects.filter(state=EnrolmentState.ADMITTED).count()
        == THREADS
        > training_class.capacity
    )
    connections.close_all()

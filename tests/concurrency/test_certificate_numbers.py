"""Many workers take numbers at once: no gap, no double, one certificate for one outcome. The
control shows that the race is real.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

import access
from certification.models import Certificate
from certification.rules import number
from certification.workflows import issue
from core import counters
from core.models import NamedCounter
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
WORKERS, EACH = 4, 6


def together(jobs):
    """Run *jobs* at the same moment, each in a thread with its own connection; return what they
    return or raise.
    """
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait()
        try:
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def serials():
    return sorted(
        number.parse_certificate_number(text).serial
        for text in Certificate.objects.values_list("number", flat=True)
    )


def test_numbers_taken_at_once_have_no_gap_and_no_double():
    org = OrgUnitFactory()
    orders = [[make_order(org=org) for _ in range(EACH)] for _ in range(WORKERS)]
    outcomes = together(
        [
            lambda mine=mine: [
                issue.approve_certificate(actor=access.SYSTEM, order=order).pk for order in mine
            ]
            for mine in orders
        ]
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert serials() == list(range(1, WORKERS * EACH + 1))


def test_one_outcome_delivered_to_all_workers_at_once_is_one_certificate():
    order = make_order()
    outcomes = together(
        [lambda: issue.issue_certificate(actor=access.SYSTEM, order=order).number] * WORKERS
    )
    assert len(set(outcomes)) == 1
    assert serials() == [1]
    assert list(
        NamedCounter.objects.filter(name__startswith="certification:").values_list(
            "value", flat=True
        )
    ) == [1]
    assert Certificate.objects.get().changes.count() == 1


def test_rolled_back_numbers_leave_no_gap():
    org = OrgUnitFactory()

    def one(order, fails):
        try:
            with transaction.atomic():
                issue.approve_certificate(actor=access.SYSTEM, order=order)
                if fails:
                    raise InterruptedError
        except InterruptedError:
            return

    orders = [make_order(org=org) for _ in range(8)]
    together(
        [
            lambda order=order, fails=place % 2: one(order, fails)
            for place, order in enumerate(orders)
        ]
    )
    assert serials() == [1, 2, 3, 4]


def test_control_without_the_lock_numbers_collide(monkeypatch):
    """The same load with a counter that reads, waits and writes outside the lock: this is what the
    lock prevents.
    """
    org = OrgUnitFactory()
    orders = [make_order(org=org) for _ in range(WORKERS)]
    met = threading.Barrier(WORKERS)
    taken = []

    def naive():
        last = (
            NamedCounter.objects.filter(name="control").values_list("value", flat=True).first() or 0
        )
        met.wait(timeout=20)
        NamedCounter.objects.update_or_create(name="control", defaults={"value": last + 1})
        taken.append(last + 1)

    outcomes = together([naive] * WORKERS)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert len(set(taken)) < WORKERS
    # And with a number given twice, the register refuses the second row instead of keeping both.
    monkeypatch.setattr(counters, "take_counter_numbers", lambda name, how_many=1: range(1, 2))
    outcomes = together(
        [
            lambda order=order: issue.approve_certificate(actor=access.SYSTEM, order=order).pk
            for order in orders
        ]
    )
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert serials() == [1]

"""Two workers never hold one item. The control shows that the race is real when the condition is
left out.
"""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

import access
from jobs import registry, workflows
from jobs.enums import JobItemState
from jobs.models import JobItem
from jobs.queries import list_claimable_items

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4
ITEMS = 24


@pytest.fixture
def items(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register_job_kind("test.note", lambda item: None)
    workflows.start_job(
        kind="test.note", keys=[str(n) for n in range(ITEMS)], actor=access.SYSTEM, title="试"
    )


def in_threads(work):
    barrier = threading.Barrier(WORKERS)

    def run(_n):
        try:
            return work(barrier)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [pk for taken in pool.map(run, range(WORKERS)) for pk in taken]


def test_each_item_is_claimed_by_exactly_one_worker(items):
    def work(barrier):
        barrier.wait()
        taken = []
        while item := workflows.claim_job_item():
            taken.append(item.pk)
        return taken

    taken = in_threads(work)
    assert sorted(taken) == sorted(JobItem.objects.values_list("pk", flat=True))
    assert set(JobItem.objects.values_list("attempts", flat=True)) == {1}


def test_each_item_is_in_exactly_one_chunk(items):
    registry.register_job_kind("test.note", lambda item: None, chunk=lambda items: {}, at_once=4)

    def work(barrier):
        barrier.wait()
        taken = []
        while chunk := workflows.claim_job_items():
            assert {item.lease for item in chunk} == {chunk[0].lease}
            taken += [item.pk for item in chunk]
        return taken

    taken = in_threads(work)
    assert sorted(taken) == sorted(JobItem.objects.values_list("pk", flat=True))
    assert set(JobItem.objects.values_list("attempts", flat=True)) == {1}


def test_without_the_condition_all_workers_take_the_same_item(items):
    def work(barrier):
        item = list_claimable_items().order_by("pk").first()
        barrier.wait()
        JobItem.objects.filter(pk=item.pk).update(state=JobItemState.LEASED, lease=uuid.uuid4())
        return [item.pk]

    taken = in_threads(work)
    assert len(set(taken)) < len(taken)


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite lets one writer in at a time, so nobody waits for a row",
)
def test_a_claim_that_waited_for_another_one_judges_the_row_anew(items):
    """PostgreSQL re-reads the waiting UPDATE's own row only: a condition reached through the batch
    kept its old answer.
    """
    first = JobItem.objects.order_by("pk").first()
    held, waited = threading.Event(), []

    def hold():
        try:
            with transaction.atomic():
                taken = workflows.claim_job_item()
                held.set()
                while not waited:
                    waited.extend(_waiting_updates())
                return taken.pk
        finally:
            connection.close()

    def wait():
        try:
            held.wait()
            return workflows.claim_job_item().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        holder, waiter = pool.submit(hold), pool.submit(wait)
        assert holder.result() == first.pk
        assert waiter.result() == first.pk + 1
    assert JobItem.objects.get(pk=first.pk).attempts == 1


def _waiting_updates():
    with connection.cursor() as cursor:
        # Not pg_stat_activity: inside a transaction it keeps its first answer.
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return cursor.fetchall()

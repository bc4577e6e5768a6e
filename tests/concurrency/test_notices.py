"""A message is written once, a parcel is held by one worker; what a worker's end leaves behind is
handed over as the same parcel.
"""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

import notify
from notify import registry
from notify.enums import DeliveryState, MessageChannel
from notify.models import Delivery, Message
from notify.queries.deliveries import list_claimable_deliveries
from notify.workflows import deliver_messages
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, PEOPLE = 4, 24


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_message_kind("test.note", label="x", subject="x", text="x", urgent=True)


@pytest.fixture
def people():
    return [UserFactory(email=f"{n}@example.org") for n in range(PEOPLE)]


def send(people):
    with transaction.atomic():
        return notify.send_message("test.note", to=people, context={}, key="once")


def in_threads(work):
    barrier = threading.Barrier(WORKERS)

    def run(_n):
        try:
            return work(barrier)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_workflows_that_run_at_once_write_each_message_once(people):
    def work(barrier):
        barrier.wait()
        return send(people)

    assert sum(in_threads(work)) == PEOPLE
    assert Message.objects.count() == PEOPLE
    assert Delivery.objects.count() == PEOPLE


def test_each_parcel_is_handed_over_by_exactly_one_worker(people, monkeypatch):
    send(people)
    handed, lock = [], threading.Lock()

    def take(parcel):
        with lock:
            handed.append(parcel.address)

    monkeypatch.setitem(deliver_messages.TRANSPORTS, MessageChannel.MAIL, take)

    def work(barrier):
        barrier.wait()
        return deliver_messages.deliver_waiting_parcels()

    assert sum(in_threads(work)) == PEOPLE
    assert sorted(handed) == sorted(user.email for user in people)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.DONE, 1)}


def test_without_the_condition_all_workers_take_the_same_parcel(people):
    send(people)

    def work(barrier):
        head = list_claimable_deliveries(timezone.now()).order_by("due_at", "pk").first()
        barrier.wait()
        Delivery.objects.filter(pk=head.pk).update(state=DeliveryState.LEASED, lease=uuid.uuid4())
        return head.pk

    assert len(set(in_threads(work))) < WORKERS


class Killed(BaseException):
    """The process ends: nothing after this line runs."""


def test_worker_that_ends_after_handing_over_leaves_a_parcel_with_the_same_number(
    people, monkeypatch
):
    """The one double that can happen, and what the other side can tell it by."""
    send(people[:1])
    numbers = []
    monkeypatch.setitem(
        deliver_messages.TRANSPORTS,
        MessageChannel.MAIL,
        lambda parcel: numbers.append(parcel.number),
    )
    settle = deliver_messages.record_parcel_outcome

    def die(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(deliver_messages, "record_parcel_outcome", die)
    with pytest.raises(Killed):
        deliver_messages.deliver_waiting_parcels()
    monkeypatch.setattr(deliver_messages, "record_parcel_outcome", settle)
    assert deliver_messages.deliver_waiting_parcels() == 0  # the lease still runs
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert deliver_messages.deliver_waiting_parcels() == 1
    assert deliver_messages.deliver_waiting_parcels() == 0
    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert list(Delivery.objects.values_list("state", "attempts")) == [(DeliveryState.DONE, 2)]


def test_worker_whose_lease_ran_out_has_no_word_any_more(people):
    send(people[:1])
    slow = deliver_messages.claim_parcel()
    quick = deliver_messages.claim_parcel(now=timezone.now() + timedelta(hours=1))
    assert deliver_messages.record_parcel_outcome(slow, DeliveryState.DEAD, reason="late") is False
    assert deliver_messages.record_parcel_outcome(quick, DeliveryState.DONE) is True
    assert Delivery.objects.get().state == DeliveryState.DONE

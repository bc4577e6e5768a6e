"""The record: in the deed's transaction, append-only, chained."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

import access
import audit
from audit.checking import read_chain_steps
from audit.models import Event, Link
from audit.rules import Walk
from audit.workflows import seal_all, seal_events
from tests.audit.tampering import free_hands
from tests.factories.ground import UserFactory


@pytest.fixture
def three_events(db):
    user = UserFactory()
    with transaction.atomic():
        for n in range(3):
            audit.record(
                "people.signed_in",
                actor=user,
                target=user,
                after={"名": "张𠮷", "n": n},
                reason="试",
            )
    return list(Event.objects.order_by("pk"))


@pytest.mark.django_db
def test_record_costs_one_query(django_assert_num_queries):
    user = UserFactory()
    with django_assert_num_queries(1):
        audit.record("people.signed_in", actor=user, target=user)


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_a_mistake():
    user = UserFactory()
    with pytest.raises(transaction.TransactionManagementError):
        audit.record("people.signed_in", actor=user, target=user)


@pytest.mark.django_db
def test_undeclared_kind_is_a_mistake():
    with pytest.raises(LookupError):
        audit.record("people.did_what", actor=access.SYSTEM, target=UserFactory())


def test_sealed_chain_is_in_order_and_sealing_again_adds_nothing(three_events):
    assert (seal_events(), seal_events()) == (3, 0)
    assert Walk().first_fault(read_chain_steps()) is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET reason='x'",
        "DELETE FROM audit_event",
        "UPDATE audit_link SET value='x'",
        "DELETE FROM audit_link",
    ],
)
def test_database_refuses_change_and_removal(three_events, sql):
    seal_events()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert (Event.objects.count(), Link.objects.count()) == (3, 3)


def test_saving_or_deleting_an_event_again_is_refused(three_events):
    with pytest.raises(TypeError):
        three_events[0].save()
    with pytest.raises(TypeError):
        three_events[0].delete()


def test_row_written_late_by_a_long_transaction_is_sealed_behind_the_others(three_events):
    held = [event.pk for event in three_events]
    with connection.cursor() as cursor:
        free_hands(cursor)
        cursor.execute(
            "DELETE FROM audit_event WHERE id = %s", [held[0]]
        )  # not committed yet, as the sealer sees it
    assert seal_events() == 2
    late = three_events[0]
    late.pk, late._state.adding = None, True
    late.id = held[0]
    Event.objects.bulk_create([late])
    assert seal_events() == 1
    assert list(Link.objects.order_by("pk").values_list("event_id", flat=True)) == [
        held[1],
        held[2],
        held[0],
    ]
    assert Walk().first_fault(read_chain_steps()) is None


def test_sealing_in_steps_gives_the_same_chain_as_at_once(three_events):
    assert [seal_events(2), seal_events(2), seal_events(2)] == [2, 1, 0]
    assert Walk().first_fault(read_chain_steps()) is None
    assert seal_all() == 0


def test_unchanged_moments_and_numbers_are_no_changes(db):
    """One moment in two zones, 4.0 beside 4.00: equal, but not as text."""
    utc, here = (
        datetime(2026, 9, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 9, 1, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    user = UserFactory()
    with transaction.atomic():
        audit.record(
            "people.signed_in", actor=user, target=user,
            before={"at": utc, "hours": Decimal("4.0"), "day": date(2026, 9, 1)},
            after={"at": here, "hours": Decimal("4.00"), "day": date(2026, 9, 2)},
        )  # fmt: skip
    event = Event.objects.get(kind="people.signed_in")
    changed = {key for key in event.before if event.before[key] != event.after[key]}
    assert changed == {"day"}

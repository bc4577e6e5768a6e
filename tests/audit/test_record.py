"""The record: in the deed's transaction, append-only, chained."""

import pytest
from django.db import DatabaseError, connection, transaction

import access
import audit
from audit.models import Event, Link
from audit.workflows import first_fault, seal
from tests.factories.ground import UserFactory


@pytest.fixture
def three_events(db):
    user = UserFactory()
    with transaction.atomic():
        for n in range(3):
            audit.record("people.signed_in", actor=user, target=user, after={"名": "张𠮷", "n": n}, reason="试")
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
    assert (seal(), seal()) == (3, 0)
    assert first_fault() is None


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_event SET reason='x'", "DELETE FROM audit_event", "UPDATE audit_link SET value='x'", "DELETE FROM audit_link"]
)
def test_database_refuses_change_and_removal(three_events, sql):
    seal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (Event.objects.count(), Link.objects.count()) == (3, 3)


def test_tampering_past_the_triggers_is_found(three_events):
    seal()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_event_no_update")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks outstanding can't be altered
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET reason='改' WHERE id=%s", [three_events[1].pk])
    assert first_fault() == three_events[1].pk


def test_saving_or_deleting_an_event_again_is_refused(three_events):
    with pytest.raises(TypeError):
        three_events[0].save()
    with pytest.raises(TypeError):
        three_events[0].delete()

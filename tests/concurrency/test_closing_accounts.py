"""An account is closed while a role is given to it: both take their locks in the house's order, so
one waits for the other.

The control closes the account as it was done once (the account first, its unions after): PostgreSQL
finds the two waiting for each other.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction
from django.utils import timezone

import access
from access.errors import Inactive
from access.models import RoleAssignment, RoleProposal
from access.workflows import assign_role
from access.workflows import assignment as giving
from access.workflows.proposal import agree_to_role_proposal, propose_role
from core.errors import DomainError
from core.states import lock
from people import closing
from people.workflows.person import set_account_active
from tests.concurrency.test_certificate_numbers import together
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def held(db):
    """A person with an account that holds a role on a union, and the union."""
    union, person = OrgUnitFactory(), PersonFactory(user=UserFactory())
    assign_role(actor=access.SYSTEM, user=person.user, role="union_officer", scope=union)
    return person, union


def give(person, union):
    return assign_role(actor=access.SYSTEM, user=person.user, role="union_reviewer", scope=union)


def close(person):
    return set_account_active(
        actor=access.SYSTEM, person=person, active=False, reason="本人已离职，账号停用"
    )


def meeting(monkeypatch):
    """Let whoever gives the role and whoever closes the account each hold the first lock before
    either asks for the second.
    """
    met = threading.Barrier(2)

    def once():
        try:
            met.wait(timeout=3)
        except threading.BrokenBarrierError:  # the other waits for a lock of ours, as it should
            return

    account = giving._lock_account

    def lock_account(user):
        once()
        return account(user)

    monkeypatch.setattr(giving, "_lock_account", lock_account)
    return once


def test_closed_while_a_role_is_given_ends_without_a_role_and_without_a_deadlock(held, monkeypatch):
    person, union = held
    meeting(monkeypatch)
    given, closed = together([lambda: give(person, union), lambda: close(person)])
    assert isinstance(given, RoleAssignment | Inactive), given
    assert closed.is_active is False
    assert RoleAssignment.objects.not_over().filter(user=person.user).count() == 0
    assert not person.user.groups.exists()


@pytest.mark.service("postgresql")
def test_control_account_first_and_unions_after_wait_for_each_other(held, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time whatever we lock")
    person, union = held
    once = meeting(monkeypatch)

    def account_first(*accounts):
        return {
            row.pk: row
            for row in get_user_model()
            .objects.select_for_update(no_key=True)
            .filter(pk__in=[one.pk for one in accounts])
        }

    from access.workflows import leaving

    scope_after = leaving._lock_scope

    def lock_scope(*which):
        once()
        return scope_after(*which)

    monkeypatch.setattr(closing, "lock_closing_accounts", account_first)
    monkeypatch.setattr(leaving, "_lock_scope", lock_scope)
    outcomes = together([lambda: give(person, union), lambda: close(person)])
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [
        OperationalError
    ]
    assert "deadlock" in str(
        next(outcome for outcome in outcomes if isinstance(outcome, Exception))
    )


def test_role_given_elsewhere_while_the_closing_waits_is_locked_in_order_too_and_ends(
    held, monkeypatch
):
    person, _union = held
    elsewhere, looked, given = OrgUnitFactory(), threading.Event(), threading.Event()
    seen = []
    above = closing._above[0]

    def look(users, *, locked):
        found = above(users, locked=locked)
        seen.append((locked, len(found)))
        if locked and not looked.is_set():
            looked.set()
            given.wait(10)
        return found

    def give_elsewhere():
        looked.wait(10)
        try:
            return assign_role(
                actor=access.SYSTEM, user=person.user, role="union_reviewer", scope=elsewhere
            )
        finally:
            given.set()

    monkeypatch.setattr(closing, "_above", [look])
    if connection.vendor == "postgresql":
        row, closed = together([give_elsewhere, lambda: close(person)])
    else:  # one writer at a time: the gift comes from within, where the wait would be
        monkeypatch.setattr(given, "wait", lambda _seconds: give_elsewhere())
        (closed,) = together([lambda: close(person)])
        row = None
    assert not isinstance(row, Exception), row
    assert closed.is_active is False
    assert [locked for locked, _count in seen][:4] == [True, False, True, False]
    assert RoleAssignment.objects.not_over().filter(user=person.user).count() == 0


def test_account_whose_roles_never_stand_still_is_left_alone_with_a_sentence(held, monkeypatch):
    person, _union = held
    ever = iter(range(100))
    monkeypatch.setattr(
        closing,
        "_above",
        [lambda _users, *, locked: frozenset() if locked else frozenset({next(ever)})],
    )
    with pytest.raises(DomainError) as refused:
        close(person)
    assert refused.value.code == "account_busy"
    person.user.refresh_from_db()
    assert person.user.is_active


def test_agreed_while_the_account_is_closed_the_proposal_lapses_or_the_role_ends(held, monkeypatch):
    person, union = held
    proposer, second = UserFactory(is_superuser=True), UserFactory(is_superuser=True)
    proposal = propose_role(
        actor=proposer,
        user=person.user,
        role="union_reviewer",
        scope=union,
        ends_on=timezone.localdate() + timedelta(days=90),
        reason="接任",
    )
    meeting(monkeypatch)
    agreed, closed = together(
        [
            lambda: agree_to_role_proposal(
                actor=second, proposal=RoleProposal.objects.get(pk=proposal.pk)
            ),
            lambda: close(person),
        ]
    )
    assert isinstance(agreed, RoleAssignment | DomainError), agreed
    assert closed.is_active is False
    assert RoleAssignment.objects.not_over().filter(user=person.user).count() == 0
    proposal.refresh_from_db()
    assert proposal.state in ("agreed", "lapsed")


def test_saved_as_closed_by_anybody_takes_the_locks_before_the_account_is_written(held):
    person, union = held
    order = []
    with transaction.atomic():
        lock(union)
        with connection.execute_wrapper(
            lambda execute, sql, params, many, context: (
                order.append(sql),
                execute(sql, params, many, context),
            )[1]
        ):
            user = get_user_model().objects.get(pk=person.user.pk)
            user.is_active = False
            user.save(update_fields=["is_active"])
    written = next(n for n, sql in enumerate(order) if sql.startswith('UPDATE "people_user"'))
    read = next(n for n, sql in enumerate(order) if "access_roleassignment" in sql)
    assert read < written
    assert RoleAssignment.objects.not_over().filter(user=user).count() == 0

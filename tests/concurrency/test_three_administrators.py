"""Two administrators' roles given to one person at the same moment: one stays. The control shows
that the lock decides it.
"""

import threading

import pytest
from django.db import connection, transaction

import access
from access.errors import Exclusive
from access.models import RoleAssignment, WholeSite
from access.workflows import assign_role
from access.workflows import assignment as giving
from tests.concurrency.test_certificate_numbers import together
from tests.factories.ground import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
ROLES = ("system_admin", "security_admin", "audit_admin")


def give_all(user):
    site = WholeSite.get()
    return together(
        [
            lambda role=role: assign_role(actor=access.SYSTEM, user=user, role=role, scope=site)
            for role in ROLES
        ]
    )


def test_three_roles_given_at_once_to_one_person_leave_one():
    user = UserFactory()
    outcomes = give_all(user)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == sorted(
        ["RoleAssignment", Exclusive.__name__, Exclusive.__name__]
    )
    assert RoleAssignment.objects.running().filter(user=user, role__in=ROLES).count() == 1


@pytest.mark.service("postgresql")
def test_control_without_the_locks_one_person_would_hold_all_three(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time whatever we lock")
    user = UserFactory()
    met = threading.Barrier(len(ROLES))
    judge = giving.check_exclusive

    def judged_together(account, role):
        judge(account, role)
        met.wait(timeout=20)

    monkeypatch.setattr(giving, "check_exclusive", judged_together)
    monkeypatch.setattr(giving, "lock", lambda row: row)
    monkeypatch.setattr(giving, "_lock_account", lambda account: account)
    outcomes = give_all(user)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert RoleAssignment.objects.running().filter(user=user, role__in=ROLES).count() == len(ROLES)
    assert not transaction.get_connection().in_atomic_block

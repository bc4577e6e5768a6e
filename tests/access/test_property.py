"""No sequence of changes lets an account act outside the union of what it was given: the site is compared with a naive model."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import access
from access import registry
from access.checks import allowed
from access.models import RoleAssignment
from access.queries import permitted
from access.workflows import assign_role, move_scope_roles, proposal, withdraw_role
from core.errors import DomainError
from org.models import OrgUnit
from tests.factories.ground import OrgUnitFactory, UserFactory

ROLES = ("union_officer", "union_reviewer", "union_admin", "editor")
START = date(2026, 3, 2)


class Rights(RuleBasedStateMachine):
    """Five accounts, seven unions in two trees, a clock. `given` is the model: who holds what on which union from when to when."""

    def __init__(self) -> None:
        super().__init__()
        self.today = START
        self.clock = mock.patch.object(timezone, "localdate", side_effect=lambda *_args: self.today)
        self.clock.start()
        self.given: list[dict[str, Any]] = []
        self.waiting: list[tuple[Any, Any, dict[str, Any]]] = []

    @initialize()
    def world(self) -> None:
        """Build two trees."""
        a, z = OrgUnitFactory(), OrgUnitFactory()
        units = [a, z]
        for parent in (0, 0, 2, 2, 1):
            units.append(OrgUnitFactory(parent=OrgUnit.objects.get(pk=units[parent].pk)))
        self.units = [unit.pk for unit in units]
        self.parents = {units[n].pk: units[p].pk for n, p in ((2, 0), (3, 0), (4, 2), (5, 2), (6, 1))}
        self.users = [UserFactory() for _ in range(5)]
        self.closed: set[int] = set()
        self.give(0, 0, "union_admin")
        self.give(1, 0, "union_admin")

    def give(self, user: int, unit: int, role: str) -> None:
        """Give by the system."""
        row = assign_role(actor=access.SYSTEM, user=self.users[user], role=role, scope=OrgUnit.objects.get(pk=self.units[unit]))
        self.note(row)

    def note(self, row: RoleAssignment) -> None:
        """Copy what was given into the model."""
        self.given = [held for held in self.given if held["row"] != row.pk]
        self.given.append(
            {"row": row.pk, "user": row.user_id, "role": row.role, "unit": row.scope_id, "from": row.starts_on, "to": row.ends_on}
        )

    def above(self, unit: int) -> set[int]:
        """Return *unit* and what lies above it, by the model's own parents."""
        found = {unit}
        while unit in self.parents:
            unit = self.parents[unit]
            found.add(unit)
        return found

    def expected(self, user: Any, codename: str) -> set[int]:
        """Return the unions where the model says yes."""
        if user.pk in self.closed:
            return set()
        places = {
            held["unit"]
            for held in self.given
            if held["user"] == user.pk and held["from"] <= self.today <= held["to"] and codename in registry.get(held["role"]).codenames
        }
        return {unit for unit in self.units if self.above(unit) & places}

    accounts, places, roles = st.integers(0, 4), st.integers(0, 6), st.sampled_from(ROLES)

    @rule(user=accounts, unit=places, role=roles)
    def system_gives(self, user: int, unit: int, role: str) -> None:
        """A role by the system."""
        if self.users[user].pk not in self.closed:
            self.give(user, unit, role)

    @rule(actor=accounts, user=accounts, unit=places, role=roles, days=st.integers(1, 40))
    def proposes(self, actor: int, user: int, unit: int, role: str, days: int) -> None:
        """Somebody proposes; whether he may, the model knows too."""
        scope = OrgUnit.objects.get(pk=self.units[unit])
        may = self.units[unit] in self.expected(self.users[actor], "access.grant_role") and actor != user
        try:
            row = proposal.propose_role(
                actor=self.users[actor],
                user=self.users[user],
                role=role,
                scope=scope,
                reason="试",
                ends_on=self.today + timedelta(days=days),
            )
        except DomainError:
            return
        assert may
        self.waiting.append((row, self.users[actor], {"on": self.today}))

    @rule(actor=accounts, which=st.integers(0, 20))
    def agrees(self, actor: int, which: int) -> None:
        """Somebody agrees."""
        if not self.waiting:
            return
        row, proposer, facts = self.waiting[which % len(self.waiting)]
        scope_id = row.scope_id
        may = {user.pk: scope_id in self.expected(user, "access.grant_role") for user in (self.users[actor], proposer)}
        try:
            made = proposal.agree(actor=self.users[actor], proposal=row)
        except DomainError:
            return
        assert all(may.values())
        assert len({self.users[actor].pk, proposer.pk, row.user_id}) == 3
        assert self.today <= facts["on"] + timedelta(days=7)
        self.note(made)

    @rule(actor=accounts, which=st.integers(0, 20))
    def withdraws(self, actor: int, which: int) -> None:
        """Somebody withdraws."""
        if not self.given:
            return
        held = self.given[which % len(self.given)]
        may = held["unit"] in self.expected(self.users[actor], "access.grant_role") or self.users[actor].pk == held["user"]
        try:
            withdraw_role(actor=self.users[actor], assignment=RoleAssignment.objects.get(pk=held["row"]), reason="试")
        except DomainError:
            return
        assert may
        self.given.remove(held)

    @rule(days=st.integers(1, 200))
    def time_passes(self, days: int) -> None:
        """The clock goes on."""
        self.today += timedelta(days=days)

    @rule(unit=st.integers(2, 6), under=places)
    def moves(self, unit: int, under: int) -> None:
        """A union moves below another."""
        child, parent = self.units[unit], self.units[under]
        if child in self.above(parent):
            return
        OrgUnit.objects.get(pk=child).move(OrgUnit.objects.get(pk=parent), "last-child")
        self.parents[child] = parent

    @rule(gone=st.integers(2, 6), into=places)
    def merges(self, gone: int, into: int) -> None:
        """The roles on a union follow into another."""
        old, new = self.units[gone], self.units[into]
        if old == new:
            return
        move_scope_roles(actor=access.SYSTEM, gone=OrgUnit.objects.get(pk=old), into=OrgUnit.objects.get(pk=new))
        over = [held for held in self.given if held["to"] < self.today]
        moving = [held for held in self.given if held["unit"] == old and held not in over]
        for held in moving:
            same = [
                there
                for there in self.given
                if there is not held
                and (there["user"], there["role"], there["unit"]) == (held["user"], held["role"], new)
                and there not in over
            ]
            if same:
                same[0]["to"] = max(same[0]["to"], held["to"])
                self.given.remove(held)
            else:
                held["unit"] = new

    @rule(user=accounts)
    def closes(self, user: int) -> None:
        """An account is closed; its roles don't come back with it."""
        account = self.users[user]
        account.is_active = not account.is_active
        account.save()
        if account.is_active:
            self.closed.discard(account.pk)
        else:
            self.closed.add(account.pk)
            self.given = [held for held in self.given if held["user"] != account.pk or held["to"] < self.today]

    @invariant()
    def nobody_acts_outside_what_was_given(self) -> None:
        """Lists and single questions say what the model says."""
        if not hasattr(self, "units"):
            return
        for user in self.users:
            for codename in ("office.import_roster", "access.grant_role", "cms.edit"):
                wanted = self.expected(user, codename)
                assert set(permitted(user, codename, OrgUnit.objects.all()).values_list("pk", flat=True)) == wanted
                one = OrgUnit.objects.get(pk=self.units[5])
                assert allowed(user, codename, one) is (one.pk in wanted)

    def teardown(self) -> None:
        """Stop the clock."""
        self.clock.stop()


class RightsHoldTest(TestCase):
    """Each example runs in a transaction of its own that is rolled back."""

    def test_no_sequence_of_changes_lets_anybody_act_outside_what_was_given(self) -> None:
        case = self

        class Rolled(Rights):
            """The machine, each run in a savepoint."""

            def __init__(self) -> None:
                case.setup_example()
                super().__init__()

            def teardown(self) -> None:
                super().teardown()
                case.teardown_example(None)

        run_state_machine_as_test(Rolled, settings=settings(max_examples=15, stateful_step_count=20, deadline=None))

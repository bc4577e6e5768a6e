"""No sequence of changes lets an account act outside the union of what it was given: the site is
compared with a naive model.

The model knows dates, parents and who holds what; it never looks into the database for a right. The
site's clock is the model's.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import access
from access import registry
from access.checks import is_allowed
from access.enums import ProposalState
from access.models import RoleAssignment, WholeSite
from access.queries import permitted
from access.tasks import keep_calendar
from access.workflows import assign_role, proposal, withdraw_role
from core.errors import DomainError
from org.enums import OrgLevel
from org.models import OrgUnit
from org.workflows.ending import merge_units
from org.workflows.history import move_unit
from tests.factories.ground import OrgUnitFactory, UserFactory
from tests.support.clock import Clock

SITE = "the whole site"
ROLES = ("union_officer", "union_reviewer", "union_admin", "editor")
SITE_ROLES = ("security_admin", "audit_admin")
GRANT = "access.grant_role"
ASKED = ("office.import_roster", GRANT, "access.view_roles")
START = date(2026, 3, 2)
# Parent and level of each union: two cities, what lies below them.
TREE = (
    (None, OrgLevel.CITY),
    (None, OrgLevel.CITY),
    (0, OrgLevel.COUNTY),
    (0, OrgLevel.COUNTY),
    (2, OrgLevel.TOWNSHIP),
    (4, OrgLevel.GROUP),
)
PEOPLE = 4
# Shrinking a failure would replay the site for five minutes; the sequence that is shown is short
# enough to read.
LIMITS = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


class Rights(RuleBasedStateMachine):
    """Four accounts, six unions in two trees, a clock. `given` is the model: who holds what where
    from when to when.
    """

    def __init__(self) -> None:
        super().__init__()
        self.today = START
        self.clock = Clock()
        self.clock.move_to(START)
        self.given: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.closed: set[int] = set()
        self.parents: dict[int, int] = {}

    @initialize()
    def world(self) -> None:
        """Build two trees; two administrators of the first."""
        self.units: list[int] = []
        for parent, level in TREE:
            above = None if parent is None else OrgUnit.objects.get(pk=self.units[parent])
            self.units.append(OrgUnitFactory(parent=above, level=level).pk)
            if above:
                self.parents[self.units[-1]] = above.pk
        self.users = [UserFactory(password="!") for _ in range(PEOPLE)]
        self.system_gives(user=0, unit=0, role="union_admin", days=365)
        self.system_gives(user=1, unit=0, role="union_admin", days=365)

    def unit(self, number: int) -> OrgUnit:
        """Return a union as it is now."""
        return OrgUnit.objects.get(pk=self.units[number])

    def note(self, row: RoleAssignment, place: Any) -> None:
        """Copy what was given into the model."""
        self.given = [held for held in self.given if held["row"] != row.pk]
        self.given.append(
            {
                "row": row.pk,
                "user": row.user_id,
                "role": row.role,
                "place": place,
                "from": row.starts_on,
                "to": row.ends_on,
            }
        )

    def above(self, unit: int) -> set[Any]:
        """Return *unit*, what lies above it by the model's own parents, and the site."""
        found: set[Any] = {unit, SITE}
        while unit in self.parents:
            unit = self.parents[unit]
            found.add(unit)
        return found

    def expected(self, user: int | None, codename: str) -> set[int]:
        """Return the unions where the model says that the account number *user* may."""
        if user in self.closed:
            return set()
        places = {
            held["place"]
            for held in self.given
            if held["user"] == user
            and held["from"] <= self.today <= held["to"]
            and codename in registry.get_role(held["role"]).codenames
        }
        return {unit for unit in self.units if self.above(unit) & places}

    def may(self, user: int | None, place: Any) -> bool:
        """Say whether the model lets *user* give, extend and withdraw roles on *place*."""
        if place != SITE:
            return place in self.expected(user, GRANT)
        return user not in self.closed and any(
            held["user"] == user
            and held["place"] == SITE
            and held["from"] <= self.today <= held["to"]
            for held in self.given
        )

    def someone(self, number: int, wise: bool, place: Any, *, but: Any = ()) -> Any:
        """Return an account: any, or (*wise*) one of those that could, so that sequences come far."""
        able = [user for user in self.users if user.pk not in but and self.may(user.pk, place)]
        return able[number % len(able)] if wise and able else self.users[number]

    accounts, places, roles = (
        st.integers(0, PEOPLE - 1),
        st.integers(0, len(TREE) - 1),
        st.sampled_from(ROLES),
    )
    lower, days, which = st.integers(2, len(TREE) - 1), st.integers(1, 40), st.integers(0, 20)
    wise, wait = st.sampled_from((True, True, True, False)), st.sampled_from((0, 0, 5))

    @rule(user=accounts, unit=places, role=roles, days=days, wait=wait)
    def system_gives(self, user: int, unit: int, role: str, days: int, wait: int = 0) -> None:
        """A role by the system, from today or later."""
        if self.users[user].pk in self.closed:
            return
        first = self.today + timedelta(days=wait)
        term = {"starts_on": first, "ends_on": first + timedelta(days=days)}
        row = assign_role(
            actor=access.SYSTEM, user=self.users[user], role=role, scope=self.unit(unit), **term
        )
        self.note(row, self.units[unit])

    @rule(user=accounts, role=st.sampled_from(SITE_ROLES), days=days)
    def system_appoints(self, user: int, role: str, days: int) -> None:
        """A role on the whole site: refused to who holds the other one."""
        last = self.today + timedelta(days=days)
        mine = [
            held
            for held in self.given
            if held["user"] == self.users[user].pk and held["to"] >= self.today
        ]
        try:
            row = assign_role(
                actor=access.SYSTEM,
                user=self.users[user],
                role=role,
                scope=WholeSite.get(),
                ends_on=last,
            )
        except DomainError:
            return
        assert not {held["role"] for held in mine} & (set(SITE_ROLES) - {role})
        self.note(row, SITE)

    @rule(actor=accounts, user=accounts, unit=places, role=roles, days=days, wait=wait, wise=wise)
    def proposes(
        self, actor: int, user: int, unit: int, role: str, days: int, wait: int, wise: bool
    ) -> None:
        """Somebody proposes, from today or later; whether he may, the model knows too."""
        who = self.someone(actor, wise, self.units[unit], but={self.users[user].pk})
        may = self.may(who.pk, self.units[unit])
        first = self.today + timedelta(days=wait)
        term = {"starts_on": first, "ends_on": first + timedelta(days=days)}
        try:
            row = proposal.propose_role(
                actor=who,
                user=self.users[user],
                role=role,
                scope=self.unit(unit),
                reason="试",
                **term,
            )
        except DomainError:
            return
        assert may
        assert who != self.users[user]
        self.waiting.append({"row": row, "by": who.pk, "on": self.today, "place": self.units[unit]})

    @precondition(lambda self: self.given)
    @rule(actor=accounts, which=which, days=days)
    def asks_for_longer(self, actor: int, which: int, days: int) -> None:
        """The holder, or an administrator, wants a longer term."""
        held = self.given[which % len(self.given)]
        who = self.users[actor]
        own = held["user"] == who.pk
        may = own or self.may(who.pk, held["place"])
        row = RoleAssignment.objects.get(pk=held["row"])
        try:
            asked = proposal.ask_extension(
                actor=who, assignment=row, ends_on=held["to"] + timedelta(days=days), reason="试"
            )
        except DomainError:
            return
        assert may
        by = None if own else who.pk
        self.waiting.append({"row": asked, "by": by, "on": self.today, "place": held["place"]})

    @precondition(lambda self: self.waiting)
    @rule(actor=accounts, which=which, wise=wise)
    def takes_up(self, actor: int, which: int, wise: bool) -> None:
        """An administrator makes the holder's wish his own."""
        waiting = self.waiting[which % len(self.waiting)]
        who = self.someone(
            actor, wise, waiting["place"], but={waiting["by"], waiting["row"].user_id}
        )
        may = self.may(who.pk, waiting["place"])
        try:
            proposal.take_up_extension(actor=who, proposal=waiting["row"])
        except DomainError:
            return
        assert may
        assert who.pk != waiting["row"].user_id
        waiting |= {"by": who.pk, "on": self.today}

    @precondition(lambda self: self.waiting)
    @rule(actor=accounts, which=which, wise=wise)
    def agrees(self, actor: int, which: int, wise: bool) -> None:
        """Somebody agrees."""
        waiting = self.waiting[which % len(self.waiting)]
        who = self.someone(
            actor, wise, waiting["place"], but={waiting["by"], waiting["row"].user_id}
        )
        pair = (who.pk, waiting["by"])
        may = [self.may(user, waiting["place"]) for user in pair]
        try:
            made = proposal.agree_to_role_proposal(actor=who, proposal=waiting["row"])
        except DomainError:
            return
        assert all(may)
        assert len({*pair, waiting["row"].user_id}) == 3
        assert self.today <= waiting["on"] + timedelta(days=7)
        self.note(made, waiting["place"])
        self.waiting.remove(waiting)

    @rule(
        user=accounts,
        unit=places,
        role=roles,
        days=days,
        ends=st.sampled_from(("withdrawn", "expired", "tidied")),
    )
    def proposer_loses_the_right_before_another_agrees(
        self, user: int, unit: int, role: str, days: int, ends: str
    ) -> None:
        """Somebody proposes while he may; his right ends, by word or by day; another agrees in
        vain.
        """
        place, receiver = self.units[unit], self.users[user].pk
        able = [
            account
            for account in self.users
            if account.pk != receiver and self.may(account.pk, place)
        ]
        lasting = [account for account in able if self.lasts(account.pk, place, days=2)]
        free = [
            account
            for account in self.users
            if account.pk != receiver and account.pk not in self.closed and account not in able
        ]
        if not lasting or not free:
            return
        other, who = lasting[0], free[0]
        before = len(self.given)
        self.system_gives(user=self.users.index(who), unit=unit, role="union_admin", days=1)
        if len(self.given) == before or not self.may(who.pk, place):
            return
        held, waits = self.given[-1], len(self.waiting)
        self.proposes(
            actor=self.users.index(who),
            user=user,
            unit=unit,
            role=role,
            days=days,
            wait=0,
            wise=False,
        )
        if len(self.waiting) == waits:
            return
        waiting = self.waiting[-1]
        if ends == "withdrawn":
            withdraw_role(
                actor=access.SYSTEM, assignment=RoleAssignment.objects.get(pk=held["row"])
            )
            self.given.remove(held)
        else:
            self.time_passes(days=2, calendar=ends == "tidied")
        if self.may(who.pk, place) or not self.may(other.pk, place):
            return
        if ends != "expired":
            waiting["row"].refresh_from_db()
            assert waiting["row"].state == ProposalState.LAPSED
        self.agrees(actor=self.users.index(other), which=waits, wise=False)
        assert waiting in self.waiting

    def lasts(self, user: int, place: Any, *, days: int) -> bool:
        """Say whether the model lets *user* give roles on *place* some days from now too."""
        self.today += timedelta(days=days)
        try:
            return self.may(user, place)
        finally:
            self.today -= timedelta(days=days)

    @rule(user=accounts, unit=places, role=roles, days=days, wait=wait)
    def two_give(self, user: int, unit: int, role: str, days: int, wait: int) -> None:
        """One proposes and another agrees at once, if the model knows two who may."""
        before = len(self.waiting)
        self.proposes(actor=0, user=user, unit=unit, role=role, days=days, wait=wait, wise=True)
        if len(self.waiting) > before:
            self.agrees(actor=0, which=before, wise=True)

    @precondition(lambda self: self.waiting)
    @rule(actor=accounts, which=which, wise=wise)
    def declines(self, actor: int, which: int, wise: bool) -> None:
        """Somebody says no: what was proposed can't be agreed to any more."""
        waiting = self.waiting[which % len(self.waiting)]
        who = self.someone(
            actor, wise, waiting["place"], but={waiting["by"], waiting["row"].user_id}
        )
        may = self.may(who.pk, waiting["place"])
        try:
            proposal.decline_role_proposal(actor=who, proposal=waiting["row"], reason="试")
        except DomainError:
            return
        assert may
        waiting["by"] = None  # if somebody agrees all the same, the model says no

    @precondition(lambda self: self.given)
    @rule(actor=accounts, which=which, wise=wise)
    def withdraws(self, actor: int, which: int, wise: bool) -> None:
        """Somebody withdraws, or lays his own role down."""
        held = self.given[which % len(self.given)]
        who = self.someone(actor, wise, held["place"])
        may = who.pk == held["user"] or self.may(who.pk, held["place"])
        try:
            withdraw_role(
                actor=who, assignment=RoleAssignment.objects.get(pk=held["row"]), reason="试"
            )
        except DomainError:
            return
        assert may
        self.given.remove(held)

    @rule(days=st.sampled_from((1, 1, 3, 8, 40)), calendar=st.booleans())
    def time_passes(self, days: int, calendar: bool) -> None:
        """The clock goes on; the nightly work runs or doesn't. What a review lets lapse is over
        for the model too.
        """
        self.today += timedelta(days=days)
        self.clock.move_to(self.today)
        if calendar:
            keep_calendar()
            over = set(
                RoleAssignment.objects.exclude(withdrawn_at=None).values_list("pk", flat=True)
            )
            self.given = [held for held in self.given if held["row"] not in over]

    @rule(unit=lower, under=places)
    def moves(self, unit: int, under: int) -> None:
        """A union moves below another."""
        try:
            move_unit(
                actor=access.SYSTEM,
                unit=self.unit(unit),
                parent=self.unit(under),
                on=self.today,
                reason="试",
            )
        except DomainError:
            return
        self.parents[self.units[unit]] = self.units[under]

    @rule(gone=lower, into=places)
    def merges(self, gone: int, into: int) -> None:
        """A union is merged into another: its roles and the unions below it go over, its own row
        stands below the other.
        """
        old, new = self.units[gone], self.units[into]
        try:
            merge_units(
                actor=access.SYSTEM,
                unit=self.unit(gone),
                into=self.unit(into),
                on=self.today,
                reason="试",
            )
        except DomainError:
            return
        live = set(OrgUnit.objects.filter(merged_into=None).values_list("pk", flat=True))
        self.parents = {
            child: new if parent == old and child in live else parent
            for child, parent in self.parents.items()
        } | {old: new}
        for held in [
            held for held in self.given if held["place"] == old and held["to"] >= self.today
        ]:
            same = [
                there
                for there in self.given
                if (there["user"], there["role"], there["place"])
                == (held["user"], held["role"], new)
                and there["to"] >= self.today
            ]
            if same:
                same[0]["to"] = max(same[0]["to"], held["to"])
                self.given.remove(held)
            else:
                held["place"] = new

    @rule(user=accounts)
    def closes_or_opens(self, user: int) -> None:
        """An account is closed, or opened again: its roles don't come back with it."""
        account = self.users[user]
        account.is_active = not account.is_active
        account.save()
        if account.is_active:
            self.closed.discard(account.pk)
        else:
            self.closed.add(account.pk)
            self.given = [
                held for held in self.given if held["user"] != account.pk or held["to"] < self.today
            ]

    @invariant()
    def nobody_acts_outside_what_was_given(self) -> None:
        """Lists say what the model says for everybody; single questions for somebody in turn."""
        if not hasattr(self, "users"):
            return
        for user in self.users:
            for codename in ASKED:
                assert set(
                    permitted(user, codename, OrgUnit.objects.all()).values_list("pk", flat=True)
                ) == self.expected(user.pk, codename)
        self.turn = getattr(self, "turn", 0) + 1
        user, codename = self.users[self.turn % PEOPLE], ASKED[self.turn % len(ASKED)]
        one = self.unit(self.turn % len(TREE))
        assert is_allowed(user, codename, one) is (one.pk in self.expected(user.pk, codename))

    def teardown(self) -> None:
        """Stop the clock."""
        self.clock.reset()


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

        run_state_machine_as_test(Rolled, settings=LIMITS)

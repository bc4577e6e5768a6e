"""Two officers move, merge and record unions at once. Each with a control that shows the damage
when the tree's lock is off.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

import pytest
from django.db import connection

import access
from core.errors import DomainError
from org.enums import OrgLevel
from org.models import Membership, OrgUnit
from org.queries.soundness import find_tree_drift
from org.workflows import ending, guards, history
from org.workflows import unit as unit_module
from org.workflows.belonging import transfer_membership
from org.workflows.ending import merge_units
from org.workflows.history import move_unit
from org.workflows.unit import create_unit
from tests.concurrency.test_competition_marks import at_once
from tests.factories.ground import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 6, 1)
SYSTEM = access.SYSTEM


@pytest.fixture
def units(db):
    """A city with four districts, a union in each."""
    city = create_unit(actor=SYSTEM, code="c", name="市总工会", level=OrgLevel.CITY)
    made = {"c": city}
    for n in "1234":
        made[n] = create_unit(
            actor=SYSTEM, code=n, name=f"{n}区总工会", level=OrgLevel.COUNTY, parent=city
        )
        made[f"{n}a"] = create_unit(
            actor=SYSTEM,
            code=f"{n}a",
            name=f"{n}区甲工会",
            level=OrgLevel.GRASSROOTS,
            parent=made[n],
        )
    return made


@pytest.fixture
def meeting(monkeypatch):
    """Both have read the tree before either writes it - if nothing keeps them apart."""
    barrier = threading.Barrier(2)
    fits = guards.check_change_day

    def wait_then_look(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        fits(*args, **kwargs)

    monkeypatch.setattr(guards, "check_change_day", wait_then_look)


@pytest.fixture
def unlocked(monkeypatch):
    """Without the tree's lock, the rows' locks and the transaction (SQLite's would be a lock by
    itself).
    """
    for module in (history, ending, unit_module):
        monkeypatch.setattr(module.locks, "take", lambda _name: None)
    monkeypatch.setattr(guards, "lock_unit", lambda unit: OrgUnit.objects.get(pk=unit.pk))
    monkeypatch.setattr(history.audit, "record", lambda *_args, **_facts: None)


def move(unit, parent, act=move_unit):
    return lambda: act(actor=SYSTEM, unit=unit, parent=parent, on=DAY, reason="调整")


@pytest.fixture
def towers(units):
    """Two unions of which each has room for the other below it: levels are only looked at beside
    the one directly above.
    """
    OrgUnit.objects.filter(code__in=["1a", "2a"]).update(level=OrgLevel.COUNTY)
    OrgUnit.objects.filter(code__in=["1", "2"]).update(level=OrgLevel.TOWNSHIP)
    return units


def test_two_moves_that_would_close_a_ring_one_stands_and_the_other_is_told(towers, meeting):
    """Each alone is right; together they would be a ring that hangs on nothing."""
    answers = at_once(move(towers["1"], towers["2a"]), move(towers["2"], towers["1a"]))
    assert sorted(type(answer).__name__ for answer in answers) == ["UnitChange", "WrongPlace"]
    assert [row.kind for row in find_tree_drift() if row.kind.startswith(("tree", "path"))] == []


def test_two_moves_that_would_close_a_ring_without_the_lock_lose_unions(towers, meeting, unlocked):
    """The control."""
    answers = at_once(
        move(towers["1"], towers["2a"], move_unit.__wrapped__),
        move(towers["2"], towers["1a"], move_unit.__wrapped__),
    )
    broken = [row for row in find_tree_drift() if row.kind.startswith(("tree", "path"))]
    assert broken or [answer for answer in answers if isinstance(answer, Exception)], (
        "if this holds without the lock, the test proves nothing"
    )


def test_moves_across_each_other_leave_a_whole_tree(units, meeting):
    answers = at_once(move(units["1a"], units["2"]), move(units["2a"], units["1"]))
    assert [type(answer).__name__ for answer in answers] == ["UnitChange", "UnitChange"]
    assert find_tree_drift() == []
    assert {
        unit.code: unit.get_parent().code for unit in OrgUnit.objects.filter(code__in=["1a", "2a"])
    } == {"1a": "2", "2a": "1"}


def test_moves_into_the_same_place_both_stand(units, meeting):
    at_once(move(units["1a"], units["3"]), move(units["2a"], units["3"]))
    assert find_tree_drift() == []
    assert sorted(unit.code for unit in OrgUnit.objects.get(code="3").get_children()) == [
        "1a",
        "2a",
        "3a",
    ]


def test_two_officers_merge_one_union_at_once_the_second_is_told(units):
    member = MembershipFactory(org_unit=units["1a"]).person
    answers = at_once(
        *(
            lambda into=into: merge_units(
                actor=SYSTEM, unit=units["1a"], into=units[into], on=DAY, reason="合并"
            )
            for into in ("2a", "3a")
        )
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["DomainError", "UnitChange"]
    assert (Membership.objects.filter(person=member, ends_on=None).count(), find_tree_drift()) == (
        1,
        [],
    )


def test_two_unions_merged_into_each_other_at_once_one_of_them_lives(units):
    answers = at_once(
        *(
            lambda a=a, b=b: merge_units(
                actor=SYSTEM, unit=units[a], into=units[b], on=DAY, reason="合并"
            )
            for a, b in (("1a", "2a"), ("2a", "1a"))
        )
    )
    assert sorted(isinstance(answer, DomainError) for answer in answers) == [False, True]
    assert sorted(
        OrgUnit.objects.filter(code__in=["1a", "2a"]).values_list("status", flat=True)
    ) == ["merged", "normal"]
    assert find_tree_drift() == []


def test_member_transferred_while_her_union_is_merged_is_in_one_union(units):
    """Either order is right; never two open memberships, never an error that isn't a sentence."""
    member = MembershipFactory(org_unit=units["1a"]).person
    answers = at_once(
        lambda: merge_units(
            actor=SYSTEM, unit=units["1a"], into=units["2a"], on=DAY, reason="合并"
        ),
        lambda: transfer_membership(
            actor=SYSTEM, person=member, to=units["3a"], on=DAY, reason="转会"
        ),
    )
    assert [
        answer
        for answer in answers
        if isinstance(answer, Exception) and not isinstance(answer, DomainError)
    ] == []
    assert Membership.objects.filter(person=member, ends_on=None).count() == 1
    assert Membership.objects.filter(org_unit=units["1a"], ends_on=None).count() == 0


def test_unions_recorded_under_one_at_once_all_find_a_place(units):
    answers = at_once(
        *(
            lambda n=n: create_unit(
                actor=SYSTEM,
                code=f"n{n}",
                name=f"新{n}",
                level=OrgLevel.GRASSROOTS,
                parent=units["4"],
            )
            for n in range(6)
        )
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert (OrgUnit.objects.get(code="4").numchild, find_tree_drift()) == (7, [])
    connection.close()

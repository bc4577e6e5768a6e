"""Unions merged, dissolved, taken up again: who goes where, from which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.errors import DomainError, InvalidInput
from org import merging
from org.enums import Ending, MembershipStanding, MemberStatus, OrgStatus
from org.errors import UnionClosed, WrongDay, WrongPlace
from org.models import Membership
from org.queries import current_union
from org.queries.consequences import DependentCount, count_unit_dependents
from org.queries.history import (
    list_predecessors,
    list_unit_changes,
    name_on,
    parent_on,
    successor_of,
)
from org.queries.soundness import find_tree_drift
from org.workflows.belonging import end_membership, join_union, transfer_membership
from org.workflows.ending import dissolve_unit, merge_units, restore_unit
from org.workflows.history import link_superior
from tests.factories.courses import CourseFactory
from tests.factories.ground import EmployerFactory, MembershipFactory, PersonFactory
from tests.org.conftest import SYSTEM, again

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)


def merge(unit, into, on=DAY):
    return merge_units(
        actor=SYSTEM, unit=unit, into=into, on=on, reason="合并", document_no="工发〔2024〕6号"
    )


def periods(person):
    return [
        (row.org_unit.code, row.starts_on, row.ends_on, row.status)
        for row in Membership.objects.filter(person=person)
        .select_related("org_unit")
        .order_by("pk")
    ]


@pytest.fixture
def followed(monkeypatch):
    """A follower as `access` is one."""
    calls = []
    monkeypatch.setattr(merging, "_followers", {})

    def hand_over(*, actor, gone, successor, on):
        calls.append((gone.code, successor.code if successor else None, on))
        return 2

    merging.register_follower(hand_over, key="roles", label="角色", count=lambda gone: 2)
    return calls


def test_merge_units_everything_goes_over_with_history(tree, code_above, followed):
    member = MembershipFactory(org_unit=tree.mill).person
    kept = MembershipFactory(org_unit=tree.mill, standing=MembershipStanding.KEPT).person
    late = MembershipFactory(org_unit=tree.mill, starts_on=DAY + timedelta(days=3)).person
    firm, shared = EmployerFactory(), EmployerFactory()
    firm.unions.add(tree.mill)
    shared.unions.add(tree.mill, tree.yard)
    link_superior(actor=SYSTEM, unit=tree.mill, superior=tree.metal, on=date(2020, 1, 1))
    link_superior(actor=SYSTEM, unit=tree.shop, superior=tree.mill, on=date(2020, 1, 1))
    change = merge(tree.mill, tree.yard)
    assert change.facts == {"members": 3, "children": 1, "employers": 2, "links": 2, "roles": 2}
    assert periods(member) == [
        ("33090101", date(2020, 1, 1), date(2024, 5, 31), MemberStatus.TRANSFERRED),
        ("33090102", DAY, None, MemberStatus.ACTIVE),
    ]
    assert periods(kept)[1] == ("33090102", DAY, None, MemberStatus.KEPT)
    assert periods(late) == [("33090102", DAY + timedelta(days=3), None, MemberStatus.ACTIVE)]
    assert [current_union(member, on=day).code for day in (date(2024, 5, 31), DAY)] == [
        "33090101",
        "33090102",
    ]
    assert (set(tree.mill.employers.all()), set(tree.yard.employers.all())) == (
        set(),
        {firm, shared},
    )
    assert (code_above(tree.group), code_above(tree.mill)) == ("33090102", "33090102")
    assert [(link.superior.code, link.ends_on) for link in tree.shop.superior_links.order_by("pk")] == [
        ("33090101", date(2024, 5, 31)), ("33090102", None),
    ]  # fmt: skip
    assert tree.mill.superior_links.get().ends_on == date(2024, 5, 31)
    assert followed == [("33090101", "33090102", DAY)]
    mill = again(tree.mill)
    assert (mill.status, mill.name, mill.merged_into, name_on(mill, DAY)) == (
        "merged",
        "纺织厂工会",
        tree.yard,
        "纺织厂工会",
    )
    assert (parent_on(mill, date(2024, 5, 31)).code, list(list_predecessors(tree.yard))) == (
        "330901",
        [mill],
    )
    assert [row.kind for row in list_unit_changes(tree.yard)] == ["absorbed"]
    assert find_tree_drift() == []


def test_merge_units_of_a_chain_leads_to_the_last_and_old_cases_stay_in_reach(tree):
    merge(tree.mill, tree.yard)
    merge(tree.yard, tree.shop, DAY + timedelta(days=1))
    mill = again(tree.mill)
    assert successor_of(mill) == tree.shop
    assert mill.path.startswith(again(tree.shop).path), (
        "who answers for the last successor reaches the cases of the first union"
    )
    assert [row.code for row in again(tree.shop).get_children().filter(status="normal")] == [
        "3309010101"
    ]


def test_merge_units_into_itself_or_one_below_or_an_ended_one_is_refused(tree):
    for unit, into in ((tree.mill, tree.mill), (tree.mill, tree.group), (tree.east, tree.yard)):
        with pytest.raises(WrongPlace):
            merge(unit, into)
    merge(tree.shop, tree.yard)
    with pytest.raises(UnionClosed) as refused:
        merge(tree.mill, tree.shop)
    assert "船厂工会" in refused.value.fields["into"]
    with pytest.raises(DomainError):
        merge(tree.shop, tree.mill)
    assert find_tree_drift() == []


def test_merge_units_whose_children_would_not_fit_is_refused_as_a_whole(tree):
    with pytest.raises(WrongPlace):
        merge(tree.east, tree.shop)
    assert again(tree.mill).path.startswith(again(tree.east).path)


def test_merge_units_in_the_future_or_before_the_founding_is_refused(tree):
    for on in (timezone.localdate() + timedelta(days=1), date(2001, 2, 28)):
        with pytest.raises(WrongDay):
            merge(tree.mill, tree.yard, on)


def test_dissolve_unit_with_unions_below_is_refused_with_their_number(tree):
    with pytest.raises(DomainError) as refused:
        dissolve_unit(actor=SYSTEM, unit=tree.east, on=DAY, reason="撤销")
    assert (refused.value.code, refused.value.data) == ("has_children", {"count": 2})


def test_dissolve_unit_without_successor_members_are_in_no_union_from_that_day(tree, followed):
    member = MembershipFactory(org_unit=tree.shop).person
    firm = EmployerFactory()
    firm.unions.add(tree.shop)
    dissolve_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="企业注销")
    assert [current_union(member, on=day) for day in (date(2024, 5, 31), DAY)] == [tree.shop, None]
    assert (
        Membership.objects.get(person=member).ending,
        again(tree.shop).status,
        firm.unions.count(),
    ) == (
        Ending.DISSOLVED,
        "dissolved",
        0,
    )
    assert followed == [("33090201", None, DAY)]
    with pytest.raises(DomainError):
        dissolve_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="再来一次")
    with pytest.raises(UnionClosed):
        join_union(actor=SYSTEM, person=member, org_unit=tree.shop, starts_on=DAY)


def test_dissolve_unit_with_successor_members_go_there(tree):
    member = MembershipFactory(org_unit=tree.shop).person
    dissolve_unit(actor=SYSTEM, unit=tree.shop, successor=tree.yard, on=DAY, reason="撤销")
    assert current_union(member, on=DAY) == tree.yard
    with pytest.raises(WrongPlace):
        dissolve_unit(actor=SYSTEM, unit=tree.yard, successor=tree.yard, on=DAY, reason="撤销")


def test_restore_unit_brings_back_who_found_no_other_union(tree):
    back, elsewhere = (
        MembershipFactory(org_unit=tree.shop).person,
        MembershipFactory(org_unit=tree.shop).person,
    )
    firm = EmployerFactory()
    firm.unions.add(tree.shop)
    dissolve_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="误操作")
    join_union(actor=SYSTEM, person=elsewhere, org_unit=tree.yard, starts_on=DAY)
    change = restore_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="登错")
    assert change.facts == {"members": 1, "employers": 1}
    assert [current_union(person, on=DAY) for person in (back, elsewhere)] == [tree.shop, tree.yard]
    assert (again(tree.shop).status, list(firm.unions.all())) == (OrgStatus.NORMAL, [tree.shop])
    with pytest.raises(DomainError):
        restore_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="再来")


def test_restore_unit_that_was_merged_is_refused(tree):
    merge(tree.mill, tree.yard)
    with pytest.raises(DomainError):
        restore_unit(actor=SYSTEM, unit=tree.mill, on=DAY, reason="反悔")


def test_weight_of_unit_counts_what_goes_over_and_what_stays(
    tree, followed, django_assert_max_num_queries
):
    MembershipFactory(org_unit=tree.mill)
    MembershipFactory(org_unit=tree.mill, standing=MembershipStanding.KEPT)
    CourseFactory.create_batch(3, org=tree.mill)
    weight = count_unit_dependents(again(tree.mill))
    assert (weight.members, weight.kept, weight.children, weight.employers, weight.links) == (
        2,
        1,
        1,
        0,
        0,
    )
    assert weight.following == (DependentCount("角色", 2),)
    assert [row.count for row in weight.staying] == [3]


def test_transfer_into_a_merged_union_names_the_successor(tree):
    member = MembershipFactory(org_unit=tree.shop).person
    merge(tree.mill, tree.yard)
    with pytest.raises(UnionClosed) as refused:
        transfer_membership(actor=SYSTEM, person=member, to=again(tree.mill), on=DAY, reason="转会")
    assert "船厂工会" in refused.value.fields["to"]


def test_member_who_left_before_the_merger_stays_out(tree):
    person = MembershipFactory(org_unit=tree.mill).person
    end_membership(actor=SYSTEM, person=person, on=date(2022, 1, 1), kind="left", reason="退会")
    merge(tree.mill, tree.yard)
    assert current_union(person, on=DAY) is None


def test_reason_is_asked_for(tree):
    with pytest.raises(InvalidInput):
        merge_units(actor=SYSTEM, unit=tree.mill, into=tree.yard, on=DAY, reason="")
    with pytest.raises(InvalidInput):
        dissolve_unit(actor=SYSTEM, unit=tree.mill, on=DAY, reason=" ")
    assert PersonFactory().memberships.count() == 0

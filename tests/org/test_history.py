"""Names and places of another day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.models import Event
from core.errors import DomainError, InvalidInput
from org.enums import OrgLevel
from org.errors import UnionClosed, WrongDay, WrongPlace
from org.models import OrgUnit
from org.queries.history import former_names, name_on, names_on, parent_on, was_called
from org.queries.soundness import find_tree_drift
from org.workflows.ending import dissolve_unit
from org.workflows.history import (
    annul_change,
    correct_unit_name,
    link_superior,
    move_unit,
    rename_unit,
    unlink_superior,
)
from tests.factories.ground import OrgUnitFactory
from tests.org.conftest import SYSTEM, again

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)


def rename(unit, name, on=DAY, **more):
    return rename_unit(actor=SYSTEM, unit=unit, name=name, on=on, reason="更名", **more)


def move(unit, parent, on=DAY):
    return move_unit(actor=SYSTEM, unit=unit, parent=parent, on=on, reason="调整")


def test_rename_unit_keeps_the_name_of_each_day(tree):
    rename(tree.mill, "纺织集团工会", date(2010, 1, 1), document_no="工发〔2010〕1号")
    rename(tree.mill, "新纺集团工会", DAY)
    mill = again(tree.mill)
    days = [date(2001, 3, 1), date(2009, 12, 31), date(2010, 1, 1), date(2024, 5, 31), DAY]
    assert [name_on(mill, day) for day in days] == [
        "纺织厂工会",
        "纺织厂工会",
        "纺织集团工会",
        "纺织集团工会",
        "新纺集团工会",
    ]
    assert [(row.name, row.until, row.document_no) for row in former_names(mill)] == [
        ("纺织集团工会", DAY, ""), ("纺织厂工会", date(2010, 1, 1), "工发〔2010〕1号"),
    ]  # fmt: skip
    assert names_on([(mill, days[1]), (mill, DAY), (tree.yard, DAY)]) == {
        (mill.pk, days[1]): "纺织厂工会", (mill.pk, DAY): "新纺集团工会", (tree.yard.pk, DAY): "船厂工会",
    }  # fmt: skip
    assert list(OrgUnit.objects.filter(was_called("纺织厂"))) == [mill]


class NamesOfManyDays(TestCase):
    @settings(max_examples=25)
    @given(st.lists(st.integers(0, 3000), min_size=1, max_size=6, unique=True))
    def test_name_on_is_the_last_name_given_up_to_that_day(self, offsets):
        unit = OrgUnitFactory(name="0", level=OrgLevel.CITY)
        start = date(2010, 1, 1)
        given_on = {
            start + timedelta(days=offset): str(n) for n, offset in enumerate(sorted(offsets), 1)
        }
        for day, name in given_on.items():
            rename(unit, name, day)
        unit = again(unit)
        for day in {d + timedelta(days=n) for d in given_on for n in (-1, 0, 1)}:
            expected = [name for on, name in given_on.items() if on <= day] or ["0"]
            assert name_on(unit, day) == expected[-1]


@pytest.mark.parametrize(
    "on",
    [date(1999, 1, 1), timezone.localdate() + timedelta(days=1)],
    ids=["before it was founded", "in the future"],
)
def test_rename_unit_on_a_day_that_cannot_be_is_refused(tree, on):
    with pytest.raises(WrongDay):
        rename(tree.mill, "新", on)


def test_rename_unit_before_the_last_renaming_or_to_the_same_name_or_without_reason_is_refused(
    tree,
):
    rename(tree.mill, "甲")
    with pytest.raises(WrongDay):
        rename(tree.mill, "乙", date(2024, 5, 31))
    with pytest.raises(InvalidInput):
        rename(tree.mill, "甲")
    with pytest.raises(InvalidInput):
        rename_unit(actor=SYSTEM, unit=tree.mill, name="丙", on=DAY, reason="  ")


def test_correct_name_leaves_no_former_name(tree):
    rename(tree.mill, "纺织集困工会")
    correct_unit_name(actor=SYSTEM, unit=tree.mill, name="纺织集团工会", reason="错字")
    mill = again(tree.mill)
    assert (name_on(mill, DAY), [row.name for row in former_names(mill)]) == (
        "纺织集团工会",
        ["纺织厂工会"],
    )
    assert Event.objects.filter(kind="org.unit_name_corrected", reason="错字").count() == 1


def test_annul_change_of_a_name_brings_the_old_one_back_and_keeps_the_row(tree):
    first, second = rename(tree.mill, "甲", date(2020, 1, 1)), rename(tree.mill, "乙")
    with pytest.raises(DomainError):
        annul_change(actor=SYSTEM, change=first, reason="不是最后一项")
    annul_change(actor=SYSTEM, change=second, reason="登错工会")
    annul_change(actor=SYSTEM, change=second, reason="再点一次")
    mill = again(tree.mill)
    assert (mill.name, name_on(mill, DAY), [row.name for row in former_names(mill)]) == (
        "甲",
        "甲",
        ["纺织厂工会"],
    )
    assert mill.changes.get(pk=second.pk).annulled_reason == "登错工会"


def test_move_unit_takes_everything_below_along_and_each_day_knows_its_place(tree, code_above):
    move(tree.mill, tree.west)
    assert (code_above(tree.mill), code_above(tree.group)) == ("330902", "33090101")
    mill = again(tree.mill)
    assert [parent_on(mill, day).code for day in (date(2024, 5, 31), DAY)] == ["330901", "330902"]
    assert find_tree_drift() == []


def test_move_unit_taken_back_stands_where_it_stood(tree, code_above):
    change = move(tree.mill, tree.west)
    annul_change(actor=SYSTEM, change=change, reason="误操作")
    assert (code_above(tree.mill), parent_on(again(tree.mill), DAY).code, find_tree_drift()) == (
        "330901",
        "330901",
        [],
    )


@pytest.mark.parametrize(
    ("unit", "parent"), [("east", "mill"), ("east", "group"), ("east", "east"), ("city", "west")]
)
def test_move_unit_under_itself_or_one_of_its_own_is_refused(tree, unit, parent):
    before = list(OrgUnit.objects.order_by("pk").values_list("pk", "path"))
    with pytest.raises(WrongPlace):
        move(getattr(tree, unit), getattr(tree, parent))
    assert list(OrgUnit.objects.order_by("pk").values_list("pk", "path")) == before


def test_move_unit_to_a_level_that_does_not_fit_or_an_ended_union_or_where_it_stands_is_refused(
    tree,
):
    with pytest.raises(WrongPlace):
        move(tree.shop, tree.mill)
    dissolve_unit(actor=SYSTEM, unit=tree.shop, on=DAY, reason="撤销")
    dissolve_unit(actor=SYSTEM, unit=tree.west, on=DAY, reason="撤销")
    with pytest.raises(UnionClosed):
        move(tree.mill, tree.west)
    with pytest.raises(InvalidInput):
        move(tree.mill, tree.east)
    with pytest.raises(DomainError):
        move(tree.shop, tree.east)


def test_link_superior_beside_the_tree_is_dated_and_one_at_a_time(tree):
    link_superior(actor=SYSTEM, unit=tree.yard, superior=tree.metal, on=date(2020, 1, 1))
    link_superior(actor=SYSTEM, unit=tree.yard, superior=tree.metal, on=date(2021, 1, 1))
    second = link_superior(actor=SYSTEM, unit=tree.yard, superior=tree.west, on=date(2022, 1, 1))
    unlink_superior(actor=SYSTEM, link=second, on=date(2023, 1, 1), reason="不再归口")
    assert list(tree.yard.superior_links.order_by("pk").values_list("superior__code", "starts_on", "ends_on")) == [
        ("330900M", date(2020, 1, 1), date(2021, 12, 31)), ("330902", date(2022, 1, 1), date(2022, 12, 31)),
    ]  # fmt: skip


def test_link_superior_that_closes_a_circle_is_refused(tree):
    link_superior(actor=SYSTEM, unit=tree.metal, superior=tree.west, on=DAY)
    for unit, superior in ((tree.west, tree.metal), (tree.city, tree.mill), (tree.mill, tree.mill)):
        with pytest.raises(WrongPlace):
            link_superior(actor=SYSTEM, unit=unit, superior=superior, on=DAY)


def test_move_unit_that_closes_a_circle_through_a_link_is_refused(tree):
    """East is a superior of metal by a link; east can't go under what stands below metal."""
    below = OrgUnitFactory(parent=again(tree.metal), level=OrgLevel.TOWNSHIP, code="m1")
    link_superior(actor=SYSTEM, unit=tree.metal, superior=tree.mill, on=DAY)
    with pytest.raises(WrongPlace):
        move(tree.mill, below)

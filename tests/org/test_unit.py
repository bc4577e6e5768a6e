"""Unions and employers recorded and their plain facts changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from stdnum.cn import uscc

from audit.models import Event
from core.errors import DomainError, InvalidInput
from org.enums import OrgLevel, OrgStatus
from org.errors import UnionClosed, WrongDay, WrongPlace
from org.workflows.employers import (
    change_employer,
    link_employer,
    merge_employers,
    rename_employer,
    unlink_employer,
)
from org.workflows.unit import (
    activate_unit,
    change_unit,
    create_employer,
    create_unit,
    record_employment,
)
from tests.factories.ground import EmployerFactory, EmploymentFactory, OrgUnitFactory, PersonFactory
from tests.org.conftest import SYSTEM, again

pytestmark = pytest.mark.django_db


def full(first):
    return first + uscc.calc_check_digit(first)


FIRM, UNION = full("91330106MA2CCK000"), full("8133010600001234A")


def test_create_unit_with_an_employers_code_says_whose_it_is(tree):
    create_employer(actor=SYSTEM, name="示例重工有限公司", uscc=FIRM)
    with pytest.raises(InvalidInput) as refused:
        create_unit(
            actor=SYSTEM,
            name="重工工会",
            code="x1",
            level=OrgLevel.GRASSROOTS,
            parent=tree.east,
            uscc=f" {FIRM.lower()} ",
        )
    assert "示例重工有限公司" in refused.value.fields["uscc"]


def test_create_unit_keeps_the_code_as_it_stands_on_the_certificate(tree):
    unit = create_unit(
        actor=SYSTEM,
        name="重工工会",
        code="x1",
        level=OrgLevel.GRASSROOTS,
        parent=tree.east,
        uscc=UNION.lower(),
    )
    assert unit.uscc == UNION


def test_create_unit_with_o_for_zero_suggests_the_code(tree):
    with pytest.raises(ValidationError) as refused:
        create_unit(
            actor=SYSTEM,
            name="甲",
            code="x1",
            level=OrgLevel.GRASSROOTS,
            parent=tree.east,
            uscc=UNION.replace("0", "O"),
        )
    assert UNION in refused.value.message_dict["uscc"][0]


def test_create_unit_with_a_code_another_has_is_refused(tree):
    with pytest.raises(ValidationError) as refused:
        create_unit(
            actor=SYSTEM,
            name="甲",
            code=tree.mill.code,
            level=OrgLevel.GRASSROOTS,
            parent=tree.east,
        )
    assert list(refused.value.message_dict) == ["code"]


@pytest.mark.parametrize("level", [OrgLevel.CITY, OrgLevel.COUNTY])
def test_create_unit_above_or_beside_its_parent_is_refused(tree, level):
    with pytest.raises(WrongPlace):
        create_unit(actor=SYSTEM, name="甲", code="x1", level=level, parent=tree.east)


def test_create_unit_founded_tomorrow_or_under_a_dissolved_union_is_refused(tree):
    with pytest.raises(WrongDay):
        create_unit(
            actor=SYSTEM,
            name="甲",
            code="x1",
            level=5,
            parent=tree.east,
            established_on=timezone.localdate() + timedelta(days=1),
        )
    ended = OrgUnitFactory(
        parent=again(tree.city), level=OrgLevel.COUNTY, status=OrgStatus.DISSOLVED
    )
    with pytest.raises(UnionClosed):
        create_unit(actor=SYSTEM, name="甲", code="x1", level=5, parent=ended)


def test_change_unit_records_only_what_changed(tree):
    change_unit(actor=SYSTEM, unit=tree.mill, chair="王芳", region_code="", contact_phone="0571-1")
    event = Event.objects.get(kind="org.unit_changed")
    assert (event.before, event.after) == (
        {"chair": "", "contact_phone": ""},
        {"chair": "王芳", "contact_phone": "0571-1"},
    )
    change_unit(actor=SYSTEM, unit=tree.mill, chair="王芳")
    assert Event.objects.filter(kind="org.unit_changed").count() == 1


def test_change_unit_level_stays_between_the_one_above_and_those_below(tree):
    for level in (OrgLevel.COUNTY, OrgLevel.GROUP):
        with pytest.raises(WrongPlace):
            change_unit(actor=SYSTEM, unit=tree.mill, level=level)
    assert (
        change_unit(actor=SYSTEM, unit=tree.mill, level=OrgLevel.TOWNSHIP).level
        == OrgLevel.TOWNSHIP
    )


def test_change_unit_cannot_change_what_has_a_history(tree):
    for name in ("name", "status", "path", "merged_into"):
        with pytest.raises(TypeError):
            change_unit(actor=SYSTEM, unit=tree.mill, **{name: "x"})


def test_activate_unit_that_is_being_founded_begins_its_work_once(tree):
    unit = create_unit(
        actor=SYSTEM, name="筹备组", code="x1", level=5, parent=tree.east, status=OrgStatus.FOUNDING
    )
    activate_unit(actor=SYSTEM, unit=unit, on=date(2024, 1, 2))
    assert (again(unit).status, again(unit).established_on) == (OrgStatus.NORMAL, date(2024, 1, 2))
    with pytest.raises(DomainError):
        activate_unit(actor=SYSTEM, unit=unit, on=date(2024, 1, 3))


def test_employer_with_a_unions_code_or_with_anothers_is_refused(tree):
    create_unit(actor=SYSTEM, name="重工工会", code="x1", level=5, parent=tree.east, uscc=UNION)
    first = create_employer(actor=SYSTEM, name="甲", uscc=FIRM)
    for code, told in ((UNION, "重工工会"), (FIRM, "甲")):
        with pytest.raises(InvalidInput) as refused:
            create_employer(actor=SYSTEM, name="乙", uscc=code)
        assert told in refused.value.fields["uscc"]
    assert (
        change_employer(actor=SYSTEM, employer=first, uscc=FIRM, contact_phone="1").contact_phone
        == "1"
    )


def test_link_and_unlink_employer_leave_dated_rows(tree):
    firm = EmployerFactory()
    for _ in range(2):
        link_employer(actor=SYSTEM, employer=firm, unit=tree.mill, on=date(2020, 1, 1))
        link_employer(actor=SYSTEM, employer=firm, unit=tree.yard, on=date(2020, 1, 1))
    unlink_employer(actor=SYSTEM, employer=firm, unit=tree.mill, on=date(2023, 1, 1), reason="迁出")
    assert list(firm.unions.all()) == [tree.yard]
    assert list(firm.changes.values_list("kind", "unit__code", "on")) == [
        ("linked", "33090101", date(2020, 1, 1)), ("linked", "33090102", date(2020, 1, 1)), ("unlinked", "33090101", date(2023, 1, 1)),
    ]  # fmt: skip


def test_merge_employers_work_goes_on_at_the_successor_and_earlier_days_keep_the_old_one(tree):
    old, new = EmployerFactory(name="老厂", uscc=FIRM), EmployerFactory(name="新厂")
    old.unions.add(tree.mill)
    job = EmploymentFactory(employer=old, job_title="焊工", form="dispatched")
    both = EmploymentFactory(employer=old)
    EmploymentFactory(employer=new, person=both.person)
    late = EmploymentFactory(employer=old, starts_on=date(2024, 6, 1))
    merge_employers(actor=SYSTEM, employer=old, into=new, on=date(2024, 6, 1), reason="合并")
    rows = job.person.employments.order_by("pk").values_list(
        "employer__name", "starts_on", "ends_on", "job_title", "form"
    )
    assert list(rows) == [
        ("老厂", date(2020, 1, 1), date(2024, 5, 31), "焊工", "dispatched"),
        ("新厂", date(2024, 6, 1), None, "焊工", "dispatched"),
    ]
    assert [e.employer.name for e in both.person.employments.filter(ends_on=None)] == ["新厂"]
    assert late.person.employments.get().employer == new
    assert (again(old).merged_into, again(old).uscc, again(new).uscc, list(new.unions.all())) == (
        new,
        "",
        FIRM,
        [tree.mill],
    )
    with pytest.raises(DomainError):
        merge_employers(actor=SYSTEM, employer=old, into=new, on=date(2024, 6, 1), reason="又一次")
    with pytest.raises(InvalidInput):
        merge_employers(actor=SYSTEM, employer=new, into=old, on=date(2024, 6, 2), reason="倒过来")
    with pytest.raises(InvalidInput):
        merge_employers(actor=SYSTEM, employer=new, into=new, on=date(2024, 6, 2), reason="自己")
    with pytest.raises(InvalidInput):
        record_employment(
            actor=SYSTEM, person=PersonFactory(), employer=again(old), starts_on=date(2024, 7, 1)
        )


def test_rename_employer_with_a_day_has_a_former_name_and_a_correction_has_none(tree):
    from org.queries.history import employer_name_on, former_employer_names

    firm = EmployerFactory(name="示列厂")
    rename_employer(actor=SYSTEM, employer=firm, name="示例厂", reason="错字")
    rename_employer(
        actor=SYSTEM,
        employer=firm,
        name="示例集团",
        on=date(2024, 1, 1),
        reason="改制",
        document_no="工商〔2024〕1号",
    )
    firm = again(firm)
    assert [employer_name_on(firm, day) for day in (date(2023, 12, 31), date(2024, 1, 1))] == [
        "示例厂",
        "示例集团",
    ]
    assert [(row.name, row.until) for row in former_employer_names(firm)] == [
        ("示例厂", date(2024, 1, 1))
    ]

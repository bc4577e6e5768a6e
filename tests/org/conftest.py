"""A small world: a city with two districts, unions below them, and the day it all is about."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

import access
from org.enums import OrgLevel
from org.models import OrgUnit
from org.workflows.unit import create_unit

SYSTEM = access.SYSTEM


def again(unit):
    """Return the row as it is in the database now."""
    return type(unit).objects.get(pk=unit.pk)


@pytest.fixture
def tree(db):
    """City; districts east and west; two grass-roots unions in the east, one in the west, a group
    under the first.
    """

    def unit(code, name, level, parent, **more):
        return create_unit(actor=SYSTEM, code=code, name=name, level=level, parent=parent, **more)

    city = unit("3309", "示例市总工会", OrgLevel.CITY, None, established_on=date(1990, 5, 1))
    east = unit("330901", "东区总工会", OrgLevel.COUNTY, city)
    west = unit("330902", "西区总工会", OrgLevel.COUNTY, city)
    mill = unit(
        "33090101", "纺织厂工会", OrgLevel.GRASSROOTS, east, established_on=date(2001, 3, 1)
    )
    yard = unit("33090102", "船厂工会", OrgLevel.GRASSROOTS, east)
    shop = unit("33090201", "商场工会", OrgLevel.GRASSROOTS, west)
    group = unit("3309010101", "一车间小组", OrgLevel.GROUP, mill)
    metal = unit("330900M", "机械冶金工会", OrgLevel.COUNTY, city, industry_code="C34")
    return SimpleNamespace(
        city=city, east=east, west=west, mill=mill, yard=yard, shop=shop, group=group, metal=metal
    )


@pytest.fixture
def code_above():
    """Return the code of the union above *unit*, read anew."""

    def above(unit):
        row = again(unit)
        return (
            OrgUnit.objects.get(path=row.path[: -OrgUnit.steplen]).code if row.depth > 1 else None
        )

    return above

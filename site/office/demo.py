"""Give the demo's unions a past.

There is an industry union beside the tree, a union that was renamed, and one that was merged into
it.
"""

from __future__ import annotations

from datetime import date

from stdnum.cn import uscc

from access.system import SYSTEM
from core.demo import World
from org.enums import LegalPerson, OrgLevel, UnitType
from org.models import Employer, OrgUnit
from org.workflows.employers import change_employer, rename_employer
from org.workflows.ending import merge_units
from org.workflows.history import link_superior, rename_unit
from org.workflows.unit import change_unit, create_employer, create_unit

FOUNDED, RENAMED, MERGED = date(2008, 5, 1), date(2022, 3, 1), date(2023, 7, 1)


def _code(first: str) -> str:
    return first + str(uscc.calc_check_digit(first))


def load_unions_demo(world: World) -> None:
    """Create the demo's unions that aren't there yet."""
    city, street = world.units["330900"], world.units["330990001"]
    _facts(world)
    metal = _unit(
        "330900J01",
        "示例市机械冶金工会",
        OrgLevel.COUNTY,
        city,
        unit_type=UnitType.INDUSTRY,
        industry_code="C34",
    )
    link_superior(
        actor=SYSTEM,
        unit=world.units["330990001001"],
        superior=metal,
        on=date(2020, 1, 1),
        document_no="示工发〔2020〕3号",
    )
    mill = _unit(
        "330990001004",
        "示例纺织厂工会",
        OrgLevel.GRASSROOTS,
        street,
        unit_type=UnitType.ENTERPRISE,
        industry_code="C17",
    )
    dyer = _unit(
        "330990001005",
        "示例印染厂工会",
        OrgLevel.GRASSROOTS,
        street,
        unit_type=UnitType.ENTERPRISE,
        industry_code="C17",
    )
    if not mill.changes.exists():
        firm = create_employer(actor=SYSTEM, name="示例纺织厂", unions=(mill,))
        create_employer(actor=SYSTEM, name="示例印染厂", unions=(dyer,))
        rename_employer(
            actor=SYSTEM, employer=firm, name="示例纺织集团有限公司", on=RENAMED, reason="企业改制"
        )
        rename_unit(
            actor=SYSTEM,
            unit=mill,
            name="示例纺织集团工会",
            on=RENAMED,
            document_no="示工发〔2022〕11号",
            reason="企业改制，工会随之更名",
        )
        merge_units(
            actor=SYSTEM,
            unit=dyer,
            into=mill,
            on=MERGED,
            document_no="示工发〔2023〕27号",
            reason="两厂合并，工会合并",
        )
    for code in ("330900J01", "330990001004", "330990001005"):
        world.units[code] = OrgUnit.objects.get(code=code)


def _facts(world: World) -> None:
    change_unit(
        actor=SYSTEM,
        unit=world.units["330990001001"],
        uscc=_code("81330990MC0000001"),
        industry_code="C34",
        unit_type=UnitType.ENTERPRISE,
        legal_person_status=LegalPerson.YES,
        established_on=FOUNDED,
        chair="钱立群",
        contact_name="孟佳",
        contact_phone="0571-0000 0001",
    )
    firm = world.employers[0]
    if not Employer.objects.get(pk=firm.pk).uscc:
        change_employer(actor=SYSTEM, employer=firm, uscc=_code("91330990MA0000001"))


def _unit(code: str, name: str, level: int, parent: OrgUnit, **facts: str) -> OrgUnit:
    known = OrgUnit.objects.filter(code=code).first()
    return known or create_unit(
        actor=SYSTEM,
        code=code,
        name=name,
        level=level,
        parent=parent,
        region_code=code[:6],
        established_on=FOUNDED,
        **facts,
    )

"""Read what a union or an employer was called on another day, and where the union was in the tree
(ADR 0014).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from org.enums import ChangeKind, EmployerChangeKind
from org.models import Employer, EmployerChange, OrgUnit, UnitChange
from org.models.unit import name_words

PLACED = (ChangeKind.MOVED, ChangeKind.MERGED)


@dataclass(frozen=True, slots=True)
class FormerOrgName:
    """A name a union or employer had until the day before *until* (曾用名)."""

    name: str
    until: date
    document_no: str
    change: UnitChange | EmployerChange


def name_on(unit: OrgUnit, day: date) -> str:
    """Return the full name that *unit* had on *day*, which is the old name of its first renaming
    after that day, or today's name.
    """
    later = (
        UnitChange.objects.filter(unit=unit, kind=ChangeKind.RENAMED, annulled_at=None, on__gt=day)
        .order_by("on", "pk")
        .first()
    )
    return later.old_name if later else unit.name


def names_on(asked: Iterable[tuple[OrgUnit, date]]) -> dict[tuple[int, date], str]:
    """Return the names of many unions, each on its own day, by (key, day). One query."""
    pairs = list(asked)
    renamings: dict[int, list[UnitChange]] = {}
    rows = UnitChange.objects.filter(
        unit__in={unit.pk for unit, _day in pairs}, kind=ChangeKind.RENAMED, annulled_at=None
    )
    for row in rows.order_by("on", "pk"):
        renamings.setdefault(row.unit_id, []).append(row)
    return {
        (unit.pk, day): next(
            (row.old_name for row in renamings.get(unit.pk, ()) if row.on > day), unit.name
        )
        for unit, day in pairs
    }


def parent_on(unit: OrgUnit, day: date) -> OrgUnit | None:
    """Return the union above *unit* on *day*, by the same rule as `name_on`."""
    later = (
        UnitChange.objects.filter(unit=unit, kind__in=PLACED, annulled_at=None, on__gt=day)
        .select_related("old_parent")
        .order_by("on", "pk")
        .first()
    )
    if later:
        return later.old_parent
    return (
        OrgUnit.objects.filter(path=unit.path[: -OrgUnit.steplen]).first()
        if unit.depth > 1
        else None
    )


def former_names(unit: OrgUnit) -> list[FormerOrgName]:
    """Return the names *unit* had before, the latest first."""
    rows = UnitChange.objects.filter(unit=unit, kind=ChangeKind.RENAMED, annulled_at=None).order_by(
        "-on", "-pk"
    )
    return [FormerOrgName(row.old_name, row.on, row.document_no, row) for row in rows]


def employer_name_on(employer: Employer, day: date) -> str:
    """Return the name *employer* had on *day*."""
    rows = EmployerChange.objects.filter(
        employer=employer, kind=EmployerChangeKind.RENAMED, annulled_at=None, on__gt=day
    )
    later = rows.order_by("on", "pk").first()
    return later.old_name if later else employer.name


def employer_names_on(asked: Iterable[tuple[Employer, date]]) -> dict[tuple[int, date], str]:
    """Return the names of many employers, each on its own day, by (key, day). One query."""
    pairs = list(asked)
    renamings: dict[int, list[EmployerChange]] = {}
    rows = EmployerChange.objects.filter(
        employer__in={employer.pk for employer, _day in pairs},
        kind=EmployerChangeKind.RENAMED,
        annulled_at=None,
    )
    for row in rows.order_by("on", "pk"):
        renamings.setdefault(row.employer_id, []).append(row)
    return {
        (employer.pk, day): next(
            (row.old_name for row in renamings.get(employer.pk, ()) if row.on > day), employer.name
        )
        for employer, day in pairs
    }


def former_employer_names(employer: Employer) -> list[FormerOrgName]:
    """Return the names *employer* had before, the latest first."""
    rows = EmployerChange.objects.filter(
        employer=employer, kind=EmployerChangeKind.RENAMED, annulled_at=None
    ).order_by("-on", "-pk")
    return [FormerOrgName(row.old_name, row.on, row.document_no, row) for row in rows]


def successor_of(unit: OrgUnit) -> OrgUnit:
    """Return the union in which *unit* lives on, which is itself or the last of a chain of
    mergers.
    """
    seen = {unit.pk}
    while unit.merged_into_id and unit.merged_into_id not in seen:
        unit = OrgUnit.objects.get(pk=unit.merged_into_id)
        seen.add(unit.pk)
    return unit


def list_predecessors(unit: OrgUnit) -> QuerySet[OrgUnit]:
    """Return the unions that were merged directly into *unit*."""
    return OrgUnit.objects.filter(merged_into=unit).order_by("name")


def list_unit_changes(unit: OrgUnit) -> QuerySet[UnitChange]:
    """Return all recorded changes of *unit*, including annulled ones, the latest first."""
    rows = UnitChange.objects.filter(unit=unit).select_related(
        "old_parent", "new_parent", "other", "recorded_by"
    )
    return rows.order_by("-on", "-pk")


def was_called(text: str) -> Q:
    """Return the condition under which a union's name, today's or a former one, contains *text*,
    or its code begins with it or equals it.
    """
    former = UnitChange.objects.filter(
        kind=ChangeKind.RENAMED, annulled_at=None, old_name__icontains=text
    ).values("unit")
    return (
        Q(name_key__contains=name_words(text))
        | Q(code__startswith=text)
        | Q(uscc=text.upper())
        | Q(pk__in=former)
    )

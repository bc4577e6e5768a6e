"""Record unions and employers, and belonging."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

import audit
from core import locks
from org.models import Employer, Employment, Membership, OrgUnit
from people.models import Person

TREE_LOCK = "org.tree"  # every write of treebeard's paths happens under it


@transaction.atomic
def create_unit(*, actor: Any, name: str, code: str, level: int, parent: OrgUnit | None = None, **fields: Any) -> OrgUnit:
    """Record one union below *parent* (or as a root)."""
    locks.take(TREE_LOCK)
    unit = OrgUnit(name=name, code=code, level=level, **fields)
    unit.full_clean(exclude=["path", "depth", "numchild"])
    unit = OrgUnit.add_root(instance=unit) if parent is None else OrgUnit.objects.get(pk=parent.pk).add_child(instance=unit)
    audit.record(
        "org.unit_created", actor=actor, target=unit, after={"code": code, "name": name, "parent": parent.code if parent else None}
    )
    made: OrgUnit = unit
    return made


@transaction.atomic
def create_employer(*, actor: Any, name: str, uscc: str = "", unions: tuple[OrgUnit, ...] = ()) -> Employer:
    """Record one employer and the unions it belongs to."""
    employer = Employer(name=name, uscc=uscc)
    employer.full_clean()
    employer.save()
    employer.unions.add(*unions)
    audit.record("org.employer_created", actor=actor, target=employer, after={"name": name})
    return employer


@transaction.atomic
def join_union(*, actor: Any, person: Person, org_unit: OrgUnit, starts_on: date) -> Membership:
    """Make *person* a member of *org_unit*; an open membership elsewhere ends the day before."""
    Person.objects.select_for_update().get(pk=person.pk)
    row = Membership.objects.filter(person=person, ends_on=None).first()
    if row and row.org_unit_id == org_unit.pk:
        return row
    if row:
        row.ends_on = max(row.starts_on, date.fromordinal(starts_on.toordinal() - 1))
        row.save(update_fields=["ends_on", "updated_at"])
    new = Membership(person=person, org_unit=org_unit, starts_on=starts_on)
    new.full_clean()
    new.save()
    audit.record(
        "org.membership_started",
        actor=actor,
        target=person,
        before={"union": row.org_unit_id if row else None},
        after={"union": org_unit.pk},
    )
    return new


@transaction.atomic
def employ(*, actor: Any, person: Person, employer: Employer, starts_on: date, job_title: str = "") -> Employment:
    """Record that *person* works at *employer*; the same open employment twice stays one."""
    Person.objects.select_for_update().get(pk=person.pk)
    row = Employment.objects.filter(person=person, employer=employer, ends_on=None).first()
    if row:
        return row
    row = Employment(person=person, employer=employer, starts_on=starts_on, job_title=job_title)
    row.full_clean()
    row.save()
    audit.record("org.employment_started", actor=actor, target=person, after={"employer": employer.pk})
    return row

"""Record unions and employers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

import audit
from core import locks
from org.models import Employer, OrgUnit
from org.workflows.belonging import employ, join_union

__all__ = ["TREE_LOCK", "create_employer", "create_unit", "employ", "join_union"]

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

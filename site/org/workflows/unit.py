"""Record unions and employers, and change their plain facts.

Names, places and ends have a history and are changed in `history` and `ending`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from core import clock, locks
from core.actors import Actor
from core.errors import InvalidInput
from core.states import move
from org.enums import UNIT_MOVES, ChangeKind, OrgStatus
from org.errors import WrongDay, WrongPlace
from org.models import Employer, OrgUnit, UnitChange
from org.rules import codes
from org.workflows import guards
from org.workflows.belonging import join_union, record_employment

__all__ = [
    "TREE_LOCK",
    "activate_unit",
    "change_unit",
    "create_employer",
    "create_unit",
    "join_union",
    "record_employment",
]

TREE_LOCK = "org.tree"  # every write of treebeard's paths happens under it
FACTS = (
    "short_name", "code", "level", "uscc", "region_code", "industry_code", "unit_type", "legal_person_status", "established_on", "chair",
    "contact_name", "contact_phone",
)  # fmt: skip


@transaction.atomic
def create_unit(
    *, actor: Actor, name: str, code: str, level: int, parent: OrgUnit | None = None, **fields: Any
) -> OrgUnit:
    """Record one union below *parent*, or as a root.

    Raises `ValidationError` for single fields, and `InvalidInput` for an impossible place or code.
    """
    locks.acquire_named_lock(TREE_LOCK)
    above = OrgUnit.objects.get(pk=parent.pk) if parent else None
    if above:
        guards.check_union_open(above, field="parent")
        guards.check_level_below(level, parent=above)
    fields["uscc"] = guards.read_union_code(fields.get("uscc", ""))
    _founded(fields.get("established_on"))
    unit = OrgUnit(name=name, code=code, level=level, **fields)
    unit.full_clean(exclude=["path", "depth", "numchild"])
    unit = OrgUnit.add_root(instance=unit) if above is None else above.add_child(instance=unit)
    audit.record(
        "org.unit_created",
        actor=actor,
        target=unit,
        after={"code": code, "name": name, "parent": above.code if above else None},
    )
    made: OrgUnit = unit
    return made


@transaction.atomic
def change_unit(*, actor: Actor, unit: OrgUnit, reason: str = "", **fields: Any) -> OrgUnit:
    """Change plain facts of *unit*, which are those of `FACTS`. A name is changed by `rename_unit`.

    Fields that stay the same leave no trace in the audit log.
    """
    if unknown := set(fields) - set(FACTS):
        msg = f"not a plain fact of a union: {sorted(unknown)}"
        raise TypeError(msg)
    locks.acquire_named_lock(TREE_LOCK)
    row = guards.lock_unit(unit)
    guards.check_union_not_ended(row)
    if "uscc" in fields:
        fields["uscc"] = guards.read_union_code(fields["uscc"], unit=row)
    _founded(fields.get("established_on"))
    if "level" in fields and fields["level"] != row.level:
        _level_between(row, fields["level"])
    before = {name: getattr(row, name) for name in fields}
    changed = {name for name, value in fields.items() if before[name] != value}
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    row.full_clean(exclude=["path", "depth", "numchild"])
    row.save(update_fields=[*sorted(changed), "updated_at"])
    audit.record(
        "org.unit_changed",
        actor=actor,
        target=row,
        before={name: before[name] for name in sorted(changed)},
        after={name: fields[name] for name in sorted(changed)},
        reason=reason,
    )
    return row


@transaction.atomic
def activate_unit(
    *, actor: Actor, unit: OrgUnit, on: date, document_no: str = "", reason: str = ""
) -> OrgUnit:
    """Let a union that is being founded begin its work on the day *on*."""
    row = guards.lock_unit(unit)
    guards.check_change_day(row, on, kinds=(ChangeKind.ACTIVATED,))
    moved = move(row, OrgStatus.NORMAL, table=UNIT_MOVES, field="status")
    if row.established_on is None:
        row.established_on = on
        row.save(update_fields=["established_on", "updated_at"])
    UnitChange.objects.create(
        unit=row,
        kind=ChangeKind.ACTIVATED,
        on=on,
        document_no=document_no,
        reason=reason,
        recorded_by_id=getattr(actor, "pk", None),
    )
    audit.record(
        "org.unit_activated",
        actor=actor,
        target=row,
        before={"status": moved.old},
        after={"status": moved.new, "on": on},
        reason=reason,
    )
    return row


@transaction.atomic
def create_employer(
    *, actor: Actor, name: str, uscc: str = "", unions: tuple[OrgUnit, ...] = (), **fields: Any
) -> Employer:
    """Record one employer and the unions it belongs to."""
    employer = Employer(name=name, uscc=read_employer_code(uscc), **fields)
    employer.full_clean()
    employer.save()
    employer.unions.add(*unions)
    audit.record("org.employer_created", actor=actor, target=employer, after={"name": name})
    return employer


def read_employer_code(code: str, *, employer: Employer | None = None) -> str:
    """Return an employer's unified social credit code as it is stored.

    Raises `InvalidInput` if it is the code of a union or of another employer.
    """
    tidy = codes.tidy_code(code)
    if not tidy:
        return ""
    union = OrgUnit.objects.filter(uscc=tidy).first()
    if union:
        sentence = _("This is the code of the union “%(name)s”. An employer has its own code.") % {
            "name": union.name
        }
        raise InvalidInput("unions_code", sentence, fields={"uscc": sentence})
    other = (
        Employer.objects.filter(uscc=tidy).exclude(pk__in=[employer.pk] if employer else []).first()
    )
    if other:
        sentence = _(
            "The employer “%(name)s” already has this code. If both are the same employer, "
            "merge them."
        ) % {"name": other.name}
        raise InvalidInput("code_taken", sentence, fields={"uscc": sentence})
    return tidy


def _founded(day: date | None) -> None:
    if day is not None and day > clock.today():
        raise WrongDay(
            _("The founding date is in the future. Leave it empty until then."),
            field="established_on",
        )


def _level_between(unit: OrgUnit, level: int) -> None:
    guards.check_level_below(level, parent=unit.get_parent() if unit.depth > 1 else None)
    child = unit.get_children().filter(level__lte=level).first()
    if child:
        sentence = _(
            "“%(child)s” is below this union and has the level “%(level)s”. Change or move "
            "it first."
        ) % {
            "child": child,
            "level": child.get_level_display(),
        }
        raise WrongPlace("level_above_child", sentence, field="level")

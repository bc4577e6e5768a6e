"""End a union by merging it into another or dissolving it, and restore a dissolved one.

People, employers, unions below and roles go over on a date. Cases stay with the union they were
submitted to.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from core import locks
from core.actors import Actor
from core.errors import DomainError
from core.states import move
from org import merging
from org.enums import LIVE, UNIT_MOVES, ChangeKind, EmployerChangeKind, Ending, OrgStatus
from org.errors import WrongDay, WrongPlace
from org.models import Employer, EmployerChange, OrgUnit, SecondaryLink, UnitChange
from org.rules.days import day_before, ends_before
from org.workflows import guards
from org.workflows.belonging import hand_over_members, take_back_members
from org.workflows.history import parent_of, place_unit
from org.workflows.unit import TREE_LOCK

ENDS = (ChangeKind.MERGED, ChangeKind.ABSORBED, ChangeKind.DISSOLVED, ChangeKind.RESTORED)


@transaction.atomic
def merge_units(
    *,
    actor: Actor,
    unit: OrgUnit,
    into: OrgUnit,
    on: date,
    reason: str,
    document_no: str = "",
    document_on: date | None = None,
) -> UnitChange:
    """Merge *unit* into *into* from the day *on*.

    Members, employers, unions below and industry links go over, and followers (`org.merging`) do
    their part, such as handing over roles. The merged union's own row is placed below its
    successor, so that its old cases, which keep it as their union, are seen by those who answer for
    the successor. If two officers do this at once, the second is told. A merger can't be taken
    back.
    """
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    row, successor = _both(unit, into)
    guards.check_union_not_ended(row)
    guards.check_union_open(successor, field="into")
    guards.check_no_cycle(row, successor, field="into")
    guards.check_change_day(row, on, kinds=(*ENDS, *guards.PLACE_KINDS))
    _successor_existed(successor, on)
    children = list(row.get_children().filter(status__in=LIVE))
    for child in children:
        _child_fits(child, successor)
    old_parent = parent_of(row)
    facts = {
        "members": hand_over_members(
            gone=row, successor=successor, on=on, ending=Ending.MERGED, reason=reason
        ),
        "children": _hand_over_children(actor, children, row, successor, on, document_no, reason),
        "employers": _hand_over_employers(actor, row, successor, on, reason),
        "links": _hand_over_links(row, successor, on),
    }
    row.merged_into = successor
    row.save(update_fields=["merged_into", "updated_at"])
    moved = move(row, OrgStatus.MERGED, table=UNIT_MOVES, field="status")
    place_unit(row, successor)
    facts |= merging.run_followers(actor=actor, gone=row, successor=successor, on=on)
    paper = {"on": on, "document_no": document_no, "document_on": document_on, "reason": reason}
    change = _note(
        actor,
        row,
        ChangeKind.MERGED,
        old_parent=old_parent,
        new_parent=successor,
        other=successor,
        facts=facts,
        **paper,
    )
    _note(actor, successor, ChangeKind.ABSORBED, other=row, facts=facts, **paper)
    audit.record(
        "org.unit_merged",
        actor=actor,
        target=row,
        before={"status": moved.old, "parent": old_parent.code if old_parent else None},
        after={
            "status": moved.new,
            "into": successor.code,
            "on": on,
            "document": document_no,
            **facts,
        },
        reason=reason,
    )
    return change


@transaction.atomic
def dissolve_unit(
    *,
    actor: Actor,
    unit: OrgUnit,
    on: date,
    reason: str,
    successor: OrgUnit | None = None,
    document_no: str = "",
    document_on: date | None = None,
) -> UnitChange:
    """Dissolve *unit* from the day *on*. Its members go to *successor*, or are in no union from
    then on if it is None.

    Unions below must be moved, merged or dissolved first. Employers leave the union, industry links
    end, and followers do their part.
    """
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    row, heir = _both(unit, successor) if successor else (guards.lock_unit(unit), None)
    guards.check_union_not_ended(row)
    below = row.get_children().filter(status__in=LIVE).count()
    if below:
        raise DomainError(
            "has_children",
            _("There are %(count)s unions below this one. Move, merge or dissolve them first.")
            % {"count": below},
            count=below,
        )
    if heir:
        guards.check_union_open(heir, field="successor")
        if heir.pk == row.pk:
            raise WrongPlace(
                "itself",
                _("The members can't stay in a dissolved union. Choose another union for them."),
                field="successor",
            )
        _successor_existed(heir, on)
    guards.check_change_day(row, on, kinds=ENDS)
    facts = {
        "members": hand_over_members(
            gone=row,
            successor=heir,
            on=on,
            ending=Ending.TRANSFERRED if heir else Ending.DISSOLVED,
            reason=reason,
        ),
        "employers": _unlink_employers(actor, row, on, reason),
        "links": _hand_over_links(row, None, on),
    }
    moved = move(row, OrgStatus.DISSOLVED, table=UNIT_MOVES, field="status")
    facts |= merging.run_followers(actor=actor, gone=row, successor=heir, on=on)
    change = _note(
        actor,
        row,
        ChangeKind.DISSOLVED,
        on=on,
        other=heir,
        facts=facts,
        document_no=document_no,
        document_on=document_on,
        reason=reason,
    )
    audit.record(
        "org.unit_dissolved",
        actor=actor,
        target=row,
        before={"status": moved.old},
        after={
            "status": moved.new,
            "on": on,
            "successor": heir.code if heir else None,
            "document": document_no,
            **facts,
        },
        reason=reason,
    )
    return change


@transaction.atomic
def restore_unit(
    *, actor: Actor, unit: OrgUnit, on: date, reason: str, document_no: str = ""
) -> UnitChange:
    """Restore a dissolved union from the day *on*, with the members and employers who lost it and
    have found no other.

    Roles don't come back and must be given again. Members who went to a successor stay there.
    """
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    row = guards.lock_unit(unit)
    if row.status != OrgStatus.DISSOLVED:
        raise DomainError(
            "not_dissolved",
            _("Only a dissolved union can be restored. Reload the page and check again."),
        )
    above = parent_of(row)
    if above:
        guards.check_union_open(above, field="on")
    end = UnitChange.objects.filter(unit=row, kind=ChangeKind.DISSOLVED).order_by("on", "pk").last()
    guards.check_change_day(row, on, kinds=ENDS)
    moved = move(row, OrgStatus.NORMAL, table=UNIT_MOVES, field="status")
    gone_since = end.on if end else on
    facts = {
        "members": take_back_members(
            unit=row, ended_on=day_before(gone_since), on=on, reason=reason
        ),
        "employers": _relink_employers(actor, row, gone_since, on, reason),
    }
    change = _note(
        actor, row, ChangeKind.RESTORED, on=on, facts=facts, document_no=document_no, reason=reason
    )
    audit.record(
        "org.unit_restored",
        actor=actor,
        target=row,
        before={"status": moved.old},
        after={"status": moved.new, "on": on, **facts},
        reason=reason,
    )
    return change


# ---- parts ----


def _both(one: OrgUnit, other: OrgUnit) -> tuple[OrgUnit, OrgUnit]:
    rows = {
        unit.pk: unit
        for unit in OrgUnit.objects.select_for_update()
        .filter(pk__in={one.pk, other.pk})
        .order_by("pk")
    }
    return rows[one.pk], rows[other.pk]


def _successor_existed(successor: OrgUnit, on: date) -> None:
    if successor.established_on and on < successor.established_on:
        raise WrongDay(
            _("“%(name)s” was founded on %(day)s. Choose that date or a later one.")
            % {"name": successor, "day": successor.established_on.isoformat()}
        )


def _child_fits(child: OrgUnit, successor: OrgUnit) -> None:
    if child.level <= successor.level:
        raise WrongPlace(
            "level_not_below",
            _(
                "“%(child)s”, a union below the one to be merged, has the level “%(level)s” "
                "and can't be placed under “%(successor)s”. Move it first."
            )
            % {"child": child, "level": child.get_level_display(), "successor": successor},
            field="into",
        )


def _note(actor: Actor, unit: OrgUnit, kind: ChangeKind, **values: Any) -> UnitChange:
    return UnitChange.objects.create(
        unit=unit, kind=kind, recorded_by_id=getattr(actor, "pk", None), **values
    )


def _hand_over_children(
    actor: Actor,
    children: list[OrgUnit],
    old: OrgUnit,
    successor: OrgUnit,
    on: date,
    document_no: str,
    reason: str,
) -> int:
    for child in children:
        place_unit(child, successor)
        _note(
            actor, child, ChangeKind.MOVED, on=on, old_parent=old, new_parent=successor, document_no=document_no, reason=reason,
            facts={"by_merger": True},
        )  # fmt: skip
        audit.record(
            "org.unit_moved",
            actor=actor,
            target=child,
            before={"parent": old.code},
            after={"parent": successor.code},
            reason=reason,
        )
    return len(children)


def _tie(
    actor: Actor, employer: Employer, unit: OrgUnit, kind: EmployerChangeKind, on: date, reason: str
) -> EmployerChange:
    return EmployerChange(
        employer=employer,
        unit=unit,
        kind=kind,
        on=on,
        reason=reason,
        recorded_by_id=getattr(actor, "pk", None),
    )


def _hand_over_employers(
    actor: Actor, row: OrgUnit, successor: OrgUnit, on: date, reason: str
) -> int:
    employers = list(row.employers.all())
    there = set(successor.employers.values_list("pk", flat=True))
    successor.employers.add(*employers)
    row.employers.clear()
    EmployerChange.objects.bulk_create(
        [_tie(actor, e, row, EmployerChangeKind.UNLINKED, on, reason) for e in employers]
    )
    EmployerChange.objects.bulk_create(
        [
            _tie(actor, e, successor, EmployerChangeKind.LINKED, on, reason)
            for e in employers
            if e.pk not in there
        ]
    )
    return len(employers)


def _unlink_employers(actor: Actor, row: OrgUnit, on: date, reason: str) -> int:
    employers = list(row.employers.all())
    row.employers.clear()
    EmployerChange.objects.bulk_create(
        [_tie(actor, e, row, EmployerChangeKind.UNLINKED, on, reason) for e in employers]
    )
    return len(employers)


def _relink_employers(actor: Actor, row: OrgUnit, gone_since: date, on: date, reason: str) -> int:
    lost = Employer.objects.filter(
        changes__unit=row,
        changes__kind=EmployerChangeKind.UNLINKED,
        changes__on=gone_since,
        merged_into=None,
        unions=None,
    ).distinct()
    employers = list(lost)
    row.employers.add(*employers)
    EmployerChange.objects.bulk_create(
        [_tie(actor, e, row, EmployerChangeKind.LINKED, on, reason) for e in employers]
    )
    return len(employers)


def _hand_over_links(row: OrgUnit, successor: OrgUnit | None, on: date) -> int:
    """End the open industry links of *row*. Those that led up to it lead to the successor, unless
    that would make a cycle.
    """
    links = list(
        SecondaryLink.objects.select_for_update(of=("self",))
        .filter(ends_on=None, superior=row)
        .select_related("unit")
    )
    own = list(SecondaryLink.objects.select_for_update().filter(ends_on=None, unit=row))
    for link in [*links, *own]:
        link.ends_on = ends_before(on, starts_on=link.starts_on)
        link.save(update_fields=["ends_on", "updated_at"])
    for link in links if successor else ():
        lower = OrgUnit.objects.get(pk=link.unit_id)
        above = OrgUnit.objects.get(pk=successor.pk)  # type: ignore[union-attr]  # the loop runs only with a successor
        if not guards.stands_below(above, lower):
            SecondaryLink.objects.create(
                unit=lower, superior=above, starts_on=max(on, link.starts_on)
            )
    return len(links) + len(own)

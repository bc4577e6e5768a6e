"""Change the name and the place of a union on a day, with a document. What was before stays
readable (`org.queries.history`).
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from core import clock, locks
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.models import with_derived
from org.enums import ChangeKind
from org.models import OrgUnit, SecondaryLink, UnitChange
from org.rules.days import ends_before
from org.workflows import guards
from org.workflows.unit import TREE_LOCK


@transaction.atomic
def rename_unit(
    *,
    actor: Actor,
    unit: OrgUnit,
    name: str,
    on: date,
    reason: str,
    short_name: str = "",
    document_no: str = "",
    document_on: date | None = None,
) -> UnitChange:
    """Give *unit* a new name from the day *on*. Until the day before it is still called by the old
    one.

    Certificates keep the words printed on them. Screens that show another day ask `name_on`. Raises
    `WrongDay` or `InvalidInput`.
    """
    reason = guards.require_change_reason(reason)
    row = guards.lock_unit(unit)
    guards.check_union_not_ended(row)
    guards.check_change_day(row, on, kinds=guards.NAME_KINDS)
    _another_name(row, name, short_name)
    change = UnitChange(
        unit=row,
        kind=ChangeKind.RENAMED,
        on=on,
        old_name=row.name,
        old_short_name=row.short_name,
        new_name=name.strip(),
        new_short_name=short_name.strip(),
        document_no=document_no,
        document_on=document_on,
        reason=reason,
        recorded_by_id=getattr(actor, "pk", None),
    )
    _write_name(row, name, short_name)
    change.save()
    audit.record(
        "org.unit_renamed",
        actor=actor,
        target=row,
        before={"name": change.old_name, "short_name": change.old_short_name},
        after={"name": row.name, "short_name": row.short_name, "on": on, "document": document_no},
        reason=reason,
    )
    return change


@transaction.atomic
def correct_unit_name(
    *, actor: Actor, unit: OrgUnit, name: str, reason: str, short_name: str = ""
) -> UnitChange:
    """Correct a mistyped name of a union. It was never its name, so it isn't kept as a former
    name. Certificates aren't touched.
    """
    reason = guards.require_change_reason(reason)
    row = guards.lock_unit(unit)
    _another_name(row, name, short_name)
    change = UnitChange(
        unit=row,
        kind=ChangeKind.CORRECTED,
        on=clock.today(),
        old_name=row.name,
        old_short_name=row.short_name,
        new_name=name.strip(),
        new_short_name=short_name.strip(),
        reason=reason,
        recorded_by_id=getattr(actor, "pk", None),
    )
    _write_name(row, name, short_name)
    change.save()
    audit.record(
        "org.unit_name_corrected",
        actor=actor,
        target=row,
        before={"name": change.old_name, "short_name": change.old_short_name},
        after={"name": row.name, "short_name": row.short_name},
        reason=reason,
    )
    return change


@transaction.atomic
def move_unit(
    *,
    actor: Actor,
    unit: OrgUnit,
    parent: OrgUnit,
    on: date,
    reason: str,
    document_no: str = "",
    document_on: date | None = None,
) -> UnitChange:
    """Place *unit*, and all below it, under *parent* from the day *on*.

    Rights given above follow the tree at once, so those who answer for *parent* now answer for
    *unit*. Raises `WrongPlace` for a cycle or a level that doesn't fit, `UnionClosed` or
    `WrongDay`.
    """
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    row, above = guards.lock_unit(unit), guards.lock_unit(parent)
    guards.check_union_not_ended(row)
    guards.check_union_open(above, field="parent")
    guards.check_no_cycle(row, above)
    guards.check_level_below(row.level, parent=above)
    old = parent_of(row)
    if old and old.pk == above.pk:
        sentence = _("The union is already there. Choose another one.")
        raise InvalidInput("same_parent", sentence, fields={"parent": sentence})
    guards.check_change_day(row, on, kinds=guards.PLACE_KINDS)
    place_unit(row, above)
    change = UnitChange.objects.create(
        unit=row,
        kind=ChangeKind.MOVED,
        on=on,
        old_parent=old,
        new_parent=above,
        document_no=document_no,
        document_on=document_on,
        reason=reason,
        recorded_by_id=getattr(actor, "pk", None),
    )
    audit.record(
        "org.unit_moved",
        actor=actor,
        target=row,
        before={"parent": old.code if old else None},
        after={"parent": above.code, "on": on, "document": document_no},
        reason=reason,
    )
    return change


@transaction.atomic
def annul_change(*, actor: Actor, change: UnitChange, reason: str) -> UnitChange:
    """Annul a rename or a move that should never have been recorded, if it is the last of its
    kind. Everything is then as before it.

    The row stays, marked with who annulled it and why. A merger can't be annulled, because people
    have moved.
    """
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    unit = guards.lock_unit(change.unit)
    row = UnitChange.objects.select_for_update().get(pk=change.pk)
    if row.annulled_at:
        return row
    if row.kind not in (ChangeKind.RENAMED, ChangeKind.MOVED):
        raise DomainError("not_annullable", _("Only a change of name or a move can be withdrawn."))
    kinds = guards.PLACE_KINDS if row.kind == ChangeKind.MOVED else guards.NAME_KINDS
    last = (
        UnitChange.objects.filter(unit=unit, kind__in=kinds, annulled_at=None)
        .order_by("on", "pk")
        .last()
    )
    if last is None or last.pk != row.pk:
        raise DomainError(
            "not_the_last",
            _("A later change has been recorded. Withdraw that one first."),
        )
    guards.check_union_not_ended(unit)
    if row.kind == ChangeKind.RENAMED:
        _write_name(unit, row.old_name, row.old_short_name)
    elif row.old_parent is None:
        place_unit(unit, None)
    else:
        above = guards.lock_unit(row.old_parent)
        guards.check_union_open(above, field="reason")
        guards.check_no_cycle(unit, above, field="reason")
        place_unit(unit, above)
    row.annulled_at, row.annulled_reason = clock.now(), reason
    row.annulled_by_id = getattr(actor, "pk", None)
    row.save(update_fields=["annulled_at", "annulled_by", "annulled_reason", "updated_at"])
    audit.record(
        "org.change_annulled",
        actor=actor,
        target=unit,
        before={"change": row.kind, "on": row.on},
        reason=reason,
    )
    return row


@transaction.atomic
def link_superior(
    *,
    actor: Actor,
    unit: OrgUnit,
    superior: OrgUnit,
    on: date,
    document_no: str = "",
    reason: str = "",
) -> SecondaryLink:
    """Record *superior* as the industry superior of *unit* from the day *on*. An earlier one ends
    the day before.

    The link gives no rights, because rights follow the tree alone. Raises `WrongPlace` for a cycle
    through tree and links together.
    """
    locks.acquire_named_lock(TREE_LOCK)
    row, above = guards.lock_unit(unit), guards.lock_unit(superior)
    guards.check_union_not_ended(row)
    guards.check_union_open(above, field="superior")
    guards.check_no_cycle(row, above, field="superior")
    guards.check_change_day(row, on, kinds=())
    held = (
        SecondaryLink.objects.select_for_update()
        .filter(unit=row, kind="industry", ends_on=None)
        .first()
    )
    if held and held.superior_id == above.pk:
        return held
    if held:
        _end_link(held, on)
    link = SecondaryLink(unit=row, superior=above, starts_on=on, document_no=document_no)
    link.full_clean()
    link.save()
    audit.record(
        "org.link_started",
        actor=actor,
        target=row,
        before={"superior": held.superior.code if held else None},
        after={"superior": above.code, "from": on, "document": document_no},
        reason=reason,
    )
    return link


@transaction.atomic
def unlink_superior(*, actor: Actor, link: SecondaryLink, on: date, reason: str) -> SecondaryLink:
    """End an industry link, where *on* is the first day without it."""
    reason = guards.require_change_reason(reason)
    locks.acquire_named_lock(TREE_LOCK)
    row = (
        SecondaryLink.objects.select_for_update(of=("self",))
        .select_related("unit", "superior")
        .get(pk=link.pk)
    )
    if row.ends_on is not None:
        return row
    guards.check_change_day(row.unit, on, kinds=())
    _end_link(row, on)
    audit.record(
        "org.link_ended",
        actor=actor,
        target=row.unit,
        before={"superior": row.superior.code},
        after={"to": row.ends_on},
        reason=reason,
    )
    return row


def _end_link(link: SecondaryLink, on: date) -> None:
    link.ends_on = ends_before(on, starts_on=link.starts_on)
    link.save(update_fields=["ends_on", "updated_at"])


def parent_of(unit: OrgUnit) -> OrgUnit | None:
    """Return the union above *unit*, read again, because treebeard keeps a copy."""
    return (
        OrgUnit.objects.filter(path=unit.path[: -OrgUnit.steplen]).first()
        if unit.depth > 1
        else None
    )


def place_unit(unit: OrgUnit, parent: OrgUnit | None) -> None:
    """Move *unit* under *parent* in the tree, or to the top level if *parent* is None, and write
    the new paths.

    Call it only while holding the tree's lock. Both rows are read again, because treebeard trusts
    the paths they carry.
    """
    row = OrgUnit.objects.get(pk=unit.pk)
    if parent is None:
        row.move(OrgUnit.get_last_root_node(), pos="last-sibling")
    else:
        row.move(OrgUnit.objects.get(pk=parent.pk), pos="last-child")


def _another_name(unit: OrgUnit, name: str, short_name: str) -> None:
    if (name.strip(), short_name.strip()) == (unit.name, unit.short_name):
        sentence = _("The name hasn't changed. Enter the new name.")
        raise InvalidInput("same_name", sentence, fields={"name": sentence})


def _write_name(unit: OrgUnit, name: str, short_name: str) -> None:
    unit.name, unit.short_name = name.strip(), short_name.strip()
    unit.full_clean(exclude=["path", "depth", "numchild"])
    unit.save(update_fields=with_derived(OrgUnit, ["name", "short_name", "updated_at"]))

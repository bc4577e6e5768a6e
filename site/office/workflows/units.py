"""The officer's acts on unions. Each checks the right, then calls `org`.

Facts and names of a union are changed by those who manage it. Its place in the tree and whether it
goes on are decided from above, with the same right on the union above. A union doesn't dissolve
itself here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from access.checks import is_allowed, require
from core.actors import Actor
from core.errors import Forbidden, InvalidInput
from office.queries.units import MANAGE
from org.models import OrgUnit, SecondaryLink, UnitChange
from org.workflows import ending, history
from org.workflows import unit as units
from org.workflows.history import parent_of

T = TypeVar("T")


def dry_run_act(act: Callable[[], T]) -> T:
    """Do *act*, roll it back at once, and return its result.

    The page that asks for confirmation uses it to learn what the act would refuse, and its numbers.
    """
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def require_from_above(actor: Actor, unit: OrgUnit) -> None:
    """Return if *actor* may decide about *unit* from above, and otherwise raise `NotFound` or
    `Forbidden`.
    """
    require(actor, MANAGE, unit)
    above = parent_of(OrgUnit.objects.get(pk=unit.pk))
    if above is not None and not is_allowed(actor, MANAGE, above):
        raise Forbidden(
            "from_above",
            _(
                "“%(above)s” decides on the place, merging and dissolution of this union. "
                "Contact its administrator."
            )
            % {"above": above},
        )


@transaction.atomic
def create_unit_as_officer(
    *, actor: Actor, parent: OrgUnit, name: str, code: str, level: int, **fields: Any
) -> OrgUnit:
    """Record a union below *parent*, as `org.workflows.unit.create_unit` does."""
    require(actor, MANAGE, parent)
    return units.create_unit(
        actor=actor, parent=parent, name=name, code=code, level=level, **fields
    )


@transaction.atomic
def change_unit_as_officer(
    *, actor: Actor, unit: OrgUnit, reason: str = "", **fields: Any
) -> OrgUnit:
    """Change plain facts of *unit*."""
    require(actor, MANAGE, unit)
    return units.change_unit(actor=actor, unit=unit, reason=reason, **fields)


@transaction.atomic
def activate_unit_as_officer(
    *, actor: Actor, unit: OrgUnit, on: date, document_no: str = "", reason: str = ""
) -> OrgUnit:
    """Let a union that is being founded begin its work on a day."""
    require_from_above(actor, unit)
    return units.activate_unit(
        actor=actor, unit=unit, on=on, document_no=document_no, reason=reason
    )


@transaction.atomic
def rename_unit_as_officer(
    *,
    actor: Actor,
    unit: OrgUnit,
    name: str,
    short_name: str,
    reason: str,
    on: date | None,
    document_no: str = "",
    document_on: date | None = None,
) -> UnitChange:
    """Give *unit* a new name from a day. Without a day the present name is corrected."""
    require(actor, MANAGE, unit)
    if on is None:
        return history.correct_unit_name(
            actor=actor, unit=unit, name=name, short_name=short_name, reason=reason
        )
    return history.rename_unit(
        actor=actor,
        unit=unit,
        name=name,
        short_name=short_name,
        on=on,
        document_no=document_no,
        document_on=document_on,
        reason=reason,
    )


@transaction.atomic
def move_unit_as_officer(
    *, actor: Actor, unit: OrgUnit, parent: OrgUnit, **paper: Any
) -> UnitChange:
    """Place *unit* under *parent*, which needs the right over the old and the new place."""
    require_from_above(actor, unit)
    require(actor, MANAGE, parent)
    return history.move_unit(actor=actor, unit=unit, parent=parent, **paper)


@transaction.atomic
def merge_units_as_officer(
    *, actor: Actor, unit: OrgUnit, into: OrgUnit, **paper: Any
) -> UnitChange:
    """Merge *unit* into *into*, which needs the right above the first and over the second."""
    require_from_above(actor, unit)
    require(actor, MANAGE, into)
    return ending.merge_units(actor=actor, unit=unit, into=into, **paper)


@transaction.atomic
def dissolve_unit_as_officer(
    *, actor: Actor, unit: OrgUnit, successor: OrgUnit | None, **paper: Any
) -> UnitChange:
    """Dissolve *unit*. Its members go to *successor*, if there is one."""
    require_from_above(actor, unit)
    if successor is not None:
        require(actor, MANAGE, successor)
    return ending.dissolve_unit(actor=actor, unit=unit, successor=successor, **paper)


@transaction.atomic
def restore_unit_as_officer(
    *, actor: Actor, unit: OrgUnit, on: date, reason: str, document_no: str = ""
) -> UnitChange:
    """Restore a dissolved union."""
    require_from_above(actor, unit)
    return ending.restore_unit(
        actor=actor, unit=unit, on=on, reason=reason, document_no=document_no
    )


@transaction.atomic
def annul_change_as_officer(*, actor: Actor, change: UnitChange, reason: str) -> UnitChange:
    """Annul a rename or a move that should never have been recorded."""
    if change.kind == "moved":
        require_from_above(actor, change.unit)
        if change.old_parent is not None:
            require(actor, MANAGE, change.old_parent)
    else:
        require(actor, MANAGE, change.unit)
    return history.annul_change(actor=actor, change=change, reason=reason)


@transaction.atomic
def link_superior_as_officer(
    *,
    actor: Actor,
    unit: OrgUnit,
    superior: OrgUnit,
    on: date,
    document_no: str = "",
    reason: str = "",
) -> SecondaryLink:
    """Record the industry superior. The link gives no rights, so the right over *unit* alone is
    enough.
    """
    require(actor, MANAGE, unit)
    return history.link_superior(
        actor=actor, unit=unit, superior=superior, on=on, document_no=document_no, reason=reason
    )


@transaction.atomic
def unlink_superior_as_officer(
    *, actor: Actor, unit: OrgUnit, on: date, reason: str
) -> SecondaryLink:
    """End the industry link of *unit*."""
    require(actor, MANAGE, unit)
    link = unit.superior_links.filter(ends_on=None).first()
    if link is None:
        sentence = _("There is no industry superior to end. Reload the page and check again.")
        raise InvalidInput("no_link", sentence)
    return history.unlink_superior(actor=actor, link=link, on=on, reason=reason)

"""Checks that several workflows of the tree make before they change anything. Call them while
holding the tree's lock.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from core import clock
from core.errors import DomainError, InvalidInput
from org.enums import LIVE, ChangeKind, OrgStatus
from org.errors import UnionClosed, WrongDay, WrongPlace
from org.models import Employer, OrgUnit, SecondaryLink, UnitChange
from org.rules import codes, days
from org.rules.graph import leads_to

PLACE_KINDS = (ChangeKind.MOVED, ChangeKind.MERGED)
NAME_KINDS = (ChangeKind.RENAMED,)


def lock_unit(unit: OrgUnit) -> OrgUnit:
    """Return *unit* read again under its row lock."""
    row: OrgUnit = OrgUnit.objects.select_for_update().get(pk=unit.pk)
    return row


def require_change_reason(reason: str) -> str:
    """Return *reason* trimmed. Raises `InvalidInput` for an empty one."""
    text = reason.strip()
    if not text:
        sentence = _("Enter a short reason. It is kept in the audit log.")
        raise InvalidInput("reason_missing", sentence, fields={"reason": sentence})
    return text


def check_union_open(unit: OrgUnit, *, field: str) -> None:
    """Refuse a union that was merged or dissolved as the place for anything new. Raises
    `UnionClosed`.
    """
    if unit.status == OrgStatus.MERGED:
        raise UnionClosed(
            _("This union was merged into “%(name)s”. Choose that union instead.")
            % {"name": unit.merged_into},
            field=field,
        )
    if unit.status not in LIVE:
        raise UnionClosed(_("This union was dissolved. Choose another one."), field=field)


def check_union_not_ended(unit: OrgUnit) -> None:
    """Refuse to change a union that has ended, perhaps by another officer a moment ago. Raises
    `DomainError`.
    """
    if unit.status == OrgStatus.MERGED:
        raise DomainError(
            "union_merged",
            _("This union has been merged into “%(name)s” and can no longer be changed.")
            % {"name": unit.merged_into},
        )
    if unit.status not in LIVE:
        raise DomainError("union_dissolved", _("This union has been dissolved. Restore it first."))


def check_change_day(unit: OrgUnit, on: date, *, kinds: Collection[str]) -> None:
    """Refuse a day in the future, before the founding, or before the last recorded change of one
    of *kinds*. Raises `WrongDay`.
    """
    last = (
        UnitChange.objects.filter(unit=unit, kind__in=kinds, annulled_at=None)
        .order_by("on", "pk")
        .last()
    )
    if days.find_day_fault(on, today=clock.today()) == "future":
        raise WrongDay(_("This date is in the future. Record it when the day has come."))
    if unit.established_on and on < unit.established_on:
        raise WrongDay(
            _("This union was founded on %(day)s. Choose that date or a later one.")
            % {"day": unit.established_on.isoformat()}
        )
    if last and on < last.on:
        raise WrongDay(
            _(
                "“%(what)s” is already recorded for %(day)s. Choose that date or a later "
                "one, or withdraw that entry first."
            )
            % {"what": last.get_kind_display(), "day": last.on.isoformat()}
        )


def read_union_code(code: str, *, unit: OrgUnit | None = None) -> str:
    """Return a union's unified social credit code as it is stored.

    Raises `InvalidInput` if it is the code of an employer or of another union, and says whose it
    is.
    """
    tidy = codes.tidy_code(code)
    if not tidy:
        return ""
    firm = Employer.objects.filter(uscc=tidy).first()
    if firm:
        sentence = _(
            "This is the code of the employer “%(name)s”. A union has its own code, usually "
            "starting with 81. Leave the field empty if it doesn't have one yet."
        ) % {"name": firm.name}
        raise InvalidInput("employers_code", sentence, fields={"uscc": sentence})
    other = OrgUnit.objects.filter(uscc=tidy).exclude(pk__in=[unit.pk] if unit else []).first()
    if other:
        sentence = _(
            "The union “%(name)s” already has this code. Compare it with the certificate."
        ) % {"name": other.name}
        raise InvalidInput("code_taken", sentence, fields={"uscc": sentence})
    return tidy


def check_level_below(level: int, *, parent: OrgUnit | None) -> None:
    """Refuse a level that isn't below the level of the union above. Raises `WrongPlace`."""
    if parent is not None and level <= parent.level:
        raise WrongPlace(
            "level_not_below",
            _("“%(parent)s” has the level “%(level)s”. Unions below it must have a lower level.")
            % {"parent": parent, "level": parent.get_level_display()},
        )


def check_no_cycle(unit: OrgUnit, above: OrgUnit, *, field: str = "parent") -> None:
    """Refuse *above* as a superior of *unit* if it is the unit itself or is below it, by the tree
    or the links beside it.
    """
    if above.pk == unit.pk:
        raise WrongPlace(
            "itself", _("A union can't be placed under itself. Choose another one."), field=field
        )
    if stands_below(above, unit):
        raise WrongPlace(
            "cycle",
            _(
                "“%(above)s” is below “%(unit)s”. A union can't be placed under one of its "
                "own unions. Choose another one."
            )
            % {"above": above, "unit": unit},
            field=field,
        )


def stands_below(start: OrgUnit, goal: OrgUnit) -> bool:
    """Say whether climbing from *start*, by the tree and the open links beside it, reaches *goal*.
    One query.
    """
    if start.path.startswith(goal.path):
        return True
    links = SecondaryLink.objects.filter(ends_on=None).values_list("unit__path", "superior__path")
    edges: dict[str, set[str]] = {}
    for lower, upper in links:
        edges.setdefault(lower, set()).add(upper)
    for path in {start.path, *edges, *(upper for uppers in edges.values() for upper in uppers)}:
        for end in range(len(path), OrgUnit.steplen, -OrgUnit.steplen):
            edges.setdefault(path[:end], set()).add(path[: end - OrgUnit.steplen])
    return leads_to(start.path, goal.path, edges)

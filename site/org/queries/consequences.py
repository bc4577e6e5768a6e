"""Count what depends on a union or an employer. A page shows these numbers before anything is
merged or dissolved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from org import merging
from org.enums import LIVE
from org.models import Employer, Employment, Membership, OrgUnit, SecondaryLink

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class DependentCount:
    """How many things of one kind depend on a union or employer."""

    label: str | _StrPromise
    count: int


@dataclass(frozen=True, slots=True)
class UnitDependents:
    """What depends on a union.

    Some of it goes over to the successor, some is handled by other apps (*following*, such as
    roles), and some keeps the union as the one of its day (*staying*).
    """

    members: int
    kept: int
    children: int
    employers: int
    links: int
    following: tuple[DependentCount, ...]
    staying: tuple[DependentCount, ...]


def count_unit_dependents(unit: OrgUnit) -> UnitDependents:
    """Count what depends on *unit*. One query for each kind of thing."""
    standing = dict(
        Membership.objects.filter(org_unit=unit, ends_on=None)
        .values_list("standing")
        .annotate(n=models.Count("pk"))
        .order_by("standing")
    )
    return UnitDependents(
        members=sum(standing.values()),
        kept=standing.get("kept", 0),
        children=unit.get_children().filter(status__in=LIVE).count(),
        employers=unit.employers.count(),
        links=SecondaryLink.objects.filter(
            models.Q(unit=unit) | models.Q(superior=unit), ends_on=None
        ).count(),
        following=_following(unit),
        staying=tuple(_staying(unit)),
    )


@dataclass(frozen=True, slots=True)
class EmployerDependents:
    """What depends on an employer."""

    workers: int
    unions: int
    following: tuple[DependentCount, ...]
    staying: tuple[DependentCount, ...]


def count_employer_dependents(employer: Employer) -> EmployerDependents:
    """Count what depends on *employer*."""
    return EmployerDependents(
        workers=Employment.objects.filter(employer=employer, ends_on=None).count(),
        unions=employer.unions.count(),
        following=_following(employer),
        staying=tuple(_staying(employer)),
    )


def _following(gone: models.Model) -> tuple[DependentCount, ...]:
    counted = (
        (follower.label, follower.count(gone))
        for follower in merging.list_followers()
        if follower.count and follower.label
    )
    return tuple(DependentCount(label, count) for label, count in counted if count)


def _staying(gone: Any) -> Iterator[DependentCount]:
    """Count the rows of higher apps that refer to *gone* and keep it. The models say which rows
    these are, so none has to be registered.
    """
    for field in gone._meta.get_fields(include_hidden=True):
        if not (
            field.auto_created and field.is_relation and (field.one_to_many or field.one_to_one)
        ):
            continue
        model = field.related_model
        if model._meta.app_label in {"org", "access", "guardian"} or model._meta.auto_created:
            continue
        count = model._default_manager.filter(**{field.field.name: gone}).count()
        if count:
            yield DependentCount(model._meta.verbose_name_plural, count)

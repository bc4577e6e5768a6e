"""Read who belongs to which union and employer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from org.models import Employer, Employment, Membership, OrgUnit
from people.models import Person

__all__ = ["current_employer", "current_union", "list_subtree", "members_below"]


def current_union(person: Person, *, on: date) -> OrgUnit | None:
    """Return the union *person* belongs to on that day."""
    row = (
        Membership.objects.filter(_open_on(on), person=person)
        .select_related("org_unit")
        .order_by("-starts_on")
        .first()
    )
    return row.org_unit if row else None


def current_employer(person: Person, *, on: date) -> Employer | None:
    """Return the employer of *person* on that day, or the latest one if there are several."""
    row = (
        Employment.objects.filter(_open_on(on), person=person, employer__isnull=False)
        .select_related("employer")
        .order_by("-starts_on")
        .first()
    )
    return row.employer if row else None


def list_subtree(unit: OrgUnit) -> QuerySet[OrgUnit]:
    """Return *unit* and everything below it."""
    return OrgUnit.objects.filter(path__startswith=unit.path)


def members_below(unit: OrgUnit, *, on: date) -> QuerySet[Membership]:
    """Return the memberships open on that day in *unit* and below."""
    return Membership.objects.filter(_open_on(on), org_unit__path__startswith=unit.path)


def _open_on(on: date) -> Q:
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))

"""Lists of members asked for: whose they are, who decides, what is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from access.queries import permitted, units_where
from access.queries.where import who_may
from core import clock
from core.errors import NotFound
from office.enums import ExportState
from office.models import PeopleExport
from office.people_grants import APPROVE_EXPORT, EXPORT
from office.queries.people import listed, units_for, visible
from org.models import OrgUnit
from people.models import Person


def top_union(user: Any) -> OrgUnit | None:
    """Return the one union whose members, with all below, are everybody *user* may export; None if there is no such one."""
    units = units_for(user, EXPORT)
    first = units.first()
    if first is None or units.exclude(path__startswith=first.path).exists():
        return None
    return first


def members(export: PeopleExport) -> QuerySet[Person]:
    """Return the people of *export* that its asker may take out now, as `listed` gives them."""
    people = listed(export.asked_by, union=export.org, employer=export.employer, status=export.standing)
    return people.filter(pk__in=visible(export.asked_by, EXPORT).values("pk"))


def seen(user: Any) -> QuerySet[PeopleExport]:
    """Return the requests that *user* made or may decide about, newest first."""
    rows = PeopleExport.objects.select_related("org", "employer", "asked_by", "decided_by").order_by("-pk")
    if getattr(user, "is_superuser", False):
        return rows
    return rows.filter(Q(asked_by=user) | Q(org__in=units_where(user, APPROVE_EXPORT)))


def find_export(user: Any, public_id: UUID) -> PeopleExport:
    """Return the request, or raise `NotFound` to everybody else."""
    row = seen(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def decidable(user: Any) -> QuerySet[PeopleExport]:
    """Return the requests that wait for *user*'s word."""
    rows = PeopleExport.objects.filter(state=ExportState.ASKED).exclude(asked_by=user).select_related("org", "asked_by").order_by("pk")
    return permitted(user, APPROVE_EXPORT, rows)


def deciders(export: PeopleExport) -> list[Any]:
    """Return the accounts that may decide about *export*: never its asker."""
    able = {held.assignment.user_id: held.assignment.user for held in who_may(APPROVE_EXPORT, export.org)}
    return [user for pk, user in sorted(able.items()) if pk != export.asked_by_id]


def to_take(user: Any) -> QuerySet[PeopleExport]:
    """Return what *user* asked for, is ready, and was not taken yet."""
    return (
        PeopleExport.objects.filter(asked_by=user, state=ExportState.READY, taken_at=None, expires_at__gt=clock.now())
        .select_related("org")
        .order_by("pk")
    )

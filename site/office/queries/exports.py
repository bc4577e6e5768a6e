"""Read the lists of members that were asked for, who may decide about them, and who is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from access.queries import permitted, units_where
from access.queries.where import who_may
from core import clock
from core.actors import Actor, account_id
from core.errors import NotFound
from office.enums import PeopleExportState
from office.models import PeopleExport
from office.people_grants import APPROVE_EXPORT, EXPORT
from office.queries.people import list_filtered_people, list_visible_people, units_for
from org.models import OrgUnit
from people.models import Person


def top_union(user: Actor) -> OrgUnit | None:
    """Return the union whose members, with all below, are everybody *user* may export, or None if
    there is no single such union.
    """
    units = units_for(user, EXPORT)
    first = units.first()
    if first is None or units.exclude(path__startswith=first.path).exists():
        return None
    return first


def list_export_members(export: PeopleExport) -> QuerySet[Person]:
    """Return the people of *export* whom its asker may export now, as `list_filtered_people`
    returns them.
    """
    people = list_filtered_people(
        export.asked_by, union=export.org, employer=export.employer, status=export.standing
    )
    return people.filter(pk__in=list_visible_people(export.asked_by, EXPORT).values("pk"))


def list_visible_exports(user: Actor) -> QuerySet[PeopleExport]:
    """Return the requests that *user* made or may decide about, newest first."""
    rows = PeopleExport.objects.select_related(
        "org", "employer", "asked_by", "decided_by"
    ).order_by("-pk")
    if getattr(user, "is_superuser", False):
        return rows
    return rows.filter(Q(asked_by=account_id(user)) | Q(org__in=units_where(user, APPROVE_EXPORT)))


def find_export(user: Actor, public_id: UUID) -> PeopleExport:
    """Return the request, or raise `NotFound` if *user* neither made it nor may decide about it."""
    row = list_visible_exports(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def list_decidable_exports(user: Actor) -> QuerySet[PeopleExport]:
    """Return the requests that wait for a decision by *user*."""
    rows = (
        PeopleExport.objects.filter(state=PeopleExportState.ASKED)
        .exclude(asked_by=account_id(user))
        .select_related("org", "asked_by")
        .order_by("pk")
    )
    return permitted(user, APPROVE_EXPORT, rows)


def list_export_deciders(export: PeopleExport) -> list[Any]:
    """Return the accounts that may decide about *export*, which never include its asker."""
    able = {
        held.assignment.user_id: held.assignment.user
        for held in who_may(APPROVE_EXPORT, export.org)
    }
    return [user for pk, user in sorted(able.items()) if pk != export.asked_by_id]


def list_exports_to_take(user: Actor) -> QuerySet[PeopleExport]:
    """Return the lists that *user* asked for and that are ready but not taken yet."""
    return (
        PeopleExport.objects.filter(
            asked_by=account_id(user),
            state=PeopleExportState.READY,
            taken_at=None,
            expires_at__gt=clock.now(),
        )
        .select_related("org")
        .order_by("pk")
    )

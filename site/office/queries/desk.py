"""Members to choose from, as other desks list them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from access.queries import permitted
from core.text import search_key
from org.models import Employment, Membership, OrgUnit
from people.models import Person


def people_visible_to(user: Any, *, name: str = "") -> QuerySet[Person]:
    """Return persons with an open membership below *user*'s unions, with that membership and employment, by name.

    Each person carries `open_memberships` and `open_employments` (lists).
    """
    units = permitted(user, "people.view_person", OrgUnit.objects.all())
    members = Membership.objects.filter(ends_on=None, org_unit__in=units.order_by())
    people = Person.objects.filter(pk__in=members.values("person"))
    if name:
        people = people.filter(name_key__contains=search_key(name))
    return people.order_by("name_key", "pk").prefetch_related(
        Prefetch("memberships", Membership.objects.filter(ends_on=None).select_related("org_unit"), to_attr="open_memberships"),
        Prefetch("employments", Employment.objects.filter(ends_on=None).select_related("employer"), to_attr="open_employments"),
    )

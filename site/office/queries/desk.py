"""Lists of the union officer's desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from access.queries import permitted
from core.text import search_key
from org.models import Employment, Membership, OrgUnit
from people.models import Person


def tree_visible_to(user: Any) -> QuerySet[OrgUnit]:
    """Return the unions below *user*'s own in tree order, each with `members` (open memberships)."""
    open_members = Count("memberships", filter=Q(memberships__ends_on=None))
    return permitted(user, "org.view_unit", OrgUnit.objects.order_by("path")).annotate(members=open_members)


def people_visible_to(user: Any, *, name: str = "") -> QuerySet[Person]:
    """Return persons with an open membership below *user*'s unions, with that membership and employment, by name.

    Each person carries `open_memberships` and `open_employments` (lists).
    """
    units = permitted(user, "people.view_person", OrgUnit.objects.all())
    memberships = Membership.objects.filter(ends_on=None, org_unit__in=units)
    people = Person.objects.filter(Exists(memberships.filter(person=OuterRef("pk"))))
    if name:
        people = people.filter(name_key__contains=search_key(name))
    return people.order_by("name_key", "pk").prefetch_related(
        Prefetch("memberships", Membership.objects.filter(ends_on=None).select_related("org_unit"), to_attr="open_memberships"),
        Prefetch("employments", Employment.objects.filter(ends_on=None).select_related("employer"), to_attr="open_employments"),
    )

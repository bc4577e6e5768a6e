"""Queries that name and find accounts for the rights screens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from access.models import RoleAssignment, RoleProposal
from access.queries.rights import units_where
from access.queries.scopes import filter_visible_rows
from core.actors import Actor
from core.text import search_key
from org.models import Membership


def name_of(user: Actor | None) -> str:
    """Return how an account is called on the rights screens.

    That is the person's name, or else the shown name, or else the user name.
    """
    if user is None:
        return ""
    person = getattr(user, "person", None) if hasattr(user, "person") else None
    return str(person.name if person else user)


def visible_accounts(viewer: Actor) -> QuerySet[Any]:
    """Return the accounts *viewer* may look at here.

    These are the members of the unions in which the viewer sees roles, everybody who holds, held or
    is to hold a role there, and always the viewer's own account.
    """
    accounts = get_user_model().objects.select_related("person")
    if viewer.is_superuser:
        return accounts
    units = units_where(viewer, "access.view_roles")
    # None of these looks at the account: each is answered once, not once an account.
    members = Membership.objects.filter(ends_on=None, org_unit__in=units).values("person__user")
    held = filter_visible_rows(viewer, RoleAssignment.objects.all()).order_by().values("user")
    proposed = filter_visible_rows(viewer, RoleProposal.objects.all()).order_by().values("user")
    return accounts.filter(
        Q(pk=viewer.pk) | Q(pk__in=members) | Q(pk__in=held) | Q(pk__in=proposed)
    )


def find_accounts(viewer: Actor, text: str) -> QuerySet[Any]:
    """Return the accounts *viewer* may look at whose name or user name contains *text*.

    An account whose full user name is *text* is found in any case.
    """
    text = text.strip()
    accounts = visible_accounts(viewer)
    if not text:
        return accounts.order_by("username")
    exact = get_user_model().objects.filter(username=text, is_active=True).values("pk")
    matching = accounts.filter(
        Q(username__icontains=text)
        | Q(display_name__contains=text)
        | Q(person__name_key__contains=search_key(text))
    )
    return (
        get_user_model()
        .objects.select_related("person")
        .filter(Q(pk__in=matching.order_by().values("pk")) | Q(pk__in=exact))
        .order_by("username")
    )

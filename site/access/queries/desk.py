"""Lists of the rights desk, such as pending proposals, roles that end soon, all roles, reviews and
the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast

from access import registry
from access.enums import LIVE, ReviewItemState, ReviewState
from access.models import Review, RoleAssignment, RoleProposal, WholeSite
from access.queries.rights import allowed_site, units_where
from access.queries.scopes import filter_visible_rows
from access.rules import terms
from audit.models import Event
from core import clock
from core.actors import Actor, account_id
from core.text import search_key
from org.models import Employer


def filter_grantable(user: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of *rows* (which have a scope) on whose scope *user* may give roles."""
    site = ContentType.objects.get_for_model(WholeSite)
    mine = filter_visible_rows(user, rows.exclude(scope_type=site), registry.GRANT)
    return mine | rows.filter(scope_type=site) if allowed_site(user, registry.APPOINT) else mine


def list_decidable_proposals(user: Actor) -> QuerySet[RoleProposal]:
    """Return the live proposals that *user* may decide.

    They are on scopes where *user* gives roles. Proposals for or by *user* are left out.
    """
    rows = RoleProposal.objects.filter(state__in=LIVE, lapses_on__gte=clock.today()).exclude(
        user_id=user.pk
    )
    return (
        filter_grantable(user, rows.exclude(proposed_by_id=user.pk))
        .select_related("user__person", "proposed_by__person")
        .order_by("lapses_on", "pk")
    )


def own_proposals(user: Actor) -> QuerySet[RoleProposal]:
    """Return the live proposals that *user* made or asked for."""
    rows = RoleProposal.objects.filter(state__in=LIVE, lapses_on__gte=clock.today())
    own = account_id(user)
    mine = Q(proposed_by_id=own) | Q(proposed_by=None, user_id=own)
    return (
        rows.filter(mine)
        .select_related("user__person", "proposed_by__person")
        .order_by("lapses_on", "pk")
    )


def ending_soon(user: Actor, *, days: int = terms.SOON_DAYS) -> QuerySet[RoleAssignment]:
    """Return the roles *user* may see that end within *days*, soonest first."""
    last = clock.today() + timedelta(days=days)
    rows = RoleAssignment.objects.running().filter(ends_on__lte=last, user__is_active=True)
    return filter_visible_rows(user, rows).select_related("user__person").order_by("ends_on", "pk")


def list_visible_roles(
    user: Actor, *, role: str = "", text: str = "", over: bool = False
) -> QuerySet[RoleAssignment]:
    """Return the roles *user* may see that run or will run, or with *over* those that have ended."""
    rows: QuerySet[RoleAssignment] = RoleAssignment.objects.not_over()
    if over:
        rows = RoleAssignment.objects.exclude(pk__in=rows.values("pk"))
    if role:
        rows = rows.filter(role=role)
    if text:
        rows = rows.filter(
            Q(user__username__icontains=text)
            | Q(user__display_name__contains=text)
            | Q(user__person__name_key__contains=search_key(text))
        )
    return (
        filter_visible_rows(user, rows)
        .select_related("user__person", "granted_by__person", "agreed_by__person")
        .order_by("-pk")
    )


def list_reviews_for(user: Actor) -> QuerySet[Any]:
    """Return the reviews *user* takes part in, open ones first, each with `waiting` and `total`
    roles.
    """
    counts = {
        "total": Count("items"),
        "waiting": Count("items", filter=Q(items__state=ReviewItemState.PENDING)),
    }
    rows: QuerySet[Any] = filter_grantable(user, Review.objects.all()).annotate(**counts)
    return rows.order_by("-state", "due_on", "pk")


def open_reviews(user: Actor) -> QuerySet[Any]:
    """Return the open reviews *user* takes part in."""
    return list_reviews_for(user).filter(state=ReviewState.OPEN)


def list_role_changes(user: Actor, *, account: int | None = None) -> QuerySet[Event]:
    """Return the audit events about rights on the scopes where *user* sees roles, newest first.

    With *account*, only events about that account are returned.
    """
    events = (
        Event.objects.filter(kind__startswith="access.")
        .select_related("actor__person")
        .order_by("-pk")
    )
    if account is not None:
        events = events.filter(after__user=account)
    if user.is_superuser or allowed_site(user, "access.view_roles"):
        return events
    units = units_where(user, "access.view_roles")
    condition = Q(
        target_type=registry.ORG,
        target_id__in=units.annotate(text=Cast("pk", CharField())).values("text"),
    )
    employers = (
        Employer.objects.filter(unions__in=units)
        .annotate(text=Cast("pk", CharField()))
        .order_by()
        .values("text")
    )
    return events.filter(condition | Q(target_type=registry.EMPLOYER, target_id__in=employers))


def accounts_by_number(numbers: Iterable[int]) -> QuerySet[Any]:
    """Return the accounts with the primary keys *numbers*, with their persons."""
    return get_user_model().objects.filter(pk__in=list(numbers)).select_related("person")


def load_event_scopes(events: Iterable[Event]) -> dict[tuple[str, str], Any]:
    """Return the scope objects that *events* are about, by type and number.

    It takes one query for each type.
    """
    wanted: dict[str, set[str]] = {}
    for event in events:
        wanted.setdefault(event.target_type, set()).add(event.target_id)
    scopes = {role.scope for role in registry.all_roles()}
    return {
        (label, str(scope.pk)): scope
        for label, ids in wanted.items()
        if label in scopes
        for scope in apps.get_model(label)._default_manager.filter(pk__in=ids)
    }

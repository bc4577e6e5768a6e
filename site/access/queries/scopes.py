"""Scope objects of many rows in few queries, and the scopes a person may look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from access import registry
from access.models import WholeSite
from access.queries.rights import allowed_site, org_path_field, permitted, units_where
from core.actors import Actor
from org.models import Employer, OrgUnit
from org.models.unit import name_words

R = TypeVar("R")


def attach_scopes(rows: Iterable[R]) -> list[R]:
    """Give each row with `scope_type_id` and `scope_id` its `scope`, with one query for each kind
    of scope.

    Rows whose scope no longer exists are left out.
    """
    listed: list[Any] = list(rows)
    wanted: dict[int, set[int]] = defaultdict(set)
    for row in listed:
        wanted[row.scope_type_id].add(row.scope_id)
    found: dict[tuple[int, int], Any] = {}
    for type_id, ids in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None:
            continue
        manager: Any = model._default_manager
        if org_path_field(model) == "org__path":
            manager = manager.select_related("org")
        found |= {(type_id, scope.pk): scope for scope in manager.filter(pk__in=ids)}
    kept = []
    for row in listed:
        scope = found.get((row.scope_type_id, row.scope_id))
        if scope is not None:
            row.scope = scope
            kept.append(row)
    return kept


def filter_visible_rows(
    user: Actor, rows: QuerySet[Any], codename: str = "access.view_roles"
) -> QuerySet[Any]:
    """Return those of *rows* (which have a scope) on whose scope *user* may do *codename*.

    A scope may be a union or something that belongs to it, or an employer of those unions. The
    three administrators see all of them, the whole site included. It takes one query, whatever the
    number of rows.
    """
    if not getattr(user, "is_active", False):
        return rows.none()
    if user.is_superuser or allowed_site(user, codename):
        return rows
    units = units_where(user, codename)
    condition = Q(pk__in=[])
    for model in {apps.get_model(role.scope) for role in registry.all_roles()}:
        if model is WholeSite:
            continue
        inside: Any = permitted(user, codename, model._default_manager.all())
        if model is Employer:
            inside = Employer.objects.filter(
                pk__in=Employer.unions.through.objects.filter(orgunit__in=units).values("employer")
            )
        condition |= Q(
            scope_type=ContentType.objects.get_for_model(model),
            scope_id__in=inside.order_by().values("pk"),
        )
    return rows.filter(condition)


def union_of(scope: Any) -> OrgUnit | None:
    """Return the union that *scope* is or belongs to, or None.

    Employers and the site belong to no single union.
    """
    if isinstance(scope, OrgUnit):
        return scope
    return getattr(scope, "org", None)


def count_unions_below(units: Sequence[OrgUnit]) -> dict[int, int]:
    """Return how many unions are below each of *units*, by number, with one query."""
    if not units:
        return {}
    condition = Q()
    for unit in units:
        condition |= Q(path__startswith=unit.path)
    paths = list(OrgUnit.objects.filter(condition).values_list("path", flat=True))
    return {
        unit.pk: sum(path.startswith(unit.path) and path != unit.path for path in paths)
        for unit in units
    }


def find_scopes(user: Actor, text: str, codename: str, *, limit: int = 20) -> list[Any]:
    """Return unions and employers whose name or code contains *text* and on which *user* may do
    *codename*.

    At most *limit* of each are returned.
    """
    units = permitted(user, codename, OrgUnit.objects.all())
    text = text.strip()
    named = units.filter(
        Q(name_key__contains=name_words(text)) | Q(code__startswith=text)
    ).order_by("path")[:limit]
    employers = (
        Employer.objects.filter(unions__in=units, name_key__contains=name_words(text))
        .distinct()
        .order_by("name_order", "name", "pk")[:limit]
    )
    return [*named, *employers]

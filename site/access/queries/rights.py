"""What an account may do where.

Lists ask `permitted` and single objects ask `access.checks`. Both answer from the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Case, Exists, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from guardian.utils import get_group_obj_perms_model

from access import registry
from access.models import OrgUnitGroupPermission, RoleAssignment, WholeSiteGroupPermission
from access.models.assignment import AssignmentQuerySet, build_running_filter
from access.sync import codename_of
from core import clock
from core.actors import Actor

M = TypeVar("M", bound=models.Model)
# Behind everything that may follow a path: treebeard writes paths in 0-9 and A-Z, and every
# collation puts Z last of these.
AFTER = "Z" * 60


def permitted(user: Actor | None, codename: str | None, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return the rows of *queryset* on which *user* may do *codename* today (anything at all if
    None).

    A right is held on the object itself, on a union at or above the object's `org`, or on the whole
    site. The rows of rights are asked in the very query that reads *queryset*, so nothing is cached
    and no query is added. Being one of the three administrators isn't "anything at all", because
    they know the unions' roles but not the unions' business.
    """
    if user is None or not getattr(user, "is_active", False):
        return queryset.none()
    if user.is_superuser:
        return queryset
    return queryset.filter(_condition(user, codename, queryset.model))


def _condition(user: Actor, codename: str | None, model: type[models.Model]) -> Q:
    # Each part is a sub-query that doesn't look at the row: the database answers it once and then
    # compares numbers (ADR 18).
    condition = Q(pk__in=[])
    table: Any = get_group_obj_perms_model(model)  # type: ignore[arg-type]  # guardian takes classes too
    # A union itself is among those at or below it.
    if not table.objects.is_generic() and table not in (
        WholeSiteGroupPermission,
        OrgUnitGroupPermission,
    ):
        condition |= Q(pk__in=_held(table, user, codename).values("content_object_id"))
    field = org_path_field(model)
    if field:
        condition |= Q(**{"pk__in" if field == "path" else "org__in": _units_where(user, codename)})
    if codename and any(
        codename in role.codenames for role in registry.all_roles() if role.scope == registry.SITE
    ):
        condition |= Q(Exists(_held(WholeSiteGroupPermission, user, codename)))
    return condition


def paths_where(user: Actor, codename: str) -> list[str]:
    """Return the tree paths of the highest unions on which *user* holds *codename*, in order.

    The user holds it on the unions below them too. It costs a query of its own. Use it for the few
    lists so long that the database must know the paths while it plans (ADR 18).
    """
    held = (
        _held(OrgUnitGroupPermission, user, codename)
        .order_by("content_object__path")
        .values_list("content_object__path", flat=True)
    )
    highest: list[str] = []
    for path in held:
        if not (highest and path.startswith(highest[-1])):
            highest.append(path)
    return highest


def build_subtree_filter(paths: Sequence[str], field: str) -> Q:
    """Return the condition that *field* (a look-up that ends in a tree path) is at or below one of
    *paths*.
    """
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__gte": path, f"{field}__lte": path + AFTER})
    return condition


def units_where(user: Actor, codename: str | None) -> QuerySet[Any]:
    """Return the numbers of the unions at or below those on which *user* holds *codename*."""
    rows: QuerySet[Any] = (
        apps.get_model(registry.ORG)
        .objects.filter(pk__in=_units_where(user, codename))
        .order_by()
        .values("pk")
    )
    return rows


def _units_where(user: Actor, codename: str | None) -> RawSQL:
    """Return the same unions as a sub-query for `…__in`.

    It is written out because the order matters. It goes from the user's few roles to the unions
    they are given on, and from these by the index of tree paths to the unions below. The ORM can
    only ask the other way round, each union against each role, which took 0.3 s for the holder of
    300 roles (ADR 18).
    """
    tables = {
        "role": RoleAssignment._meta.db_table,
        "right": OrgUnitGroupPermission._meta.db_table,
        "permission": Permission._meta.db_table,
        "unit": apps.get_model(registry.ORG)._meta.db_table,
    }
    today = clock.today()
    named = (
        ""
        if codename is None
        else 'JOIN "{permission}" named ON named.id = held.permission_id AND named.codename = %s '
    )
    sql = (
        'SELECT below.id FROM "{role}" given '  # noqa: S608 - table names of our own models; every value is a parameter
        'JOIN "{right}" held ON held.group_id = given.group_id ' + named + ""
        'JOIN "{unit}" top ON top.id = held.content_object_id '
        'JOIN "{unit}" below ON below.path >= top.path AND below.path <= top.path || %s '
        "WHERE given.user_id = %s AND given.withdrawn_at IS NULL AND given.starts_on <= %s "
        "AND (given.ends_on IS NULL OR given.ends_on >= %s)"
    ).format(**tables)
    params: list[Any] = [] if codename is None else [codename_of(codename)]
    return RawSQL(sql, [*params, AFTER, user.pk, today, today])  # noqa: S611 - see above


def org_path_field(model: type[models.Model]) -> str | None:
    """Return the look-up that leads from *model* to the tree path of its union, or None if it
    belongs to none.
    """
    if model._meta.label == registry.ORG:
        return "path"
    try:
        field = model._meta.get_field("org")
    except FieldDoesNotExist:
        return None
    return (
        "org__path"
        if getattr(field, "related_model", None) is apps.get_model(registry.ORG)
        else None
    )


def _held(table: Any, user: Actor, codename: str | None) -> Any:
    # One filter() call: all conditions speak of the same assignment row.
    rows = table.objects.filter(
        build_running_filter("group__role_assignments__"), group__role_assignments__user_id=user.pk
    )
    return rows.filter(permission__codename=codename_of(codename)) if codename else rows


def allowed_site(user: Actor, codename: str) -> bool:
    """Say whether *user* may do *codename* on the whole site today, as the three administrators
    may.
    """
    if not getattr(user, "is_active", False):
        return False
    return bool(user.is_superuser) or _held(WholeSiteGroupPermission, user, codename).exists()


def roles_of(user: Actor) -> AssignmentQuerySet:
    """Return the roles *user* holds today. The system and visitors hold none."""
    if user.pk is None:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.running().filter(user_id=user.pk).order_by("pk")


def has_role(user: Actor, *keys: str) -> bool:
    """Say whether *user* holds one of the roles *keys* anywhere.

    It is for menus. Rights are asked for each scope.
    """
    return (
        bool(getattr(user, "is_authenticated", False))
        and roles_of(user).filter(role__in=keys).exists()
    )


def has_strong_role(user: Actor) -> bool:
    """Say whether *user* holds a role that needs a second factor, on which sign-in then insists."""
    return has_role(user, *registry.strong_keys())


def list_role_holders(role: str, scope: models.Model) -> AssignmentQuerySet:
    """Return the assignments of those who hold *role* on *scope* itself today."""
    return (
        RoleAssignment.objects.running()
        .on(scope)
        .filter(role=role)
        .select_related("user")
        .order_by("pk")
    )


def codenames_of(user: Actor) -> frozenset[str]:
    """Return the codenames *user* holds anywhere today (for menus), in one query."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    return codenames_in(roles_of(user).order_by().values_list("role", flat=True).distinct())


def codenames_in(keys: Iterable[str]) -> frozenset[str]:
    """Return the codenames of the roles with these *keys*, without a query.

    It is for a page that has read the account's roles already.
    """
    known = {role.key: role.codenames for role in registry.all_roles()}
    return frozenset().union(*(known.get(key, set()) for key in keys))


def codenames_on(user: Actor, codenames: Sequence[str], scope: models.Model) -> frozenset[str]:
    """Return those of *codenames* that *user* may do on *scope* today, in one query (for a page
    that shows many buttons).
    """
    if not getattr(user, "is_active", False):
        return frozenset()
    if user.is_superuser:
        return frozenset(codenames)
    model = type(scope)
    asked = {
        f"may_{n}": Case(When(_condition(user, codename, model), then=Value(1)), default=Value(0))
        for n, codename in enumerate(codenames)
    }
    answers = (
        model._default_manager.filter(pk=scope.pk).annotate(**asked).values_list(*asked).first()
        or ()
    )
    return frozenset(codename for codename, may in zip(codenames, answers, strict=False) if may)

"""What an account may do where: one answer for lists (`permitted`) and one for single things (`access.checks`), from the same rows."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone
from guardian.utils import get_group_obj_perms_model

from access import registry
from access.models import OrgUnitGroupPermission, RoleAssignment
from access.sync import codename_of

M = TypeVar("M", bound=models.Model)


def permitted(user: Any, codename: str | None, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return the rows of *queryset* on which *user* may do *codename* today (None: anything at all).

    A right is held on the object itself, or on a union at or above the object's `org`. Adds no query of its own.
    """
    if not getattr(user, "is_active", False):
        return queryset.none()
    if user.is_superuser:
        return queryset
    return queryset.filter(_condition(user, codename, queryset.model))


def _condition(user: Any, codename: str | None, model: type[models.Model]) -> Q:
    condition = Q(pk__in=[])
    table: Any = get_group_obj_perms_model(model)  # type: ignore[arg-type]  # guardian takes classes too
    if not table.objects.is_generic():
        condition |= Q(Exists(_held(table, user, codename).filter(content_object_id=OuterRef("pk"))))
    path = org_path_field(model)
    if path:
        above = _held(OrgUnitGroupPermission, user, codename).annotate(
            target=ExpressionWrapper(OuterRef(path), output_field=models.CharField())
        )
        condition |= Q(Exists(above.filter(target__startswith=F("content_object__path"))))
    return condition


def org_path_field(model: type[models.Model]) -> str | None:
    """Return the look-up that leads from *model* to the tree path of its union, or None if it belongs to none."""
    if model._meta.label == registry.ORG:
        return "path"
    try:
        field = model._meta.get_field("org")
    except FieldDoesNotExist:
        return None
    return "org__path" if getattr(field, "related_model", None) is apps.get_model(registry.ORG) else None


def _held(table: Any, user: Any, codename: str | None) -> Any:
    today = timezone.localdate()
    rows = table.objects.filter(
        Q(group__role_assignments__ends_on=None) | Q(group__role_assignments__ends_on__gte=today),
        group__role_assignments__user_id=user.pk,
        group__role_assignments__starts_on__lte=today,
    )
    return rows.filter(permission__codename=codename_of(codename)) if codename else rows


def roles_of(user: Any) -> QuerySet[RoleAssignment]:
    """Return the roles *user* holds today."""
    today = timezone.localdate()
    return RoleAssignment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user_id=user.pk, starts_on__lte=today).order_by("pk")


def has_role(user: Any, *keys: str) -> bool:
    """Say whether *user* holds one of the roles *keys* anywhere (for menus; rights are asked per scope)."""
    return bool(getattr(user, "is_authenticated", False)) and roles_of(user).filter(role__in=keys).exists()


def holders(role: str, scope: models.Model) -> QuerySet[RoleAssignment]:
    """Return who holds *role* on *scope* itself today."""
    today = timezone.localdate()
    return (
        RoleAssignment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
        .filter(role=role, scope_type=ContentType.objects.get_for_model(scope), scope_id=scope.pk)
        .select_related("user")
        .order_by("pk")
    )


def codenames_of(user: Any) -> frozenset[str]:
    """Return the codenames *user* holds anywhere today (for menus), in one query."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    held = roles_of(user).values_list("role", flat=True).distinct()
    known = {role.key: role.codenames for role in registry.all_roles()}
    return frozenset().union(*(known.get(key, set()) for key in held))

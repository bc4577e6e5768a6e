"""Guardian's permission rows and scope groups, derived from the declared roles.

They can be rebuilt and checked for drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from guardian.utils import get_group_obj_perms_model

from access import registry


def codename_of(codename: str) -> str:
    """Return how a dotted codename is stored in Django's permission table (guardian splits at
    dots).
    """
    return codename.replace(".", "__")


def after_migrate(*, sender: Any, **_: Any) -> None:
    """Bring permission rows and the groups' rights in step with the declared roles, once, after
    the last app has migrated.

    A new version of a role thus reaches the groups that exist already, without a command that could
    be forgotten.
    """
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender is last:
        ensure_permissions()
        align_rights()
        join_platform_groups()


def ensure_permissions() -> None:
    """Make the permission rows that the declared roles name, and the site's own row."""
    for role in registry.all_roles():
        content_type = ContentType.objects.get_for_model(apps.get_model(role.scope))
        have = set(
            Permission.objects.filter(content_type=content_type).values_list("codename", flat=True)
        )
        Permission.objects.bulk_create(
            [
                Permission(content_type=content_type, codename=codename_of(name), name=name[:255])
                for name in sorted(role.codenames)
                if codename_of(name) not in have
            ],
            ignore_conflicts=True,
        )
    apps.get_model(registry.SITE).objects.get_or_create(pk=1)


@transaction.atomic
def align_rights() -> int:
    """Give every scope group exactly its role's rights and return how many rows changed.

    It takes a few queries for each role, however many groups there are.
    """
    assignments = apps.get_model("access", "RoleAssignment").objects
    changed = 0
    for role in registry.all_roles():
        model: Any = apps.get_model(role.scope)
        table: Any = get_group_obj_perms_model(model)
        content_type = ContentType.objects.get_for_model(model)
        wanted = set(
            Permission.objects.filter(
                content_type=content_type, codename__in=map(codename_of, role.codenames)
            ).values_list("pk", flat=True)
        )
        groups = set(
            assignments.filter(role=role.key, scope_type=content_type)
            .values_list("group_id", "scope_id")
            .distinct()
        )
        scopes = set(
            model._default_manager.filter(pk__in={scope for _group, scope in groups}).values_list(
                "pk", flat=True
            )
        )
        have: dict[tuple[int, int], dict[int, int]] = {
            (group, scope): {} for group, scope in groups if scope in scopes
        }
        rows = table.objects.filter(group__in={group for group, _scope in have})
        for pk, group, scope, permission in rows.values_list(
            "pk", "group_id", "content_object_id", "permission_id"
        ).iterator():
            have.setdefault((group, scope), {})[permission] = pk
        missing = [
            table(group_id=group, content_object_id=scope, permission_id=permission)
            for (group, scope), held in have.items()
            for permission in wanted - set(held)
        ]
        extra = [
            pk
            for held in have.values()
            for permission, pk in held.items()
            if permission not in wanted
        ]
        table.objects.bulk_create(missing, batch_size=1000, ignore_conflicts=True)
        table.objects.filter(pk__in=extra).delete()
        changed += len(missing) + len(extra)
    return changed


@transaction.atomic
def join_platform_groups() -> int:
    """Make the platform groups that roles name, add the accounts that hold such a role already,
    and return how many joined.

    A role that has named a group only since this version thus reaches its holders without a command
    that could be forgotten.
    """
    assignments = apps.get_model("access", "RoleAssignment").objects
    joined = 0
    for role in registry.all_roles():
        if not role.platform_group:
            continue
        group, _made = Group.objects.get_or_create(name=role.platform_group)
        holders = set(
            assignments.not_over().filter(role=role.key).values_list("user_id", flat=True)
        )
        missing = holders - set(group.user_set.values_list("pk", flat=True))
        group.user_set.add(*missing)
        joined += len(missing)
    return joined


def group_name(role: registry.Role, scope: models.Model) -> str:
    """Return the name of the group of *role* on *scope*.

    The prefix `scope:` keeps it out of Wagtail's lists.
    """
    return f"scope:{role.key}:{scope._meta.label_lower}:{scope.pk}"


def group_for(role: registry.Role, scope: models.Model) -> Group:
    """Return the group of *role* on *scope* with exactly the declared rights."""
    group, _made = Group.objects.get_or_create(name=group_name(role, scope))
    _set_rights(role, scope, group)
    return group


def _rights(scope: models.Model, group: Group) -> set[str]:
    table: Any = get_group_obj_perms_model(type(scope))  # type: ignore[arg-type]  # guardian takes classes too
    return set(
        table.objects.filter(group=group, content_object=scope).values_list(
            "permission__codename", flat=True
        )
    )


def _set_rights(role: registry.Role, scope: models.Model, group: Group) -> None:
    from guardian.shortcuts import assign_perm, remove_perm  # slow import

    content_type = ContentType.objects.get_for_model(scope)
    wanted = {codename_of(name) for name in role.codenames}
    have = _rights(scope, group)
    rows = {
        row.codename: row
        for row in Permission.objects.filter(content_type=content_type, codename__in=wanted | have)
    }
    if wanted - set(rows):
        ensure_permissions()
        rows = {
            row.codename: row
            for row in Permission.objects.filter(
                content_type=content_type, codename__in=wanted | have
            )
        }
    for codename in sorted(wanted - have):
        assign_perm(rows[codename], group, scope)
    for codename in sorted(have - wanted):
        remove_perm(rows[codename], group, scope)


@dataclass(frozen=True, slots=True)
class RightsDrift:
    """One difference between the assignments and what is derived from them."""

    what: str  # rights, member, platform
    group: str
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


def find_rights_drift() -> Iterator[RightsDrift]:
    """Yield every difference between the groups and the role assignments.

    A group's rights are compared with its declared role, and its members and platform groups with
    the assignments. Extra members of a scope group gain nothing (rights ask the assignments'
    dates), but in a platform group they do, in Wagtail's admin.
    """
    assignments = apps.get_model("access", "RoleAssignment").objects
    for role_key, type_id, scope_id, group_id in (
        assignments.order_by("group_id")
        .values_list("role", "scope_type", "scope_id", "group")
        .distinct()
        .iterator()
    ):
        role = registry.find_role(role_key)
        group = Group.objects.get(pk=group_id)
        model = ContentType.objects.get_for_id(type_id).model_class()
        # no model if the app that had it isn't installed any more
        scope = model._default_manager.filter(pk=scope_id).first() if model else None
        wanted = {codename_of(name) for name in role.codenames} if role and scope else set()
        have = _rights(scope, group) if scope else set()
        if wanted != have:
            yield RightsDrift(
                "rights", group.name, tuple(sorted(wanted - have)), tuple(sorted(have - wanted))
            )
        current = set(
            map(str, assignments.running().filter(group=group).values_list("user_id", flat=True))
        )
        coming = set(
            map(str, assignments.not_over().filter(group=group).values_list("user_id", flat=True))
        )
        members = set(map(str, group.user_set.values_list("pk", flat=True)))
        if current - members or members - coming:
            yield RightsDrift(
                "member",
                group.name,
                tuple(sorted(current - members)),
                tuple(sorted(members - coming)),
            )
    for name in sorted(
        {role.platform_group for role in registry.all_roles() if role.platform_group}
    ):
        keys = [role.key for role in registry.all_roles() if role.platform_group == name]
        coming = set(
            map(str, assignments.not_over().filter(role__in=keys).values_list("user_id", flat=True))
        )
        current = set(
            map(str, assignments.running().filter(role__in=keys).values_list("user_id", flat=True))
        )
        # Whoever was put there by hand and never held such a role is somebody's decision; whoever
        # held one and doesn't, is a leftover.
        held_once = set(
            map(str, assignments.filter(role__in=keys).values_list("user_id", flat=True))
        )
        members = set(
            map(
                str,
                Group.objects.filter(name=name, user__isnull=False).values_list(
                    "user__pk", flat=True
                ),
            )
        )
        if current - members or (members & held_once) - coming:
            yield RightsDrift(
                "platform",
                name,
                tuple(sorted(current - members)),
                tuple(sorted((members & held_once) - coming)),
            )


@transaction.atomic
def repair_rights() -> int:
    """Repair what `find_rights_drift` found and return how many differences there were."""
    found = list(find_rights_drift())
    assignments = apps.get_model("access", "RoleAssignment").objects
    for fault in found:
        group, _made = Group.objects.get_or_create(name=fault.group)
        if fault.what == "rights":
            row = assignments.filter(group=group).order_by("pk").first()
            role = registry.find_role(row.role) if row else None
            if row is not None and role is not None:
                _set_rights(role, row.scope, group)
            continue
        group.user_set.add(*map(int, fault.missing))
        group.user_set.remove(*map(int, fault.extra))
    return len(found)


def list_leftover_members() -> models.QuerySet[Any]:
    """Return the assignments that are over while their account is still in the group.

    The sweeper removes these memberships.
    """
    rows = apps.get_model("access", "RoleAssignment")
    accounts: Any = rows._meta.get_field("user").related_model
    through = accounts.groups.through
    inside = through.objects.filter(
        user_id=models.OuterRef("user_id"), group_id=models.OuterRef("group_id")
    )
    still = rows.objects.not_over().filter(
        user_id=models.OuterRef("user_id"), group_id=models.OuterRef("group_id")
    )
    return rows.objects.exclude(pk__in=rows.objects.not_over().values("pk")).filter(
        models.Exists(inside), ~models.Exists(still)
    )

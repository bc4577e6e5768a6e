"""Guardian's permission rows and scope groups follow the declared roles: derived data with a rebuild and a drift check."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models

from access import registry


def codename_of(codename: str) -> str:
    """Return how a dotted codename is kept in Django's permission table (guardian splits at dots)."""
    return codename.replace(".", "__")


def ensure_permissions(**_: Any) -> None:
    """Make the permission rows that the declared roles name (after each migrate)."""
    for role in registry.all_roles():
        content_type = ContentType.objects.get_for_model(apps.get_model(role.scope))
        have = set(Permission.objects.filter(content_type=content_type).values_list("codename", flat=True))
        Permission.objects.bulk_create(
            [
                Permission(content_type=content_type, codename=codename_of(name), name=name[:255])
                for name in sorted(role.codenames)
                if codename_of(name) not in have
            ],
            ignore_conflicts=True,
        )


def group_name(role: registry.Role, scope: models.Model) -> str:
    """Return the name of the group of *role* on *scope*; `scope:` keeps it out of Wagtail's lists."""
    return f"scope:{role.key}:{scope._meta.label_lower}:{scope.pk}"


def group_for(role: registry.Role, scope: models.Model) -> Group:
    """Return the group of *role* on *scope* with exactly the declared rights."""
    group, _made = Group.objects.get_or_create(name=group_name(role, scope))
    _set_rights(role, scope, group)
    return group


def _set_rights(role: registry.Role, scope: models.Model, group: Group) -> None:
    from guardian.shortcuts import assign_perm, get_perms, remove_perm  # slow import

    content_type = ContentType.objects.get_for_model(scope)
    wanted = {codename_of(name) for name in role.codenames}
    have = set(get_perms(group, scope))
    rows = {row.codename: row for row in Permission.objects.filter(content_type=content_type, codename__in=wanted | have)}
    if wanted - set(rows):
        ensure_permissions()
        rows = {row.codename: row for row in Permission.objects.filter(content_type=content_type, codename__in=wanted | have)}
    for codename in sorted(wanted - have):
        assign_perm(rows[codename], group, scope)
    for codename in sorted(have - wanted):
        remove_perm(rows[codename], group, scope)

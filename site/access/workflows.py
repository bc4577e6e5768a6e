"""Give and withdraw roles: the only code that touches guardian's rows and scope groups."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import audit
from access import registry
from access.checks import require
from access.models import RoleAssignment
from access.sync import group_for
from core.errors import DomainError
from core.states import lock


@transaction.atomic
def assign_role(
    *, actor: Any, user: Any, role: str, scope: models.Model, starts_on: date | None = None, ends_on: date | None = None
) -> RoleAssignment:
    """Give *user* the *role* on *scope* from today (or *starts_on*) until *ends_on* (open if None).

    Giving an open role twice changes nothing. Nobody gives a role to himself.
    Needs `access.grant_role` on the scope (or on a union above it).
    """
    declared = registry.get(role)
    if scope._meta.label != declared.scope:
        msg = f"role {role} is given on {declared.scope}, not on {scope._meta.label}"
        raise TypeError(msg)
    scope = lock(scope)
    require(actor, "access.grant_role", scope)
    if actor.pk is not None and actor.pk == user.pk:
        raise DomainError("own_role", _("Nobody gives a role to himself. Ask another administrator."))
    scope_type = ContentType.objects.get_for_model(scope)
    held = RoleAssignment.objects.filter(user=user, role=role, scope_type=scope_type, scope_id=scope.pk, ends_on=None).first()
    if held:
        return held
    row = RoleAssignment(
        user=user,
        role=role,
        scope_type=scope_type,
        scope_id=scope.pk,
        group=group_for(declared, scope),
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
        granted_by=actor if actor.pk is not None else None,
    )
    row.full_clean()
    row.save()
    user.groups.add(row.group)
    if declared.platform_group:
        user.groups.add(Group.objects.get_or_create(name=declared.platform_group)[0])
    audit.record(
        "access.role_granted", actor=actor, target=scope, after={"user": user.pk, "role": role, "from": row.starts_on, "to": row.ends_on}
    )
    return row


@transaction.atomic
def withdraw_role(*, actor: Any, assignment: RoleAssignment, reason: str = "") -> RoleAssignment:
    """End *assignment* yesterday, so that the right is gone now."""
    row = lock(assignment)
    scope = row.scope_type.get_object_for_this_type(pk=row.scope_id)
    require(actor, "access.grant_role", scope)
    before = {"user": row.user_id, "role": row.role, "from": row.starts_on, "to": row.ends_on}
    row.ends_on = timezone.localdate() - timedelta(days=1)
    row.starts_on = min(row.starts_on, row.ends_on)
    row.save(update_fields=["starts_on", "ends_on", "updated_at"])
    row.user.groups.remove(row.group)
    declared = registry.get(row.role)
    if declared.platform_group and not any(registry.get(key).platform_group == declared.platform_group for key in _open_roles(row.user)):
        row.user.groups.remove(*Group.objects.filter(name=declared.platform_group))
    audit.record("access.role_withdrawn", actor=actor, target=scope, before=before, after={"to": row.ends_on}, reason=reason)
    return row


def _open_roles(user: Any) -> list[str]:
    today = timezone.localdate()
    rows = RoleAssignment.objects.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=today), user=user)
    return list(rows.values_list("role", flat=True))

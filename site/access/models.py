"""Roles given to accounts on scopes, and guardian's direct-FK tables for the scopes of the lower apps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from core.models import Stamped


class RoleAssignment(Stamped):
    """The truth about rights: *user* has *role* on one scope object from a day to a day.

    Guardian's rows say what the role's group may do on the scope; this row says who is in it, and when.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_assignments", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=60)
    scope_type = models.ForeignKey("contenttypes.ContentType", models.PROTECT, related_name="+")
    scope_id = models.PositiveBigIntegerField()
    group = models.ForeignKey("auth.Group", models.PROTECT, related_name="role_assignments")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        indexes = [models.Index(fields=["scope_type", "scope_id"], name="role_assignment_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_type", "scope_id"], condition=models.Q(ends_on=None), name="role_open_once"
            ),
            models.CheckConstraint(
                name="role_dates_in_order", condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="role_not_to_oneself", condition=models.Q(granted_by=None) | ~models.Q(granted_by=models.F("user"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope_type_id}:{self.scope_id}"


class ScopeGroupPermission(GroupObjectPermissionBase):
    """Base of the direct-FK tables: subclass with `content_object = ForeignKey(Scope, CASCADE)` next to the scope model."""

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True


class OrgUnitGroupPermission(ScopeGroupPermission):
    """What a group may do in a union and below it."""

    content_object = models.ForeignKey("org.OrgUnit", models.CASCADE)

    class Meta(ScopeGroupPermission.Meta):
        abstract = False


class EmployerGroupPermission(ScopeGroupPermission):
    """What a group may do for an employer."""

    content_object = models.ForeignKey("org.Employer", models.CASCADE)

    class Meta(ScopeGroupPermission.Meta):
        abstract = False

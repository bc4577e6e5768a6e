"""The site as a scope, and guardian's direct-FK tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from core.models import PublicId


class WholeSite(PublicId):
    """The single row on which the three administrators' roles are given.

    It is above every union, however many trees there are.
    """

    ONLY = 1

    class Meta:
        verbose_name = _("whole site")
        verbose_name_plural = _("whole site")
        constraints = [models.CheckConstraint(name="whole_site_once", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("whole site"))

    @classmethod
    def get(cls) -> WholeSite:
        """Return the row, made when it is missing."""
        return cls.objects.get_or_create(pk=cls.ONLY)[0]


class ScopeGroupPermission(GroupObjectPermissionBase):
    """Base of guardian's tables with a direct foreign key.

    Subclass it with `content_object = ForeignKey(Scope, CASCADE)` next to the scope model.
    """

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


class WholeSiteGroupPermission(ScopeGroupPermission):
    """What a group may do everywhere."""

    content_object = models.ForeignKey(WholeSite, models.CASCADE)

    class Meta(ScopeGroupPermission.Meta):
        abstract = False

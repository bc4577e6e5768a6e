"""Role assignments, which say who has which role where and from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import registry
from core import clock
from core.models import PublicId, Stamped


class AssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Filters of role assignments by day and scope."""

    def running(self, day: date | None = None) -> AssignmentQuerySet:
        """Return the assignments that count on *day* (today if None).

        They have begun, are not over and are not withdrawn.
        """
        return self.filter(build_running_filter(day=day))

    def not_over(self, day: date | None = None) -> AssignmentQuerySet:
        """Return the assignments that count on *day* (today if None) or later."""
        day = day or clock.today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), withdrawn_at=None)

    def on(self, scope: models.Model) -> AssignmentQuerySet:
        """Return the roles given on *scope* itself."""
        from django.contrib.contenttypes.models import ContentType  # app ready

        return self.filter(scope_type=ContentType.objects.get_for_model(scope), scope_id=scope.pk)


def build_running_filter(prefix: str = "", *, day: date | None = None) -> Q:
    """Return the condition that an assignment reached by *prefix* counts on *day* (today if None).

    This is the only place that defines it.
    """
    day = day or clock.today()
    return (Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day})) & Q(
        **{f"{prefix}starts_on__lte": day, f"{prefix}withdrawn_at": None}
    )


class RoleAssignment(PublicId, Stamped):
    """The source of truth about rights. *user* has *role* on one scope object from a day to a day.

    Guardian's rows say what the role's group may do on the scope. This row says who is in it, and
    when. `granted_by` proposed it and `agreed_by` agreed. Both are empty where the system gave it
    (first start, demo, a seat given by a workflow).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="role_assignments",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=60)
    scope_type = models.ForeignKey("contenttypes.ContentType", models.PROTECT, related_name="+")
    scope_id = models.PositiveBigIntegerField()
    group = models.ForeignKey("auth.Group", models.PROTECT, related_name="role_assignments")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_because = models.CharField(_("reason for the withdrawal"), max_length=300, blank=True)
    end_told_at = models.DateTimeField(_("handed over at"), null=True, blank=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        indexes = [models.Index(fields=["scope_type", "scope_id"], name="role_assignment_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_type", "scope_id"],
                condition=Q(ends_on=None, withdrawn_at=None),
                name="role_open_once",
            ),
            models.CheckConstraint(
                name="role_dates_in_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="role_not_to_oneself",
                condition=Q(granted_by=None) | ~Q(granted_by=models.F("user")),
            ),
            models.CheckConstraint(
                name="role_agreed_by_another",
                condition=Q(agreed_by=None)
                | (~Q(agreed_by=models.F("user")) & ~Q(agreed_by=models.F("granted_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope_type_id}:{self.scope_id}"

    @property
    def label(self) -> str:
        """Return the role's name."""
        return registry.get_role_label(self.role)

    @property
    def declared(self) -> registry.Role | None:
        """Return the declared role, or None if this installation no longer has it."""
        return registry.find_role(self.role)

    @property
    def scope(self) -> Any:
        """Return the scope object, with one query for each row.

        Lists use `access.queries.scopes.attach_scopes` instead.
        """
        if not hasattr(self, "_scope"):
            self._scope = self.scope_type.get_object_for_this_type(pk=self.scope_id)
        return self._scope

    @scope.setter
    def scope(self, value: Any) -> None:
        self._scope = value

    def counts_on(self, day: date) -> bool:
        """Say whether the role counts on *day*."""
        return (
            self.withdrawn_at is None
            and self.starts_on <= day
            and (self.ends_on is None or self.ends_on >= day)
        )

    @property
    def days_left(self) -> int | None:
        """Return how many days the role still runs after today, or None without an end.

        The last day has 0.
        """
        return None if self.ends_on is None else (self.ends_on - clock.today()).days

"""Half-yearly reviews, in which an administrator of the scope says of each role whether it is
still needed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.enums import ReviewItemState, ReviewState
from core import clock
from core.models import PublicId, Stamped


class Review(PublicId, Stamped):
    """One review of the roles given on one scope.

    Roles that nobody confirms by the due day lapse.
    """

    scope_type = models.ForeignKey("contenttypes.ContentType", models.PROTECT, related_name="+")
    scope_id = models.PositiveBigIntegerField()
    period = models.DateField(_("half-year beginning"))
    due_on = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=20, choices=ReviewState, default=ReviewState.OPEN
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("review of roles")
        verbose_name_plural = _("reviews of roles")
        constraints = [
            models.UniqueConstraint(
                fields=["scope_type", "scope_id", "period"], name="review_once_a_half_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope_type_id}:{self.scope_id} {self.period}"

    @property
    def overdue(self) -> bool:
        """Say whether the due day is past."""
        return self.due_on < clock.today()

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


class ReviewItem(PublicId, Stamped):
    """One role of the review and what was decided about it."""

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="items", verbose_name=_("review")
    )
    assignment = models.ForeignKey(
        "access.RoleAssignment", models.CASCADE, related_name="review_items", verbose_name=_("role")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=ReviewItemState, default=ReviewItemState.PENDING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reviewed role")
        verbose_name_plural = _("reviewed roles")
        constraints = [
            models.UniqueConstraint(fields=["review", "assignment"], name="reviewed_once"),
            models.CheckConstraint(
                name="review_decided_by_somebody",
                condition=~Q(state__in=[ReviewItemState.KEPT, ReviewItemState.WITHDRAWN])
                | Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.assignment_id} {self.state}"

    @property
    def state_tone(self) -> str:
        """Return the tone of the state's word."""
        return {"pending": "warn", "kept": "ok", "withdrawn": "bad", "lapsed": "bad"}.get(
            self.state, ""
        )

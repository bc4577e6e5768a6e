"""Proposals of a role, or of a longer term, that a second person has to agree to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import registry
from access.enums import LIVE, ProposalKind, ProposalState
from core import clock
from core.models import PublicId, Stamped


class RoleProposal(PublicId, Stamped):
    """A proposal by *proposed_by* that *user* gets *role* on a scope.

    *decided_by* agrees or declines. Neither of the two is the receiver.
    """

    kind = models.CharField(
        _("kind"), max_length=20, choices=ProposalKind, default=ProposalKind.GRANT
    )
    state = models.CharField(_("state"), max_length=20, choices=ProposalState)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="role_proposals",
        verbose_name=_("account"),
    )
    role = models.CharField(_("role"), max_length=60)
    scope_type = models.ForeignKey("contenttypes.ContentType", models.PROTECT, related_name="+")
    scope_id = models.PositiveBigIntegerField()
    assignment = models.ForeignKey(
        "access.RoleAssignment",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("role to extend"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    lapses_on = models.DateField(_("can be approved until"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_because = models.CharField(_("reason for declining"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("proposal of a role")
        verbose_name_plural = _("proposals of roles")
        indexes = [
            models.Index(fields=["scope_type", "scope_id", "state"], name="role_proposal_scope"),
            models.Index(fields=["state", "lapses_on"], name="role_proposal_lapse"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_type", "scope_id"],
                condition=Q(state__in=LIVE),
                name="role_proposed_once",
            ),
            models.CheckConstraint(
                name="proposal_dates_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="proposal_not_for_oneself",
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("user")),
            ),
            models.CheckConstraint(
                name="proposal_agreed_by_another",
                condition=~Q(state=ProposalState.AGREED)
                | (
                    Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("user"))
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.scope_type_id}:{self.scope_id} {self.state}"

    @property
    def label(self) -> str:
        """Return the role's name."""
        return registry.get_role_label(self.role)

    @property
    def declared(self) -> registry.Role | None:
        """Return the declared role, or None if this installation no longer has it."""
        return registry.find_role(self.role)

    @property
    def is_live(self) -> bool:
        """Say whether it can still be decided today."""
        return self.state in LIVE and self.lapses_on >= clock.today()

    @property
    def state_tone(self) -> str:
        """Return the tone of the state's word."""
        return {"asked": "info", "proposed": "warn", "agreed": "ok", "declined": "bad"}.get(
            self.state, ""
        )

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

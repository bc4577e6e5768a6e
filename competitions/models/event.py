"""Define an event, which is the scope of every right in this app and holds the choices that are
frozen before marking begins.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import ScopeGroupPermission
from competitions.enums import AwardRule, EventState, JudgementRule, Scoring
from competitions.rules.ranking import DEFAULT_CHAIN
from core.models import PublicId, Stamped


def default_chain() -> list[str]:
    """Return the tie-break chain an event starts with."""
    return list(DEFAULT_CHAIN)


class Event(PublicId, Stamped):
    """One competition in one skill, held by one union."""

    title = models.CharField(_("title"), max_length=120)
    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="competition_events", verbose_name=_("host")
    )
    occupation = models.ForeignKey(
        "occupations.Occupation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("occupation"),
    )
    summary = models.TextField(_("summary"), max_length=4000, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=EventState, default=EventState.DRAFT, editable=False
    )
    scoring = models.CharField(
        _("marking method"), max_length=20, choices=Scoring, default=Scoring.SHEETS
    )
    registration_ends_on = models.DateField(_("registration closes"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    # Local policy, settled in the technical file and frozen with the scheme.
    technical_file = models.CharField(
        _("technical file"),
        max_length=100,
        blank=True,
        help_text=_("Number and version of the document."),
    )
    judges_per_sheet = models.PositiveSmallIntegerField(
        _("judges per score sheet"), default=3, validators=[MinValueValidator(3)]
    )
    spread_limit = models.PositiveSmallIntegerField(
        _("allowed difference between scores"), default=1
    )
    judgement_rule = models.CharField(
        _("how several judges are combined"),
        max_length=20,
        choices=JudgementRule,
        default=JudgementRule.MEAN,
    )
    award_rule = models.CharField(
        _("awards"), max_length=20, choices=AwardRule, default=AwardRule.MEDALS
    )
    medal_tolerance = models.PositiveSmallIntegerField(
        _("point difference that counts as a medal tie"), default=2
    )
    tie_break = models.JSONField(_("tie-break order"), default=default_chain)
    live_board = models.BooleanField(
        _("show totals while marking"),
        default=False,
        help_text=_("Only locked score sheets count, and only blind numbers are shown."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    # Only where the public knew of the competition: a draft that is cancelled never had a page.
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(
        _("reason for the cancellation"), max_length=500, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("competition")
        verbose_name_plural = _("competitions")
        constraints = [
            models.CheckConstraint(
                name="event_days_in_order", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="event_three_judges", condition=models.Q(judges_per_sheet__gte=3)
            ),
            models.CheckConstraint(
                name="event_spread_of_scores", condition=models.Q(spread_limit__lte=3)
            ),
            models.CheckConstraint(
                name="event_cancelled_has_time",
                condition=models.Q(cancelled_at=None) | models.Q(state=EventState.CANCELLED),
            ),
            models.CheckConstraint(
                name="event_published_has_time",
                condition=~models.Q(state=EventState.PUBLISHED)
                | models.Q(published_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "-starts_on"], name="event_public_list")]

    def __str__(self) -> str:
        return self.title


class EventGroupPermission(ScopeGroupPermission):
    """What a group may do in an event."""

    content_object = models.ForeignKey(Event, models.CASCADE)

    class Meta(ScopeGroupPermission.Meta):
        abstract = False

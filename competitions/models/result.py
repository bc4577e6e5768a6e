"""Results: versions worked out by one person and confirmed by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitions.enums import Award, ResultState
from competitions.models.entry import BlindCode, Entry
from competitions.models.event import Event
from core.models import PublicId, Stamped


class RawTotal(models.Model):
    """A total taken from a workbook, for an event that was marked elsewhere."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="raw_totals")
    code = models.OneToOneField(BlindCode, models.CASCADE, related_name="raw_total")
    raw = models.DecimalField(_("raw mark"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("imported total")
        verbose_name_plural = _("imported totals")
        constraints = [models.CheckConstraint(name="raw_total_0_to_100", condition=models.Q(raw__gte=0, raw__lte=100))]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.raw}"


class ResultSet(PublicId, Stamped):
    """One version of an event's results. `digest` covers rank, raw mark and award of every row."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="result_sets", verbose_name=_("competition"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=20, choices=ResultState, default=ResultState.PROVISIONAL, editable=False)
    median = models.DecimalField(_("median"), max_digits=18, decimal_places=12)
    mad = models.DecimalField(_("median distance from the median"), max_digits=18, decimal_places=12)
    digest = models.CharField(_("digest"), max_length=64)
    computed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("worked out by"))
    computed_at = models.DateTimeField(_("worked out"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("results")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="results_version_once"),
            models.UniqueConstraint(fields=["event"], condition=models.Q(state=ResultState.CONFIRMED), name="results_one_confirmed"),
            models.UniqueConstraint(fields=["event"], condition=models.Q(state=ResultState.PROVISIONAL), name="results_one_provisional"),
            models.CheckConstraint(
                name="results_second_person_is_another",
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("computed_by")),
            ),
            models.CheckConstraint(
                name="results_confirmed_by_somebody",
                condition=~models.Q(state=ResultState.CONFIRMED) | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version}"


class ResultRow(PublicId, models.Model):
    """One competitor's result. `raw` is unrounded as far as the column goes; `total` is what is shown."""

    result_set = models.ForeignKey(ResultSet, models.CASCADE, related_name="rows")
    code = models.ForeignKey(BlindCode, models.PROTECT, related_name="result_rows", verbose_name=_("blind number"))
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="result_rows", verbose_name=_("entry"))
    raw = models.DecimalField(_("raw mark"), max_digits=18, decimal_places=12)
    total = models.DecimalField(_("total"), max_digits=6, decimal_places=2)
    scale = models.IntegerField(_("scale points"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("rank"))
    shared = models.BooleanField(_("shared rank"), default=False)
    decided_by = models.CharField(pgettext_lazy("ranking", "decided by"), max_length=40, blank=True)
    award = models.CharField(_("award"), max_length=20, choices=Award, default=Award.NONE, blank=True)
    modules = models.JSONField(_("modules"), default=dict)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results of competitors")
        ordering = ["result_set_id", "rank", "code_id"]
        constraints = [
            models.UniqueConstraint(fields=["result_set", "code"], name="result_code_once"),
            models.UniqueConstraint(fields=["result_set", "entry"], condition=models.Q(entry__isnull=False), name="result_entry_once"),
            models.CheckConstraint(name="result_rank_from_1", condition=models.Q(rank__gte=1)),
        ]
        indexes = [models.Index(fields=["result_set", "rank"], name="result_ranking")]

    def __str__(self) -> str:
        return f"{self.rank}: {self.code_id}"

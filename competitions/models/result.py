"""Store results, which are versions worked out by one person and confirmed by another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitions.enums import Award, CodeState, CorrectionKind, ResultState
from competitions.models.entry import BlindCode, Entry
from competitions.models.event import Event
from competitions.models.panel import Judge
from competitions.models.scheme import Aspect
from competitions.models.sheet import Sheet, TwoPersonRequest
from core.models import MomentField, PublicId, Stamped


class RawTotal(models.Model):
    """A total taken from a workbook, for an event that was marked elsewhere."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="raw_totals")
    code = models.OneToOneField(BlindCode, models.CASCADE, related_name="raw_total")
    raw = models.DecimalField(_("raw mark"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("imported total")
        verbose_name_plural = _("imported totals")
        constraints = [
            models.CheckConstraint(
                name="raw_total_0_to_100", condition=models.Q(raw__gte=0, raw__lte=100)
            )
        ]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.raw}"


class ResultSet(PublicId, Stamped):
    """One version of an event's results. It is never overwritten, because a correction makes the
    next one.

    `digest` covers rank, raw mark and award of every row, and the secret seed of the draw. This
    fixes the results while names are sealed without giving away which judges count (ADR 48). Anyone
    who computes it again later finds the seed on the public page.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="result_sets", verbose_name=_("competition")
    )
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=ResultState,
        default=ResultState.PROVISIONAL,
        editable=False,
    )
    median = models.DecimalField(_("median"), max_digits=18, decimal_places=12)
    mad = models.DecimalField(_("median absolute deviation"), max_digits=18, decimal_places=12)
    digest = models.CharField(_("digest"), max_length=64)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("calculated by")
    )
    computed_at = MomentField(_("calculated at"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("When this version became public."),
    )
    reason = models.CharField(
        _("reason"),
        max_length=300,
        blank=True,
        help_text=_("Why it replaced the previous version."),
    )

    class Meta:
        verbose_name = _("results")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="results_version_once"),
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(state=ResultState.CONFIRMED),
                name="results_one_confirmed",
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=models.Q(state=ResultState.PROVISIONAL),
                name="results_one_provisional",
            ),
            models.CheckConstraint(
                name="results_second_person_is_another",
                condition=models.Q(confirmed_by=None)
                | ~models.Q(confirmed_by=models.F("computed_by")),
            ),
            models.CheckConstraint(
                name="results_confirmed_by_somebody",
                condition=~models.Q(state=ResultState.CONFIRMED)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} v{self.version}"


class ResultRow(PublicId, models.Model):
    """One competitor's result. `raw` is unrounded as far as the column goes, `total` is what is
    shown.

    `standing` is what had become of the number when this version was made. A competitor who didn't
    compete to the end has no mark and no rank.
    """

    result_set = models.ForeignKey(ResultSet, models.CASCADE, related_name="rows")
    code = models.ForeignKey(
        BlindCode, models.PROTECT, related_name="result_rows", verbose_name=_("blind number")
    )
    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="result_rows",
        verbose_name=_("entry"),
    )
    standing = models.CharField(
        _("competing status"), max_length=20, choices=CodeState, default=CodeState.COMPETING
    )
    raw = models.DecimalField(
        _("raw mark"), max_digits=18, decimal_places=12, null=True, blank=True
    )
    total = models.DecimalField(_("total"), max_digits=6, decimal_places=2, null=True, blank=True)
    scale = models.IntegerField(_("scaled score"), null=True, blank=True)
    rank = models.PositiveIntegerField(_("rank"), null=True, blank=True)
    shared = models.BooleanField(_("tied rank"), default=False)
    decided_by = models.CharField(
        pgettext_lazy("ranking", "decided by tie-break"), max_length=40, blank=True
    )
    award = models.CharField(
        _("award"), max_length=20, choices=Award, default=Award.NONE, blank=True
    )
    modules = models.JSONField(_("modules"), default=dict)

    class Meta:
        verbose_name = _("competitor's result")
        verbose_name_plural = _("competitors' results")
        ordering = ["result_set_id", models.F("rank").asc(nulls_last=True), "code_id"]
        constraints = [
            models.UniqueConstraint(fields=["result_set", "code"], name="result_code_once"),
            models.UniqueConstraint(
                fields=["result_set", "entry"],
                condition=models.Q(entry__isnull=False),
                name="result_entry_once",
            ),
            models.CheckConstraint(
                name="result_rank_from_1", condition=models.Q(rank=None) | models.Q(rank__gte=1)
            ),
            models.CheckConstraint(
                name="result_ranked_if_competing",
                condition=models.Q(
                    standing=CodeState.COMPETING,
                    rank__isnull=False,
                    raw__isnull=False,
                    total__isnull=False,
                )
                | (
                    ~models.Q(standing=CodeState.COMPETING)
                    & models.Q(rank=None, raw=None, total=None, scale=None, award=Award.NONE)
                ),
            ),
        ]
        indexes = [models.Index(fields=["result_set", "rank"], name="result_ranking")]

    def __str__(self) -> str:
        return f"{self.rank}: {self.code_id}"


class Correction(PublicId, models.Model):
    """What a request to correct results changes. It is applied on top of the signed marks, which
    stay as they were signed.

    It counts once its request is approved. `shown_digest` is the digest of the results that were
    shown when it was requested. The second person approves those and no others.
    """

    request = models.OneToOneField(
        TwoPersonRequest,
        models.PROTECT,
        related_name="correction",
        verbose_name=pgettext_lazy("competition", "request"),
    )
    kind = models.CharField(_("action"), max_length=20, choices=CorrectionKind)
    code = models.ForeignKey(
        BlindCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("blind number"),
    )
    sheet = models.ForeignKey(
        Sheet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("score sheet"),
    )
    aspect = models.ForeignKey(
        Aspect, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("aspect")
    )
    judge = models.ForeignKey(
        Judge, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("judge")
    )
    before = models.CharField(pgettext_lazy("correction", "before"), max_length=20, blank=True)
    after = models.CharField(pgettext_lazy("correction", "after"), max_length=20, blank=True)
    shown_digest = models.CharField(_("digest"), max_length=64, blank=True)
    replaced = models.ForeignKey(
        ResultSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("previous version"),
    )
    made = models.OneToOneField(
        ResultSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("new version"),
    )

    class Meta:
        verbose_name = _("correction of results")
        verbose_name_plural = _("corrections of results")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="correction_of_sheet_names_it",
                condition=~models.Q(
                    kind__in=[
                        CorrectionKind.CORRECT_MARK,
                        CorrectionKind.VOID_SHEET,
                        CorrectionKind.RESTORE_SHEET,
                    ]
                )
                | models.Q(sheet__isnull=False),
            ),
            models.CheckConstraint(
                name="correction_of_number_names_it",
                condition=~models.Q(
                    kind__in=[CorrectionKind.CHANGE_NUMBER, CorrectionKind.CORRECT_TOTAL]
                )
                | models.Q(code__isnull=False),
            ),
            models.CheckConstraint(
                name="correction_of_mark_names_its_line",
                condition=~models.Q(kind=CorrectionKind.CORRECT_MARK)
                | models.Q(aspect__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def before_label(self) -> str:
        """What had become of the number before."""
        return str(CodeState(self.before).label)

    @property
    def after_label(self) -> str:
        """What becomes of the number."""
        return str(CodeState(self.after).label)

"""Store sheets, marks, rounds of judging, signatures, and the requests that need a second person."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from competitions.enums import (
    MarkingSheetState,
    RoundState,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)
from competitions.models.entry import BlindCode
from competitions.models.event import Event
from competitions.models.panel import Judge
from competitions.models.scheme import Aspect, Module
from core.models import MomentField, PublicId, Stamped


class Sheet(PublicId, Stamped):
    """What a panel gives one blind number in one module. It knows no person.

    `version` counts how often it was opened again, and signatures and digests belong to a version.
    `revision` counts every write to the sheet and its marks. A tablet that finds more writes than
    its own loads the whole sheet again.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="sheets", verbose_name=_("competition")
    )
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="sheets", verbose_name=_("module")
    )
    code = models.ForeignKey(
        BlindCode, models.PROTECT, related_name="sheets", verbose_name=_("blind number")
    )
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=MarkingSheetState,
        default=MarkingSheetState.BLANK,
        editable=False,
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    revision = models.PositiveIntegerField(
        pgettext_lazy("marking sheet", "revision"), default=0, editable=False
    )
    digest = models.CharField(
        _("digest"),
        max_length=64,
        blank=True,
        help_text=_("SHA-256 of all marks at the time of signing."),
    )
    minutes = models.DecimalField(
        _("minutes used"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    judges = models.ManyToManyField(Judge, through="SheetJudge", related_name="sheets")

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        constraints = [
            models.UniqueConstraint(fields=["module", "code"], name="sheet_once"),
            models.CheckConstraint(
                name="sheet_signed_has_digest",
                condition=~models.Q(
                    state__in=[
                        MarkingSheetState.SIGNED,
                        MarkingSheetState.LOCKED,
                        MarkingSheetState.FINAL,
                        MarkingSheetState.VOID,
                    ]
                )
                | ~models.Q(digest=""),
            ),
            models.CheckConstraint(
                name="sheet_minutes_not_negative",
                condition=models.Q(minutes=None) | models.Q(minutes__gte=0),
            ),
        ]
        indexes = [models.Index(fields=["event", "state"], name="sheet_progress")]

    def __str__(self) -> str:
        return f"{self.module_id}/{self.code_id}"


class SheetJudge(models.Model):
    """A judge who marks a sheet. All judges of the module's panel do (ADR 48)."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="seats")
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="sheet_seats")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("judge of a score sheet")
        verbose_name_plural = _("judges of score sheets")
        ordering = ["sheet_id", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "judge"], name="sheet_judge_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.judge_id}"


class SeatVacancy(models.Model):
    """A seat at a sheet whose judge's role ended before the signature. It is handed back to the
    organisers until a substitute takes it.

    The judge who left keeps the row of the seat until then, so that a sheet never gets by with
    fewer signatures than seats.
    """

    seat = models.ForeignKey(SheetJudge, models.CASCADE, related_name="vacancies")
    left_by = models.ForeignKey(
        Judge, models.PROTECT, related_name="+", verbose_name=_("judge who left")
    )
    left_at = MomentField(_("vacant since"), auto_now_add=True)
    filled_by = models.ForeignKey(
        Judge, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("substitute")
    )
    filled_at = models.DateTimeField(_("filled"), null=True, blank=True)

    class Meta:
        verbose_name = _("vacant seat")
        verbose_name_plural = _("vacant seats")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=models.Q(filled_by=None), name="seat_vacant_once"
            ),
            models.CheckConstraint(
                name="vacancy_filled_is_dated",
                condition=models.Q(filled_by=None, filled_at=None)
                | models.Q(filled_by__isnull=False, filled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.left_by_id}"


class JudgementRound(models.Model):
    """One round of scores for one judged aspect. Rounds are kept, because the first scores are
    part of the record.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="rounds")
    aspect = models.ForeignKey(Aspect, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(
        _("state"), max_length=20, choices=RoundState, default=RoundState.COLLECTING, editable=False
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("round of judging")
        verbose_name_plural = _("rounds of judging")
        ordering = ["sheet_id", "aspect_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "aspect", "number"], name="round_once"),
            models.UniqueConstraint(
                fields=["sheet", "aspect"],
                condition=models.Q(state=RoundState.COLLECTING),
                name="round_one_open",
            ),
            models.UniqueConstraint(
                fields=["sheet", "aspect"],
                condition=models.Q(state=RoundState.SETTLED),
                name="round_one_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.aspect_id}/{self.number}"


class Mark(models.Model):
    """The present value of one aspect. A measurement is shared by the panel, a judgement has one
    value for each judge and round.
    """

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="marks")
    aspect = models.ForeignKey(Aspect, models.PROTECT, related_name="marks")
    judge = models.ForeignKey(Judge, models.PROTECT, null=True, blank=True, related_name="marks")
    round = models.PositiveSmallIntegerField(default=1)
    awarded = models.DecimalField(
        pgettext_lazy("competition", "marks available"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(Judge, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = MomentField(auto_now=True)

    class Meta:
        verbose_name = pgettext_lazy("competition", "mark")
        verbose_name_plural = pgettext_lazy("competition", "marks available")
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "aspect", "judge", "round"], name="mark_once_per_judge"
            ),
            models.UniqueConstraint(
                fields=["sheet", "aspect"],
                condition=models.Q(judge=None),
                name="mark_once_per_panel",
            ),
            models.CheckConstraint(
                name="mark_of_panel_or_judge",
                condition=models.Q(judge=None, score=None, round=1)
                | models.Q(judge__isnull=False, awarded=None),
            ),
            models.CheckConstraint(
                name="mark_score_0_to_3", condition=models.Q(score=None) | models.Q(score__lte=3)
            ),
            models.CheckConstraint(
                name="mark_not_negative",
                condition=models.Q(awarded=None) | models.Q(awarded__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.aspect_id}"


class MarkChange(models.Model):
    """Every value anybody sent, accepted or not. Marks are never overwritten without a trace.

    `operation` is the number the device gave the save, `place` the value's place in it. The first
    row of a save keeps the answer and the digest of the content. A save that is sent again gets the
    same answer and is not done again. `refusal` is the code of the reason why a value wasn't
    accepted and is empty where `accepted`. `aspect` is empty where the sheet has no such line.
    """

    operation = models.UUIDField()
    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    outcome = models.JSONField(null=True, blank=True)
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="changes")
    aspect = models.ForeignKey(
        Aspect, models.PROTECT, null=True, blank=True, related_name="changes"
    )
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="changes")
    sheet_version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=12, blank=True)
    base_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    accepted = models.BooleanField()
    refusal = models.CharField(max_length=40, blank=True)
    at = MomentField(auto_now_add=True)

    class Meta:
        verbose_name = _("mark change")
        verbose_name_plural = _("mark changes")
        ordering = ["pk"]
        indexes = [models.Index(fields=["sheet", "aspect"], name="mark_change_history")]
        constraints = [
            models.UniqueConstraint(fields=["operation", "place"], name="mark_change_once"),
            models.CheckConstraint(
                name="mark_change_first_keeps_answer",
                condition=models.Q(place=0, outcome__isnull=False) & ~models.Q(digest="")
                | models.Q(place__gt=0, outcome__isnull=True, digest=""),
            ),
            models.CheckConstraint(
                name="mark_change_taken_has_aspect",
                condition=models.Q(accepted=False) | models.Q(aspect__isnull=False, refusal=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.aspect_id}: {self.value}"


def photo_path(remark: AspectRemark, _filename: str) -> str:
    """Return the path of a remark's photo, which is made of the remark's random number and never
    of a name.
    """
    return f"remarks/{remark.operation}.jpg"


def private_storage() -> Storage:
    """Return the storage that only checked views read."""
    return storages["private"]


class AspectRemark(models.Model):
    """What a judge wrote down about one aspect. Remarks are added, never changed, and are no part
    of the marks or of a signature.
    """

    operation = models.UUIDField(unique=True)
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="remarks")
    aspect = models.ForeignKey(Aspect, models.PROTECT, related_name="remarks")
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="remarks")
    text = models.CharField(pgettext_lazy("marking sheet", "remark"), max_length=300)
    photo = models.FileField(_("photo"), upload_to=photo_path, storage=private_storage, blank=True)
    at = MomentField(auto_now_add=True)

    class Meta:
        verbose_name = _("remark on an aspect")
        verbose_name_plural = _("remarks on aspects")
        ordering = ["pk"]
        indexes = [models.Index(fields=["sheet", "aspect"], name="remark_history")]
        constraints = [
            models.CheckConstraint(name="remark_says_something", condition=~models.Q(text=""))
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.aspect_id}/{self.pk}"


class Signature(models.Model):
    """A judge's signature under one version of a sheet, which covers the digest of all marks."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="signatures")
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="signatures")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    at = MomentField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "judge", "version"],
                condition=models.Q(withdrawn_at=None),
                name="signature_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.judge_id} v{self.version}"


class ClosedDay(Stamped):
    """A day of marking that is over, on which every sheet of its modules was locked."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="closed_days")
    day = models.PositiveSmallIntegerField(_("day"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("closed marking day")
        verbose_name_plural = _("closed marking days")
        constraints = [models.UniqueConstraint(fields=["event", "day"], name="day_closed_once")]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.day}"


class TwoPersonRequest(PublicId, models.Model):
    """A request that one person makes with a reason and another decides. The database refuses the
    same person twice.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="requests", verbose_name=_("competition")
    )
    kind = models.CharField(_("action"), max_length=20, choices=TwoPersonRequestKind)
    sheet = models.ForeignKey(
        Sheet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("score sheet"),
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(
        _("state"),
        max_length=20,
        choices=TwoPersonRequestState,
        default=TwoPersonRequestState.WAITING,
        editable=False,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    asked_at = MomentField(_("requested at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(
        pgettext_lazy("competition", "decided"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("request for a second person's approval")
        verbose_name_plural = _("requests for a second person's approval")
        constraints = [
            models.CheckConstraint(
                name="request_second_person_is_another",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="request_decided_by_somebody",
                condition=models.Q(state=TwoPersonRequestState.WAITING)
                | models.Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(name="request_says_why", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="request_names_its_sheet",
                condition=models.Q(kind=TwoPersonRequestKind.REOPEN_SHEET, sheet__isnull=False)
                | (~models.Q(kind=TwoPersonRequestKind.REOPEN_SHEET) & models.Q(sheet=None)),
            ),
            models.UniqueConstraint(
                fields=["sheet"],
                condition=models.Q(
                    kind=TwoPersonRequestKind.REOPEN_SHEET, state=TwoPersonRequestState.WAITING
                ),
                name="request_one_per_sheet",
            ),
            models.UniqueConstraint(
                fields=["event", "kind"],
                condition=~models.Q(kind=TwoPersonRequestKind.REOPEN_SHEET)
                & models.Q(state=TwoPersonRequestState.WAITING),
                name="request_one_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

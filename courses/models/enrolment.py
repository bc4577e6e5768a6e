"""Store a worker's place in a class, presence and reading."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import PublicId, Stamped
from courses.enums import CheckInMethod, EnrolmentState


class Enrolment(PublicId, Stamped):
    """One worker in one class. Employer and union are those of the day of enrolment and stay so."""

    training_class = models.ForeignKey(
        "courses.TrainingClass", models.PROTECT, related_name="enrolments", verbose_name=_("class")
    )
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="enrolments", verbose_name=_("worker")
    )
    state = models.CharField(_("state"), max_length=20, choices=EnrolmentState)
    employer = models.ForeignKey(
        "org.Employer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer at enrolment"),
    )
    union = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("union at enrolment"),
    )
    enrolled_at = models.DateTimeField(_("enrolled at"))
    waitlist_no = models.PositiveIntegerField(
        _("position on the waiting list"), null=True, blank=True
    )
    offered_until = models.DateTimeField(_("place held until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.JSONField(_("basis of the decision"), null=True, blank=True)
    announced_at = models.DateTimeField(
        _("sent for certification at"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["enrolled_at", "pk"]
        indexes = [models.Index(fields=["training_class", "state"], name="enrolment_class_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "person"],
                condition=~models.Q(state=EnrolmentState.MERGED),
                name="enrolment_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["training_class", "waitlist_no"], name="enrolment_waitlist_no_once"
            ),
            models.CheckConstraint(
                name="enrolment_offer_has_deadline",
                condition=~models.Q(state=EnrolmentState.OFFERED)
                | models.Q(offered_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id}:{self.pk}"


class Attendance(PublicId, Stamped):
    """Presence at one session. A manual one counts only when a second member of staff has
    confirmed it.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attendances")
    session = models.ForeignKey("courses.ClassSession", models.PROTECT, related_name="attendances")
    method = models.CharField(_("method"), max_length=10, choices=CheckInMethod)
    at = models.DateTimeField(_("at"))
    hours = models.DecimalField(_("hours credited"), max_digits=4, decimal_places=1)
    # A keyed digest of the phone's own cookie: one phone can't check two people in.
    device = models.CharField(max_length=64, blank=True, default="")
    # The number of the scan that was used; empty where the digits were typed. A scan is good once.
    challenge = models.CharField(max_length=32, blank=True, default="", editable=False)
    recorded_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="attendance_once"),
            models.UniqueConstraint(
                fields=["session", "device"],
                condition=~models.Q(device=""),
                name="attendance_one_phone_one_person",
            ),
            models.UniqueConstraint(
                fields=["challenge"],
                condition=~models.Q(challenge=""),
                name="attendance_challenge_once",
            ),
            models.CheckConstraint(
                name="attendance_two_staff",
                condition=models.Q(confirmed_by=None)
                | ~models.Q(confirmed_by=models.F("recorded_by")),
            ),
            models.CheckConstraint(
                name="attendance_manual_has_reason",
                condition=~models.Q(method=CheckInMethod.MANUAL)
                | (~models.Q(reason="") & models.Q(recorded_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}@{self.session_id}"

    @property
    def counts(self) -> bool:
        """Whether the presence counts. A code does at once, a manual entry after the second person
        has confirmed it.
        """
        return self.method != CheckInMethod.MANUAL or self.confirmed_by_id is not None


class SpotAnswer(Stamped):
    """One trainee asked in a spot check. `answered_at` stays empty for a trainee who missed it."""

    spot_check = models.ForeignKey("courses.SpotCheck", models.CASCADE, related_name="answers")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="spot_answers")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # Was it the phone that checked in? None: presence was entered by hand, so no phone is known.
    same_phone = models.BooleanField(
        _("answered from the phone that checked in"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("answer to a spot check")
        verbose_name_plural = _("answers to spot checks")
        constraints = [
            models.UniqueConstraint(fields=["spot_check", "enrolment"], name="spot_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.spot_check_id}:{self.enrolment_id}"


class Lesson(PublicId, Stamped):
    """One online lesson of a course. Its text is a Wagtail page that links here."""

    course = models.ForeignKey(
        "courses.Course", models.PROTECT, related_name="lessons", verbose_name=_("course")
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("order", "number"))
    title = models.CharField(_("title"), max_length=120)
    hours = models.DecimalField(
        _("class hours"), max_digits=4, decimal_places=1, default=Decimal(1)
    )
    min_seconds = models.PositiveIntegerField(_("minimum reading time (seconds)"), default=120)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["course", "number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="lesson_number_once")
        ]

    def __str__(self) -> str:
        return self.title


class LessonProgress(Stamped):
    """How far one trainee is with one lesson, by the server's clock."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="progress")
    seconds = models.PositiveIntegerField(_("seconds read"), default=0)
    last_beat_at = models.DateTimeField(null=True, blank=True)
    quiz_right = models.JSONField(_("quiz questions answered correctly"), default=list, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_progress_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}:{self.lesson_id}"

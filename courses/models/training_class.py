"""Store classes of trainees (班) and their sessions."""

from __future__ import annotations

import secrets
from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import ScopeGroupPermission
from core.models import PublicId, Stamped
from courses.enums import ClassState, SessionKind, SessionState
from courses.rules.timetable import CLASS_HOUR, most_hours


def new_secret() -> str:
    """Return a secret from which the codes on the wall are made."""
    return secrets.token_hex(16)


class TrainingClass(PublicId, Stamped):
    """One run of a course with seats, dates and a place.

    `seats_taken` is changed only by conditional UPDATEs (workflows.enrolment); the CHECK below is
    the last line.
    """

    course = models.ForeignKey(
        "courses.Course", models.PROTECT, related_name="classes", verbose_name=_("course")
    )
    org = models.ForeignKey(
        "org.OrgUnit",
        models.PROTECT,
        related_name="training_classes",
        verbose_name=_("responsible union"),
    )
    rule = models.ForeignKey(
        "courses.CompletionRule",
        models.PROTECT,
        related_name="classes",
        verbose_name=_("completion rule"),
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("class name"), max_length=80)
    state = models.CharField(
        _("state"), max_length=20, choices=ClassState, default=ClassState.DRAFT, editable=False
    )
    capacity = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    seats_taken = models.PositiveSmallIntegerField(_("places filled"), default=0, editable=False)
    last_waitlist_no = models.PositiveIntegerField(default=0, editable=False)
    min_size = models.PositiveSmallIntegerField(_("minimum number of trainees"), default=1)
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept a free place"), default=24, validators=[MinValueValidator(1)]
    )
    enrolment_reviewed = models.BooleanField(
        _("enrolments are reviewed"),
        default=False,
        help_text=_(
            "Workers apply, and the class head admits or refuses each applicant with a "
            "reason. Otherwise places are given in order of enrolment."
        ),
    )
    enrol_opens_at = models.DateTimeField(_("enrolment opens at"))
    enrol_closes_at = models.DateTimeField(_("enrolment closes at"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends at"))
    timetable = models.CharField(_("timetable as text"), max_length=120, blank=True)
    venue = models.CharField(_("venue"), max_length=120)
    teacher = models.CharField(_("trainer"), max_length=100, blank=True)
    change_notice = models.CharField(_("what changed"), max_length=300, blank=True)
    # Where a suspended class goes back to; empty otherwise.
    suspended_from = models.CharField(
        max_length=20, choices=ClassState, blank=True, default="", editable=False
    )
    filed_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["course", "state"], name="class_course_state")]
        constraints = [
            models.CheckConstraint(
                name="class_seats_within_capacity",
                condition=models.Q(seats_taken__gte=0, seats_taken__lte=models.F("capacity")),
            ),
            models.CheckConstraint(
                name="class_dates_in_order", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="class_window_in_order",
                condition=models.Q(enrol_closes_at__gt=models.F("enrol_opens_at")),
            ),
            # Whoever files a class doesn't approve it.
            models.CheckConstraint(
                name="class_two_persons",
                condition=models.Q(approved_by=None)
                | models.Q(filed_by=None)
                | ~models.Q(approved_by=models.F("filed_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that enrolment ends before the class does."""
        known = None not in (
            self.enrol_closes_at,
            self.ends_on,
        )  # a form may have refused one of them already
        if known and timezone.localdate(self.enrol_closes_at) > self.ends_on:
            raise ValidationError(
                {
                    "enrol_closes_at": _(
                        "Enrolment can't close after the last day of the class. Choose an "
                        "earlier time."
                    )
                }
            )

    @property
    def seats_left(self) -> int:
        """Free seats as last read."""
        return max(0, self.capacity - self.seats_taken)


class TrainingClassGroupPermission(ScopeGroupPermission):
    """Guardian's rows for classes, which are deleted with the class."""

    content_object = models.ForeignKey(TrainingClass, models.CASCADE)

    class Meta(ScopeGroupPermission.Meta):
        abstract = False


class ClassSession(PublicId, Stamped):
    """One stretch of teaching, with its own check-in window and code secret."""

    training_class = models.ForeignKey(
        TrainingClass, models.CASCADE, related_name="sessions", verbose_name=_("class")
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("order", "number"))
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=10, choices=SessionKind, default=SessionKind.THEORY
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=SessionState,
        default=SessionState.PLANNED,
        editable=False,
    )
    starts_at = models.DateTimeField(_("starts on"))
    ends_at = models.DateTimeField(_("ends at"))
    hours = models.DecimalField(
        _("class hours"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.5"))],
    )
    venue = models.CharField(_("venue, if different"), max_length=120, blank=True)
    minutes_before = models.PositiveSmallIntegerField(
        _("check-in opens (minutes before the start)"), default=30
    )
    minutes_after = models.PositiveSmallIntegerField(
        _("check-in closes (minutes after the start)"), default=20
    )
    secret = models.CharField(max_length=64, default=new_secret, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("class", "session")
        verbose_name_plural = pgettext_lazy("class", "sessions")
        ordering = ["starts_at", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "number"], name="session_number_once"
            ),
            models.CheckConstraint(
                name="session_times_in_order", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def clean(self) -> None:
        """Check that no more class hours are credited than fit between start and end."""
        if None in (self.starts_at, self.ends_at, self.hours):
            return  # a form has refused one of them already
        if self.ends_at <= self.starts_at:
            raise ValidationError(
                {"ends_at": _("The session ends before it starts. Correct one of the two times.")}
            )
        most = most_hours(self.starts_at, self.ends_at)
        if self.hours > most:
            raise ValidationError(
                {
                    "hours": _(
                        "A class hour lasts %(minutes)s minutes, so this session can have "
                        "at most %(most)s class hours. Enter fewer class hours or make the "
                        "session longer."
                    )
                    % {
                        "minutes": int(CLASS_HOUR.total_seconds() // 60),
                        "most": f"{most.normalize():f}",
                    }
                }
            )

    @property
    def place(self) -> str:
        """The place of the session, which is its own, else the class's."""
        return self.venue or self.training_class.venue

    @property
    def before(self) -> timedelta:
        """How long before the start check-in opens."""
        return timedelta(minutes=self.minutes_before)

    @property
    def after(self) -> timedelta:
        """How long after the start check-in closes."""
        return timedelta(minutes=self.minutes_after)

    @property
    def check_in_opens_at(self):
        """When check-in opens."""
        return self.starts_at - self.before

    @property
    def check_in_closes_at(self):
        """The time when check-in closes, which is never after the session's end."""
        return min(self.starts_at + self.after, self.ends_at)


class SpotCheck(PublicId, Stamped):
    """A check in which the class head asks everybody checked in at a session to press one button
    at once. Nothing follows from it by itself.
    """

    session = models.ForeignKey(
        ClassSession,
        models.PROTECT,
        related_name="spot_checks",
        verbose_name=pgettext_lazy("class", "session"),
    )
    asked_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    asked_at = models.DateTimeField(_("check started at"))
    closes_at = models.DateTimeField(_("answers close at"))

    class Meta:
        verbose_name = _("spot check")
        verbose_name_plural = _("spot checks")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="spot_check_times_in_order",
                condition=models.Q(closes_at__gt=models.F("asked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}@{self.asked_at:%H:%M:%S}"

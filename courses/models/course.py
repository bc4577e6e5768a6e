"""Define courses and their completion rules. A course holds facts, and its Wagtail page only shows
them.
"""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from courses.enums import ExamPart
from courses.rules import completion
from courses.rules.reading import ReadingRule
from occupations.enums import Level

NOT_NEGATIVE = MinValueValidator(Decimal(0))


class Course(PublicId, Stamped):
    """What is taught, for whom, in how many class hours (学时, 45 min) and for what fee."""

    org = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="courses", verbose_name=_("responsible union")
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary in one sentence"), max_length=300)
    occupation = models.ForeignKey(
        "occupations.Occupation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        verbose_name=_("occupation"),
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, null=True, blank=True)
    hours_theory = models.DecimalField(
        _("theory hours"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[NOT_NEGATIVE],
    )
    hours_practice = models.DecimalField(
        _("practice hours"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[NOT_NEGATIVE],
    )
    hours_online = models.DecimalField(
        _("online hours"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[NOT_NEGATIVE],
    )
    fee = models.DecimalField(
        _("fee (yuan)"),
        max_digits=8,
        decimal_places=2,
        default=Decimal(0),
        validators=[NOT_NEGATIVE],
    )
    contact = models.CharField(_("contact for questions"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="course_numbers_not_negative",
                condition=models.Q(
                    hours_theory__gte=0, hours_practice__gte=0, hours_online__gte=0, fee__gte=0
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def hours(self) -> Decimal:
        """All class hours."""
        return self.hours_theory + self.hours_practice + self.hours_online

    @property
    def hour_parts(self) -> list[tuple[str, Decimal, str]]:
        """Theory, practice and online hours as parts of a whole, each with tone, number and word."""
        parts = [
            ("info", self.hours_theory, str(_("Theory"))),
            ("brass", self.hours_practice, str(_("Practice"))),
            ("", self.hours_online, str(_("Online"))),
        ]
        return [part for part in parts if part[1]]


class CompletionRule(PublicId, Stamped):
    """One version of what a course asks for. Classes point at the version they opened with, and a
    version in use never changes.
    """

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="rules", verbose_name=_("course")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    attendance_share = models.DecimalField(
        _("required attendance rate"),
        max_digits=4,
        decimal_places=3,
        validators=[NOT_NEGATIVE, MaxValueValidator(Decimal(1))],
        help_text=_("0.8 means four out of five sessions."),
    )
    lesson_hours = models.DecimalField(
        _("required online hours"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[NOT_NEGATIVE],
    )
    pass_marks = models.JSONField(
        _("pass marks"),
        default=dict,
        blank=True,
        help_text=_('Pass mark out of 100 for each part, for example {"theory": "60"}.'),
    )
    certificate_early = models.BooleanField(
        _("allow the certificate before the last session"),
        default=False,
        help_text=_(
            "The certificate is issued as soon as all requirements are met. Otherwise it is "
            "issued after the last session of the class."
        ),
    )
    reading_beat_seconds = models.PositiveSmallIntegerField(
        _("seconds between progress reports from the lesson reader"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
        help_text=_("Timing stops after two reports in a row are missing."),
    )
    reading_idle_seconds = models.PositiveSmallIntegerField(
        _("seconds without activity before timing stops"),
        default=120,
        validators=[MinValueValidator(30), MaxValueValidator(900)],
        help_text=_(
            "Timing stops when nobody has scrolled, clicked, typed or played anything for "
            "this long."
        ),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source document"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("completion rule")
        verbose_name_plural = _("completion rules")
        ordering = ["course", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "version"], name="completion_rule_version_once"
            ),
            models.CheckConstraint(
                name="completion_rule_share_0_1",
                condition=models.Q(attendance_share__gte=0, attendance_share__lte=1),
            ),
            models.CheckConstraint(
                name="completion_rule_reading_sensible",
                condition=models.Q(reading_beat_seconds__gte=5, reading_idle_seconds__gte=30),
            ),
            models.CheckConstraint(
                name="completion_rule_dates_in_order",
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} v{self.version}"

    def clean(self) -> None:
        """Check that pass marks name known parts and are between 0 and 100."""
        try:
            marks = {part: Decimal(str(mark)) for part, mark in dict(self.pass_marks).items()}
        except (ArithmeticError, TypeError, ValueError):
            marks = {"": Decimal(-1)}
        if not set(marks) <= set(ExamPart.values) or not all(
            0 <= mark <= 100 for mark in marks.values()
        ):
            raise ValidationError(
                {
                    "pass_marks": _(
                        "Enter a pass mark from 0 to 100 for “theory”, “practice” or both."
                    )
                }
            )

    def as_reading_rule(self) -> ReadingRule:
        """The pure rule for time spent in online lessons."""
        return ReadingRule(
            beat_seconds=self.reading_beat_seconds, idle_seconds=self.reading_idle_seconds
        )

    def as_rule(self) -> completion.Rule:
        """The pure rule."""
        return completion.Rule(
            attendance_share=self.attendance_share,
            lesson_hours=self.lesson_hours,
            pass_marks={part: Decimal(str(mark)) for part, mark in self.pass_marks.items()},
        )

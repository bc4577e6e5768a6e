"""Question bank, exams, sittings and answers."""

from __future__ import annotations

import secrets
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from core.models import PublicId, Stamped
from courses.enums import AttemptState, ExamPart, PartialCredit, QuestionKind


def new_seed() -> str:
    """Seed from which a paper is drawn; stored, so that the paper can be drawn again."""
    return secrets.token_hex(12)


class Question(PublicId, Stamped, ClusterableModel):
    """One question of a course's bank. Sittings freeze what they show, so a later edit changes no result."""

    course = models.ForeignKey("courses.Course", models.PROTECT, related_name="questions", verbose_name=_("course"))
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind, default=QuestionKind.SINGLE)
    text = models.TextField(_("question"), max_length=1000)
    explanation = models.TextField(_("explanation shown afterwards"), max_length=1000, blank=True)
    partial_credit = models.CharField(_("incomplete answers"), max_length=20, choices=PartialCredit, default=PartialCredit.NO_WRONG)
    number = models.DecimalField(_("right number"), max_digits=12, decimal_places=4, null=True, blank=True)
    tolerance = models.DecimalField(
        _("tolerance ±"), max_digits=12, decimal_places=4, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["course", "topic", "pk"]
        constraints = [
            models.CheckConstraint(
                name="question_number_given", condition=~models.Q(kind=QuestionKind.NUMBER) | models.Q(number__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def clean(self) -> None:
        """A number question needs its number."""
        if self.kind == QuestionKind.NUMBER and self.number is None:
            raise ValidationError({"number": _("Give the right number.")})


class QuestionOption(models.Model):
    """One option of a choice question."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    public_id = models.CharField(max_length=8, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.CharField(_("text"), max_length=300)
    is_right = models.BooleanField(_("right"), default=False)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["question", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["question", "public_id"], name="option_id_once")]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        """Give a new option its short id."""
        if not self.public_id:
            self.public_id = secrets.token_hex(4)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came


class Exam(PublicId, Stamped):
    """An exam of one class: how many questions, how long, when, how often."""

    training_class = models.ForeignKey("courses.TrainingClass", models.PROTECT, related_name="exams", verbose_name=_("class"))
    part = models.CharField(_("part"), max_length=10, choices=ExamPart, default=ExamPart.THEORY)
    title = models.CharField(_("title"), max_length=120)
    question_count = models.PositiveSmallIntegerField(_("questions"), default=10, validators=[MinValueValidator(1), MaxValueValidator(200)])
    per_topic = models.JSONField(_("fixed numbers by topic"), default=dict, blank=True)
    points_each = models.DecimalField(
        _("points each"), max_digits=5, decimal_places=2, default=Decimal(10), validators=[MinValueValidator(Decimal("0.5"))]
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30, validators=[MinValueValidator(1)])
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    attempts_allowed = models.PositiveSmallIntegerField(_("sittings allowed"), default=1, validators=[MinValueValidator(1)])
    grace_minutes = models.PositiveSmallIntegerField(
        _("minutes that late answers may take to arrive"),
        default=10,
        help_text=_("For answers written in time on a phone that had lost its network."),
    )

    class Meta:
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        ordering = ["opens_at", "pk"]
        constraints = [
            models.CheckConstraint(name="exam_times_in_order", condition=models.Q(closes_at__gt=models.F("opens_at"))),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Topics map to whole numbers that fit the paper."""
        numbers = self.per_topic.values() if isinstance(self.per_topic, dict) else [-1]
        if not all(isinstance(n, int) and n >= 0 for n in numbers) or sum(numbers) > self.question_count:
            raise ValidationError(
                {"per_topic": _("The numbers by topic must be whole and add up to no more than the questions of the paper.")}
            )


class Attempt(PublicId, Stamped):
    """One sitting. The paper shown and the key are frozen when it starts; the server's clock ends it."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="attempts")
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("sitting"))
    state = models.CharField(_("state"), max_length=10, choices=AttemptState, default=AttemptState.RUNNING)
    seed = models.CharField(max_length=40, default=new_seed, editable=False)
    paper = models.JSONField()  # what the candidate sees: [{id, kind, text, unit, options: [{id, text}]}]
    key = models.JSONField()  # how it is marked; never sent to a browser before the result
    started_at = models.DateTimeField(_("started"))
    ends_at = models.DateTimeField(_("ends"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    late_answers = models.PositiveSmallIntegerField(_("answers that came late"), default=0)
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=2, null=True, blank=True)
    out_of = models.DecimalField(_("out of"), max_digits=7, decimal_places=2, null=True, blank=True)
    mark = models.DecimalField(_("mark out of 100"), max_digits=5, decimal_places=2, null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["enrolment", "exam", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "enrolment", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["exam", "enrolment"], condition=models.Q(state=AttemptState.RUNNING), name="attempt_one_running"
            ),
            models.CheckConstraint(
                name="attempt_marked_when_handed_in",
                condition=models.Q(state=AttemptState.RUNNING) | models.Q(mark__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam_id}:{self.enrolment_id}:{self.number}"


class AnswerOp(models.Model):
    """One thing a candidate did to one answer, as the player sent it. Never changed: the newest `seq` of a question is its answer.

    `op_id` is made by the browser, so that sending again after a lost network writes nothing twice.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="ops")
    op_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()  # 1-based number of the question on the paper
    value = models.JSONField()
    written_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        verbose_name = pgettext_lazy("exam", "answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["attempt", "op_id"], name="answer_op_once")]
        indexes = [models.Index(fields=["attempt", "place", "seq"], name="answer_latest")]

    def __str__(self) -> str:
        return f"{self.attempt_id}:{self.place}"


class PartMark(PublicId, Stamped):
    """A mark for a part that no computer marks (practice), given by an assessor. A correction is a new version."""

    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="part_marks")
    part = models.CharField(_("part"), max_length=10, choices=ExamPart)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    mark = models.DecimalField(
        _("mark out of 100"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    )
    assessor = models.CharField(_("assessor"), max_length=100)
    recorded_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason of the correction"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "part", "version"], name="part_mark_version_once"),
            models.CheckConstraint(name="part_mark_0_100", condition=models.Q(mark__gte=0, mark__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}:{self.part}:{self.version}"

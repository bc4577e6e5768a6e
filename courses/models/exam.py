"""Store the question bank, exams, sittings and answers."""

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
    """Return a seed from which a paper is drawn. It is stored, so that the paper can be drawn
    again.
    """
    return secrets.token_hex(12)


class Question(PublicId, Stamped, ClusterableModel):
    """One question of a course's bank. Sittings freeze what they show, so a later edit changes no
    result.
    """

    course = models.ForeignKey(
        "courses.Course", models.PROTECT, related_name="questions", verbose_name=_("course")
    )
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=QuestionKind, default=QuestionKind.SINGLE
    )
    text = models.TextField(_("question"), max_length=1000)
    explanation = models.TextField(
        _("explanation shown after the exam"), max_length=1000, blank=True
    )
    partial_credit = models.CharField(
        _("marks for incomplete answers"),
        max_length=20,
        choices=PartialCredit,
        default=PartialCredit.NO_WRONG,
    )
    number = models.DecimalField(
        _("correct number"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    tolerance = models.DecimalField(
        _("tolerance ±"),
        max_digits=12,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["course", "topic", "pk"]
        constraints = [
            models.CheckConstraint(
                name="question_number_given",
                condition=~models.Q(kind=QuestionKind.NUMBER) | models.Q(number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def clean(self) -> None:
        """Check that a number question has its number."""
        if self.kind == QuestionKind.NUMBER and self.number is None:
            raise ValidationError({"number": _("Enter the correct number.")})


class QuestionOption(models.Model):
    """One option of a choice question."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    public_id = models.CharField(max_length=8, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.CharField(_("text"), max_length=300)
    is_right = models.BooleanField(_("correct"), default=False)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["question", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "public_id"], name="option_id_once")
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        """Give a new option its short id."""
        if not self.public_id:
            self.public_id = secrets.token_hex(4)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came


class Exam(PublicId, Stamped):
    """An exam of one class, with the number of questions, the duration, the times and the number
    of attempts.
    """

    training_class = models.ForeignKey(
        "courses.TrainingClass", models.PROTECT, related_name="exams", verbose_name=_("class")
    )
    part = models.CharField(_("part"), max_length=10, choices=ExamPart, default=ExamPart.THEORY)
    title = models.CharField(_("title"), max_length=120)
    question_count = models.PositiveSmallIntegerField(
        _("questions"), default=10, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    per_topic = models.JSONField(_("number of questions per topic"), default=dict, blank=True)
    points_each = models.DecimalField(
        _("points per question"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(10),
        validators=[MinValueValidator(Decimal("0.5"))],
    )
    minutes = models.PositiveSmallIntegerField(
        _("duration (minutes)"), default=30, validators=[MinValueValidator(1)]
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    attempts_allowed = models.PositiveSmallIntegerField(
        _("number of attempts"), default=1, validators=[MinValueValidator(1)]
    )
    grace_minutes = models.PositiveSmallIntegerField(
        _("late answer period (minutes)"),
        default=10,
        help_text=_(
            "If a phone loses its network, answers that arrive within this time after the "
            "exam are stored separately, and a person decides whether they count. Later "
            "answers aren't accepted."
        ),
    )
    hours_needed = models.DecimalField(
        _("class hours required for the exam"),
        max_digits=5,
        decimal_places=1,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_(
            "Counts sessions attended and lessons completed so far. Enter 0 to let "
            "everybody in the class take the exam."
        ),
    )
    shows_answers = models.BooleanField(
        _("show the correct answers after the exam"),
        default=True,
        help_text=_(
            "Candidates only see the correct answers once the exam has closed and every "
            "attempt has ended."
        ),
    )

    class Meta:
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        ordering = ["opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="exam_times_in_order", condition=models.Q(closes_at__gt=models.F("opens_at"))
            ),
            models.CheckConstraint(
                name="exam_hours_not_negative", condition=models.Q(hours_needed__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Check that topics map to whole numbers that fit the paper."""
        numbers = self.per_topic.values() if isinstance(self.per_topic, dict) else [-1]
        if (
            not all(isinstance(n, int) and n >= 0 for n in numbers)
            or sum(numbers) > self.question_count
        ):
            raise ValidationError(
                {
                    "per_topic": _(
                        "The numbers per topic must be whole numbers, and their sum can't "
                        "be more than the number of questions on the paper."
                    )
                }
            )


class Attempt(PublicId, Stamped):
    """One sitting. The paper shown and the key are frozen when it starts, and the server's clock
    ends it.

    `received` counts the answers accepted, which numbers them. `late_waiting` says how many late
    ones wait for a decision. The mark counts for the class once the sitting is settled, which is at
    handing in, or when no late answer can arrive or wait any more.
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="attempts")
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("exam attempt"))
    state = models.CharField(
        _("state"), max_length=10, choices=AttemptState, default=AttemptState.RUNNING
    )
    seed = models.CharField(max_length=40, default=new_seed, editable=False)
    paper = (
        models.JSONField()
    )  # what the candidate sees: [{id, kind, text, unit, options: [{id, text}]}]
    key = models.JSONField()  # how it is marked; never sent to a browser before the result
    started_at = models.DateTimeField(_("start time"))
    ends_at = models.DateTimeField(_("ends at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    received = models.PositiveIntegerField(_("answers received"), default=0)
    late_answers = models.PositiveSmallIntegerField(_("late answers"), default=0)
    late_waiting = models.PositiveSmallIntegerField(
        _("late answers awaiting a decision"), default=0
    )
    settled_at = models.DateTimeField(_("mark final since"), null=True, blank=True)
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=2, null=True, blank=True)
    out_of = models.DecimalField(
        _("maximum points"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    mark = models.DecimalField(
        _("mark out of 100"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    receipt = models.CharField(
        _("receipt"), max_length=64, blank=True
    )  # SHA-256 of the answers received, see queries.exam

    class Meta:
        verbose_name = _("exam attempt")
        verbose_name_plural = _("exam attempts")
        ordering = ["enrolment", "exam", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["exam", "enrolment", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["exam", "enrolment"],
                condition=models.Q(state=AttemptState.RUNNING),
                name="attempt_one_running",
            ),
            models.CheckConstraint(
                name="attempt_marked_when_handed_in",
                condition=models.Q(state=AttemptState.RUNNING) | models.Q(mark__isnull=False),
            ),
            models.CheckConstraint(
                name="attempt_settled_when_over",
                condition=models.Q(settled_at=None)
                | (~models.Q(state=AttemptState.RUNNING) & models.Q(late_waiting=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam_id}:{self.enrolment_id}:{self.number}"


class LateDecision(PublicId, Stamped):
    """A person's decision about answers that arrived after the end, with whether they count, why,
    and what that does to the mark.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="late_decisions")
    accepted = models.BooleanField(_("the late answers count"))
    reason = models.CharField(_("reason"), max_length=200)
    decided_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    mark_before = models.DecimalField(_("previous mark"), max_digits=5, decimal_places=2)
    mark_after = models.DecimalField(_("new mark"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("decision on late answers")
        verbose_name_plural = _("decisions on late answers")
        ordering = ["attempt", "pk"]
        constraints = [
            models.CheckConstraint(
                name="late_refused_changes_no_mark",
                condition=models.Q(accepted=True) | models.Q(mark_after=models.F("mark_before")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}:{self.accepted}"


class AnswerOp(models.Model):
    """One thing a candidate did to one answer, as the player sent it. It is never changed, and
    `rules.answer_order` says which one counts.

    `op_id` is made by the browser, so that sending again after a lost network writes nothing twice.
    `value` is null where what was written can't be read. `raw` then holds it, as it does for every
    number. A late one counts once a `decision` has accepted it.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="ops")
    op_id = models.UUIDField()
    number = models.PositiveIntegerField()  # order of receipt within the sitting, from 1
    device = models.CharField(
        max_length=36, blank=True
    )  # random name of a browser, "" if the sender gave none
    page = models.CharField(max_length=36, blank=True)  # random name of one loading of the paper
    seq = models.PositiveIntegerField()  # grows with each answer a page writes
    seen = models.PositiveIntegerField(
        default=0
    )  # number of the answer shown when this one was written
    place = models.PositiveSmallIntegerField()  # 1-based number of the question on the paper
    value = models.JSONField(null=True)
    raw = models.CharField(max_length=200, blank=True)
    problem = models.CharField(
        max_length=20, blank=True
    )  # why it can't be read: a code of rules.grading
    written_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    decision = models.ForeignKey(
        LateDecision, models.PROTECT, null=True, blank=True, related_name="ops"
    )

    class Meta:
        verbose_name = pgettext_lazy("exam", "answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "op_id"], name="answer_op_once"),
            models.UniqueConstraint(fields=["attempt", "number"], name="answer_number_once"),
        ]
        indexes = [models.Index(fields=["attempt", "place"], name="answer_of_place")]

    def __str__(self) -> str:
        return f"{self.attempt_id}:{self.place}"


class PartMark(PublicId, Stamped):
    """A mark for a part that no computer marks (practice), given by an assessor. A correction is a
    new version.
    """

    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="part_marks")
    part = models.CharField(_("part"), max_length=10, choices=ExamPart)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    mark = models.DecimalField(
        _("mark out of 100"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    assessor = models.CharField(_("assessor"), max_length=100)
    recorded_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason for the correction"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "part", "version"], name="part_mark_version_once"
            ),
            models.CheckConstraint(
                name="part_mark_0_100", condition=models.Q(mark__gte=0, mark__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}:{self.part}:{self.version}"

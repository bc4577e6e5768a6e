"""Sittings: started once, answered as often as one likes, handed in once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

import audit
from access import SYSTEM
from access.checks import require
from core.errors import NotFound
from core.states import lock, move
from courses.enums import ATTEMPT_MOVES, LEARNING_STATES, TEACHING_STATES, AttemptState, ExamPart, QuestionKind
from courses.errors import AnswerUnreadable, ExamRefused
from courses.grants import RECORD_MARK
from courses.models import AnswerOp, Attempt, Enrolment, Exam, PartMark, Question
from courses.models.exam import new_seed
from courses.queries import exam as reads
from courses.rules import exam_clock, grading, paper
from courses.workflows.completion import decide_completion
from courses.workflows.enrolment import require_own

MAX_OPS = 4000  # far above what a person can click; a runaway script stops here
RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def start_attempt(*, actor: Any, exam: Exam, enrolment: Enrolment) -> Attempt:
    """Start a sitting, or return the one that is running: reload and back button never start a second.

    The paper is drawn by a new seed and frozen together with its key. Raises `ExamRefused`.
    """
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, enrolment.training_class)
    if exam.training_class_id != enrolment.training_class_id:
        raise NotFound
    going_on = reads.running(enrolment, exam)
    if going_on:
        return going_on
    now = timezone.now()
    _guard_start(exam, enrolment, now)
    number = Attempt.objects.filter(exam=exam, enrolment=enrolment).count() + 1
    if number > exam.attempts_allowed:
        raise ExamRefused(
            "no_sittings_left", _("You have used all your sittings of this exam. Talk to the class head about a make-up exam.")
        )
    seed = new_seed()
    shown, keys = _freeze(exam, seed)
    attempt = Attempt(
        exam=exam,
        enrolment=enrolment,
        number=number,
        seed=seed,
        paper=shown,
        key=keys,
        started_at=now,
        ends_at=exam_clock.ends_at(started_at=now, minutes=exam.minutes, closes_at=exam.closes_at),
    )
    attempt.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            attempt.save()
    except IntegrityError:
        going_on = reads.running(enrolment, exam)
        if going_on is None:
            raise
        return going_on
    audit.record("courses.attempt_started", actor=actor, target=attempt, after={"exam": exam.pk, "sitting": number, "seed": seed})
    return attempt


def _guard_start(exam: Exam, enrolment: Enrolment, now: datetime) -> None:
    if enrolment.state not in LEARNING_STATES or enrolment.training_class.state not in TEACHING_STATES:
        raise ExamRefused("not_a_trainee", _("You have no seat in a class that is being taught, so you can't sit this exam."))
    if now < exam.opens_at:
        opens = date_format(timezone.localtime(exam.opens_at), "DATETIME_FORMAT")
        raise ExamRefused("not_open", _("The exam opens at %(when)s. Come back then.") % {"when": opens})
    if now >= exam.closes_at:
        raise ExamRefused("closed", _("The exam is closed. Talk to the class head about a make-up exam."))


def _freeze(exam: Exam, seed: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the candidate sees and how it is marked."""
    bank = {
        str(question.public_id): question
        for question in Question.objects.filter(course_id=exam.training_class.course_id, is_retired=False).prefetch_related("options")
    }
    items = [
        paper.BankItem(
            pk,
            question.topic,
            tuple(option.public_id for option in question.options.all()),
            fixed_order=question.kind == QuestionKind.TRUE_FALSE,
        )
        for pk, question in bank.items()
    ]
    try:
        drawn = paper.draw(items, seed=seed, count=exam.question_count, per_topic=exam.per_topic)
    except paper.BankTooSmallError as error:
        raise ExamRefused(
            "bank_too_small",
            _("The exam isn't ready: the question bank holds %(there)s questions where %(wanted)s are needed. Tell the class head.")
            % {"there": error.there, "wanted": error.wanted},
        ) from error
    shown, keys = [], []
    for item in drawn:
        question = bank[item.id]
        options = {option.public_id: option for option in question.options.all()}
        shown.append(
            {
                "id": item.id,
                "kind": question.kind,
                "text": question.text,
                "unit": question.unit,
                "options": [{"id": pk, "text": options[pk].text} for pk in item.options],
            }
        )
        keys.append(
            {
                "kind": question.kind,
                "points": str(exam.points_each),
                "correct": sorted(pk for pk, option in options.items() if option.is_right),
                "options": sorted(options),
                "number": None if question.number is None else str(question.number),
                "tolerance": str(question.tolerance),
                "policy": question.partial_credit,
                "explanation": question.explanation,
            }
        )
    return shown, keys


@dataclass(frozen=True)
class Op:
    """One change of one answer, as a player sends it. `op_id` is the player's own; `seq` grows with each change."""

    op_id: UUID
    seq: int
    place: int
    value: object
    written_at: datetime


@dataclass(frozen=True)
class Saved:
    """What became of one change. `word`: saved, late (counts, marked so), too_late or unreadable (both don't count)."""

    op_id: UUID
    word: str

    @property
    def kept(self) -> bool:
        """Does it count?"""
        return self.word in ("saved", "late")


@transaction.atomic
def save_answers(*, actor: Any, attempt: Attempt, ops: Sequence[Op]) -> list[Saved]:
    """Take in changes from a player, in any order and as often as the network likes: each `op_id` is written once.

    Raises `ExamRefused` when the paper is already handed in; a single bad change is answered by its word and hinders no other.
    """
    attempt = lock(attempt)
    enrolment = attempt.enrolment
    require_own(actor, enrolment.person, enrolment.training_class)
    known = dict(AnswerOp.objects.filter(attempt=attempt, op_id__in=[op.op_id for op in ops]).values_list("op_id", "is_late"))
    if attempt.state != AttemptState.RUNNING and any(op.op_id not in known for op in ops):
        raise ExamRefused("handed_in", _("This paper is already handed in; answers can't be changed any more."))
    if AnswerOp.objects.filter(attempt=attempt).count() + len(ops) > MAX_OPS:
        raise ExamRefused("too_many_changes", _("Too many changes were sent. Hand the paper in, or tell the invigilator."))
    now, grace = timezone.now(), timedelta(minutes=attempt.exam.grace_minutes)
    answers: list[Saved] = []
    fresh: dict[UUID, AnswerOp] = {}
    for op in ops:
        if op.op_id in known or op.op_id in fresh:
            late = known[op.op_id] if op.op_id in known else fresh[op.op_id].is_late
            answers.append(Saved(op.op_id, "late" if late else "saved"))
            continue
        arrival = exam_clock.arrival(received_at=now, written_at=op.written_at, ends_at=attempt.ends_at, grace=grace)
        if arrival is exam_clock.Arrival.TOO_LATE:
            answers.append(Saved(op.op_id, "too_late"))
            continue
        value = _read(attempt, op)
        if value is None:
            answers.append(Saved(op.op_id, "unreadable"))
            continue
        is_late = arrival is exam_clock.Arrival.LATE
        fresh[op.op_id] = AnswerOp(
            attempt=attempt,
            op_id=op.op_id,
            seq=op.seq,
            place=op.place,
            value=value,
            written_at=op.written_at,
            received_at=now,
            is_late=is_late,
        )
        answers.append(Saved(op.op_id, "late" if is_late else "saved"))
    AnswerOp.objects.bulk_create(fresh.values())
    came_late = sum(row.is_late for row in fresh.values())
    if came_late:
        attempt.late_answers += came_late
        attempt.save(update_fields=["late_answers", "updated_at"])
    return answers


def _read(attempt: Attempt, op: Op) -> list[str] | None:
    if not 1 <= op.place <= len(attempt.key) or not 0 < op.seq < 2**31:
        return None
    key = attempt.key[op.place - 1]
    try:
        return grading.read_answer(key["kind"], op.value, key["options"])
    except grading.BadAnswerError:
        return None


def save_answer(*, actor: Any, attempt: Attempt, op: Op) -> Saved:
    """Take in one change; see `save_answers`. Raises `AnswerUnreadable` where that one would only say so."""
    (saved,) = save_answers(actor=actor, attempt=attempt, ops=[op])
    if saved.word == "unreadable":
        raise AnswerUnreadable("unreadable", _("This isn't an answer to that question. Choose again."))
    if saved.word == "too_late":
        raise ExamRefused("too_late", _("Time is up; this change came too late and doesn't count."))
    return saved


@transaction.atomic
def submit_attempt(*, actor: Any, attempt: Attempt) -> Attempt:
    """Hand a paper in and mark it. A second click returns the same result."""
    attempt = lock(attempt)
    require_own(actor, attempt.enrolment.person, attempt.enrolment.training_class)
    if attempt.state != AttemptState.RUNNING:
        return attempt
    return _close(actor=actor, attempt=attempt, to=AttemptState.SUBMITTED)


def collect_overdue(*, actor: Any = SYSTEM, now: datetime | None = None) -> int:
    """Collect papers whose time and grace are over; returns how many. Each in its own transaction; safe to run twice."""
    if actor is not SYSTEM:
        raise NotFound
    now = now or timezone.now()
    return sum(_collect(pk, now) for pk in reads.overdue(now))


@transaction.atomic
def _collect(pk: int, now: datetime) -> bool:
    attempt = lock(Attempt.objects.get(pk=pk))
    if attempt.state != AttemptState.RUNNING or now <= attempt.ends_at:
        return False
    _close(actor=SYSTEM, attempt=attempt, to=AttemptState.COLLECTED)
    return True


def _close(*, actor: Any, attempt: Attempt, to: AttemptState) -> Attempt:
    keys = [reads.key_from_json(data) for data in attempt.key]
    given = reads.answers(attempt)
    marked = [grading.mark(key, given.get(place, [])) for place, key in enumerate(keys, start=1)]
    total = grading.total(keys, marked)
    attempt.points, attempt.out_of, attempt.mark = total.points, total.out_of, total.mark
    attempt.submitted_at = timezone.now()
    attempt.receipt = "".join(secrets.choice(RECEIPT_LETTERS) for _letter in range(8))
    attempt.save(update_fields=["points", "out_of", "mark", "submitted_at", "receipt", "updated_at"])
    move(attempt, to, table=ATTEMPT_MOVES)
    audit.record(
        "courses.attempt_submitted" if to == AttemptState.SUBMITTED else "courses.attempt_collected",
        actor=actor,
        target=attempt,
        after={"mark": str(total.mark), "answered": total.answered, "late": attempt.late_answers, "receipt": attempt.receipt},
    )
    decide_completion(actor=SYSTEM, enrolment=attempt.enrolment)
    return attempt


@transaction.atomic
def record_mark(*, actor: Any, enrolment: Enrolment, part: str, mark: Any, assessor: str, reason: str = "") -> PartMark:
    """Record an assessor's mark for a part (practice). A correction is a new version and needs a reason.

    The class's own teacher may not be the assessor (考培分离).
    """
    enrolment = lock(enrolment)
    training_class = enrolment.training_class
    require(actor, RECORD_MARK, training_class)
    if part not in ExamPart.values or part not in training_class.rule.pass_marks:
        raise ExamRefused("no_such_part", _("The rule of this class has no such part."))
    if enrolment.state not in LEARNING_STATES:
        raise ExamRefused("decided", _("This trainee's result is already decided; the mark can't be changed here."))
    if assessor.strip() and assessor.strip() == training_class.teacher.strip():
        raise ExamRefused("own_class", _("A teacher doesn't assess the own class. Name another assessor."))
    last = PartMark.objects.filter(enrolment=enrolment, part=part).order_by("-version").first()
    if last and not reason.strip():
        raise ExamRefused("reason_needed", _("There is a mark already. Say why it is corrected."))
    row = PartMark(
        enrolment=enrolment,
        part=part,
        version=last.version + 1 if last else 1,
        mark=mark,
        assessor=assessor.strip(),
        recorded_by_id=actor.pk,
        reason=reason.strip(),
    )
    row.full_clean(exclude=["recorded_by"])
    row.save()
    audit.record(
        "courses.mark_recorded",
        actor=actor,
        target=row,
        before={"mark": str(last.mark)} if last else None,
        after={"mark": str(row.mark), "part": part},
        reason=reason,
    )
    decide_completion(actor=SYSTEM, enrolment=enrolment)
    return row

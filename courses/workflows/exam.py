"""Run sittings. They are started once, answered as often as the candidate likes, and ended once,
by the candidate or by the server's clock.

Rows are locked in the order of `core.locks`, which is the enrolment, then the sitting. Accepting
answers locks the sitting alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
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
from core import clock
from core.actors import Actor
from core.digests import digest_canonical_json
from core.errors import NotFound
from core.states import lock, move
from courses.enums import (
    ATTEMPT_MOVES,
    LEARNING_STATES,
    TEACHING_STATES,
    AttemptState,
    ExamPart,
    QuestionKind,
)
from courses.errors import (
    AnswersDiffer,
    ExamRefused,
    describe_bank_shortage,
    describe_hours_lacking,
)
from courses.grants import RECORD_MARK
from courses.models import AnswerOp, Attempt, Enrolment, Exam, LateDecision, PartMark, Question
from courses.models.exam import new_seed
from courses.queries import exam as reads
from courses.queries.completion import assess_enrolment
from courses.rules import exam_clock, grading, paper
from courses.workflows.completion import decide_completion
from courses.workflows.enrolment import require_own
from courses.workflows.notifications import tell_one

MAX_OPS = 4000  # far above what a person can click; a runaway script stops here


@transaction.atomic
def start_attempt(*, actor: Actor, exam: Exam, enrolment: Enrolment) -> Attempt:
    """Start a sitting, or return the one that is running, so that reload and back button never
    start a second.

    The paper is drawn by a new seed and frozen together with its key. Raises `ExamRefused`.
    """
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, enrolment.training_class)
    if exam.training_class_id != enrolment.training_class_id:
        raise NotFound
    going_on = reads.find_running_sitting(enrolment, exam)
    if going_on:
        return going_on
    now = clock.now()
    _guard_start(exam, enrolment, now)
    number = Attempt.objects.filter(exam=exam, enrolment=enrolment).count() + 1
    if number > exam.attempts_allowed:
        raise ExamRefused(
            "no_sittings_left",
            _("You have used all your attempts. Ask the class head about a resit."),
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
        going_on = reads.find_running_sitting(enrolment, exam)
        if going_on is None:
            raise
        return going_on
    audit.record(
        "courses.attempt_started",
        actor=actor,
        target=attempt,
        after={"exam": exam.pk, "sitting": number, "seed": seed},
    )
    return attempt


def _guard_start(exam: Exam, enrolment: Enrolment, now: datetime) -> None:
    if (
        enrolment.state not in LEARNING_STATES
        or enrolment.training_class.state not in TEACHING_STATES
    ):
        raise ExamRefused(
            "not_a_trainee",
            _("You don't have a place in a class under way, so you can't take this exam."),
        )
    if now < exam.opens_at:
        opens = date_format(timezone.localtime(exam.opens_at), "DATETIME_FORMAT")
        raise ExamRefused(
            "not_open", _("The exam opens at %(when)s. Come back then.") % {"when": opens}
        )
    if now >= exam.closes_at:
        raise ExamRefused("closed", _("The exam has closed. Ask the class head about a resit."))
    if exam.hours_needed and (have := assess_enrolment(enrolment).hours) < exam.hours_needed:
        raise ExamRefused(
            "hours_needed", describe_hours_lacking(have=have, needed=exam.hours_needed)
        )


def _freeze(exam: Exam, seed: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the candidate sees and how it is marked."""
    bank = {
        str(question.public_id): question
        for question in Question.objects.filter(
            course_id=exam.training_class.course_id, is_retired=False
        ).prefetch_related("options")
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
        drawn = paper.draw_paper(
            items, seed=seed, count=exam.question_count, per_topic=exam.per_topic
        )
    except paper.BankTooSmallError as error:
        why = describe_bank_shortage(topic=error.topic, wanted=error.wanted, there=error.there)
        raise ExamRefused(
            "bank_too_small",
            _("The exam isn't ready yet. %(why)s Tell the class head.") % {"why": why},
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
    """One change of one answer, as a player sends it.

    `op_id` is the player's own. `seq` grows with each change that one *page* of one *device* makes;
    `seen` is the number of the answer it showed when this one was written. See
    `rules.answer_order.Given`.
    """

    op_id: UUID
    seq: int
    place: int
    value: object
    written_at: datetime
    device: str = ""
    page: str = ""
    seen: int = 0


@dataclass(frozen=True)
class Saved:
    """The outcome of one change.

    `word`: saved (it counts now), superseded (received, but another answer to the question counts),
    unreadable (received, counts as no answer), late (kept apart until a person decides), too_late,
    handed_in or too_many (not taken).
    """

    op_id: UUID
    word: str

    @property
    def kept(self) -> bool:
        """Whether the change is on record."""
        return self.word in {"saved", "superseded", "unreadable", "late"}


@dataclass(frozen=True)
class Received:
    """The server's answer to a player, with the sitting as it is now, a word for each change, and
    what counts where something changed.
    """

    attempt: Attempt
    now: datetime
    saved: tuple[Saved, ...]
    counts: Mapping[int, reads.ReceivedAnswer]

    @property
    def is_over(self) -> bool:
        """Whether the sitting's time has run out and nobody has closed it yet."""
        return self.attempt.state == AttemptState.RUNNING and self.now > self.attempt.ends_at


def save_answers(*, actor: Actor, attempt_id: UUID, ops: Sequence[Op], seen: int = 0) -> Received:
    """Accept changes from a player, as often as the network sends them. Each `op_id` is written
    once and answered by a word of its own.

    *seen* is the number of the last answer the page knows of. What counts for every question
    answered since, from whatever device, is returned. Raises `NotFound` for anybody but the
    candidate.
    """
    with transaction.atomic():
        attempt = _lock_sitting(actor, attempt_id)
        now = clock.now()
        if not ops and seen >= attempt.received:
            return Received(attempt, now, (), {})
        places = {op.place for op in ops}
        rows = reads.answer_rows_around(
            attempt, places=places, op_ids=[op.op_id for op in ops], after=seen
        )
        written = {row["op_id"] for row in rows}
        words: dict[UUID, str] = {}
        fresh: dict[UUID, AnswerOp] = {}
        for op in ops:
            if op.op_id in written or op.op_id in fresh:
                continue
            refusal = _refuse_change(attempt, now, attempt.received + len(fresh))
            if refusal:
                words[op.op_id] = refusal
                continue
            made = _read_op(attempt, op, number=attempt.received + len(fresh) + 1, received_at=now)
            if made is None:
                words[op.op_id] = "unreadable"
            else:
                fresh[op.op_id] = made
        if fresh:
            AnswerOp.objects.bulk_create(fresh.values())
            _count_received(attempt, fresh.values())
    rows += [_columns_of(row) for row in fresh.values()]
    counting = [row for row in rows if not row["is_late"] or row["decision__accepted"]]
    counts = reads.choose_answers(counting)
    for row in rows:
        words.setdefault(row["op_id"], _word_for(row, counts))
    return Received(attempt, now, tuple(Saved(op.op_id, words[op.op_id]) for op in ops), counts)


def _lock_sitting(actor: Actor, attempt_id: UUID) -> Attempt:
    """Return the candidate's own sitting under its lock, with exam and person. One query."""
    rows = Attempt.objects.select_related("exam", "enrolment__person").select_for_update(
        of=("self",)
    )
    attempt = (
        rows.filter(public_id=attempt_id, enrolment__person__user=actor.pk).first()
        if actor.pk is not None
        else None
    )
    if attempt is None:
        raise NotFound
    return attempt


def _refuse_change(attempt: Attempt, now: datetime, received: int) -> str:
    """Return the word for a change that can't be accepted now, or an empty text if it can."""
    if attempt.state == AttemptState.SUBMITTED:
        return "handed_in"
    if _arrival(attempt, now) is exam_clock.Arrival.TOO_LATE or attempt.settled_at is not None:
        return "too_late"
    return "too_many" if received >= MAX_OPS else ""


def _arrival(attempt: Attempt, now: datetime) -> exam_clock.Arrival:
    return exam_clock.classify_arrival(
        received_at=now,
        ends_at=attempt.ends_at,
        grace=timedelta(minutes=attempt.exam.grace_minutes),
    )


def _read_op(attempt: Attempt, op: Op, *, number: int, received_at: datetime) -> AnswerOp | None:
    """Return the row of a change, with unreadable text kept as it was written, or None if it
    belongs to no question of the paper.
    """
    if not 1 <= op.place <= len(attempt.key) or not 0 < op.seq < 2**31 or not 0 <= op.seen < 2**31:
        return None
    key, shown = attempt.key[op.place - 1], attempt.paper[op.place - 1]
    value, problem = None, ""
    try:
        value = grading.normalise_answer(key["kind"], op.value, key["options"], unit=shown["unit"])
    except grading.BadAnswerError as error:
        problem = error.code
    return AnswerOp(
        attempt=attempt,
        op_id=op.op_id,
        number=number,
        device=op.device[:36],
        page=op.page[:36],
        seq=op.seq,
        seen=op.seen,
        place=op.place,
        value=value,
        raw=_as_written(op.value) if problem or key["kind"] == QuestionKind.NUMBER else "",
        problem=problem,
        written_at=op.written_at,
        received_at=received_at,
        # Once the paper is collected nothing more is in time, whatever the clock of another host
        # says.
        is_late=attempt.state != AttemptState.RUNNING
        or _arrival(attempt, received_at) is not exam_clock.Arrival.IN_TIME,
    )


def _as_written(value: object) -> str:
    """Return what was written as text, for the record."""
    first = value[0] if isinstance(value, list) and len(value) == 1 else value
    text = (
        first
        if isinstance(first, str)
        else ""
        if first in (None, [])
        else json.dumps(first, ensure_ascii=False, default=str)
    )
    return text.replace("\x00", "")[:200]


def _count_received(attempt: Attempt, fresh: Collection[AnswerOp]) -> None:
    """Write down how many answers were received, and how many of them late."""
    late = sum(row.is_late for row in fresh)
    attempt.received += len(fresh)
    attempt.late_answers += late
    attempt.late_waiting += late
    attempt.save(update_fields=["received", "late_answers", "late_waiting", "updated_at"])


def _columns_of(row: AnswerOp) -> dict[str, Any]:
    names = (
        "op_id",
        "is_late",
        "number",
        "place",
        "device",
        "page",
        "seq",
        "seen",
        "written_at",
        "received_at",
        "value",
        "raw",
        "problem",
    )
    return {name: getattr(row, name) for name in names} | {"decision__accepted": None}


def _word_for(row: Mapping[str, Any], counts: Mapping[int, reads.ReceivedAnswer]) -> str:
    if row["is_late"]:
        return "late"
    standing = counts.get(row["place"])
    if standing is None or standing.given.number != row["number"]:
        return "superseded"
    return "saved" if row["value"] is not None else "unreadable"


@transaction.atomic
def submit_attempt(*, actor: Actor, attempt: Attempt, shown: str = "") -> Attempt:
    """Hand a paper in and mark it. A second click returns the same result, and after the end the
    server has collected it.

    *shown* is the digest of the answers on the candidate's screen (`queries.exam.digest_shown`).
    Raises `AnswersDiffer` if other answers count, given on another device meanwhile, because what
    was seen is what is handed in.
    """
    enrolment = lock(attempt.enrolment)
    attempt = lock(attempt)
    if actor.pk is None or enrolment.person.user_id != actor.pk:
        raise NotFound
    if attempt.state != AttemptState.RUNNING:
        return attempt
    now = clock.now()
    if now > attempt.ends_at:
        return _close(actor=SYSTEM, attempt=attempt, to=AttemptState.COLLECTED, now=now)
    if shown and shown != reads.digest_shown(reads.counting_answers(attempt)):
        raise AnswersDiffer(
            "answers_differ",
            _(
                "An answer was received from another device or page. Check which answers "
                "count now, then submit again."
            ),
        )
    return _close(actor=actor, attempt=attempt, to=AttemptState.SUBMITTED, now=now)


def collect_overdue_papers(*, actor: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Collect papers whose time is over, settle marks that no late answer can change, and return
    how many. Safe to run twice.

    Each paper has its own transaction.
    """
    if actor is not SYSTEM:
        raise NotFound
    now = now or clock.now()
    done = sum(
        collect_attempt(attempt_id=pk, now=now)
        for pk in reads.list_overdue_sittings(now).values_list("pk", flat=True)
    )
    return done + sum(_settle_if_due(pk, now) for pk in reads.list_unsettled_sittings(now))


@transaction.atomic
def collect_attempt(*, attempt_id: int, now: datetime | None = None) -> bool:
    """Collect one paper if its time is over, and return whether it was collected. The server's
    clock alone decides, so anybody may ask for it.
    """
    now = now or clock.now()
    attempt = _lock_with_enrolment(attempt_id)
    if attempt.state != AttemptState.RUNNING or now <= attempt.ends_at:
        return False
    _close(actor=SYSTEM, attempt=attempt, to=AttemptState.COLLECTED, now=now)
    return True


@transaction.atomic
def _settle_if_due(pk: int, now: datetime) -> bool:
    attempt = _lock_with_enrolment(pk)
    grace_over = _arrival(attempt, now) is exam_clock.Arrival.TOO_LATE
    if (
        attempt.state != AttemptState.COLLECTED
        or attempt.settled_at is not None
        or attempt.late_waiting
        or not grace_over
    ):
        return False
    _settle(attempt, now)
    return True


def _lock_with_enrolment(pk: int) -> Attempt:
    """Lock the enrolment of a sitting, then the sitting."""
    lock(Enrolment.objects.get(attempts=pk))
    return lock(Attempt.objects.get(pk=pk))


def _close(*, actor: Actor, attempt: Attempt, to: AttemptState, now: datetime) -> Attempt:
    answers = reads.counting_answers(attempt)
    total = _mark(attempt, answers)
    attempt.submitted_at = now
    attempt.receipt = digest_canonical_json(reads.receipt_record(attempt))
    attempt.save(
        update_fields=["points", "out_of", "mark", "submitted_at", "receipt", "updated_at"]
    )
    move(attempt, to, table=ATTEMPT_MOVES)
    audit.record(
        "courses.attempt_submitted"
        if to == AttemptState.SUBMITTED
        else "courses.attempt_collected",
        actor=actor,
        target=attempt,
        after={
            "mark": str(total.mark),
            "answered": total.answered,
            "late": attempt.late_answers,
            "receipt": attempt.receipt,
        },
    )
    # A phone without network may still bring late answers to a paper that was collected; to one
    # handed in nothing is added.
    if to == AttemptState.SUBMITTED:
        _settle(attempt, now)
    return attempt


def _mark(attempt: Attempt, answers: Mapping[int, reads.ReceivedAnswer]) -> grading.Total:
    """Set points and mark of a sitting from *answers* and return the total. The caller saves it."""
    total = reads.total_of(attempt, answers)
    attempt.points, attempt.out_of, attempt.mark = total.points, total.out_of, total.mark
    return total


def _settle(attempt: Attempt, now: datetime) -> None:
    """Let the mark of a sitting count for the class from now on."""
    attempt.settled_at = now
    attempt.save(update_fields=["settled_at", "updated_at"])
    decide_completion(actor=SYSTEM, enrolment=attempt.enrolment)


@transaction.atomic
def decide_late_answers(
    *, actor: Actor, attempt: Attempt, accepted: bool, reason: str, up_to: int
) -> LateDecision:
    """Decide whether the late answers of a sitting count. Needs `courses.record_mark` on the
    class, and is nobody's own sitting.

    *up_to* is the number of the last answer the person has seen; one that arrives meanwhile waits
    for a decision of its own. The mark is made new from all answers that count; the row keeps it
    before and after. Raises `ExamRefused`.
    """
    enrolment = lock(attempt.enrolment)
    attempt = lock(attempt)
    require(actor, RECORD_MARK, enrolment.training_class)
    if actor.pk is not None and enrolment.person.user_id == actor.pk:
        raise ExamRefused("own_paper", _("This is your own paper, so another person must decide."))
    if not reason.strip():
        raise ExamRefused(
            "reason_needed", _("Give a reason why the late answers count or don't count.")
        )
    waiting = attempt.ops.filter(is_late=True, decision=None, number__lte=up_to)
    if attempt.state == AttemptState.RUNNING or attempt.mark is None or not waiting.exists():
        raise ExamRefused(
            "nothing_late",
            _("There are no late answers to decide on. Someone else may have decided already."),
        )
    before = attempt.mark
    decision = LateDecision(
        attempt=attempt,
        accepted=accepted,
        reason=reason.strip(),
        decided_by_id=actor.pk,
        mark_before=before,
        mark_after=before,
    )
    decision.full_clean(exclude=["decided_by"])
    decision.save()
    decided = waiting.update(decision=decision)
    if accepted:
        _mark(attempt, reads.counting_answers(attempt))
        decision.mark_after = attempt.mark
        decision.save(update_fields=["mark_after", "updated_at"])
    attempt.late_waiting -= decided
    attempt.save(update_fields=["points", "out_of", "mark", "late_waiting", "updated_at"])
    audit.record(
        "courses.late_answers_decided",
        actor=actor,
        target=attempt,
        before={"mark": str(before)},
        after={"mark": str(attempt.mark), "late": decided, "accepted": accepted},
        reason=reason,
    )
    now = clock.now()
    if not attempt.late_waiting and _arrival(attempt, now) is exam_clock.Arrival.TOO_LATE:
        _settle(attempt, now)
    tell_one(
        "courses.late_answers_decided",
        enrolment,
        key=str(decision.public_id),
        title=attempt.exam.title,
    )
    return decision


@transaction.atomic
def record_mark(
    *, actor: Actor, enrolment: Enrolment, part: str, mark: Any, assessor: str, reason: str = ""
) -> PartMark:
    """Record an assessor's mark for a part (practice). A correction is a new version and needs a
    reason.

    The class's own teacher may not be the assessor (考培分离).
    """
    enrolment = lock(enrolment)
    training_class = enrolment.training_class
    require(actor, RECORD_MARK, training_class)
    if part not in ExamPart.values or part not in training_class.rule.pass_marks:
        raise ExamRefused(
            "no_such_part", _("The completion rule of this class doesn't have this part.")
        )
    if enrolment.state not in LEARNING_STATES:
        raise ExamRefused(
            "decided",
            _("This trainee's result has already been decided. The mark can't be changed here."),
        )
    if assessor.strip() and assessor.strip() == training_class.teacher.strip():
        raise ExamRefused(
            "own_class", _("A trainer can't assess their own class. Enter another assessor.")
        )
    last = PartMark.objects.filter(enrolment=enrolment, part=part).order_by("-version").first()
    if last and not reason.strip():
        raise ExamRefused(
            "reason_needed", _("There is already a mark. Give a reason for the correction.")
        )
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

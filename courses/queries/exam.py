"""Read exams and sittings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from core.digests import digest_canonical_json
from courses.enums import AttemptState
from courses.models import AnswerOp, Attempt, Enrolment, Exam, PartMark, Question, TrainingClass
from courses.rules import grading
from courses.rules.answer_order import Given, find_answers_that_count
from courses.rules.grading import Key
from courses.rules.paper import Shortage, find_shortages

COUNTS = Q(is_late=False) | Q(decision__accepted=True)
_FIELDS = (
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


@dataclass(frozen=True)
class ReceivedAnswer:
    """One answer that was received. `value` is None where it couldn't be read, and then `raw`
    holds what was written and `problem` the reason.
    """

    given: Given
    value: list[str] | None
    raw: str
    problem: str

    @property
    def shown(self) -> Any:
        """What a page shows of it, as handing in compares it."""
        return self.value if self.value is not None else {"unreadable": self.raw}


def as_answer(row: Mapping[str, Any]) -> ReceivedAnswer:
    """Make an answer of the columns of its row."""
    given = Given(
        number=row["number"],
        place=row["place"],
        device=row["device"],
        page=row["page"],
        step=row["seq"],
        seen=row["seen"],
        written_at=row["written_at"],
        received_at=row["received_at"],
    )
    return ReceivedAnswer(given, row["value"], row["raw"], row["problem"])


def choose_answers(rows: Iterable[Mapping[str, Any]]) -> dict[int, ReceivedAnswer]:
    """Return place → the answer that counts, of rows that count at all."""
    found = {row["number"]: as_answer(row) for row in rows}
    return {
        place: found[given.number]
        for place, given in find_answers_that_count(
            answer.given for answer in found.values()
        ).items()
    }


def counting_answers(attempt: Attempt) -> dict[int, ReceivedAnswer]:
    """Return place on the paper → the answer that counts. One query."""
    return choose_answers(attempt.ops.filter(COUNTS).values(*_FIELDS))


def answers_with_late(attempt: Attempt) -> dict[int, ReceivedAnswer]:
    """Return what would count if the late answers that wait were accepted. One query."""
    return choose_answers(
        attempt.ops.filter(COUNTS | Q(is_late=True, decision=None)).values(*_FIELDS)
    )


def late_answers_waiting(attempt: Attempt) -> list[ReceivedAnswer]:
    """Return the late answers that wait for a decision, by question and order of receipt. One
    query.
    """
    rows = attempt.ops.filter(is_late=True, decision=None).order_by("place", "number")
    return [as_answer(row) for row in rows.values(*_FIELDS)]


def total_of(attempt: Attempt, answers: Mapping[int, ReceivedAnswer]) -> grading.Total:
    """Mark *answers* by the frozen key of a sitting."""
    keys = [key_from_json(data) for data in attempt.key]
    marked = [
        grading.mark_answer(key, (answers[place].value or []) if place in answers else [])
        for place, key in enumerate(keys, start=1)
    ]
    return grading.total_paper(keys, marked)


def answer_rows_around(
    attempt: Attempt, *, places: Collection[int], op_ids: Collection[UUID], after: int
) -> list[dict[str, Any]]:
    """Return the rows of *op_ids*, and all rows of *places* and of every place answered since
    number *after*. One query.
    """
    wanted = Q(op_id__in=op_ids) | Q(place__in=places)
    if after < attempt.received:
        wanted |= Q(
            place__in=AnswerOp.objects.filter(attempt=attempt, number__gt=after).values("place")
        )
    rows = AnswerOp.objects.filter(wanted, attempt=attempt).order_by("number")
    return list(rows.values("op_id", "is_late", "decision__accepted", *_FIELDS))


def digest_shown(answers: Mapping[int, ReceivedAnswer]) -> str:
    """Return the digest of the answers as a page shows them, which the page computes too. A
    question without an answer is left out.
    """
    return digest_canonical_json(
        {str(place): answer.shown for place, answer in answers.items() if answer.shown != []}
    )


def receipt_record(attempt: Attempt) -> dict[str, Any]:
    """Return all that was received in time for a sitting, in order. Its digest is the receipt.
    Times are in ms since 1970, UTC.
    """
    rows = attempt.ops.filter(is_late=False).order_by("number").values(*_FIELDS, "op_id")
    return {
        "sitting": str(attempt.public_id),
        "answers": [
            {
                "id": str(row["op_id"]),
                "number": row["number"],
                "question": row["place"],
                "value": row["value"],
                "written": row["raw"],
                "written_at": count_milliseconds(row["written_at"]),
                "received_at": count_milliseconds(row["received_at"]),
            }
            for row in rows
        ],
    }


def count_milliseconds(moment: datetime) -> int:
    """Return a time as whole ms since 1970, UTC."""
    return round(moment.timestamp() * 1000)


def key_from_json(data: Mapping[str, Any]) -> Key:
    """Read a frozen key."""
    return Key(
        kind=data["kind"],
        points=Decimal(data["points"]),
        correct=frozenset(data["correct"]),
        options=frozenset(data["options"]),
        number=None if data["number"] is None else Decimal(data["number"]),
        tolerance=Decimal(data["tolerance"]),
        policy=data["policy"],
    )


def find_running_sitting(enrolment: Enrolment, exam: Exam) -> Attempt | None:
    """Return the sitting going on, if any."""
    return Attempt.objects.filter(
        enrolment=enrolment, exam=exam, state=AttemptState.RUNNING
    ).first()


def list_overdue_sittings(now: datetime) -> QuerySet[Attempt]:
    """Return the sittings whose time is over and that nobody handed in."""
    return Attempt.objects.filter(state=AttemptState.RUNNING, ends_at__lt=now).order_by(
        "ends_at", "pk"
    )


def list_unsettled_sittings(now: datetime) -> list[int]:
    """Return collected sittings for which no late answer can come any more and none waits for a
    decision.
    """
    rows = Attempt.objects.filter(
        state=AttemptState.COLLECTED, settled_at=None, late_waiting=0
    ).order_by("ends_at", "pk")
    return [
        pk
        for pk, ends_at, minutes in rows.values_list("pk", "ends_at", "exam__grace_minutes")
        if ends_at + timedelta(minutes=minutes) < now
    ]


def has_work(now: datetime) -> bool:
    """Say whether a paper has to be collected or a mark to be settled."""
    return list_overdue_sittings(now).exists() or bool(list_unsettled_sittings(now))


def open_sittings(training_class: TrainingClass) -> QuerySet[Attempt]:
    """Return the sittings of a class whose mark isn't final because they are running, or wait for
    late answers or a decision about them.
    """
    return Attempt.objects.filter(exam__training_class=training_class, settled_at=None)


def has_closed_for_all(exam: Exam, now: datetime) -> bool:
    """Say whether nobody can profit from the right answers any more, because the exam can't be
    started and every sitting of it is settled.
    """
    return now >= exam.closes_at and not exam.attempts.filter(settled_at=None).exists()


def exams_of(training_class: TrainingClass) -> QuerySet[Exam]:
    """Return the exams of a class in one query. `papers_to_decide` counts the sittings with late
    answers that wait for a decision.
    """
    return training_class.exams.annotate(
        papers_to_decide=Count("attempts", filter=Q(attempts__late_waiting__gt=0))
    )


def sittings_of(exam: Exam) -> QuerySet[Attempt]:
    """Return the sittings of an exam for its staff, those to decide first, then by name."""
    return (
        exam.attempts.select_related("enrolment__person")
        .defer("paper", "key")
        .annotate(unreadable=Count("ops", filter=Q(ops__value__isnull=True)))
        .order_by(
            "-late_waiting",
            "enrolment__person__name_order",
            "enrolment__person__name_key",
            "number",
            "pk",
        )
    )


def find_bank_shortages(exam: Exam) -> tuple[Shortage, ...]:
    """Return what the question bank lacks for the paper of *exam*. It is empty if the paper can be
    drawn. Takes one query.
    """
    there = dict(
        Question.objects.filter(course_id=exam.training_class.course_id, is_retired=False)
        .order_by()
        .values_list("topic")
        .annotate(count=Count("pk"))
    )
    return find_shortages(there, count=exam.question_count, per_topic=exam.per_topic)


def part_marks(enrolment: Enrolment) -> QuerySet[PartMark]:
    """Return the assessors' marks of a trainee, newest version last."""
    return PartMark.objects.filter(enrolment=enrolment).order_by("part", "version")

"""Mark closed questions exactly. Points are in Decimal, and numbers are compared as fractions.

An answer is what the exam player sent, already read by `normalise_answer`. A key is frozen on the
attempt when it starts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from courses.rules.number_text import NumberUnreadableError, read_number, write_number

CENT = Decimal("0.01")
CHOICE_KINDS = frozenset({"single", "multiple", "true_false"})


class BadAnswerError(ValueError):
    """What came in is no answer to this kind of question.

    `code` says why: not_an_answer, or for a number what `NumberUnreadableError` says.
    """

    def __init__(self, code: str = "not_an_answer") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Key:
    """How one question is marked. `correct` and `options` are option ids, `number` and `tolerance`
    are for number questions.
    """

    kind: str
    points: Decimal
    correct: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    policy: str = "all_or_nothing"


@dataclass(frozen=True)
class Marked:
    """Result of one question."""

    points: Decimal
    right: bool
    answered: bool


@dataclass(frozen=True)
class Total:
    """The result of a paper. `mark` is out of 100 with two decimals, half up."""

    points: Decimal
    out_of: Decimal
    mark: Decimal
    right: int
    answered: int


def normalise_answer(
    kind: str, raw: object, options: Collection[str], *, unit: str = ""
) -> list[str]:
    """Check what a client sent and return it in the stored form. This is a sorted list of option
    ids, or one number as `write_number` has it.

    An empty list means "not answered", which is always allowed, because a worker may take an answer
    back. *unit* is what a number question asks for. Raises `BadAnswerError`.
    """
    if raw is None or raw in ("", []):
        return []
    values: Sequence[object] = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(value, str) for value in values):
        raise BadAnswerError
    texts = [str(value) for value in values]
    if kind == "number":
        if len(texts) != 1:
            raise BadAnswerError
        if not texts[0].strip():
            return []
        try:
            return [write_number(read_number(texts[0], unit))]
        except NumberUnreadableError as error:
            raise BadAnswerError(error.code) from error
    if kind not in CHOICE_KINDS or not set(texts) <= set(options):
        raise BadAnswerError
    if kind != "multiple" and len(set(texts)) > 1:
        raise BadAnswerError
    return sorted(set(texts))


def mark_answer(key: Key, answer: Sequence[str]) -> Marked:
    """Mark one answer. Points have two decimals, half up."""
    if not answer:
        return Marked(Decimal(0).quantize(CENT), right=False, answered=False)
    if key.kind == "number":
        if key.number is None:
            msg = "a number question without a number"
            raise ValueError(msg)
        right = abs(Fraction(answer[0]) - Fraction(key.number)) <= Fraction(key.tolerance)
        return Marked(
            (key.points if right else Decimal(0)).quantize(CENT), right=right, answered=True
        )
    chosen = frozenset(answer)
    right = chosen == key.correct
    if right:
        return Marked(key.points.quantize(CENT), right=True, answered=True)
    if key.kind != "multiple" or key.policy == "all_or_nothing":
        return Marked(Decimal(0).quantize(CENT), right=False, answered=True)
    hits, slips = len(chosen & key.correct), len(chosen - key.correct)
    if key.policy == "no_wrong":
        share = Decimal(0) if slips else Decimal(hits) / len(key.correct)
    elif key.policy == "balance":
        share = max(Decimal(0), Decimal(hits - slips) / len(key.correct))
    else:
        msg = f"unknown policy {key.policy}"
        raise ValueError(msg)
    return Marked((key.points * share).quantize(CENT, ROUND_HALF_UP), right=False, answered=True)


def total_paper(keys: Sequence[Key], marked: Sequence[Marked]) -> Total:
    """Add a paper up and give the mark out of 100."""
    points = sum((item.points for item in marked), Decimal(0))
    out_of = sum((key.points for key in keys), Decimal(0))
    hundred = (
        (points * 100 / out_of).quantize(CENT, ROUND_HALF_UP)
        if out_of
        else Decimal(0).quantize(CENT)
    )
    return Total(
        points=points.quantize(CENT),
        out_of=out_of.quantize(CENT),
        mark=hundred,
        right=sum(item.right for item in marked),
        answered=sum(item.answered for item in marked),
    )

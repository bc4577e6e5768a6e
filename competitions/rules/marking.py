"""Marks of one aspect, one sheet, one module, one event.

Everything is exact: marks come in as `Decimal`, and what is worked out from them is a `Fraction`,
because a judgement is a ninth of something and a ninth has no end in decimals. Two competitors with
the same marks in another order must tie, not differ in the twenty-eighth digit. Rounding happens
once, in `published`, and only for totals that are shown; ranking uses the unrounded values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

SCORES = (0, 1, 2, 3)
TOP_SCORE = 3
MINIMUM_JUDGES = 3
SPREAD_LIMIT = 1
TRIM_FROM = 5
FULL_EVENT = Decimal("100.00")


class MarkError(ValueError):
    """A mark breaks a rule of the scheme. `code` says which, `data` holds the numbers for the
    sentence.
    """

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def round_published_mark(value: Fraction | Decimal | int) -> Decimal:
    """Return *value* rounded half up (away from zero) at two places, the form every shown total
    has.
    """
    exact = Fraction(value)
    hundredths = int(abs(exact) * 100 + Fraction(1, 2))
    return Decimal(-hundredths if exact < 0 else hundredths).scaleb(-2)


def allowed_steps(max_mark: Decimal, steps: Iterable[Decimal] = ()) -> tuple[Decimal, ...]:
    """Return every value a measurement may take, lowest first. These are zero, the steps declared
    beforehand, and the full mark.
    """
    return tuple(sorted({Decimal(0), *steps, max_mark}))


def mark_measured_aspect(
    awarded: Decimal, max_mark: Decimal, steps: Iterable[Decimal] = ()
) -> Fraction:
    """Return the mark of a measured aspect, which is full or zero, or one of the steps declared in
    the scheme.

    Raises `MarkError("not_a_step")` for any value between, however reasonable it looks to the
    judges.
    """
    if awarded not in allowed_steps(max_mark, steps):
        raise MarkError("not_a_step", awarded=awarded, max_mark=max_mark)
    return Fraction(awarded)


def measure_score_spread(scores: Sequence[int]) -> int:
    """Return the distance between the highest and the lowest judgement score, or 0 without scores."""
    return max(scores) - min(scores) if scores else 0


def spread_exceeded(scores: Sequence[int], limit: int = SPREAD_LIMIT) -> bool:
    """Say whether the judges are too far apart and must score again against the benchmark."""
    return measure_score_spread(scores) > limit


def mark_judged_aspect(
    scores: Sequence[int],
    max_mark: Decimal,
    *,
    limit: int = SPREAD_LIMIT,
    minimum: int = MINIMUM_JUDGES,
    trimmed: bool = False,
) -> Fraction:
    """Return the mark of a judged aspect. It is `max_mark x mean / 3`, which for three judges is
    `max_mark x sum / 9`.

    With *trimmed* and five judges or more, one highest and one lowest score are left out first.
    Raises `MarkError` with `too_few_judges`, `not_a_score` (0 to 3 only) or `spread_exceeded`.
    """
    if len(scores) < minimum:
        raise MarkError("too_few_judges", count=len(scores), minimum=minimum)
    for score in scores:
        if score not in SCORES:
            raise MarkError("not_a_score", score=score)
    if spread_exceeded(scores, limit):
        raise MarkError("spread_exceeded", spread=measure_score_spread(scores), limit=limit)
    mean = trimmed_mean(scores) if trimmed else Fraction(sum(scores), len(scores))
    return Fraction(max_mark) * mean / TOP_SCORE


def trimmed_mean(scores: Sequence[Decimal | int | Fraction]) -> Fraction:
    """Return the mean without one highest and one lowest score from five scores on, the plain mean
    of three or four.

    Equal extremes still lose one each. A missing score is missing and never a zero: fewer than
    three raise `MarkError("too_few_judges")`.
    """
    if len(scores) < MINIMUM_JUDGES:
        raise MarkError("too_few_judges", count=len(scores), minimum=MINIMUM_JUDGES)
    kept = sorted(Fraction(score) for score in scores)
    if len(kept) >= TRIM_FROM:
        kept = kept[1:-1]
    return sum(kept, Fraction(0)) / len(kept)


def sum_marks(marks: Iterable[Fraction | Decimal | int]) -> Fraction:
    """Return the exact sum of *marks*, for a sheet, a sub-criterion or a module."""
    return sum((Fraction(mark) for mark in marks), Fraction(0))


def event_total(parts: Iterable[tuple[Fraction | Decimal | int, Decimal | Fraction]]) -> Fraction:
    """Return the sum of part x weight.

    Two forms exist: modules whose marks add up to 100 together (every weight 1), and modules marked
    on 100 each whose weights add up to 1. `rules.scheme` refuses anything between.
    """
    return sum((Fraction(part) * Fraction(weight) for part, weight in parts), Fraction(0))

"""Compute the WorldSkills scale, in which the median competitor is at 700.

`700 + 30 x (raw - median) / (1.4826 x MAD)`, MAD being the median distance from the median, rounded
half up to a whole number. No official formula is public. This one was worked out by others from one
published export of 32 competitors and agrees with every row of it. For that reason the scale is
shown as information and is not the legal ranking of a domestic competition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

CENTRE = 700
UNIT = 30
CONSISTENCY = Fraction(14826, 10000)


@dataclass(frozen=True, slots=True)
class Scale:
    """Scaled points in the order of the raw marks. `points` is None where the field has no spread
    (MAD = 0).
    """

    median: Fraction
    mad: Fraction
    points: tuple[int, ...] | None


def compute_median(values: Sequence[Fraction]) -> Fraction:
    """Return the middle value, or the mean of the two middle ones. *values* must not be empty."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def half_up(value: Fraction) -> int:
    """Return *value* rounded to a whole number, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def scale_raw_marks(raw: Sequence[Fraction | Decimal | int]) -> Scale:
    """Return median, MAD and the scaled points of *raw* marks. An empty field has no points."""
    marks = [Fraction(mark) for mark in raw]
    if not marks:
        return Scale(Fraction(0), Fraction(0), None)
    centre = compute_median(marks)
    mad = compute_median([abs(mark - centre) for mark in marks])
    if mad == 0:
        return Scale(centre, mad, None)
    return Scale(
        centre,
        mad,
        tuple(half_up(CENTRE + UNIT * (mark - centre) / (CONSISTENCY * mad)) for mark in marks),
    )

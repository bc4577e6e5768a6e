"""Measure how far the judges agree, by Kendall's coefficient of concordance with the correction
for ties (0 none, 1 complete).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction


def _mid_ranks(scores: Sequence[Fraction]) -> list[Fraction]:
    counts = Counter(scores)
    place: dict[Fraction, Fraction] = {}
    below = 0
    for value in sorted(counts):
        place[value] = Fraction(2 * below + counts[value] + 1, 2)
        below += counts[value]
    return [place[score] for score in scores]


def kendall_w(judges: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Return W for a table of one row per judge and one column per competitor.

    None where it has no meaning: fewer than two judges, fewer than two competitors, or every judge
    gave everybody the same.
    """
    m = len(judges)
    n = len(judges[0]) if judges else 0
    if m < 2 or n < 2:
        return None
    ranks = [_mid_ranks(row) for row in judges]
    sums = [sum((row[column] for row in ranks), Fraction(0)) for column in range(n)]
    mean = sum(sums, Fraction(0)) / n
    s = sum(((value - mean) ** 2 for value in sums), Fraction(0))
    ties = sum(sum(c**3 - c for c in Counter(row).values()) for row in judges)
    below = Fraction(m**2 * (n**3 - n) - m * ties)
    return 12 * s / below if below else None

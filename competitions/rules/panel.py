"""Decide whose scores count. Everybody of a panel marks every sheet, and a judge who stands aside
is replaced by the next of the panel.

Nothing that is shown before the blind numbers are opened may depend on this. Anyone who could
compare it would learn which number competes for a judge's own employer (ADR 48).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TypeVar

J = TypeVar("J")


def counting_judges(panel: Sequence[J], aside: Container[J], count: int) -> tuple[J, ...]:
    """Return the first *count* judges of *panel*, in its order, who aren't in *aside*. There are
    fewer where too few are left.
    """
    return tuple(judge for judge in panel if judge not in aside)[:count]


def leaves_enough_judges(panel: Sequence[J], field: Iterable[Container[J]], count: int) -> bool:
    """Say whether *panel* leaves *count* judges for every competitor. *field* holds for each
    competitor who stands aside.
    """
    return all(len(counting_judges(panel, aside, count)) == count for aside in field)


def pick_counting_scores(scores: Mapping[J, int], judges: Container[J]) -> dict[J, int]:
    """Return the scores of those judges who count."""
    return {judge: score for judge, score in scores.items() if judge in judges}

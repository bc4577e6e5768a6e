"""Write many numbers in few words, for paper and for lists that must stay short."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def in_runs(numbers: Iterable[int]) -> str:
    """Return *numbers* in order, each once, with neighbours joined, such as "1–12, 15, 17–18". Two
    neighbours aren't joined, as in "17, 18".
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts: list[str] = []
    for first, last in runs:
        parts += (
            [f"{first}–{last}"]
            if last - first > 1
            else [str(number) for number in range(first, last + 1)]
        )
    return ", ".join(parts)


def group_number_runs(rows: Iterable[tuple[int, K]]) -> list[tuple[str, K]]:
    """Return the numbers that share a second part, as runs, in the order in which each part comes
    first.
    """
    found: dict[K, list[int]] = {}
    for number, key in rows:
        found.setdefault(key, []).append(number)
    return [(in_runs(numbers), key) for key, numbers in found.items()]

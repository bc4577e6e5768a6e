"""Rows of a spreadsheet check: what is refused before anything is asked, what counts as a guess, what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from certification.rules.near_miss import Writing
from certification.rules.number import is_papers

PART_ROWS = 500
AT_ONCE_ROWS = 300
"""Up to so many rows are answered while one waits; more go to the background."""
MISSES_A_DAY = 500
"""Well-written numbers that may lead nowhere, for one account and day. At least `PART_ROWS`: the first part of a day always fits."""
NAMES_FOR_A_NUMBER = 5
NO_MATCH = "no_match"
NOT_ASKED = "not_asked"
"""What a row answers that couldn't be asked: a cell is empty or unreadable. It is no look-up, no miss and no verdict."""
_TOLD = ("answer", "until", "replaced_by")


class Unasked(NamedTuple):
    """Why a row can't be asked (a `RowFault`), the cell to mend (`B17`), and what is written there."""

    fault: str
    cell: str
    written: str = ""


def guessed_numbers(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return the numbers of *rows* (number, hash of a name) that stand with more than five names: such a sheet tries out names."""
    names: dict[str, set[str]] = defaultdict(set)
    for number, name in rows:
        names[number].add(name)
    return [number for number, tried in names.items() if len(tried) > NAMES_FOR_A_NUMBER]


def is_miss(row: Mapping[str, Any]) -> bool:
    """Say whether an answered row counts against the quota: it could have been a guess, and wasn't asked so before.

    A number of ours whose check character fails can't lead to anything and isn't counted.
    """
    return row["answer"] == NO_MATCH and could_lead(row) and row.get("was", {}).get("answer") != NO_MATCH


def could_lead(row: Mapping[str, Any]) -> bool:
    """Say whether the number of a row could be one in the register: one of ours, or written as papers of others are (ADR 27)."""
    if row.get("writing") in {Writing.WELL_FORMED, Writing.CHECK_FAILS}:
        return bool(row["writing"] == Writing.WELL_FORMED)
    return is_papers(row["number"])


def misses(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how much the answered *rows* use up of the day.

    A number that isn't ours counts a quarter: sheets of an employer hold certificates of many issuers, and few of them are here.
    """
    counted = [bool(row.get("writing") == Writing.WELL_FORMED) for row in rows if is_miss(row)]
    ours = sum(counted)
    return ours + (len(counted) - ours) // 4


def has_changed(row: Mapping[str, Any]) -> bool:
    """Say whether the answer of a row asked again is another than before."""
    was = row.get("was")
    return was is not None and any((was.get(key) or "") != (row.get(key) or "") for key in _TOLD)


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return of an answered row what the next check is compared with."""
    return {key: row.get(key) for key in _TOLD if row.get(key)}

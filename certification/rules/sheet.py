"""Rules for the rows of a spreadsheet check.

They say what is refused before anything is looked up, what counts as a guess, and what has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from certification.rules.near_miss import NumberWriting
from certification.rules.number import is_paper_number

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


class UnaskedRow(NamedTuple):
    """Why a row can't be looked up (a `RowFault`), the cell to correct (`B17`), and what is
    written there.
    """

    fault: str
    cell: str
    written: str = ""


def guessed_numbers(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return the numbers of *rows* (number, hash of a name) that occur with more than five names,
    as such a sheet tries out names.
    """
    names: dict[str, set[str]] = defaultdict(set)
    for number, name in rows:
        names[number].add(name)
    return [number for number, tried in names.items() if len(tried) > NAMES_FOR_A_NUMBER]


def is_miss(row: Mapping[str, Any]) -> bool:
    """Return whether an answered row counts against the quota, because it could have been a guess
    and didn't miss before.

    One of our numbers whose check character is wrong can't match anything and isn't counted.
    """
    return (
        row["answer"] == NO_MATCH
        and could_be_registered(row)
        and row.get("was", {}).get("answer") != NO_MATCH
    )


def could_be_registered(row: Mapping[str, Any]) -> bool:
    """Return whether the number of a row could be in the register.

    It could if it is one of ours, or is written like the numbers on papers of other issuers (ADR
    27).
    """
    if row.get("writing") in {NumberWriting.WELL_FORMED, NumberWriting.CHECK_FAILS}:
        return bool(row["writing"] == NumberWriting.WELL_FORMED)
    return is_paper_number(row["number"])


def count_quota_misses(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how much of the daily quota the answered *rows* use up.

    A number that isn't ours counts a quarter, because sheets of an employer hold certificates of
    many issuers, and few of them are here.
    """
    counted = [
        bool(row.get("writing") == NumberWriting.WELL_FORMED) for row in rows if is_miss(row)
    ]
    ours = sum(counted)
    return ours + (len(counted) - ours) // 4


def has_changed(row: Mapping[str, Any]) -> bool:
    """Return whether the answer of a row that was checked again differs from the one before."""
    was = row.get("was")
    return was is not None and any((was.get(key) or "") != (row.get(key) or "") for key in _TOLD)


def select_compared_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of an answered row that the next check is compared with."""
    return {key: row.get(key) for key in _TOLD if row.get(key)}

"""Check a union tree that is given as rows. Parents must be known, there may be no cycle, and
levels must descend.

The rules are pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row of the tree sheet. *parent* is a code or empty."""

    row: int
    code: str
    parent: str
    level: int


def find_tree_faults(units: list[TreeRow], known: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Yield (row, fault code) for each row that can't be placed. *known* maps codes that are
    already in the tree to their levels.

    The faults are `twice`, `parent_unknown`, `cycle` and `level_not_below`.
    """
    by_code: dict[str, TreeRow] = {}
    for unit in units:
        if unit.code in by_code:
            yield unit.row, "twice"
        else:
            by_code[unit.code] = unit
    for unit in by_code.values():
        if unit.parent not in by_code and unit.parent not in known:
            yield unit.row, "parent_unknown"
        elif _in_cycle(unit, by_code):
            yield unit.row, "cycle"
        elif unit.level <= (
            by_code[unit.parent].level if unit.parent in by_code else known[unit.parent]
        ):
            yield unit.row, "level_not_below"


def _in_cycle(unit: TreeRow, by_code: Mapping[str, TreeRow]) -> bool:
    seen = {unit.code}
    parent = unit.parent
    while parent in by_code:
        if parent in seen:
            return True
        seen.add(parent)
        parent = by_code[parent].parent
    return False


def parents_first(units: list[TreeRow]) -> list[TreeRow]:
    """Return *units* so that each comes after its parent. Call it only when `find_tree_faults`
    found none.
    """
    by_code = {unit.code: unit for unit in units}
    depth: dict[str, int] = {}

    def depth_of(code: str) -> int:
        if code not in by_code:
            return 0
        if code not in depth:
            depth[code] = depth_of(by_code[code].parent) + 1
        return depth[code]

    return sorted(units, key=lambda unit: (depth_of(unit.code), unit.row))

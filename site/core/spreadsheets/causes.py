"""Group faults with one cause in one line, which says what is wrong in which column, how many
values and rows there are, where, and the one thing to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import npgettext, pgettext

from core.spreadsheets.grid import describe_rows

VALUES_SHOWN = 6
CODES = frozenset({"union", "code", "parent", "uscc"})
NUMBERS = frozenset({"id_number", "number", "mobile"})
NAMES = frozenset({"employer", "issuer", "title"})
DAYS = frozenset({"birth", "joined", "issued_on", "valid_until"})


class FoundFault(NamedTuple):
    """One fault as it is stored, with its code and parameters, the column (−1 means none) and its
    key, the value written there, and the row (0 means none).
    """

    code: str
    params: Mapping[str, Any]
    column: int
    key: str
    written: str
    row: int


@dataclass(slots=True)
class FaultCause:
    """All faults of one code in one column. *values* are the values written there, the most
    frequent first, with the number of rows.
    """

    code: str
    column: int
    key: str
    what: str
    do: str
    rows: list[int]
    distinct: int
    values: list[tuple[str, int]]
    place: str = ""
    rows_url: str = ""
    link: tuple[str, str] | None = None  # address and words of another way to mend it
    where: str = field(init=False)
    counted: str = field(init=False)

    def __post_init__(self) -> None:
        self.where = describe_rows(self.rows)
        self.counted = count_words(self.key, self.distinct, len(self.rows))

    @property
    def more_values(self) -> int:
        """How many values aren't shown."""
        return self.distinct - len(self.values)


def group_causes(
    found: Iterable[FoundFault],
    describe: Callable[[str, Mapping[str, Any] | None], tuple[str, str]],
) -> list[FaultCause]:
    """Return the causes behind *found*, those of most rows first.

    *describe* returns what is wrong and what to do for a code with its parameters, or without them
    where they differ.
    """
    groups: dict[tuple[str, int], list[FoundFault]] = {}
    for fault in found:
        groups.setdefault((fault.code, fault.column), []).append(fault)
    causes = []
    for (code, column), faults in groups.items():
        first = faults[0]
        alike = all(fault.params == first.params for fault in faults)
        what, do = describe(code, first.params if alike else None)
        values = Counter(fault.written for fault in faults if fault.written)
        rows = sorted({fault.row for fault in faults if fault.row})
        causes.append(
            FaultCause(
                code,
                column,
                first.key,
                what,
                do,
                rows,
                len(values),
                values.most_common(VALUES_SHOWN),
            )
        )
    return sorted(causes, key=lambda cause: (-len(cause.rows), cause.rows[:1], cause.column))


def count_words(key: str, distinct: int, rows: int) -> str:
    """Return how many values and rows a cause has, such as `6 codes, 300 rows`."""
    in_rows = (
        npgettext("cause", "%(count)s row", "%(count)s rows", rows) % {"count": rows}
        if rows
        else ""
    )
    if not distinct:
        return in_rows
    if key in CODES:
        words = npgettext("cause", "%(count)s code", "%(count)s codes", distinct)
    elif key in NUMBERS:
        words = npgettext("cause", "%(count)s number", "%(count)s numbers", distinct)
    elif key in NAMES:
        words = npgettext("cause", "%(count)s name", "%(count)s names", distinct)
    elif key in DAYS:
        words = npgettext("cause", "%(count)s date", "%(count)s dates", distinct)
    else:
        words = npgettext("cause", "%(count)s value", "%(count)s values", distinct)
    values = words % {"count": distinct}
    return (
        pgettext("cause", "%(values)s, %(rows)s") % {"values": values, "rows": in_rows}
        if rows
        else values
    )

"""Group the problems of a workbook by cause, with one entry for each kind of problem in each
column of each worksheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from competitions.errors import describe_workbook_problem
from core.spreadsheets.causes import FaultCause, FoundFault, group_causes


class Placed(NamedTuple):
    """A problem with the names people see. It has the worksheet, the title of the column, the code
    and values of the sentence, and the row (0 means the whole worksheet).
    """

    worksheet: str
    title: str
    code: str
    data: Mapping[str, object]
    row: int


def group_problems(problems: Iterable[Placed]) -> list[FaultCause]:
    """Return the causes behind *problems*. In a sentence, what differs from row to row is left
    open, and the values stand beside it.
    """
    placed: Sequence[Placed] = list(problems)
    places = sorted({(one.worksheet, one.title) for one in placed})
    found = [
        FoundFault(
            one.code,
            one.data,
            places.index((one.worksheet, one.title)),
            one.title,
            str(one.data.get("value", "")),
            one.row,
        )
        for one in placed
    ]
    causes = group_causes(found, lambda code, _data: (code, ""))
    for cause in causes:
        place = places[cause.column]
        given = [
            one.data
            for one in placed
            if (one.code, one.worksheet, one.title) == (cause.code, *place)
        ]
        shared = {
            key: value if all(one.get(key) == value for one in given) else "…"
            for key, value in given[0].items()
        }
        cause.place, cause.what = (
            " ".join(filter(None, place)),
            describe_workbook_problem(cause.code, shared),
        )
    return causes

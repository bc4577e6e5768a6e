"""Hold the cells of one worksheet, and what the cells alone don't tell, such as which were hidden,
merged, computed or wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl.utils import get_column_letter

from core.spreadsheets.refusals import UnreadableSpreadsheet
from core.spreadsheets.values import ErrorValue, has_lost_digits, text_of

Spot = tuple[int, int]
Merge = tuple[Spot, Spot]
MAX_MERGED_SPOTS = 2_000_000
REMARKS = (
    "注",
    "备注",
    "说明",
    "合计",
    "小计",
    "总计",
    "共计",
    "填表",
    "制表",
    "审核",
    "单位（盖章）",
    "note",
    "total",
    "remark",
)


@dataclass(frozen=True, slots=True)
class GridNote:
    """Something about the sheet to say before it is imported. It has a code for the sentence
    (`describing.NOTES`) and its values.
    """

    code: str
    params: Mapping[str, str | list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the note as it is kept with an import."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Header:
    """The position of the headings (rows counted from 0, both included) and the heading of each
    column.
    """

    first: int
    last: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a worksheet from A1 on. Rows and columns are counted from 0, and blank ends of
    rows are left out.
    """

    cells: list[list[Any]]
    merged: tuple[Merge, ...] = ()
    formulas: frozenset[Spot] = frozenset()  # with the value the program kept
    uncomputed: frozenset[Spot] = frozenset()  # formulas without one
    hidden_rows: tuple[int, ...] = ()  # filled ones
    hidden_columns: tuple[int, ...] = ()
    pictures: int = 0  # cells that hold a picture instead of a value
    sheet: str = ""
    notes: tuple[GridNote, ...] = ()
    file: str = ""  # what the file is called

    def refusal(self, code: str, sentence: str) -> UnreadableSpreadsheet:
        """Return a refusal of this worksheet, led by file and worksheet where they have names."""
        refused = UnreadableSpreadsheet(code, sentence, sheet=self.sheet)
        return refused.in_file(self.file) if self.file else refused

    def body(self, header: Header) -> Iterator[tuple[int, list[Any]]]:
        """Yield (row as people count, cells) for each filled row below *header*, but not rows that
        hold a remark only.
        """
        return (
            (number, row) for number, row, is_remark in self._filled_rows(header) if not is_remark
        )

    def remark_rows(self, header: Header) -> list[int]:
        """Return the rows (as people count) that `body` skips, which repeat the headings or hold
        one cell with a note or a total.
        """
        return [number for number, _row, is_remark in self._filled_rows(header) if is_remark]

    def _filled_rows(self, header: Header) -> Iterator[tuple[int, list[Any], bool]]:
        wide = {(top, left) for (top, left), (_bottom, right) in self.merged if right > left}
        headings = header.headings
        for at in range(header.last + 1, len(self.cells)):
            row = self.cells[at]
            filled = [column for column, cell in enumerate(row) if cell not in ("", None)]
            if not filled:
                continue
            first = filled[0]
            if len(filled) > 1:
                is_remark = (
                    first < len(headings)
                    and row[first] == headings[first]
                    and self._repeats(row, filled, headings)
                )
            else:
                text = text_of(row[first]).casefold().lstrip("*＊（( ")
                is_remark = len(headings) > 1 and ((at, first) in wide or text.startswith(REMARKS))
            yield at + 1, row, is_remark

    @staticmethod
    def _repeats(row: Sequence[Any], filled: Sequence[int], headings: Sequence[str]) -> bool:
        return all(
            column < len(headings) and headings[column] == text_of(row[column]) for column in filled
        )

    def merged_below(self, header: Header, *, columns: int = 60) -> frozenset[Spot]:
        """Return every merged cell below *header* but the one that holds the value."""
        spots: set[Spot] = set()
        for (top, left), (bottom, right) in self.merged:
            if top > header.last:
                rows, across = (
                    range(top, min(bottom, len(self.cells)) + 1),
                    range(left, min(right, columns) + 1),
                )
                if len(spots) + len(rows) * len(across) > MAX_MERGED_SPOTS:
                    raise self.refusal(
                        "sheet_merged",
                        _("Too many cells are merged. Unmerge them and fill in each row."),
                    )
                spots |= {(row, column) for row in rows for column in across}
                spots.discard((top, left))
        return frozenset(spots)

    def oddness(self, spot: Spot, value: Any, merged: frozenset[Spot]) -> str:
        """Return what is special about a cell, or nothing.

        `error`: it shows #N/A or the like; `formula`: one without a value; `merged`; `number`:
        digits were lost; `computed`: a formula whose value was read.
        """
        if isinstance(value, ErrorValue):
            return "error"
        if spot in self.uncomputed:
            return "formula"
        if spot in merged:
            return "merged"
        if has_lost_digits(value):
            return "number"
        return "computed" if spot in self.formulas else ""

    def first_bad_cells(self, spots: Iterable[Spot]) -> list[str]:
        """Return the places (`B17`) of those *spots* that hold an error or a formula without a
        value.
        """
        return [
            name_cell(row, column) for row, column in spots if self.unreadable_text(row, column)
        ]

    def unreadable_text(self, row: int, column: int) -> str:
        """Return what a cell shows instead of a value. This is an error (`#N/A`), `=` for a
        formula without a value, or nothing for a sound cell.
        """
        cells = self.cells[row] if row < len(self.cells) else []
        value = cells[column] if column < len(cells) else None
        if isinstance(value, ErrorValue):
            return str(value)
        return "=" if (row, column) in self.uncomputed else ""


def name_cell(row: int, column: int) -> str:
    """Return the name of a cell counted from 0, so that (16, 1) is `B17`."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def describe_rows(rows: Sequence[int], *, most: int = 6) -> str:
    """Return rows (as people count, in order) in short, in the reader's language, such as `5–12,
    20, 31–40 …`.
    """
    comma = pgettext("between values", ", ")
    return comma.join(short_ranges(rows, most=most)).replace(f"{comma}…", " …")


def short_ranges(rows: Sequence[int], *, most: int = 6) -> list[str]:
    """Return rows (as people count, in order) as ranges such as `["5–12", "20", "…"]`. The last
    one is `…` if there are more than *most*.
    """
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] >= row - 1:
            ranges[-1] = (ranges[-1][0], max(row, ranges[-1][1]))
        else:
            ranges.append((row, row))
    words = [f"{first}–{last}" if last > first else str(first) for first, last in ranges[:most]]
    return [*words, "…"] if len(ranges) > most else words

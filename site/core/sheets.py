"""Read and write lists as spreadsheets. The columns of a list that was sent are found by its
header.

Files are read by `core.spreadsheets`. Formulas are never evaluated and never written: a value that
starts with `=` leaves as text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.spreadsheets.causes import FaultCause
from core.spreadsheets.describing import notes_of
from core.spreadsheets.grid import Grid, Header
from core.spreadsheets.reading import OWN_SUMMARY, read_spreadsheet
from core.spreadsheets.refusals import refuse_long_sheet
from core.spreadsheets.values import text_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["Grid", "Header", "text_of"]  # what importers know by these names
MAX_COLUMNS = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_HEADER_ROWS = 10  # filled rows among which the header is looked for: a title, a date line and notes above it are common
HEADER_DEPTH = 3  # a header of two or three rows held together by merged cells
PLACES_NAMED = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column to look for, with the key we use, its heading, other headings people write, and
    whether it is required.
    """

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row as text. *number* is the row in the spreadsheet as people count (1 is the first)."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(slots=True)
class Problems:
    """Sentences by row number. Empty means that no row has a problem."""

    by_row: dict[int, list[str]] = field(default_factory=dict)

    def add(self, row: int, sentence: str | _StrPromise) -> None:
        """Note one sentence for *row*."""
        self.by_row.setdefault(row, []).append(str(sentence))

    def __bool__(self) -> bool:
        return bool(self.by_row)

    def as_list(self) -> list[tuple[int, str]]:
        """Return (row, sentences joined) in the order of the sheet."""
        return [(row, " ".join(self.by_row[row])) for row in sorted(self.by_row)]


def load_grid(file: IO[bytes], *, max_bytes: int, max_rows: int, name: str = "") -> Grid:
    """Return the first visible worksheet with data. Raises `InvalidInput` with a sentence if the
    file is no spreadsheet, too large, too long or locked.
    """
    return read_spreadsheet(file, max_bytes=max_bytes, max_rows=max_rows, name=name)


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list that is taken as a whole, and what to say about its sheet
    (`describing.describe_notes`).
    """

    rows: list[SheetRow]
    notes: list[dict[str, Any]]


def read_rows(
    data: bytes, columns: Sequence[Column], *, max_bytes: int, max_rows: int, name: str = ""
) -> list[SheetRow]:
    """Return the rows of `read_list`."""
    return read_list(data, columns, max_bytes=max_bytes, max_rows=max_rows, name=name).rows


def read_list(
    data: bytes, columns: Sequence[Column], *, max_bytes: int, max_rows: int, name: str = ""
) -> Listed:
    """Return the filled rows of a spreadsheet, by the columns found in its header.

    Raises `InvalidInput` with a sentence: not a spreadsheet, too large, locked, header not found,
    column missing or double, cells that hold an error or a formula without a value.
    """
    grid = load_grid(io.BytesIO(data), max_bytes=max_bytes, max_rows=max_rows, name=name)
    header = find_header(grid, columns)
    places: dict[str, int] = {}
    for at, heading in enumerate(header.headings):
        key = column_key(heading, columns)
        if key and key in places:
            raise grid.refusal(
                "column_twice",
                _("There are two columns called “%(heading)s”. Keep only one of them.")
                % {"heading": heading},
            )
        if key:
            places[key] = at
    missing = [column.heading for column in columns if column.required and column.key not in places]
    if missing:
        raise grid.refusal(
            "column_missing",
            _(
                "These columns are missing: %(columns)s. The headings must be in one of the "
                "first ten rows, each in its own cell."
            )
            % {"columns": "、".join(missing)},
        )
    refuse_bad_cells(grid, header, places.values())
    rows = []
    for number, cells in grid.body(header):
        values = {key: text_of(cells[at]) for key, at in places.items() if at < len(cells)}
        if any(values.values()):
            rows.append(SheetRow(number, values))
    if len(rows) > max_rows:
        raise grid.refusal("sheet_too_long", str(refuse_long_sheet(max_rows).message))
    if not rows:
        raise grid.refusal(
            "sheet_empty",
            _("There are no rows below the header. Fill in the spreadsheet and upload it again."),
        )
    return Listed(rows, notes_of(grid, header))


def refuse_bad_cells(grid: Grid, header: Header, columns: Iterable[int]) -> None:
    """Raise a refusal that names the cells of *columns* that hold an error (`#N/A`) or a formula
    without a value.
    """
    wanted = sorted(columns)
    found = grid.first_bad_cells(
        (number - 1, column) for number, _cells in grid.body(header) for column in wanted
    )
    if found:
        words = pgettext("between values", ", ").join(found[:PLACES_NAMED]) + (
            " …" if len(found) > PLACES_NAMED else ""
        )
        raise grid.refusal(
            "sheet_bad_cells",
            _(
                "%(count)s cells contain an error such as #N/A or a formula without a "
                "result: %(cells)s. Enter the correct values, or open and save the file in "
                "a spreadsheet program so that the formulas are calculated. Then upload it "
                "again."
            )
            % {"count": len(found), "cells": words},
        )


def find_header(grid: Grid, columns: Sequence[Column]) -> Header:
    """Return the header, which is the row (or rows held together by merged cells) among the first
    that names most of *columns*.

    Titles above it are skipped. Raises `InvalidInput` if no row looks like a header, or one heading
    is merged over several columns.
    """
    rank, found = (0, 1), None
    filled_rows = [
        at for at, cells in enumerate(grid.cells[:200]) if any(text_of(cell) for cell in cells)
    ]
    for top in filled_rows[:FIRST_HEADER_ROWS]:
        header = _header_at(grid, top)
        known = len({key for heading in header.headings if (key := column_key(heading, columns))})
        filled = len({heading for heading in header.headings if heading})
        # The first of equals. A single cell is a title, unless it names a column: a list of names
        # alone is a list.
        if (known, min(filled, 2)) > rank:
            rank, found = (known, min(filled, 2)), header
    if found is None:
        raise grid.refusal(
            "header_missing",
            _(
                "The first rows don't contain any headings. Put a heading above each column "
                "and upload the file again."
            ),
        )
    for (top, left), (bottom, right) in grid.merged:
        if (
            top <= found.last <= bottom
            and bottom >= found.first
            and right > left
            and found.headings[left : left + 1] != ("",)
        ):
            raise grid.refusal(
                "header_merged",
                _(
                    "The heading in %(cells)s is merged across several columns. Unmerge it, "
                    "give each column its own heading, and upload the file again."
                )
                % {
                    "cells": f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
                },
            )
    return found


def _header_at(grid: Grid, top: int) -> Header:
    last = top
    for (first, left), (bottom, _right) in grid.merged:
        if first == top and bottom > top and left < MAX_COLUMNS:
            last = max(last, min(bottom, top + HEADER_DEPTH - 1))
    last = min(last, len(grid.cells) - 1)
    rows = [[text_of(cell) for cell in grid.cells[at][:MAX_COLUMNS]] for at in range(top, last + 1)]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    if last > top:  # a heading over two columns belongs to both of the headings below it
        for (first, left), (bottom, right) in grid.merged:
            if top <= first and bottom < last:
                for column in range(left, min(right, width - 1) + 1):
                    rows[first - top][column] = rows[first - top][left]
    headings = tuple(
        "".join(dict.fromkeys(row[column] for row in rows if row[column]))[:100]
        for column in range(width)
    )
    return Header(top, last, headings)


def column_key(heading: str, columns: Sequence[Column]) -> str | None:
    """Return the key of the column that *heading* means, or None. Spaces, stars, brackets' notes
    and case don't count.
    """
    plain = _plain_heading(heading)
    short = re.sub(r"[(（].*?[)）]", "", plain)
    for column in columns:
        if {plain, short} & {
            _plain_heading(column.heading),
            *map(_plain_heading, column.aliases),
        } - {""}:
            return column.key
    return None


def _plain_heading(heading: str) -> str:
    return re.sub(r"[\s*＊:：]", "", heading).casefold()


def write_workbook(
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "Sheet1",
    widths: Sequence[int] = (),
) -> bytes:
    """Return an xlsx with a bold header, frozen, every value as text or number (never a formula)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    bold = Font(bold=True)
    sheet.append([_cell(sheet, heading, font=bold) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any, font: Font | None = None) -> Any:
    written: Any = value if isinstance(value, int | float | date) else str(value)
    cell = WriteOnlyCell(sheet, value=written)
    if isinstance(cell.value, str):
        cell.data_type = "s"  # also for "=1+1" and "@cmd"
    if font:
        cell.font = font
    return cell


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row as it was sent, with its number, its cells, the problems in whole sentences, and the
    columns (from 0) they are about.
    """

    number: int
    cells: list[Any]
    sentence: str
    columns: frozenset[int] = frozenset()


def write_returned_rows(
    header: Header,
    rows: Iterable[tuple[int, list[Any], str, Iterable[int]]],
    *,
    reason: str,
    number: str,
    causes: Sequence[FaultCause] = (),
) -> bytes:
    """Return `write_faulty_rows` of (row, cells, sentence, columns at fault), without columns of
    ours that an error workbook already had.
    """
    keep = [at for at, heading in enumerate(header.headings) if heading not in (reason, number)]
    places = {at: place for place, at in enumerate(keep)}
    found = (
        FaultyRow(
            row,
            [cells[at] if at < len(cells) else "" for at in keep],
            sentence,
            frozenset(places[at] for at in columns if at in places),
        )
        for row, cells, sentence, columns in rows
    )
    shown = Header(header.first, header.last, tuple(header.headings[at] for at in keep))
    return write_faulty_rows(shown, found, reason=reason, number=number, causes=causes)


def write_faulty_rows(
    header: Header,
    rows: Iterable[FaultyRow],
    *,
    reason: str,
    number: str,
    causes: Sequence[FaultCause] = (),
) -> bytes:
    """Return a workbook of its own with *rows* under the sent headings, behind two columns of
    ours, and a summary by *causes*.

    Cells at fault are marked. It may be mended and sent back as it is: columns headed *reason* and
    *number* are passed over, and the worksheet of the summary is never read.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 60, 8
    for at in range(len(header.headings)):
        sheet.column_dimensions[get_column_letter(at + 3)].width = 18
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append(
        [_cell(sheet, heading, font=bold) for heading in (reason, number, *header.headings)]
    )
    mark = PatternFill("solid", fgColor="F8E3DF")
    for row in rows:
        first = _cell(sheet, row.sentence)
        first.alignment = wrap
        width = max([len(row.cells), *(at + 1 for at in row.columns)])
        cells = [
            _cell(sheet, row.cells[at] if at < len(row.cells) and row.cells[at] is not None else "")
            for at in range(width)
        ]
        for at in row.columns:
            cells[at].fill = mark
        sheet.append([first, _cell(sheet, row.number), *cells])
    if causes:
        _add_summary(book, causes)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add_summary(book: Workbook, causes: Sequence[FaultCause]) -> None:
    sheet = book.create_sheet(OWN_SUMMARY)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (18, 44, 60, 20, 30, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    headings = (
        pgettext("error workbook", "Column"),
        pgettext("error workbook", "What is wrong"),
        pgettext("error workbook", "What to do"),
        pgettext("error workbook", "How many"),
        pgettext("error workbook", "Rows"),
        pgettext("error workbook", "Value in the sheet"),
    )
    sheet.append([_cell(sheet, heading, font=bold) for heading in headings])
    for cause in causes:
        do = (
            f"{cause.do} {cause.link[1]}{pgettext('before an address', ': ')}{cause.link[0]}"
            if cause.link
            else cause.do
        )
        written = pgettext("between values", ", ").join(
            f"{value} × {rows}" if rows > 1 else value for value, rows in cause.values
        )
        more = " …" if cause.more_values else ""
        cells = [
            _cell(sheet, text)
            for text in (cause.place, cause.what, do, cause.counted, cause.where, written + more)
        ]
        for cell in cells:
            cell.alignment = wrap
        sheet.append(cells)

"""Spreadsheets in and out. Every upload is taken for hostile: size, kind, unpacked size, extent and rows are limited before a cell is read.

Formulas are never evaluated and never written: a value that starts with `=` leaves as text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import column_index_from_string, get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_UNPACKED = 200 * 1024 * 1024
MAX_COLUMNS = 60
MAX_WIDTH = 200  # columns in all, filled or not: beyond it the reader would set aside more memory than any list needs
MAX_CELL = 2000
MAX_FORMULAS = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_HEADER_ROWS = 8  # a title, a date line and an empty line above the header are common
HEADER_DEPTH = 3  # a header of two or three rows held together by merged cells
NOT_XLSX = "sheet_not_xlsx"
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,7})["']""")
_FORMULA = re.compile(rb"""<(?:\w+:)?c\s[^<]{0,200}?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^<]{0,200}<(?:\w+:)?f\b""")


@dataclass(frozen=True, slots=True)
class Column:
    """A column we look for: the key we use, its heading, other headings people write, and whether it must be there."""

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text: *number* is the row in the spreadsheet, as people count (1 is the first)."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(slots=True)
class Problems:
    """Sentences by row number; empty means all is in order."""

    by_row: dict[int, list[str]] = field(default_factory=dict)

    def add(self, row: int, sentence: str | _StrPromise) -> None:
        """Note one sentence for *row*."""
        self.by_row.setdefault(row, []).append(str(sentence))

    def __bool__(self) -> bool:
        return bool(self.by_row)

    def as_list(self) -> list[tuple[int, str]]:
        """Return (row, sentences joined) in the order of the sheet."""
        return [(row, " ".join(self.by_row[row])) for row in sorted(self.by_row)]


@dataclass(frozen=True, slots=True)
class Header:
    """Where the headings stand (rows counted from 0, both included) and what each column is headed."""

    first: int
    last: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of the first sheet from A1 on, as the file holds them, with what a value alone doesn't tell."""

    cells: list[list[Any]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    formulas: frozenset[tuple[int, int]]

    def body(self, header: Header) -> Iterator[tuple[int, list[Any]]]:
        """Yield (row as people count, cells) for each filled row below *header*."""
        for at in range(header.last + 1, len(self.cells)):
            if any(cell not in ("", None) for cell in self.cells[at]):
                yield at + 1, self.cells[at]

    def merged_below(self, header: Header) -> frozenset[tuple[int, int]]:
        """Return (row, column), counted from 0, of every merged cell below *header* but the one that holds the value."""
        spots: set[tuple[int, int]] = set()
        for (top, left), (bottom, right) in self.merged:
            if top > header.last:
                rows, columns = range(top, min(bottom, len(self.cells)) + 1), range(left, min(right, MAX_COLUMNS) + 1)
                spots |= {(row, column) for row in rows for column in columns} - {(top, left)}
        return frozenset(spots)


def load(file: IO[bytes], *, max_bytes: int, max_rows: int) -> Grid:
    """Return the first sheet of an xlsx. Raises `InvalidInput` with a sentence: no spreadsheet, too large, too long, protected."""
    formulas = check_container(file, max_bytes=max_bytes, max_rows=max_rows)
    file.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
        merged = tuple(sheet.merged_cell_ranges or ())
    except (CalamineError, IndexError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise InvalidInput(
            "sheet_unreadable", _("This file can't be read. Open it in a spreadsheet program and save it as .xlsx again.")
        ) from error
    if len(cells) > max_rows + FIRST_HEADER_ROWS:
        raise _too_long(max_rows)
    return Grid(cells, merged, formulas)


def read(data: bytes, columns: Sequence[Column], *, max_bytes: int, max_rows: int) -> list[Row]:
    """Return the filled rows of the first sheet of an xlsx, by the columns found in its header.

    Raises `InvalidInput` with a sentence: not a spreadsheet, too large, protected, header not found, column missing or double.
    """
    grid = load(io.BytesIO(data), max_bytes=max_bytes, max_rows=max_rows)
    header = find_header(grid, columns)
    places: dict[str, int] = {}
    for at, heading in enumerate(header.headings):
        key = column_key(heading, columns)
        if key and key in places:
            raise InvalidInput("column_twice", _("The column “%(heading)s” is there twice. Keep one of them.") % {"heading": heading})
        if key:
            places[key] = at
    missing = [column.heading for column in columns if column.required and column.key not in places]
    if missing:
        raise InvalidInput(
            "column_missing",
            _("These columns are missing: %(columns)s. The headings must stand in one of the first five rows, each in its own cell.")
            % {"columns": "、".join(missing)},
        )
    rows = []
    for number, cells in grid.body(header):
        values = {key: text_of(cells[at]) for key, at in places.items() if at < len(cells)}
        if any(values.values()):
            rows.append(Row(number, values))
    if len(rows) > max_rows:
        raise _too_long(max_rows)
    if not rows:
        raise InvalidInput("sheet_empty", _("Below the header there is no row. Fill the sheet and send it again."))
    return rows


def _too_long(max_rows: int) -> InvalidInput:
    return InvalidInput(
        "sheet_too_long", _("The sheet has more than %(max)s rows. Split it and send the parts one by one.") % {"max": max_rows}
    )


def check_container(file: IO[bytes] | bytes, *, max_bytes: int, max_rows: int = 50_000) -> frozenset[tuple[int, int]]:
    """Refuse what is too large, no xlsx, swells beyond reason, or reaches far outside a list; return the formula cells of the first sheet.

    Every part is unpacked once and held against its stated size, because the reader behind us trusts it.
    """
    file = io.BytesIO(file) if isinstance(file, bytes) else file
    size = file.seek(0, io.SEEK_END)
    if size > max_bytes:
        raise InvalidInput(
            "sheet_too_large",
            _("The file is larger than %(max)s MB. Split it and send the parts one by one.") % {"max": max_bytes // 1024**2},
        )
    not_xlsx = InvalidInput(
        NOT_XLSX, _("This is no .xlsx file. Save the sheet as .xlsx (not .xls, .csv or a protected file) and send that.")
    )
    formulas: frozenset[tuple[int, int]] = frozenset()
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise not_xlsx
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise InvalidInput("sheet_bomb", _("The file unpacks to more than any real list. It was not read."))
            first = _first_sheet(archive)
            for entry in entries:
                with archive.open(entry) as part:
                    content = part.read()
                if entry.filename.endswith((".xml", ".XML")) or entry.filename == first:
                    _check_extent(content, max_rows)
                if entry.filename == first:
                    formulas = frozenset(_formulas(content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise not_xlsx from error
    return formulas


def _first_sheet(archive: zipfile.ZipFile) -> str:
    book = archive.read("xl/workbook.xml")
    wanted = re.search(rb"<(?:\w+:)?sheet\s[^<]{0,400}?\bid=[\"']([^\"']{1,60})", book)
    try:
        links = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return "xl/worksheets/sheet1.xml"
    for link in re.findall(rb"<(?:\w+:)?Relationship\s[^<]{0,600}", links):
        target = re.search(rb"\bTarget=[\"']([^\"']{1,200})", link)
        if wanted and target and re.search(rb"\bId=[\"']" + re.escape(wanted[1]) + rb"[\"']", link):
            path = target[1].decode("utf-8", "replace")
            return path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return "xl/worksheets/sheet1.xml"


def _check_extent(content: bytes, max_rows: int) -> None:
    """Refuse a filled cell far outside any list: the reader would set memory aside for the whole rectangle up to it."""
    height = max_rows + FIRST_HEADER_ROWS
    places = {(letters, int(number)) for letters, number in _PLACE.findall(content) if int(number) > height or len(letters) > 1}
    if not any(_far(letters.decode(), number, height) for letters, number in places):
        return
    for letters, number in _filled_cells(content):  # exact and slow: rows that are only coloured to the end of the sheet are no harm
        if _far(letters, number, height):
            if number > height and _column(letters) < MAX_WIDTH:
                raise _too_long(max_rows)
            raise InvalidInput(
                "sheet_far_cell",
                _("Cell %(cell)s lies far outside the list. Delete what stands there and send the sheet again.")
                % {"cell": f"{letters}{number}"},
            )


def _far(letters: str, number: int, height: int) -> bool:
    return number > height or _column(letters) >= MAX_WIDTH


def _column(letters: str) -> int:
    return column_index_from_string(letters) - 1 if letters else 0


def _filled_cells(content: bytes) -> Iterator[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    row, column, place = 0, 0, ("A", 1)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, place
        tag = name.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif tag == "c":
            match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", attributes.get("r", ""))
            column += 1
            if match:
                column = column_index_from_string(match[1])
            place = (match[1], int(match[2])) if match else (get_column_letter(min(column, 18_278)), row)
        elif tag in {"v", "is", "f"}:
            found.append(place)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    yield from found


def _formulas(content: bytes) -> Iterator[tuple[int, int]]:
    for count, match in enumerate(_FORMULA.finditer(content)):
        if count >= MAX_FORMULAS:
            return
        yield int(match[2]) - 1, _column(match[1].decode())


def find_header(grid: Grid, columns: Sequence[Column]) -> Header:
    """Return the header: the row (or rows held together by merged cells) among the first that names most of *columns*.

    Titles above it are passed over. Raises `InvalidInput` if no row looks like one, or one heading is merged over several columns.
    """
    rank, found = (0, 1), None
    for top in range(min(FIRST_HEADER_ROWS, len(grid.cells))):
        header = _header_at(grid, top)
        known = len({key for heading in header.headings if (key := column_key(heading, columns))})
        filled = len({heading for heading in header.headings if heading})
        # The first of equals. A single cell is a title, unless it names a column: a list of names alone is a list.
        if (known, min(filled, 2)) > rank:
            rank, found = (known, min(filled, 2)), header
    if found is None:
        raise InvalidInput(
            "header_missing", _("No row of headings was found among the first rows. Write a heading above each column and send it again.")
        )
    for (top, left), (bottom, right) in grid.merged:
        if top <= found.last <= bottom and bottom >= found.first and right > left and found.headings[left : left + 1] != ("",):
            raise InvalidInput(
                "header_merged",
                _("The heading in %(cells)s is merged over several columns. Undo the merge and give each column a heading of its own.")
                % {"cells": f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"},
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
    headings = tuple("".join(dict.fromkeys(row[column] for row in rows if row[column]))[:100] for column in range(width))
    return Header(top, last, headings)


def text_of(value: Any) -> str:
    """Return a cell as text: whole numbers without `.0`, days as ISO, everything else trimmed and cut at 2000 characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()[:MAX_CELL]


def column_key(heading: str, columns: Sequence[Column]) -> str | None:
    """Return the key of the column that *heading* means, or None. Spaces, stars, brackets' notes and case don't count."""
    plain = _plain_heading(heading)
    short = re.sub(r"[(（].*?[)）]", "", plain)
    for column in columns:
        if {plain, short} & {_plain_heading(column.heading), *map(_plain_heading, column.aliases)} - {""}:
            return column.key
    return None


def _plain_heading(heading: str) -> str:
    return re.sub(r"[\s*＊:：]", "", heading).casefold()


def write(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "Sheet1", widths: Sequence[int] = ()) -> bytes:
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


def faulty_rows(header: Header, rows: Iterable[tuple[int, list[Any], str]], *, reason: str, number: str) -> bytes:
    """Return a workbook of its own with (row, cells as sent, sentence) under the sent headings, behind two columns of ours.

    It may be mended and sent back as it is: columns headed *reason* and *number* are passed over.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 60, 8
    for at in range(len(header.headings)):
        sheet.column_dimensions[get_column_letter(at + 3)].width = 18
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([_cell(sheet, heading, font=bold) for heading in (reason, number, *header.headings)])
    for row, cells, sentence in rows:
        first = _cell(sheet, sentence)
        first.alignment = wrap
        sheet.append([first, _cell(sheet, row), *(_cell(sheet, "" if cell is None else cell) for cell in cells)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

"""Spreadsheets in and out. Every upload is taken for hostile: size, kind, unpacked size and rows are limited before a cell is read.

Formulas are never evaluated and never written: a value that starts with `=` leaves as text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_UNPACKED = 200 * 1024 * 1024
MAX_COLUMNS = 60
MAX_CELL = 2000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_HEADER_ROWS = 5  # a title line or two above the header is common


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


def read(data: bytes, columns: Sequence[Column], *, max_bytes: int, max_rows: int) -> list[Row]:
    """Return the filled rows of the first sheet of an xlsx, by the columns found in its header.

    Raises `InvalidInput` with a sentence: not a spreadsheet, too large, protected, header not found, column missing or double.
    """
    check_container(data, max_bytes=max_bytes)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        grid = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise InvalidInput(
            "sheet_unreadable", _("This file can't be read. Open it in a spreadsheet program and save it as .xlsx again.")
        ) from error
    header_at, places = _find_header(grid, columns)
    body = grid[header_at + 1 :]
    if len(body) > max_rows:
        raise InvalidInput(
            "sheet_too_long", _("The sheet has more than %(max)s rows. Split it and send the parts one by one.") % {"max": max_rows}
        )
    rows = []
    for offset, cells in enumerate(body):
        values = {key: text_of(cells[at]) for key, at in places.items() if at < len(cells)}
        if any(values.values()):
            rows.append(Row(header_at + 2 + offset, values))
    if not rows:
        raise InvalidInput("sheet_empty", _("Below the header there is no row. Fill the sheet and send it again."))
    return rows


def check_container(data: bytes, *, max_bytes: int) -> None:
    """Refuse what is too large, no xlsx, or swells beyond reason when unpacked."""
    if len(data) > max_bytes:
        raise InvalidInput(
            "sheet_too_large",
            _("The file is larger than %(max)s MB. Split it and send the parts one by one.") % {"max": max_bytes // 1024**2},
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise InvalidInput(
            "sheet_not_xlsx", _("This is no .xlsx file. Save the sheet as .xlsx (not .xls, .csv or a protected file) and send that.")
        ) from error
    if "xl/workbook.xml" not in names:
        raise InvalidInput(
            "sheet_not_xlsx", _("This is no .xlsx file. Save the sheet as .xlsx (not .xls, .csv or a protected file) and send that.")
        )
    if unpacked > MAX_UNPACKED:
        raise InvalidInput("sheet_bomb", _("The file unpacks to more than any real list. It was not read."))


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


def _find_header(grid: list[list[Any]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for at, cells in enumerate(grid[:FIRST_HEADER_ROWS]):
        places: dict[str, int] = {}
        for index, cell in enumerate(cells[:MAX_COLUMNS]):
            key = _column_key(text_of(cell), columns)
            if key and key in places:
                raise InvalidInput(
                    "column_twice", _("The column “%(heading)s” is there twice. Keep one of them.") % {"heading": text_of(cell)}
                )
            if key:
                places[key] = index
        if len(places) > len(best[1]):
            best = (at, places)
    missing = [column.heading for column in columns if column.required and column.key not in best[1]]
    if missing:
        raise InvalidInput(
            "column_missing",
            _("These columns are missing: %(columns)s. The headings must stand in one of the first five rows, each in its own cell.")
            % {"columns": "、".join(missing)},
        )
    return best


def _column_key(heading: str, columns: Sequence[Column]) -> str | None:
    plain = heading.replace(" ", "").replace("*", "").strip().casefold()
    for column in columns:
        if plain in {column.heading.replace(" ", "").casefold(), *(alias.replace(" ", "").casefold() for alias in column.aliases)}:
            return column.key
    return None


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


def error_workbook(data: bytes, problems: Problems, columns: Sequence[Column]) -> bytes:
    """Return the sent workbook with a first column that says what is wrong in each row; faulty rows are tinted.

    It may be mended and sent back as it is: a column we don't know is passed over.
    """
    book = load_workbook(io.BytesIO(data), data_only=True)
    sheet = book.worksheets[0]
    sheet.insert_cols(1)
    sheet.column_dimensions["A"].width = 60
    tint = PatternFill("solid", fgColor="FBEEEB")
    top = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=FIRST_HEADER_ROWS)]
    title = sheet.cell(row=_find_header(top, columns)[0] + 1, column=1)
    title.value, title.font = _("What to mend"), Font(bold=True)
    for number, sentence in problems.as_list():
        cell = sheet.cell(row=number, column=1)
        cell.value, cell.data_type, cell.alignment = sentence, "s", Alignment(wrap_text=True, vertical="top")
        for other in sheet[number]:
            other.fill = tint
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

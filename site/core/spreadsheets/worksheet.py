"""Read the cells of a worksheet as a stream. Reading stops at the first place that is beyond a
limit, before memory is used for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string, get_column_letter

from core.spreadsheets import limits
from core.spreadsheets.grid import Grid, GridNote, Merge, Spot, short_ranges
from core.spreadsheets.limits import Budget
from core.spreadsheets.refusals import (
    UnreadableSpreadsheet,
    refuse_far_cell,
    refuse_long_sheet,
    refuse_swollen,
    refuse_unreadable,
)
from core.spreadsheets.values import ErrorValue, OverlongText, decode_escapes, read_serial
from core.spreadsheets.xlsx import (
    DATE,
    DURATION,
    MAIN,
    Package,
    Workbook,
    Worksheet,
    list_element_names,
)

_ELEMENTS = list_element_names(
    MAIN, "row", "c", "v", "t", "f", "rPh", "col", "mergeCell", "sheetFormatPr"
)
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\Z")
_DIGITS = "0123456789"
_TRUE = ("1", "true", "on")
_COLUMNS = {get_column_letter(at + 1): at for at in range(limits.MAX_SHEET_COLUMNS)}


class _Found(Exception):
    """Raised when a filled cell was found and nothing more was asked."""


def has_data(package: Package, worksheet: Worksheet) -> bool:
    """Return whether any cell of *worksheet* is filled. Reads no further than the first."""
    reader = _Reader(package.budget, Workbook((), [], [], False), worksheet.name, only_first=True)
    try:
        package.parse(
            worksheet.path, reader.parser, sheet=worksheet.name, after_chunk=reader.check_memory
        )
    except _Found:
        return True
    return False


def read_worksheet(package: Package, workbook: Workbook, worksheet: Worksheet) -> Grid:
    """Return the cells of *worksheet*. Raises `UnreadableSpreadsheet` with the place beyond which
    nothing was read.
    """
    reader = _Reader(package.budget, workbook, worksheet.name)
    package.parse(
        worksheet.path, reader.parser, sheet=worksheet.name, after_chunk=reader.check_memory
    )
    return reader.grid()


class _Reader:
    """Holds what was read so far. The handlers are closures because there are six calls for each
    cell.
    """

    def __init__(
        self, budget: Budget, workbook: Workbook, sheet: str, *, only_first: bool = False
    ) -> None:
        self.sheet, self.budget = sheet, budget
        self.rows: dict[int, list[Any]] = {}
        self.formulas: set[Spot] = set()
        self.uncomputed: set[Spot] = set()
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.shown_rows: set[int] = set()
        self.hides_by_default = False
        self.merged: list[Merge] = []
        self.pictures: list[Spot] = []
        self.buffer: list[str] = []
        self.place: Callable[[], Spot]  # the cell being read
        self.parser = self._make_parser(workbook, only_first)

    def _make_parser(self, workbook: Workbook, only_first: bool) -> expat.XMLParserType:
        buffer, rows, formats, texts = self.buffer, self.rows, workbook.formats, workbook.texts
        elements, column_of, last_allowed = _ELEMENTS, _COLUMNS, self.budget.last_row
        row: list[Any] = []
        at, column, in_row, blanks, depth, started, characters = -1, -1, 0, 0, 0, 0, 0
        kind: str | None = None
        style: str | None = None
        kept: str | None = None
        text: str | None = None
        has_formula = phonetic = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal \
                row, \
                at, \
                column, \
                in_row, \
                depth, \
                kind, \
                style, \
                kept, \
                text, \
                has_formula, \
                phonetic, \
                started
            depth += 1
            if depth > 64:
                raise refuse_unreadable(self.sheet)
            element = elements.get(name)
            if element is None:
                return
            if element == "v" or element == "t" or element == "f":  # faster than a set
                buffer.clear()
                if element == "f":
                    has_formula = True
            elif element == "c":
                in_row += 1
                if in_row > limits.MAX_SHEET_COLUMNS:
                    raise refuse_swollen(self.sheet, f"A{at + 1}")
                reference = attributes.get("r")
                if reference is None:
                    column += 1
                else:
                    found = column_of.get(reference.rstrip(_DIGITS))
                    if found is None:
                        raise refuse_unreadable(self.sheet)
                    column = found
                kind, style = attributes.get("t"), attributes.get("s")
                kept = text = None
                has_formula = phonetic = False
                if (
                    "vm" in attributes and kind == "e"
                ):  # a picture placed in the cell: the program keeps #VALUE! for others
                    kind = "picture"
            elif element == "row":
                number = attributes.get("r")
                at = int(number) - 1 if number is not None else at + 1
                started += 1
                if at < 0 or started > 1_048_576:
                    raise refuse_unreadable(self.sheet)
                row, column, in_row = [], -1, 0
                hidden = attributes.get("hidden")
                if hidden is not None:
                    if hidden in _TRUE:
                        self.hidden_rows.append(at)
                    else:
                        self.shown_rows.add(at)
            else:
                self.note_layout(element, attributes)
                if element == "rPh":
                    phonetic = True

        def end(name: str) -> None:
            nonlocal depth, kept, text, blanks, phonetic, has_formula, characters
            depth -= 1
            element = elements.get(name)
            if element is None:
                return
            if element == "v":
                kept = buffer[0] if len(buffer) == 1 else "".join(buffer)
            elif element == "t":
                if not phonetic:
                    piece = buffer[0] if len(buffer) == 1 else "".join(buffer)
                    text = piece if text is None else text + piece
                    if (
                        len(text) > limits.MAX_CELL_CHARACTERS * 7
                    ):  # each character may be escaped by seven
                        raise self.refuse_long_cell(at, column)
            elif element == "c":
                if kept is None and text is None and not has_formula and kind != "picture":
                    blanks += 1
                    if blanks > limits.MAX_BLANK_CELLS:
                        raise refuse_swollen(self.sheet, f"{get_column_letter(column + 1)}{at + 1}")
                    return
                if only_first:
                    if kept or has_formula or (text or "").strip():
                        raise _Found
                    return
                value: Any
                if text is not None:
                    value = decode_escapes(text) if "_x" in text else text
                elif kind == "s" and kept:
                    value = texts[int(kept)]
                elif kept is None:
                    value = ""
                elif kind is None or kind == "n":
                    value = self.number_of(
                        kept,
                        ""
                        if style is None
                        else formats[int(style)]
                        if int(style) < len(formats)
                        else "",
                        workbook,
                    )
                else:
                    value = self.value_of(kind, kept)
                if kind == "picture":
                    self.pictures.append((at, column))
                    value, has_formula = "", False
                if has_formula:
                    if (
                        kept == "" and kind != "str"
                    ):  # `<v/>`: the program that wrote the file works nothing out
                        kept = None
                    (self.formulas if kept is not None else self.uncomputed).add((at, column))
                    if isinstance(value, str) and value.startswith(
                        "=DISPIMG("
                    ):  # how WPS keeps a picture in a cell
                        value = ""
                        self.formulas.discard((at, column))
                        self.pictures.append((at, column))
                    elif kept is None:
                        value = "="  # something stands here, only its value is missing
                elif value == "":
                    return
                if isinstance(value, str):
                    characters += len(value)
                    if len(value) > limits.MAX_CELL_CHARACTERS or type(value) is OverlongText:
                        raise self.refuse_long_cell(at, column)
                    if characters > limits.MAX_CHARACTERS:
                        raise refuse_swollen(self.sheet, f"{get_column_letter(column + 1)}{at + 1}")
                if at >= last_allowed or column >= limits.MAX_FILLED_COLUMNS:
                    if column < limits.MAX_FILLED_COLUMNS:
                        raise refuse_long_sheet(self.budget.rows, self.sheet)
                    raise refuse_far_cell(self.sheet, f"{get_column_letter(column + 1)}{at + 1}")
                if column == len(row):
                    row.append(value)
                else:
                    if column > len(row):
                        row.extend([""] * (column - len(row) + 1))
                    row[column] = value
            elif element == "row":
                if row:
                    if at in rows:
                        raise refuse_unreadable(self.sheet)
                    rows[at] = row
            elif element == "rPh":
                phonetic = False

        def place() -> Spot:
            return at, column

        self.place = place
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
            start,
            end,
            buffer.append,
        )
        return parser

    def note_layout(self, element: str, attributes: dict[str, str]) -> None:
        """Keep the layout around the cells, which is hidden columns, merges, and rows hidden
        unless marked otherwise.
        """
        if element == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.hidden_columns.update(
                range(max(first - 1, 0), min(last, limits.MAX_FILLED_COLUMNS))
            )
        elif element == "mergeCell" and (match := _RANGE.match(attributes.get("ref", ""))):
            if len(self.merged) >= limits.MAX_MERGES:
                raise refuse_swollen(self.sheet)
            top, left = int(match[2]) - 1, column_index_from_string(match[1]) - 1
            bottom, right = int(match[4]) - 1, column_index_from_string(match[3]) - 1
            self.merged.append(((top, left), (bottom, right)))
        elif element == "sheetFormatPr":
            self.hides_by_default = attributes.get("zeroHeight") in _TRUE

    def check_memory(self) -> None:
        """Refuse a text that no cell can hold while it still arrives. Called after each piece."""
        if len(self.buffer) > 16:
            if sum(map(len, self.buffer)) > 8 * limits.MAX_CELL_CHARACTERS:
                raise self.refuse_long_cell(*self.place())
            self.buffer[:] = ["".join(self.buffer)]

    def refuse_long_cell(self, row: int, column: int) -> UnreadableSpreadsheet:
        """Return the refusal of a text that is longer than a cell of a spreadsheet can be."""
        return UnreadableSpreadsheet(
            "sheet_long_cell",
            _(
                "A cell has more than 32,767 characters, the limit for spreadsheets. "
                "Shorten it and upload the file again."
            ),
            sheet=self.sheet,
            cell=f"{get_column_letter(column + 1)}{row + 1}",
        )

    @staticmethod
    def value_of(kind: str, kept: str) -> Any:
        """Return the value of a cell that is neither number nor shared text. *kind* is its
        attribute `t`.
        """
        if kind == "e":
            return ErrorValue(kept.strip()[:20] or "#N/A")
        if kind == "b":
            return kept.strip() in _TRUE
        if kind == "d":
            return _read_iso(kept.strip())
        return decode_escapes(kept)

    @staticmethod
    def number_of(kept: str, shown: str, workbook: Workbook) -> Any:
        """Return a number, or the day, moment or text that its format makes of it. *shown* is an
        entry of `Workbook.formats`.
        """
        if kept.isdigit() and len(kept) < 16:
            number: float = int(kept)
        else:
            try:
                number = float(kept)
            except ValueError:
                return decode_escapes(kept)
            if number != number or number in (float("inf"), float("-inf")):
                return ErrorValue("#NUM!")
            if number.is_integer() and abs(number) < 1e15:
                number = int(number)
        if not shown:
            return number
        if shown == DATE:
            found = read_serial(number, since_1904=workbook.since_1904)
            return number if found is None else found
        if shown == DURATION:
            minutes, seconds = divmod(round(number * 86_400), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if number >= 0 else number
        return str(number).zfill(len(shown)) if isinstance(number, int) and number >= 0 else number

    def grid(self) -> Grid:
        """Return what was read."""
        last = max(self.rows, default=-1)
        cells = [self.rows.get(at, []) for at in range(last + 1)]
        hidden = set(self.hidden_rows)
        if self.hides_by_default:
            hidden |= set(self.rows) - self.shown_rows
        hidden_rows = tuple(sorted(at for at in hidden if at in self.rows))
        widest = max(map(len, cells), default=0)
        hidden_columns = tuple(
            at
            for at in sorted(self.hidden_columns)
            if at < widest and any(at < len(row) and row[at] != "" for row in cells)
        )
        notes = []
        if hidden_rows:
            rows = short_ranges([at + 1 for at in hidden_rows])
            notes.append(GridNote("hidden_rows", {"count": str(len(hidden_rows)), "rows": rows}))
        if hidden_columns:
            notes.append(
                GridNote(
                    "hidden_columns",
                    {"columns": [get_column_letter(at + 1) for at in hidden_columns[:20]]},
                )
            )
        if self.formulas:
            notes.append(GridNote("formulas", {"count": str(len(self.formulas))}))
        if self.pictures:
            notes.append(GridNote("pictures", {"count": str(len(self.pictures))}))
        return Grid(
            cells, tuple(self.merged), frozenset(self.formulas), frozenset(self.uncomputed), hidden_rows, hidden_columns,
            len(self.pictures), self.sheet, tuple(notes),
        )  # fmt: skip


def _read_iso(text: str) -> date | datetime | str:
    """Return the day or moment of a Strict workbook (`2024-09-01`, `2024-09-01T08:30:00`), or the
    text itself.
    """
    try:
        moment = datetime.fromisoformat(text.rstrip("Z"))
    except ValueError:
        return text
    return moment.date() if moment.time() == time.min else moment

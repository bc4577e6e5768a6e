"""Read tables as text (CSV). The text is UTF-8, UTF-16 or GB 18030, with comma, semicolon, tab or
bar between the cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.spreadsheets import limits
from core.spreadsheets.grid import Grid, name_cell
from core.spreadsheets.kinds import refuse_foreign
from core.spreadsheets.limits import Budget
from core.spreadsheets.refusals import UnreadableSpreadsheet, refuse_far_cell, refuse_long_sheet
from core.spreadsheets.values import ErrorValue

_ERRORS = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_QUOTED = re.compile(r'="(.*)"\Z', re.DOTALL)  # how Excel is made to keep leading zeros in CSV
DELIMITERS = ",;\t|"


def read_text_table(data: bytes, budget: Budget) -> Grid:
    """Return the cells of a CSV, all of them text. Rows are counted as a spreadsheet program shows
    them.
    """
    text = decode_text(data)
    delimiter, text = _find_delimiter(text)
    rows: list[list[Any]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in _read_rows(reader, len(rows)):
        values = [_value_of(cell) for cell in row]
        while values and values[-1] == "":
            values.pop()
        if values and len(rows) >= budget.last_row:
            raise refuse_long_sheet(budget.rows)
        if len(values) > limits.MAX_FILLED_COLUMNS:
            raise refuse_far_cell("", name_cell(len(rows), len(values) - 1))
        for column, value in enumerate(values):
            if len(value) > limits.MAX_CELL_CHARACTERS:
                raise UnreadableSpreadsheet(
                    "sheet_long_cell",
                    _(
                        "A cell has more than 32,767 characters, the limit for "
                        "spreadsheets. Shorten it and upload the file again."
                    ),
                    cell=name_cell(len(rows), column),
                )
        rows.append(values)
        if len(rows) > 20 * budget.last_row or budget.is_out_of_time():
            raise refuse_long_sheet(budget.rows)
    while rows and not rows[-1]:
        rows.pop()
    return Grid(rows)


def _read_rows(reader: Any, count: int) -> Iterator[list[str]]:
    try:
        for row in reader:
            count += 1
            yield row
    except (
        csv.Error
    ) as error:  # a field of more than 128 KB: nearly always a quotation mark that is never closed
        raise UnreadableSpreadsheet(
            "sheet_open_quote",
            _(
                "The cells can't be separated from row %(row)s on, because a quotation mark "
                "there is never closed. Correct it, or save the list as .xlsx."
            )
            % {"row": count + 1},
        ) from error


def decode_text(data: bytes) -> str:
    """Return *data* as text. Raises `UnreadableSpreadsheet` if it is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data[:4096]:
        head = data[:4096]
        odd, even = head[1::2].count(0), head[0::2].count(0)
        encodings = ("utf-16-le",) if odd > 4 * even else ("utf-16-be",) if even > 4 * odd else ()
    else:
        encodings = ("utf-8-sig", "gb18030")  # Excel and WPS in China save "CSV" in the latter
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse_foreign()


def _find_delimiter(text: str) -> tuple[str, str]:
    first, _newline, rest = text.partition("\n")
    if len(first) < 10 and first.strip().lower().startswith("sep=") and len(first.strip("\r")) == 5:
        return first.strip("\r")[4], "\n" + rest  # the row stays, so that rows keep their numbers
    plain = re.sub(r'"[^"]*"', "", text[:65_536])
    return max(DELIMITERS, key=lambda one: (plain.count(one), -DELIMITERS.index(one))), text


def _value_of(cell: str) -> str:
    text = cell.strip()
    if text.startswith('="') and (match := _QUOTED.match(text)):
        return match[1].replace('""', '"')
    return ErrorValue(text) if text in _ERRORS else text

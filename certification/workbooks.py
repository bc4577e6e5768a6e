"""Read spreadsheets of certificates to verify, with suspicion, and write them without formulas."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from certification.enums import RowFault
from certification.errors import UnreadableSheet
from certification.queries.verification import Asked, normalise_certificate_number
from certification.rules.sheet import UnaskedRow
from core.spreadsheets.describing import notes_of
from core.spreadsheets.grid import Grid, Header, name_cell
from core.spreadsheets.reading import read_spreadsheet
from core.spreadsheets.refusals import UnreadableSpreadsheet, refuse_long_sheet
from core.spreadsheets.values import text_of
from core.text import search_key

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_MEMBERS = 200
MAX_ROWS = 10_000
MAX_COLUMNS = 60
HEADER_WITHIN = 10
MAX_CELL = 200

NUMBER_HEADINGS = frozenset(
    {"证书编号", "编号", "证书号", "证书号码", "certificatenumber", "certificateno", "number", "no"}
)
NAME_HEADINGS = frozenset({"姓名", "持证人", "持证人姓名", "name", "holder", "fullname"})

Row = tuple[int, Asked]
# What zipfile and openpyxl raise on files that are torn, forged or something else.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, OSError, IndexError,
    EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentSheet:
    """The rows of an uploaded spreadsheet to check, and the notes about it
    (`core.spreadsheets.describing.describe_notes`).

    *unasked*: the rows that can't be asked, by row number.
    """

    rows: list[Row]
    notes: list[dict[str, Any]]
    unasked: dict[int, UnaskedRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentNumbers:
    """The numbers of an uploaded spreadsheet.

    *unread*: cells that show an error or a formula without a value instead of a number.
    """

    numbers: list[str]
    unread: list[UnaskedRow]


def read_sheet_rows(data: bytes, *, name: str = "") -> list[Row]:
    """Return the rows that `read_sheet` finds."""
    return read_sheet(data, name=name).rows


def read_sheet(data: bytes, *, name: str = "") -> SentSheet:
    """Return the rows of a spreadsheet as (row number in the file, number and name). Formulas are
    never evaluated.

    *name* is the name of the file. A row with neither number nor name is skipped. A row with one of
    them missing, or with an error (`#N/A`) or a formula without a value in their cells, is listed
    in `unasked`. The other rows are answered, since a look-up writes nothing. Raises
    `UnreadableSheet` with a sentence for anything too large, of another format or without the two
    columns.
    """
    with _refusals():
        grid = read_spreadsheet(io.BytesIO(data), max_bytes=MAX_BYTES, max_rows=MAX_ROWS, name=name)
    header, columns = _find_columns(grid)
    rows: list[Row] = []
    unasked: dict[int, UnaskedRow] = {}
    for position, cells in grid.body(header):
        broken = [
            (at, shows) for at in columns if (shows := grid.unreadable_text(position - 1, at))
        ]
        number, holder = (
            "" if any(at == bad for bad, _shows in broken) or at >= len(cells) else _text(cells[at])
            for at in columns
        )
        if not number and not holder and not broken:
            continue
        if len(rows) == MAX_ROWS:
            with _refusals():
                raise grid.refusal("sheet_too_long", str(refuse_long_sheet(MAX_ROWS).message))
        rows.append((position, Asked(number, holder)))
        if why := _why_unasked(position, number, holder, columns, broken):
            unasked[position] = why
    if not rows:
        with _refusals():
            raise grid.refusal(
                "no_rows",
                _("There is no row below the headings. Fill in at least one number and name."),
            )
    return SentSheet(rows, notes_of(grid, header), unasked)


def _why_unasked(
    row: int, number: str, holder: str, columns: tuple[int, int], broken: list[tuple[int, str]]
) -> UnaskedRow | None:
    """Return why a row can't be asked, with the first cell to mend. Returns None if it can."""
    if broken:
        at, shows = broken[0]
        return _unread(row, at, shows)
    no_number, no_name = not normalise_certificate_number(number), not search_key(holder)
    if no_number and no_name:
        return UnaskedRow(RowFault.NEITHER, name_cell(row - 1, columns[0]), number or holder)
    if no_number:
        return UnaskedRow(RowFault.NO_NUMBER, name_cell(row - 1, columns[0]), number)
    return UnaskedRow(RowFault.NO_NAME, name_cell(row - 1, columns[1])) if no_name else None


def _unread(row: int, column: int, shows: str) -> UnaskedRow:
    if shows == "=":
        return UnaskedRow(RowFault.NO_VALUE, name_cell(row - 1, column))
    return UnaskedRow(RowFault.ERROR_VALUE, name_cell(row - 1, column), shows)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn an error of the reader into one of this app. The form shows it beside the file."""
    try:
        yield
    except UnreadableSpreadsheet as refusal:
        raise _unreadable(refusal.code, str(refusal.message)) from refusal


def _unreadable(code: str, sentence: str) -> UnreadableSheet:
    return UnreadableSheet(code, sentence, fields={"file": sentence})


def _not_a_sheet() -> UnreadableSheet:
    return _unreadable(
        "not_a_sheet", _("We can't read this as a spreadsheet. Upload an .xlsx or .csv file.")
    )


def _weigh(archive: zipfile.ZipFile) -> None:
    """Unpack the archive once without keeping anything, since what a zip says of its own size may
    be false.
    """
    members = archive.infolist()
    too_much = _unreadable(
        "too_much_inside",
        _(
            "The file is far too large when unpacked. Copy the two columns into a new sheet "
            "and upload that."
        ),
    )
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise too_much
    total = 0
    for member in members:
        if member.flag_bits & 0x1:
            raise _unreadable(
                "locked",
                _("The file is locked with a password. Save it without one, then upload it again."),
            )
        with archive.open(member) as part:
            while chunk := part.read(1 << 16):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise too_much


def _text(value: Any) -> str:
    return "".join(c for c in text_of(value) if c >= " ").strip()[:MAX_CELL]


def _find_columns(grid: Grid) -> tuple[Header, tuple[int, int]]:
    filled = [at for at, cells in enumerate(grid.cells[:200]) if any(_text(cell) for cell in cells)]
    for at in filled[:HEADER_WITHIN]:
        texts = tuple(_text(cell) for cell in grid.cells[at][:MAX_COLUMNS])
        if (columns := _headings(texts)) is not None:
            return Header(at, at, texts), columns
    with _refusals():
        raise grid.refusal(
            "no_headings",
            _(
                "We can't find the columns. One of the first ten rows must have the "
                "headings “证书编号” and “姓名”, or “Certificate number” and “Name”."
            ),
        )


def read_numbers(data: bytes, *, name: str = "") -> SentNumbers:
    """Return the column of numbers of a spreadsheet, which is the one with that heading, or the
    first column. Raises `UnreadableSheet`.
    """
    with _refusals():
        grid = read_spreadsheet(io.BytesIO(data), max_bytes=MAX_BYTES, max_rows=MAX_ROWS, name=name)
    filled = [at for at, cells in enumerate(grid.cells) if any(_text(cell) for cell in cells)]
    column, first = 0, 0
    for at in filled[:HEADER_WITHIN]:
        keys = [_key_of(_text(cell)) for cell in grid.cells[at]]
        heading = next((index for index, key in enumerate(keys) if key in NUMBER_HEADINGS), None)
        if heading is not None:
            column, first = heading, at + 1
            break
    broken = {
        at: shows for at in filled if at >= first and (shows := grid.unreadable_text(at, column))
    }
    rows = [grid.cells[at] for at in filled if at >= first and at not in broken]
    numbers = [text for cells in rows if column < len(cells) and (text := _text(cells[column]))]
    if len(numbers) > MAX_ROWS:
        raise _unreadable("sheet_too_long", str(refuse_long_sheet(MAX_ROWS).message))
    return SentNumbers(numbers, [_unread(at + 1, column, shows) for at, shows in broken.items()])


def _key_of(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c.isalnum())


def _headings(row: Sequence[str]) -> tuple[int, int] | None:
    keys = [_key_of(cell) for cell in row]
    number = next((index for index, key in enumerate(keys) if key in NUMBER_HEADINGS), None)
    name = next((index for index, key in enumerate(keys) if key in NAME_HEADINGS), None)
    return (number, name) if number is not None and name is not None else None


def make_sheet_template() -> bytes:
    """Return an empty sheet with the two headings."""
    return write_sheet_workbook(
        _("Certificates"),
        [_("Certificate number"), pgettext("person", "Name")],
        [],
        widths=[34, 20],
    )


def write_sheet_workbook(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, widths: Sequence[int]
) -> bytes:
    """Return an xlsx file in which every cell is text or a number. Text that begins with `=` stays
    text.
    """
    book = Workbook(write_only=True)
    _fill(book, title, headings, rows, widths=widths)
    return _bytes(book)


def write_report_workbook(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[int],
    facts: Iterable[tuple[str, str]],
) -> bytes:
    """Return a workbook of two sheets, which are the answers and the proof.

    *facts* are (what, words) pairs for the second sheet. The last is the signature.
    """
    book = Workbook(write_only=True)
    _fill(book, title, headings, rows, widths=widths)
    _fill(book, pgettext("register", "Proof"), [_("What"), _("Value")], facts, widths=[26, 90])
    return _bytes(book)


def read_report_workbook(data: bytes) -> tuple[list[list[object]], str]:
    """Return the cells of the answers (headings first) and the signature of a report of ours.

    Raises `UnreadableSheet` with a sentence.
    """
    no_report = _unreadable(
        "no_report",
        _(
            "This isn't one of our reports, because the sheet with the proof is missing. "
            "Upload the file as you received it."
        ),
    )
    if len(data) > MAX_BYTES:
        raise _unreadable(
            "too_large", _("The file is larger than 5 MB. None of our reports is that large.")
        )
    if not data.startswith(b"PK"):
        raise no_report
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl's remarks on styles and extensions are no business of ours
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheets = [_cells(sheet) for sheet in book.worksheets[:2]]
            finally:
                book.close()
    except _BROKEN as error:
        raise _not_a_sheet() from error
    proofs = [
        str(cell)
        for row in sheets[-1]
        for cell in row
        if isinstance(cell, str) and cell.startswith("eyJ") and cell.count(".") == 2
    ]
    if len(sheets) < 2 or not proofs:
        raise no_report
    return sheets[0], proofs[-1]


def _cells(sheet: Any) -> list[list[object]]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_ROWS + HEADER_WITHIN, max_col=MAX_COLUMNS, values_only=True)
    return [list(row) for row in rows if any(cell is not None for cell in row)]


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV that spreadsheet programs open as UTF-8. Text that begins like a formula gets a
    quote in front.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _harmless(cell: object) -> object:
    text = "" if cell is None else cell
    return (
        f"'{text}"
        if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r")
        else text
    )


def _fill(
    book: Workbook,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[int],
) -> None:
    sheet = book.create_sheet(title[:31])
    for index, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.freeze_panes = "A2"
    head = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font, cell.fill, cell.alignment = (
            Font(bold=True),
            PatternFill("solid", fgColor="F4F0E8"),
            Alignment(vertical="center"),
        )
        head.append(cell)
    sheet.append(head)
    for row in rows:
        line = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value if isinstance(value, int) else str(value or ""))
            if not isinstance(value, int):
                cell.data_type, cell.quotePrefix = "s", True
            line.append(cell)
        sheet.append(line)


def _bytes(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

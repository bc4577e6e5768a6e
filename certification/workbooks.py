"""Spreadsheets of certificates to verify: read with suspicion, written without formulas."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from certification.errors import UnreadableSheet
from certification.queries.verification import Asked

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_MEMBERS = 200
MAX_ROWS = 10_000
MAX_COLUMNS = 60
HEADER_WITHIN = 10
MAX_CELL = 200

NUMBER_HEADINGS = frozenset({"证书编号", "编号", "证书号", "证书号码", "certificatenumber", "certificateno", "number", "no"})
NAME_HEADINGS = frozenset({"姓名", "持证人", "持证人姓名", "name", "holder", "fullname"})

Row = tuple[int, Asked]
# What zipfile and openpyxl raise on files that are torn, forged or something else.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError, OSError, IndexError,
    EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


def read(data: bytes) -> list[Row]:
    """Return the rows of an xlsx or csv file as (row number in the file, number and name). Formulas are never evaluated.

    A row with neither is skipped. Raises `UnreadableSheet` with a sentence for anything too large, foreign or without the two columns.
    """
    if len(data) > MAX_BYTES:
        raise _unreadable("too_large", _("The file is larger than 5 MB. Keep only the columns of number and name, or split it."))
    if not data.strip():
        raise _unreadable("empty_file", _("The file is empty. Choose the one with the numbers and names."))
    if data.startswith(b"PK"):
        cells = _xlsx(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable("old_excel", _("This is an old or locked Excel file. Save it as .xlsx without a password, then send it again."))
    else:
        cells = _csv(data)
    return _rows(cells)


def _unreadable(code: str, sentence: str) -> UnreadableSheet:
    return UnreadableSheet(code, sentence, fields={"file": sentence})


def _not_a_sheet() -> UnreadableSheet:
    return _unreadable("not_a_sheet", _("This is no spreadsheet we can read. Send an .xlsx or .csv file."))


def _xlsx(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions are no business of ours
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
                if sheet is None:
                    raise _not_a_sheet()
                last = HEADER_WITHIN + MAX_ROWS + 1
                # The size a file claims is not believed: rows and columns are bounded here.
                sheet.reset_dimensions()
                for position, row in enumerate(sheet.iter_rows(max_row=last, max_col=MAX_COLUMNS, values_only=True), start=1):
                    yield position, [_text(value) for value in row]
            finally:
                book.close()
    except _BROKEN as error:
        raise _not_a_sheet() from error


def _weigh(archive: zipfile.ZipFile) -> None:
    """Unpack once without keeping anything: what a zip says of its own size may be a lie."""
    members = archive.infolist()
    too_much = _unreadable("too_much_inside", _("The file unpacks to far too much. Copy the two columns into a new sheet and send that."))
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise too_much
    total = 0
    for member in members:
        if member.flag_bits & 0x1:
            raise _unreadable("locked", _("The file is locked with a password. Save it without one, then send it again."))
        with archive.open(member) as part:
            while chunk := part.read(1 << 16):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise too_much


def _csv(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_a_sheet()
    text = _decoded(data)
    head = text[:4096]
    delimiter = max(",\t;", key=head.count)
    try:
        for row in (reader := csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if reader.line_num > 4 * (MAX_ROWS + HEADER_WITHIN):
                break
            yield reader.line_num, [_text(value) for value in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise _not_a_sheet() from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")  # Excel in China saves "CSV" in the latter
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_a_sheet()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "".join(c for c in str(value) if c >= " ").strip()[:MAX_CELL]


def _rows(cells: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    columns: tuple[int, int] | None = None
    rows: list[Row] = []
    seen = 0
    for position, row in cells:
        if columns is None:
            columns = _headings(row)
            seen += any(row)
            if columns is None and seen >= HEADER_WITHIN:
                break
            continue
        number, name = (row[index] if index < len(row) else "" for index in columns)
        if not number and not name:
            continue
        if len(rows) == MAX_ROWS:
            raise _unreadable(
                "too_many_rows", _("The sheet has more than %(count)s rows. Split it and send the parts.") % {"count": MAX_ROWS}
            )
        rows.append((position, Asked(number, name)))
    if columns is None:
        raise _unreadable(
            "no_headings",
            _("We can't find the columns. The first row must hold the headings “证书编号” and “姓名”, or “Certificate number” and “Name”."),
        )
    if not rows:
        raise _unreadable("no_rows", _("There is no row below the headings. Fill in at least one number and name."))
    return rows


def read_numbers(data: bytes) -> list[str]:
    """Return the column of numbers of an xlsx or csv file: the one with that heading, or the first. Raises `UnreadableSheet`."""
    if len(data) > MAX_BYTES:
        raise _unreadable("too_large", _("The file is larger than 5 MB. Keep only the column of numbers, or split it."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable("old_excel", _("This is an old or locked Excel file. Save it as .xlsx without a password, then send it again."))
    column, numbers = 0, list[str]()
    for place, (_position, row) in enumerate(_xlsx(data) if data.startswith(b"PK") else _csv(data)):
        keys = ["".join(c for c in cell.casefold() if c.isalnum()) for cell in row]
        heading = next((index for index, key in enumerate(keys) if key in NUMBER_HEADINGS), None)
        if heading is not None and place < HEADER_WITHIN and not numbers:
            column = heading
        elif column < len(row) and row[column]:
            numbers.append(row[column])
        if len(numbers) > MAX_ROWS:
            raise _unreadable(
                "too_many_rows", _("The sheet has more than %(count)s rows. Split it and send the parts.") % {"count": MAX_ROWS}
            )
    return numbers


def _headings(row: Sequence[str]) -> tuple[int, int] | None:
    keys = ["".join(c for c in cell.casefold() if c.isalnum()) for cell in row]
    number = next((index for index, key in enumerate(keys) if key in NUMBER_HEADINGS), None)
    name = next((index for index, key in enumerate(keys) if key in NAME_HEADINGS), None)
    return (number, name) if number is not None and name is not None else None


def template() -> bytes:
    """Return an empty sheet with the two headings."""
    return write(_("Certificates"), [_("Certificate number"), pgettext("person", "Name")], [], widths=[34, 20])


def write(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, widths: Sequence[int]) -> bytes:
    """Return an xlsx file in which every cell is text or a number: what begins with `=` stays the text it is."""
    book = Workbook(write_only=True)
    _fill(book, title, headings, rows, widths=widths)
    return _bytes(book)


def write_report(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, widths: Sequence[int], facts: Iterable[tuple[str, str]]
) -> bytes:
    """Return a workbook of two sheets: the answers, and what proves them (*facts*: what, words; the last is the signature)."""
    book = Workbook(write_only=True)
    _fill(book, title, headings, rows, widths=widths)
    _fill(book, pgettext("register", "Proof"), [_("What"), _("Value")], facts, widths=[26, 90])
    return _bytes(book)


def read_report(data: bytes) -> tuple[list[list[object]], str]:
    """Return the cells of the answers (headings first) and the signature of a report of ours. Raises `UnreadableSheet` with a sentence."""
    no_report = _unreadable("no_report", _("This is no report of ours: the sheet with the proof is missing. Send the file as you got it."))
    if len(data) > MAX_BYTES:
        raise _unreadable("too_large", _("The file is larger than 5 MB. That is larger than any report of ours."))
    if not data.startswith(b"PK"):
        raise no_report
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in `_xlsx`
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheets = [_cells(sheet) for sheet in book.worksheets[:2]]
            finally:
                book.close()
    except _BROKEN as error:
        raise _not_a_sheet() from error
    proofs = [str(cell) for row in sheets[-1] for cell in row if isinstance(cell, str) and cell.startswith("eyJ") and cell.count(".") == 2]
    if len(sheets) < 2 or not proofs:
        raise no_report
    return sheets[0], proofs[-1]


def _cells(sheet: Any) -> list[list[object]]:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_ROWS + HEADER_WITHIN, max_col=MAX_COLUMNS, values_only=True)
    return [list(row) for row in rows if any(cell is not None for cell in row)]


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV that spreadsheet programs open as UTF-8; a text that begins like a formula gets a quote in front."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _harmless(cell: object) -> object:
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _fill(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, widths: Sequence[int]) -> None:
    sheet = book.create_sheet(title[:31])
    for index, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    sheet.freeze_panes = "A2"
    head = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), PatternFill("solid", fgColor="F4F0E8"), Alignment(vertical="center")
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

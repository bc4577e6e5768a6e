"""Read the parts of an .xlsx file around the cells, which are the list of worksheets, the shared
texts, and which cell formats are dates.

Every part is parsed as a stream by expat. Document types, and with them entities, are refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import is_date_format, is_timedelta_format

from core.spreadsheets import limits
from core.spreadsheets.kinds import refuse_torn
from core.spreadsheets.limits import Budget
from core.spreadsheets.refusals import UnreadableSpreadsheet, refuse_swollen, refuse_unreadable
from core.spreadsheets.values import OverlongText, decode_escapes

# ISO/IEC 29500 knows two names for each vocabulary: Transitional, which everybody writes, and
# Strict.
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
LINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
# Formats without a code in the file (ECMA-376 part 1, 18.8.30): 14 to 22 and 45 to 47 everywhere,
# the others in Chinese Excel and WPS.
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_DURATION_FORMATS = frozenset({46})
DATE, DURATION = "date", "duration"
# What zipfile and expat raise on files that are torn or forged.
BROKEN = (
    zipfile.BadZipFile,
    expat.ExpatError,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A worksheet of the workbook, with its name, the part that holds it, and whether people see
    it.
    """

    name: str
    path: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the cells of every worksheet need.

    *formats* gives for each cell format what it makes of a number: `DATE`, `DURATION`, zeros to
    fill up (`0000`) or nothing.
    """

    worksheets: tuple[Worksheet, ...]
    texts: list[str]
    formats: list[str]
    since_1904: bool


def list_element_names(space: tuple[str, ...], *names: str) -> dict[str, str]:
    """Return the names that expat gives to the elements *names* of a vocabulary, mapped to the
    plain name. Names without a vocabulary are included.
    """
    return {f"{uri} {name}": name for uri in space for name in names} | {
        name: name for name in names
    }


class Package:
    """An open .xlsx. Use it within `open_package()`, which turns what a torn file raises into a
    refusal.
    """

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self.archive, self.budget = archive, budget
        entries = archive.infolist()
        if len(entries) > limits.MAX_PARTS:
            raise refuse_swollen()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise UnreadableSpreadsheet(
                "sheet_locked",
                _(
                    "The file is protected by a password. Remove the password, then upload "
                    "the file again."
                ),
            )
        self._paths = {entry.filename.lower().lstrip("/"): entry for entry in entries}

    def has(self, path: str) -> bool:
        """Return whether the part exists. Case doesn't count in part names."""
        return path.lower() in self._paths

    def parse(
        self,
        path: str,
        parser: expat.XMLParserType,
        *,
        sheet: str = "",
        after_chunk: Callable[[], None] | None = None,
    ) -> None:
        """Feed the part at *path* to *parser*, piece by piece, within the limits of size and time."""
        parser.StartDoctypeDeclHandler = _refuse_doctype
        unpacked = 0
        if self._paths[path.lower()].file_size > limits.MAX_UNPACKED_BYTES:
            raise refuse_swollen(sheet)
        with self.archive.open(self._paths[path.lower()]) as part:
            while chunk := part.read(limits.CHUNK):
                unpacked += len(chunk)
                if unpacked > limits.MAX_UNPACKED_BYTES or self.budget.is_out_of_time():
                    raise refuse_swollen(sheet)
                parser.Parse(chunk, False)
                if after_chunk:
                    after_chunk()
        parser.Parse(b"", True)


def _refuse_doctype(*_given: object) -> None:
    raise refuse_unreadable()


@contextmanager
def open_package(file: IO[bytes], budget: Budget) -> Iterator[Package]:
    """Open an .xlsx for reading. Raises `UnreadableSpreadsheet` for anything that is wrong with
    it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield Package(archive, budget)
    except zipfile.BadZipFile as error:
        raise refuse_torn() from error
    except BROKEN as error:
        raise refuse_unreadable() from error


def read_workbook(package: Package) -> Workbook:
    """Return the worksheets in the order of their tabs, and what their cells refer to."""
    book = _find_workbook(package)
    links = _read_links(package, book)
    worksheets, since_1904 = _read_sheet_list(package, book, links)
    texts = next((path for kind, path in links.values() if kind == "sharedStrings"), "")
    styles = next((path for kind, path in links.values() if kind == "styles"), "")
    return Workbook(
        tuple(worksheets),
        _read_texts(package, texts) if texts and package.has(texts) else [],
        _read_formats(package, styles) if styles and package.has(styles) else [],
        since_1904,
    )


def _find_workbook(package: Package) -> str:
    if package.has("_rels/.rels"):
        for kind, path in _read_links(package, "").values():
            if kind == "officeDocument" and package.has(path):
                return path
    if package.has("xl/workbook.xml"):
        return "xl/workbook.xml"
    raise UnreadableSpreadsheet(
        "sheet_not_xlsx",
        _("This file isn't a workbook. Save the list as .xlsx and upload that file."),
    )


def _read_links(package: Package, path: str) -> dict[str, tuple[str, str]]:
    """Return the relationships of the part at *path*, as id → (last word of the type, path of the
    target).
    """
    folder, name = posixpath.split(path)
    wanted = list_element_names((PACKAGE_LINKS,), "Relationship")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if (
            name in wanted
            and attributes.get("TargetMode") != "External"
            and len(found) < limits.MAX_PARTS
        ):
            target = attributes.get("Target", "")
            whole = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], whole)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    links = posixpath.join(folder, "_rels", f"{name}.rels")
    if package.has(links):
        package.parse(links, parser)
    return found


def _read_sheet_list(
    package: Package, path: str, links: dict[str, tuple[str, str]]
) -> tuple[list[Worksheet], bool]:
    wanted = list_element_names(MAIN, "sheet", "workbookPr")
    found: list[Worksheet] = []
    since_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        kind = wanted.get(name)
        if kind == "workbookPr":
            since_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif kind == "sheet" and len(found) < limits.MAX_WORKSHEETS:
            key = next(
                (attributes[f"{uri} id"] for uri in LINKS if f"{uri} id" in attributes),
                attributes.get("id", ""),
            )
            what, target = links.get(key, ("", ""))
            if what == "worksheet" and package.has(target):  # charts and macros have tabs too
                found.append(
                    Worksheet(
                        attributes.get("name", ""),
                        target,
                        attributes.get("state", "visible") == "visible",
                    )
                )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    package.parse(path, parser)
    if not found and not links and package.has("xl/worksheets/sheet1.xml"):
        found.append(Worksheet("", "xl/worksheets/sheet1.xml", True))
    return found, since_1904


def _read_texts(package: Package, path: str) -> list[str]:
    """Return the shared texts. Runs of rich text are joined, and phonetic guides are left out."""
    wanted = list_element_names(MAIN, "si", "t", "rPh")
    texts: list[str] = []
    parts: list[str] = []
    buffer: list[str] = []
    phonetic, depth, characters = False, 0, 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal phonetic, depth
        depth += 1
        if depth > limits.MAX_DEPTH:
            raise refuse_unreadable()
        kind = wanted.get(name)
        if kind == "t":
            buffer.clear()
        elif kind == "rPh":
            phonetic = True
        elif kind == "si":
            parts.clear()

    def end(name: str) -> None:
        nonlocal phonetic, depth, characters
        depth -= 1
        kind = wanted.get(name)
        if kind == "t":
            if not phonetic:
                parts.append("".join(buffer))
        elif kind == "rPh":
            phonetic = False
        elif kind == "si":
            text = decode_escapes("".join(parts))
            if len(text) > limits.MAX_CELL_CHARACTERS:
                text = OverlongText(text[:80])
            characters += len(text)
            texts.append(text)
            if characters > limits.MAX_CHARACTERS or len(texts) > limits.MAX_SHARED_TEXTS:
                raise refuse_swollen()

    def check_memory() -> None:
        if len(buffer) > 64 or len(parts) > 100_000:
            if sum(map(len, buffer)) + sum(map(len, parts)) > 8 * limits.MAX_CELL_CHARACTERS:
                raise refuse_swollen()
            buffer[:], parts[:] = ["".join(buffer)], ["".join(parts)]

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        start,
        end,
        buffer.append,
    )
    package.parse(path, parser, after_chunk=check_memory)
    return texts


def _read_formats(package: Package, path: str) -> list[str]:
    """Return for each cell format what it makes of a number, which is `DATE`, `DURATION`, zeros to
    fill up, or nothing.
    """
    wanted = list_element_names(MAIN, "numFmt", "cellXfs", "xf")
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        kind = wanted.get(name)
        if kind == "numFmt" and len(codes) < limits.MAX_FORMATS:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:255]
        elif kind == "cellXfs":
            inside = True
        elif kind == "xf" and inside and len(formats) < limits.MAX_FORMATS:
            formats.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        nonlocal inside
        if wanted.get(name) == "cellXfs":
            inside = False

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    package.parse(path, parser)
    kinds = {number: _kind_of_format(number, codes.get(number)) for number in set(formats)}
    return [kinds[number] for number in formats]


def _kind_of_format(number: str, code: str | None) -> str:
    if code is None:
        known = int(number) if number.isdecimal() and len(number) < 6 else 0
        return DATE if known in _DATE_FORMATS else DURATION if known in _DURATION_FORMATS else ""
    if is_timedelta_format(code):
        return DURATION
    if is_date_format(code):
        return DATE
    return code if len(code) > 1 and set(code) == {"0"} else ""

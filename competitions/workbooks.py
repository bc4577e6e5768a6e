"""Read and write workbooks, which are the scheme, the totals of an event marked elsewhere, and the
copy with a column that says what is wrong.

Only cells are read and written here. What they mean is decided in `rules`, what is stored in
`workflows`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from competitions.causes import Placed, group_problems
from competitions.errors import WorkbookRefused
from competitions.errors import describe_workbook_problem as problem_sentence
from competitions.rules.scheme import Problem, SchemeRow, SectionRow
from core.sheets import FIRST_HEADER_ROWS, refuse_bad_cells
from core.spreadsheets.grid import Grid, Header
from core.spreadsheets.reading import read_worksheets
from core.spreadsheets.values import text_of

SCHEME_SHEET, SECTION_SHEET, GUIDE_SHEET, TOTALS_SHEET = "评分方案", "规范", "填写说明", "原始分"
PROBLEM_COLUMN = "问题"
ROWS_AT_MOST = 5000

SCHEME_COLUMNS: dict[str, str] = {
    "code": "编号", "level": "层级", "name": "名称", "kind": "类型", "mark": "分值", "steps": "档位", "section": "规范节",
    "description": "说明", "benchmark_0": "0分", "benchmark_1": "1分", "benchmark_2": "2分", "benchmark_3": "3分",
    "day": "评分日", "weight": "权重", "theory": "理论",
}  # fmt: skip
SCHEME_NEEDED = (
    "code",
    "level",
    "name",
    "kind",
    "mark",
    "benchmark_0",
    "benchmark_1",
    "benchmark_2",
    "benchmark_3",
)
SECTION_COLUMNS = {"number": "节号", "name": "名称", "weight": "权重"}
TOTALS_COLUMNS = {"number": "密号", "raw": "原始分"}
_KNOWN_TITLES = {
    SCHEME_SHEET: frozenset(SCHEME_COLUMNS.values()),
    SECTION_SHEET: frozenset(SECTION_COLUMNS.values()),
    TOTALS_SHEET: frozenset(TOTALS_COLUMNS.values()),
}
TITLES = SCHEME_COLUMNS | SECTION_COLUMNS | TOTALS_COLUMNS
_WIDTHS = {
    "name": 34,
    "description": 40,
    "benchmark_0": 30,
    "benchmark_1": 30,
    "benchmark_2": 30,
    "benchmark_3": 30,
}


@dataclass(frozen=True, slots=True)
class WorkbookTable:
    """A worksheet as text, with header and rows, each with the number it has in the workbook."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, title: str) -> int | None:
        """Return the position of the column called *title*."""
        return self.header.index(title) if title in self.header else None

    def records(self, columns: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
        """Return the rows that hold anything as dictionaries by the keys of *columns*."""
        places = {
            key: place
            for key, title in columns.items()
            if (place := self.column(title)) is not None
        }
        return [
            (number, {key: cells[place] for key, place in places.items()})
            for number, cells in self.rows
            if any(cells)
        ]


def read_workbook_tables(upload: IO[bytes], *, name: str = "") -> dict[str, WorkbookTable]:
    """Return the visible worksheets of an xlsx file. *name* is the file's name, for the sentences.

    Raises `InvalidInput` for a file that is too large, no xlsx workbook, or would unpack to
    something unreasonable, and for cells that hold an error or a formula without a value.
    """
    content = upload.read(settings.MAX_UPLOAD_BYTES + 1)
    grids = read_worksheets(
        io.BytesIO(content), max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=ROWS_AT_MOST, name=name
    )
    return {sheet: _table(grid, wanted=sheet in _KNOWN_TITLES) for sheet, grid in grids.items()}


def _table(grid: Grid, *, wanted: bool) -> WorkbookTable:
    filled = [
        (at, tuple(text_of(cell) for cell in cells))
        for at, cells in enumerate(grid.cells)
        if any(text_of(cell) for cell in cells)
    ]
    if not filled:
        return WorkbookTable((), ())
    titles = _KNOWN_TITLES.get(grid.sheet, frozenset())
    place, header = (
        max(filled[:FIRST_HEADER_ROWS], key=lambda one: (len(titles & set(one[1])), -one[0]))
        if wanted
        else filled[0]
    )
    rows = [
        (at + 1, (*cells, *[""] * (len(header) - len(cells)))) for at, cells in filled if at > place
    ]
    if len(rows) > ROWS_AT_MOST:
        message = _("The worksheet has %(count)s rows, but at most %(limit)s are allowed.") % {
            "count": len(rows),
            "limit": ROWS_AT_MOST,
        }
        raise WorkbookRefused("too_many_rows", message)
    if wanted:
        refuse_bad_cells(grid, Header(place, place, header), range(len(header)))
    return WorkbookTable(header, tuple(rows))


def read_scheme_rows(
    book: Mapping[str, WorkbookTable],
) -> tuple[list[SchemeRow], list[SectionRow], list[Problem]]:
    """Return the rows of a scheme workbook, and the problems of its worksheets and columns."""
    table = book.get(SCHEME_SHEET)
    if table is None:
        return [], [], [Problem(0, "", "sheet_missing", {"value": SCHEME_SHEET})]
    problems = [
        Problem(0, key, "header_missing", {"value": SCHEME_COLUMNS[key]})
        for key in SCHEME_NEEDED
        if table.column(SCHEME_COLUMNS[key]) is None
    ]
    rows = []
    for number, record in table.records(SCHEME_COLUMNS):
        levels = tuple(record.pop(f"benchmark_{level}", "") for level in range(4))
        rows.append(
            SchemeRow(number, benchmarks=(levels[0], levels[1], levels[2], levels[3]), **record)
        )
    sections = [
        SectionRow(number, **record)
        for number, record in book.get(SECTION_SHEET, WorkbookTable((), ())).records(
            SECTION_COLUMNS
        )
    ]
    return rows, sections, problems


def scheme_template_workbook() -> bytes:
    """Return an empty scheme workbook with its columns, a guide, and three rows that show how it
    is filled in.
    """
    samples: list[dict[str, Any]] = [
        {"code": "A", "level": "模块", "name": "焊前准备", "day": "1"},
        {"code": "A1", "level": "子项", "name": "坡口加工与清理"},
        {
            "code": "A1.1", "level": "评分点", "name": "坡口角度 60°±2°", "kind": "测量", "mark": 2, "steps": "0.5；1",
            "section": "1", "description": "用焊缝检验尺测三点",
        },
    ]  # fmt: skip
    return scheme_workbook(samples, [])


def scheme_workbook(
    rows: Iterable[Mapping[str, Any]], sections: Iterable[Mapping[str, Any]]
) -> bytes:
    """Return a scheme workbook with *rows* and *sections*, given by the keys of their columns."""
    book = Workbook()
    main = book.active
    assert main is not None  # noqa: S101 - a new workbook has a worksheet
    main.title = SCHEME_SHEET
    _fill(main, SCHEME_COLUMNS, rows)
    _fill(book.create_sheet(SECTION_SHEET), SECTION_COLUMNS, sections)
    guide = book.create_sheet(GUIDE_SHEET)
    guide.column_dimensions["A"].width = 110
    for line in (
        "一行一个模块、子项或评分点；编号写成 A、A1、A1.1，下级编号以上级编号开头。",
        "类型：测量（得满分或零分，允许事先写明的档位）或评价（裁判独立打 0—3 分，四档说明缺一不可）。",
        "档位之间用分号隔开，例如 0.5；1。未写明的中间分一律不能打。",
        "全部评分点合计 100.00 分；或每个模块各按 100 分评，并写明权重，权重合计为 1。",
        "“规范”工作表可不填；填写后每个评分点都要写规范节，各节得分与公布权重之差不超过 5 分。",
        "评分日：模块在第几天评分，不写为第 1 天。理论模块在“理论”列写“是”。",
    ):
        guide.append([line])
    return _bytes(book)


def totals_workbook(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a workbook of raw totals, one row for each blind number."""
    book = Workbook()
    main = book.active
    assert main is not None  # noqa: S101 - a new workbook has a worksheet
    main.title = TOTALS_SHEET
    _fill(main, TOTALS_COLUMNS, rows)
    return _bytes(book)


def workbook_with_problems(
    book: Mapping[str, WorkbookTable], problems: Sequence[Problem], sheets: Mapping[str, str]
) -> bytes:
    """Return a copy of the workbook with a last column of sentences. *sheets* gives the worksheet
    of each problem's table.

    Cells at fault are marked. A worksheet at the front names the problems by cause, also those of
    the whole.
    """
    out = Workbook()
    first = out.active
    assert first is not None  # noqa: S101 - a new workbook has a worksheet
    first.title = PROBLEM_COLUMN
    _fill_summary(first, problems, sheets)
    for name, table in book.items():
        sentences: dict[int, list[str]] = {}
        wrong: set[tuple[int, str]] = set()
        for problem in problems:
            if problem.row and sheets.get(problem.table) == name:
                sentences.setdefault(problem.row, []).append(
                    problem_sentence(problem.code, problem.data)
                )
                wrong.add((problem.row, TITLES.get(problem.column, "")))
        _copy(out.create_sheet(name[:31]), table, sentences, wrong)
    return _bytes(out)


def _fill_summary(sheet: Any, problems: Sequence[Problem], sheets: Mapping[str, str]) -> None:
    placed = (
        Placed(sheets.get(one.table, ""), TITLES.get(one.column, ""), one.code, one.data, one.row)
        for one in problems
    )
    for letter, width in zip("ABCDE", (24, 90, 20, 30, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    for column, title in enumerate(
        (
            pgettext("error workbook", "Column"),
            pgettext("error workbook", "What is wrong and how to fix it"),
            pgettext("error workbook", "How many"),
            pgettext("error workbook", "Rows"),
            pgettext("error workbook", "Value entered"),
        ),
        start=1,
    ):
        _put(sheet, 1, column, title).font = Font(bold=True)
    for row, cause in enumerate(group_problems(placed), start=2):
        values = pgettext("between values", ", ").join(
            f"{value} × {count}" if count > 1 else value for value, count in cause.values
        )
        written = f"{values} …" if cause.more_values else values
        for column, text in enumerate(
            (cause.place, cause.what, cause.counted, cause.where, written), start=1
        ):
            _put(sheet, row, column, text).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _copy(
    sheet: Any,
    table: WorkbookTable,
    sentences: Mapping[int, list[str]],
    wrong: set[tuple[int, str]],
) -> None:
    old = table.column(PROBLEM_COLUMN)  # a workbook that was sent back once already has the column
    place = len(table.header) + 1 if old is None else old + 1
    for column, title in enumerate((*table.header[: place - 1], PROBLEM_COLUMN), start=1):
        _put(sheet, 1, column, title).font = Font(bold=True)
    red = PatternFill("solid", fgColor="F8E3DF")
    for number, cells in table.rows:
        for column, text in enumerate(cells[: place - 1], start=1):
            cell = _put(sheet, number, column, text)
            if (number, table.header[column - 1]) in wrong:
                cell.fill = red
        if found := sentences.get(number):
            cell = _put(sheet, number, place, "\n".join(found))
            cell.fill = red
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[get_column_letter(place)].width = 70
    sheet.freeze_panes = "A2"


def _fill(sheet: Any, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    for place, (key, title) in enumerate(columns.items(), start=1):
        cell = _put(sheet, 1, place, title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="EAE4D8")
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(key, 10)
    for number, row in enumerate(rows, start=2):
        for place, key in enumerate(columns, start=1):
            if (value := row.get(key)) not in (None, ""):
                _put(sheet, number, place, value)
    sheet.freeze_panes = "A2"


def _put(sheet: Any, row: int, column: int, value: Any) -> Cell:
    """Write a cell. Text stays text, so that what somebody typed never becomes a formula on
    another machine.
    """
    cell: Cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = value.translate(_UNWRITABLE)
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


_UNWRITABLE = {code: None for code in range(32) if code not in (9, 10, 13)}


def _bytes(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

"""Read a spreadsheet that was sent. Find out what it is, choose the worksheet, and return its
cells and what to say about them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from core.spreadsheets import kinds
from core.spreadsheets.grid import Grid, GridNote
from core.spreadsheets.limits import Budget
from core.spreadsheets.refusals import UnreadableSpreadsheet
from core.spreadsheets.text_table import read_text_table
from core.spreadsheets.worksheet import has_data, read_worksheet
from core.spreadsheets.xlsx import Package, Worksheet, open_package, read_workbook

OWN_SUMMARY = "craftpath-汇总"  # the worksheet our error workbooks add: never taken for a list


def read_spreadsheet(file: IO[bytes], *, max_bytes: int, max_rows: int, name: str = "") -> Grid:
    """Return the first visible worksheet with data. Hidden worksheets are never read. Hidden rows
    and columns are read, and a note says so.

    *file* may be on disk. *name* is the file's name, for the sentences. Raises
    `UnreadableSpreadsheet`.
    """
    try:
        kind = _check(file, max_bytes)
        budget = Budget(max_rows)
        if kind == kinds.TEXT:
            file.seek(0)
            grid = read_text_table(file.read(), budget)
            if PurePath(name.lower()).suffix in (".xlsx", ".xls", ".xlsm"):
                grid = replace(grid, notes=(*grid.notes, GridNote("text_named_xlsx")))
            return replace(grid, file=name)
        with open_package(file, budget) as package:
            return replace(_read_first_visible(package), file=name)
    except UnreadableSpreadsheet as refusal:
        raise (refusal.in_file(name) if name else refusal) from refusal


def read_worksheets(
    file: IO[bytes], *, max_bytes: int, max_rows: int, name: str = ""
) -> dict[str, Grid]:
    """Return all visible worksheets of an .xlsx by their names, for workbooks whose worksheets
    have a fixed meaning.
    """
    try:
        if _check(file, max_bytes) == kinds.TEXT:
            raise UnreadableSpreadsheet(
                kinds.NOT_A_SPREADSHEET,
                _(
                    "This is a text table. Download the template (.xlsx) and fill in its "
                    "named worksheets."
                ),
            )
        with open_package(file, Budget(max_rows)) as package:
            workbook = read_workbook(package)
            shown = [one for one in workbook.worksheets if one.visible][:20]
            if not shown:
                raise _refuse_without_worksheet(workbook.worksheets)
            return {
                one.name: replace(read_worksheet(package, workbook, one), file=name)
                for one in shown
            }
    except UnreadableSpreadsheet as refusal:
        raise (refusal.in_file(name) if name else refusal) from refusal


def _check(file: IO[bytes], max_bytes: int) -> str:
    size = file.seek(0, 2)
    if size > max_bytes:
        raise UnreadableSpreadsheet(
            "sheet_too_large",
            _("The file is larger than %(max)s MB. Split it and upload the parts one by one.")
            % {"max": max_bytes // 1024**2},
        )
    return kinds.identify_kind(file)


def _read_first_visible(package: Package) -> Grid:
    workbook = read_workbook(package)
    visible = [one for one in workbook.worksheets if one.visible and one.name != OWN_SUMMARY]
    if not visible:
        raise _refuse_without_worksheet(workbook.worksheets)
    filled = (one for one in visible if has_data(package, one))
    chosen = next(filled, None)
    grid = read_worksheet(package, workbook, chosen or visible[0])
    return replace(
        grid,
        notes=(
            *_note_worksheets(workbook.worksheets, chosen, [one.name for one in filled]),
            *grid.notes,
        ),
    )


def _refuse_without_worksheet(worksheets: tuple[Worksheet, ...]) -> UnreadableSpreadsheet:
    if worksheets:
        return UnreadableSpreadsheet(
            "sheets_hidden",
            _(
                "All worksheets are hidden. Unhide the one with the list (right-click a "
                "tab, “Unhide”) and upload the file again."
            ),
        )
    return UnreadableSpreadsheet(
        kinds.NOT_A_SPREADSHEET, _("This workbook has no worksheet. Upload the file with the list.")
    )


def _note_worksheets(
    all_of_them: tuple[Worksheet, ...], chosen: Worksheet | None, others: list[str]
) -> list[GridNote]:
    notes = []
    if chosen and others:
        notes.append(
            GridNote("other_worksheets", {"sheet": chosen.name, "others": _list_names(others)})
        )
    hidden = [one.name for one in all_of_them if not one.visible]
    if hidden:
        notes.append(GridNote("hidden_worksheets", {"sheets": _list_names(hidden)}))
    return notes


def _list_names(names: list[str]) -> list[str]:
    return [*names[:5], "…"] if len(names) > 5 else names

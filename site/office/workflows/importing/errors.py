"""The workbook of rows to mend: only those, as they came, with what to do; it can be sent again by itself."""

from __future__ import annotations

from django.conf import settings

from core import sheets
from office.enums import ImportKind
from office.models import RowRemark, SheetImport
from office.words import sentence
from office.workflows.importing.columns import REASON_HEADING, ROW_HEADING
from office.workflows.importing.sending import MAX_ROWS
from office.workflows.importing.tree import tree_error_workbook


def error_workbook(run: SheetImport) -> bytes:
    """Return the faulty rows of *run* under their own headings, behind a column that says what to mend."""
    if run.kind == ImportKind.TREE:
        return tree_error_workbook(run)
    told: dict[int, list[str]] = {}
    remarks = RowRemark.objects.filter(run=run, fault=True).order_by("row", "pk")
    headings = {-1: ""} | {at: column["heading"] for at, column in enumerate(run.layout["columns"])}
    for row, code, params, column in remarks.values_list("row", "code", "params", "column"):
        told.setdefault(row, []).append(sentence(code, params, headings.get(column, "")))
    with run.file.open("rb") as file:
        grid = sheets.load(file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS)
    header = sheets.Header(run.layout["first"], run.layout["last"], tuple(column["heading"] for column in run.layout["columns"]))
    width = len(header.headings)
    rows = [(number, cells[:width], "\n".join(told[number])) for number, cells in grid.body(header) if number in told]
    skip = {at for at, heading in enumerate(header.headings) if heading in (REASON_HEADING, ROW_HEADING)}
    if skip:  # the error workbook of an error workbook: our columns are written anew
        header = sheets.Header(header.first, header.last, tuple(h for at, h in enumerate(header.headings) if at not in skip))
        rows = [(number, [cell for at, cell in enumerate(cells) if at not in skip], words) for number, cells, words in rows]
    return sheets.faulty_rows(header, rows, reason=REASON_HEADING, number=ROW_HEADING)

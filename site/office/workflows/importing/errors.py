"""The workbook of rows to mend: only those, as they came, with what to do; it can be sent again by
itself.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from core import sheets
from office.enums import ImportKind
from office.models import RowRemark, SheetImport
from office.queries.imports import list_causes
from office.words import CHOOSABLE, CHOOSE, compose_fault_sentence
from office.workflows.importing.columns import REASON_HEADING, ROW_HEADING
from office.workflows.importing.sending import MAX_ROWS
from office.workflows.importing.tree import tree_error_workbook


def error_workbook(run: SheetImport) -> bytes:
    """Return the faulty rows of *run* under their own headings, behind a column that says what to
    mend, and a summary by cause.
    """
    if run.kind == ImportKind.TREE:
        return tree_error_workbook(run)
    told: dict[int, list[str]] = {}
    wrong: dict[int, set[int]] = {}
    choose_at = settings.BASE_URL + reverse("office:import_unions", args=[run.public_id])
    remarks = RowRemark.objects.filter(run=run, fault=True).order_by("row", "pk")
    headings = {-1: ""} | {at: column["heading"] for at, column in enumerate(run.layout["columns"])}
    for row, code, params, column in remarks.values_list("row", "code", "params", "column"):
        told.setdefault(row, []).append(
            compose_fault_sentence(code, params, headings.get(column, ""), choose_at=choose_at)
        )
        wrong.setdefault(row, set()).add(column)
    grouped = list_causes(run)
    for cause in grouped:
        if cause.code in CHOOSABLE:
            cause.link = (choose_at, str(CHOOSE))
    with run.file.open("rb") as file:
        grid = sheets.load_grid(
            file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=run.filename
        )
    header = sheets.Header(
        run.layout["first"],
        run.layout["last"],
        tuple(column["heading"] for column in run.layout["columns"]),
    )
    rows = (
        (number, cells, "\n".join(told[number]), wrong[number])
        for number, cells in grid.body(header)
        if number in told
    )
    return sheets.write_returned_rows(
        header, rows, reason=REASON_HEADING, number=ROW_HEADING, causes=grouped
    )

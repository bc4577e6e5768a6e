"""The workbook of rows to mend: only those, as they came, with what to do; it can be sent again by
itself.
"""

from __future__ import annotations

from django.conf import settings

from certification.historic_words import sentence
from certification.models import HistoricImport, HistoricRemark
from certification.queries.historic import list_causes
from certification.workflows.historic.sending import MAX_ROWS
from core import sheets
from office.workflows.importing.columns import REASON_HEADING, ROW_HEADING


def error_workbook(run: HistoricImport) -> bytes:
    """Return the faulty rows of *run* under their own headings, behind a column that says what to
    mend, and a summary by cause.
    """
    told: dict[int, list[str]] = {}
    wrong: dict[int, set[int]] = {}
    remarks = HistoricRemark.objects.filter(run=run, fault=True).order_by("row", "pk")
    headings = {-1: ""} | {at: column["heading"] for at, column in enumerate(run.layout["columns"])}
    for row, code, params, column in remarks.values_list("row", "code", "params", "column"):
        told.setdefault(row, []).append(sentence(code, params, headings.get(column, "")))
        wrong.setdefault(row, set()).add(column)
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
        header, rows, reason=REASON_HEADING, number=ROW_HEADING, causes=list_causes(run)
    )

"""Build the workbook of rows to mend, which can be sent again by itself."""

from __future__ import annotations

from django.conf import settings

from core import sheets
from imports.kinds import kind_of
from imports.models import Import
from imports.queries import find_faults, list_causes
from imports.words import join_fault
from imports.workflows.columns import read_header
from imports.workflows.upload import MAX_ROWS

REASON_HEADING, ROW_HEADING = "要改的地方", "原表行号"


def build_error_workbook(run: Import) -> bytes:
    """Return the faulty rows of *run* under their own headings, with what to mend.

    A column in front says what to do, and a summary lists the causes.
    """
    kind = kind_of(run)
    told: dict[int, list[str]] = {}
    wrong: dict[int, set[int]] = {}
    headings = {-1: ""} | {at: column["heading"] for at, column in enumerate(run.layout["columns"])}
    choices = {}
    for row, code, params, column in find_faults(run).values_list(
        "row", "code", "params", "column"
    ):
        if code not in choices:
            choices[code] = _find_choice(run, code)
        told.setdefault(row, []).append(
            join_fault(kind.words.fault(code, params), headings.get(column, ""), choices[code])
        )
        wrong.setdefault(row, set()).add(column)
    grouped = list_causes(run)
    for cause in grouped:
        cause.link = choices.get(cause.code)
    with run.file.open("rb") as file:
        grid = sheets.load_grid(
            file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=run.filename
        )
    header = read_header(run)
    rows = (
        (number, cells, "\n".join(told[number]), wrong[number])
        for number, cells in grid.body(header)
        if number in told
    )
    return sheets.write_returned_rows(
        header, rows, reason=REASON_HEADING, number=ROW_HEADING, causes=grouped
    )


def _find_choice(run: Import, code: str) -> tuple[str, str] | None:
    found = kind_of(run).find_choice(run, code)
    return (settings.BASE_URL + found[0], found[1]) if found else None


def build_template_workbook(headings: list[str], title: str) -> bytes:
    """Return an empty sheet with the *headings* we know, for people to fill."""
    return sheets.write_workbook(headings, [], title=title, widths=[18] * len(headings))

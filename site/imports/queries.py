"""What the screens of every import show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from openpyxl.utils import get_column_letter

from core.spreadsheets.causes import FaultCause, FoundFault, group_causes
from imports.enums import Stage
from imports.kinds import kind_of
from imports.models import Import, Remark

SHOWN = 50
_FOUND = ("code", "params", "column", "key", "written", "row")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend, with its place, what is written there, what is wrong and what to do.

    *choice_url* leads to the page where one of several meanings can be chosen.
    """

    row: int
    column: str
    written: str
    what: str
    do: str
    choice_url: str = ""


def name_place(run: Import, column: int) -> str:
    """Return letter and heading of a column, such as `B 身份证号`."""
    known = run.layout.get("columns", [])
    if not 0 <= column < len(known):
        return ""
    return f"{get_column_letter(column + 1)} {known[column]['heading']}".strip()


def find_faults(run: Import) -> QuerySet[Any]:
    """Return what is to be mended, in the order of the sheet."""
    rows: QuerySet[Any] = kind_of(run).find_remarks(run, fault=True)
    return rows.order_by("row", "pk")


def find_notes(run: Import) -> QuerySet[Any]:
    """Return the spellings that were read as meant, in the order of the sheet."""
    rows: QuerySet[Any] = kind_of(run).find_remarks(run, fault=False)
    return rows.order_by("row", "pk")


def describe_fault(run: Import, remark: Remark) -> Fault:
    """Return *remark* in words."""
    kind = kind_of(run)
    what, do = kind.words.fault(remark.code, remark.params)
    choice = kind.find_choice(run, remark.code)
    return Fault(
        remark.row,
        name_place(run, remark.column),
        remark.written,
        what,
        do,
        choice[0] if choice else "",
    )


def describe_note(run: Import, remark: Remark) -> Fault:
    """Return a note in the shape of a fault with nothing to do."""
    return Fault(
        remark.row,
        name_place(run, remark.column),
        remark.written,
        kind_of(run).words.note(remark.code),
        "",
    )


def list_causes(run: Import) -> list[FaultCause]:
    """Return what is to be mended, one entry for each cause. One query."""
    found = find_faults(run).values_list(*_FOUND).iterator(chunk_size=5000)
    grouped = group_causes((FoundFault(*values) for values in found), kind_of(run).words.fault)
    for cause in grouped:
        cause.place = name_place(run, cause.column)
    return grouped


def narrow_to_cause(rows: QuerySet[Any], asked: Mapping[str, str]) -> QuerySet[Any]:
    """Return the rows of the cause that the address names (`code`, `column`), or all."""
    code, column = asked.get("code", ""), asked.get("column", "")
    if code:
        rows = rows.filter(code=code)
    return rows.filter(column=int(column)) if re.fullmatch(r"-?\d{1,4}", column) else rows


def list_note_sentences(run: Import) -> list[str]:
    """Return how other spellings were read in this sheet, one sentence a kind, the most frequent
    first.
    """
    found = (
        find_notes(run)
        .order_by()
        .values_list("code")
        .annotate(n=Count("pk"))
        .order_by("-n", "code")
    )
    return [kind_of(run).words.note(code) for code, _n in found]


def list_matched_columns(run: Import, none: str) -> list[tuple[str, str]]:
    """Return the letter and heading of each column and what it is imported as.

    *none* is said of columns that aren't imported.
    """
    headings = {column.key: column.heading for column in kind_of(run).columns}
    return [
        (name_place(run, at), headings.get(run.mapping.get(str(at), ""), none))
        for at in range(len(run.layout.get("columns", [])))
    ]


def find_same_file(run: Import, **alike: Any) -> Any:
    """Return an applied import of this very file for the same union, if there is one. *alike*:
    further fields that must agree.
    """
    rows = kind_of(run).runs.filter(org=run.org_id, sha256=run.sha256, state=Stage.APPLIED, **alike)
    return rows.exclude(pk=run.pk).order_by("-pk").first()

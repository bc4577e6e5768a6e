"""What the screens of an import show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from openpyxl.utils import get_column_letter

from core.spreadsheets.causes import FaultCause, FoundFault, group_causes
from core.text import mask_mobile
from office.enums import Effect
from office.models import RowRemark, SheetImport, StagedRow, TakenRow
from office.words import (
    CHOOSABLE,
    describe_import_fault,
    describe_import_note,
    describe_stay_reason,
)
from org.enums import LIVE
from org.models import OrgUnit
from org.models.unit import name_words
from org.queries import list_subtree

SHOWN = 50
_FOUND = ("code", "params", "column", "key", "written", "row")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where it stands, what is written there, what is wrong, what to do."""

    row: int
    column: str
    written: str
    what: str
    do: str
    choosable: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose record would change or has changed: (what, before, after) for each thing."""

    row: int
    name: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def place_of(run: SheetImport, column: int) -> str:
    """Return letter and heading of a column: `B 身份证号`."""
    known = run.layout.get("columns", [])
    if not 0 <= column < len(known):
        return ""
    return f"{get_column_letter(column + 1)} {known[column]['heading']}".strip()


def fault(run: SheetImport, remark: RowRemark) -> Fault:
    """Return *remark* in words."""
    what, do = describe_import_fault(remark.code, remark.params)
    return Fault(
        remark.row, place_of(run, remark.column), remark.written, what, do, remark.code in CHOOSABLE
    )


def faults(run: SheetImport) -> QuerySet[RowRemark]:
    """Return what is to be mended, in the order of the sheet."""
    return RowRemark.objects.filter(run=run, fault=True).order_by("row", "pk")


def list_causes(run: SheetImport) -> list[FaultCause]:
    """Return what is to be mended, one entry for each cause. One query."""
    found = faults(run).values_list(*_FOUND).iterator(chunk_size=5000)
    grouped = group_causes((FoundFault(*values) for values in found), describe_import_fault)
    for cause in grouped:
        cause.place = place_of(run, cause.column)
    return grouped


def narrow_to_cause(rows: QuerySet[Any], asked: Mapping[str, str]) -> QuerySet[Any]:
    """Return the rows of the cause that the address names (`code`, `column`), or all."""
    code, column = asked.get("code", ""), asked.get("column", "")
    if code:
        rows = rows.filter(code=code)
    return rows.filter(column=int(column)) if re.fullmatch(r"-?\d{1,4}", column) else rows


def notes(run: SheetImport) -> QuerySet[RowRemark]:
    """Return the spellings that were read as meant, in the order of the sheet."""
    return RowRemark.objects.filter(run=run, fault=False).order_by("row", "pk")


def note_kinds(run: SheetImport) -> list[str]:
    """Return how other spellings were read in this sheet, one sentence a kind, the most frequent
    first.
    """
    found = notes(run).order_by().values_list("code").annotate(n=Count("pk")).order_by("-n", "code")
    return [describe_import_note(code) for code, _n in found]


def note_row(run: SheetImport, remark: RowRemark) -> Fault:
    """Return a note in the shape of a fault: nothing to do."""
    return Fault(
        remark.row,
        place_of(run, remark.column),
        remark.written,
        describe_import_note(remark.code),
        "",
    )


def updates(run: SheetImport) -> QuerySet[StagedRow]:
    """Return the staged rows that would change a record."""
    rows = StagedRow.objects.filter(run=run, effect=Effect.UPDATE).order_by("row")
    return rows.select_related("old_union", "union", "person")


def possible(run: SheetImport) -> QuerySet[StagedRow]:
    """Return the staged rows whose person may be recorded under another number."""
    return (
        StagedRow.objects.filter(run=run, effect=Effect.POSSIBLE)
        .order_by("row")
        .select_related("union")
    )


def change(row: StagedRow, words: dict[str, str]) -> Change:
    """Return before and after of one staged row; *words* names mobile, union, employer and none in
    the reader's language.
    """
    none = words["none"]
    found = []
    if row.new_mobile:
        found.append(
            (
                words["mobile"],
                mask_mobile(row.old_mobile) if row.old_mobile else none,
                mask_mobile(row.mobile),
            )
        )
    if row.moves:
        found.append(
            (words["union"], row.old_union.name if row.old_union else none, row.union.name)
        )
    if row.hired:
        found.append((words["employer"], words["as_it_is"], f"+ {row.employer}"))
    return Change(row.row, row.name, found)


def taken(run: SheetImport, *, effect: str = "", undone: str = "") -> QuerySet[TakenRow]:
    """Return the rows taken over with their persons, in the order of the sheet."""
    rows = (
        TakenRow.objects.filter(run=run)
        .order_by("row")
        .select_related("person", "joined__org_unit", "ended__org_unit")
    )
    if effect:
        rows = rows.filter(effect=effect)
    return rows.filter(undone=undone) if undone else rows


def stays(row: TakenRow) -> str:
    """Return why the person of *row* stayed."""
    return describe_stay_reason(row.reason)


def open_names(run: SheetImport) -> list[tuple[str, list[OrgUnit], int]]:
    """Return the names of unions that fit several or none: (name as written, unions that fit,
    number of rows).
    """
    from office.workflows.importing.deciding import union_names  # slow import

    asked = (
        faults(run)
        .filter(code__in=CHOOSABLE)
        .order_by()
        .values_list("written")
        .annotate(n=Count("row", distinct=True))
        .order_by("-n")
    )
    by_name = union_names(list_subtree(run.org).filter(status__in=LIVE))
    return [(text, by_name.get(name_words(text), []), rows) for text, rows in asked[:30]]


def mapping_rows(run: SheetImport, headings: dict[str, str], none: str) -> list[tuple[str, str]]:
    """Return (letter and heading, what it is imported as) for each column."""
    return [
        (place_of(run, at), headings.get(run.mapping.get(str(at), ""), none))
        for at in range(len(run.layout.get("columns", [])))
    ]

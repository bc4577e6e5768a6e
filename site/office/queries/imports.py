"""What the screens of a roster show."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from core.text import mask_mobile
from imports.queries import find_faults
from office.enums import Effect
from office.models import SheetImport, StagedRow, TakenRow
from office.words import CHOOSABLE, describe_stay_reason
from org.enums import LIVE
from org.models import OrgUnit
from org.models.unit import name_words
from org.queries import list_subtree

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose record would change or has changed: (what, before, after) for each thing."""

    row: int
    name: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


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
    from office.workflows.importing.effects import group_unions_by_name  # slow import

    asked = (
        find_faults(run)
        .filter(code__in=CHOOSABLE)
        .order_by()
        .values_list("written")
        .annotate(n=Count("row", distinct=True))
        .order_by("-n")
    )
    by_name = group_unions_by_name(list_subtree(run.org).filter(status__in=LIVE))
    return [(text, by_name.get(name_words(text), []), rows) for text, rows in asked[:30]]

"""A union tree as a spreadsheet: checked at once (5,000 rows at most), taken over as a whole or
not at all.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from access.checks import require
from core import clock, locks, sheets
from core.actors import Actor
from core.errors import DomainError
from core.name_repair import UNWRITABLE
from core.spreadsheets.causes import FaultCause, FoundFault, group_causes
from core.states import lock, move
from core.text import find_unwritable, spell_out
from imports.workflows.error_workbook import REASON_HEADING, ROW_HEADING
from imports.workflows.upload import digest_file
from office.enums import IMPORT_MOVES, ImportKind, ImportState
from office.grants import IMPORT_TREE
from office.models import SheetImport
from office.rules.tree import TreeRow, find_tree_faults, parents_first
from office.workflows.importing.columns import TREE_COLUMNS
from org.enums import OrgLevel
from org.models import OrgUnit
from org.models.unit import check_uscc
from org.queries import list_subtree
from org.workflows.unit import TREE_LOCK, create_unit

MAX_ROWS = 5000
LEVEL_NAMES = {
    "全国": OrgLevel.NATIONAL, "省": OrgLevel.PROVINCE, "市": OrgLevel.CITY,
    "区县": OrgLevel.COUNTY, "区": OrgLevel.COUNTY, "县": OrgLevel.COUNTY,
    "乡镇街道": OrgLevel.TOWNSHIP, "乡镇": OrgLevel.TOWNSHIP, "街道": OrgLevel.TOWNSHIP,
    "基层": OrgLevel.GRASSROOTS, "基层工会": OrgLevel.GRASSROOTS,
    "小组": OrgLevel.GROUP, "工会小组": OrgLevel.GROUP,
}  # fmt: skip
TREE_SENTENCES = {
    "twice": gettext_lazy("An earlier row has the same code. Each union needs its own code."),
    "parent_unknown": gettext_lazy(
        "The superior's code is neither in this spreadsheet nor below your union."
    ),
    "cycle": gettext_lazy(
        "The chain of superiors leads back to this union. Correct the superior's code."
    ),
    "level_not_below": gettext_lazy(
        "A union must have a lower level than its superior. Correct the level or the superior."
    ),
}


@transaction.atomic
def check_tree(*, actor: Actor, org: OrgUnit, filename: str, file: IO[bytes]) -> SheetImport:
    """Dry run: read and check every row, keep the file and what was found; nothing else changes.

    Raises `InvalidInput` if the file as a whole can't be read. Rows with faults give an import in
    the state `refused`.
    """
    org = lock(org)
    require(actor, IMPORT_TREE, org)
    file.seek(0)
    data = file.read(settings.MAX_UPLOAD_BYTES + 1)
    started = clock.now()
    listed = sheets.read_list(
        data, TREE_COLUMNS, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=filename
    )
    rows = listed.rows
    problems = sheets.Problems()
    units = _units(org, rows, problems)
    run = SheetImport(
        kind=ImportKind.TREE,
        org=org,
        actor_id=getattr(actor, "pk", None),
        filename=filename[-200:],
        sha256=digest_file(file),
        state=ImportState.REFUSED if problems else ImportState.READY,
        rows=len(rows),
        layout={"notes": listed.notes},
        summary={"units": len(units)},
        problems=problems.as_list(),
        started_at=started,
        checked_at=clock.now(),
    )
    file.seek(0)
    run.file.save("sheet.xlsx", File(file), save=False)
    run.save()
    return run


@transaction.atomic
def apply_tree(*, actor: Actor, run: SheetImport) -> SheetImport:
    """Take over a checked tree, all rows or none. Rows are checked again: the world may have
    changed since the dry run.
    """
    run = lock(run)
    require(actor, IMPORT_TREE, run.org)
    if run.state == ImportState.APPLIED:
        return run  # a second click
    if run.state != ImportState.READY:
        move(run, ImportState.APPLIED, table=IMPORT_MOVES)  # refuses, with its sentence
    with run.file.open("rb") as file:
        data = file.read()
    locks.acquire_named_lock(TREE_LOCK)
    rows = sheets.read_rows(
        data, TREE_COLUMNS, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS
    )
    problems = sheets.Problems()
    units = _units(run.org, rows, problems)
    if problems:
        raise DomainError(
            "import_changed",
            _(
                "The roster has changed since the check, and some rows are no longer valid. "
                "Upload the file again to see which ones."
            ),
        )
    _create(actor, run.org, rows, units)
    move(run, ImportState.APPLIED, table=IMPORT_MOVES)
    run.applied_at, run.applied_by_id = clock.now(), getattr(actor, "pk", None)
    run.save(update_fields=["applied_at", "applied_by", "updated_at"])
    audit.record(
        "office.tree_imported",
        actor=actor,
        target=run,
        after={"rows": run.rows, "sha256": run.sha256[:16], **run.summary},
    )
    return run


def tree_error_workbook(run: SheetImport) -> bytes:
    """Return a workbook of the faulty rows as they came, each with its sentences."""
    sentences = {int(row): sentence for row, sentence in run.problems}
    with run.file.open("rb") as file:
        grid = sheets.load_grid(
            io.BytesIO(file.read()), max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS
        )
    header = sheets.find_header(grid, TREE_COLUMNS)
    rows = (
        (number, cells, sentences[number], ())
        for number, cells in grid.body(header)
        if number in sentences
    )
    return sheets.write_returned_rows(
        header, rows, reason=REASON_HEADING, number=ROW_HEADING, causes=tree_causes(run.problems)
    )


def tree_causes(problems: Iterable[Sequence[Any]]) -> list[FaultCause]:
    """Return the problems of a tree, [[row, sentence], …], one entry for each sentence."""
    found = [FoundFault(sentence, {}, -1, "", "", int(row)) for row, sentence in problems]
    return group_causes(found, lambda sentence, _params: (sentence, ""))


def _create(actor: Actor, org: OrgUnit, rows: list[sheets.SheetRow], units: list[TreeRow]) -> None:
    by_number = {row.number: row for row in rows}
    made = {unit.code: unit for unit in list_subtree(org)}
    for unit in parents_first(units):
        row = by_number[unit.row]
        made[unit.code] = create_unit(
            actor=actor, name=row["name"], short_name=row["short_name"], code=unit.code, level=unit.level,
            parent=made[unit.parent], uscc=row["uscc"], region_code=row["region_code"],
        )  # fmt: skip


def _units(org: OrgUnit, rows: list[sheets.SheetRow], problems: sheets.Problems) -> list[TreeRow]:
    below = dict(list_subtree(org).values_list("code", "level"))
    taken = set(
        OrgUnit.objects.filter(code__in=[row["code"] for row in rows]).values_list(
            "code", flat=True
        )
    )
    units = []
    for row in rows:
        level = LEVEL_NAMES.get(row["level"].replace("、", "").replace("/", ""))
        if not row["code"] or not row["code"].isascii() or len(row["code"]) > 30:
            problems.add(
                row.number, _("The code is missing, or has more than 30 letters and digits.")
            )
        elif row["code"] in taken:
            problems.add(
                row.number,
                _(
                    "This code is already in use. Leave unions that are already recorded out of the "
                    "spreadsheet."
                ),
            )
        if not row["name"] or len(row["name"]) > 200:
            problems.add(row.number, _("The name is missing, or has more than 200 characters."))
        if bad := find_unwritable(row["name"] + row["short_name"]):
            problems.add(row.number, UNWRITABLE % {"codes": spell_out(bad)})
        if level is None:
            problems.add(
                row.number, _("The level must be one of 省, 市, 区县, 乡镇街道, 基层, 小组.")
            )
        if row["uscc"]:
            try:
                check_uscc(row["uscc"])
            except ValidationError as error:
                problems.add(row.number, error.messages[0])
        units.append(
            TreeRow(
                row.number,
                row["code"],
                row["parent"],
                int(level if level is not None else OrgLevel.GROUP),
            )
        )
    for number, fault in find_tree_faults(units, below):
        if fault != "level_not_below" or number not in problems.by_row:
            problems.add(number, TREE_SENTENCES[fault])
    return units

"""Take a sheet in, match its columns, throw it away. Nothing of its content is written yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from core import sheets
from core.errors import InvalidInput
from core.states import lock, move
from jobs.workflows import start
from office.enums import IMPORT_MOVES, ImportKind, ImportState
from office.grants import IMPORT_ROSTER, IMPORT_TREE
from office.models import RowRemark, SheetImport, StagedRow
from office.workflows.importing import columns
from org.models import OrgUnit
from org.queries import subtree

MAX_ROWS = 50_000
CHECK_JOB = "office.import_check"
CODENAME = {ImportKind.TREE: IMPORT_TREE, ImportKind.ROSTER: IMPORT_ROSTER}


@transaction.atomic
def receive_roster(*, actor: Any, org: OrgUnit, filename: str, file: IO[bytes]) -> SheetImport:
    """Keep a sent roster in private storage and look at its headings; the rows are read when the columns are confirmed.

    *file* is read in pieces and may lie on disk. Raises `InvalidInput` with a sentence if it can't be a roster.
    """
    org = lock(org)
    require(actor, IMPORT_ROSTER, org)
    grid = sheets.load(file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=filename)
    header = sheets.find_header(grid, columns.ROSTER_COLUMNS)
    count = sum(1 for _row in grid.body(header))
    if not count:
        raise grid.refusal("sheet_empty", _("Below the header there is no row. Fill the sheet and send it again."))
    if count > MAX_ROWS:
        raise grid.refusal(
            "sheet_too_long", _("The sheet has more than %(max)s rows. Split it and send the parts one by one.") % {"max": MAX_ROWS}
        )
    signature = columns.signature_of(header.headings)
    run = SheetImport(
        kind=ImportKind.ROSTER,
        org=org,
        actor_id=getattr(actor, "pk", None),
        filename=filename[-200:],
        sha256=digest_of(file),
        state=ImportState.MAPPING,
        rows=count,
        layout=columns.layout_of(grid, header),
        signature=signature,
        mapping=columns.guess(org, signature, header.headings),
    )
    file.seek(0)
    run.file.save("sheet.xlsx", File(file), save=False)
    run.save()
    return run


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of *file*, read in pieces."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()


@transaction.atomic
def start_check(*, actor: Any, run: SheetImport, mapping: Mapping[str, str], default_union: OrgUnit | None = None) -> SheetImport:
    """Check all rows with these columns, in the background. May be asked again with other columns as long as nothing was taken over.

    *mapping*: column index → our key; columns left out are not imported. Raises `InvalidInput` naming the column that is missing.
    """
    run = lock(run)
    require(actor, IMPORT_ROSTER, run.org)
    _check_mapping(run, mapping, default_union)
    clear_rows(run)
    move(run, ImportState.CHECKING, table=IMPORT_MOVES)
    run.mapping, run.default_union = dict(mapping), default_union
    columns.remember(run.org, run.signature, run.mapping)
    return begin_check(actor, run)


def begin_check(actor: Any, run: SheetImport) -> SheetImport:
    """Queue the check of *run*, which is locked, in the state `checking` and has no rows; inside the caller's transaction."""
    run.generation += 1
    run.checked, run.note, run.fingerprint, run.summary = 0, "", "", {}
    run.started_at, run.checked_at = timezone.now(), None
    run.job = start(
        kind=CHECK_JOB, keys=[f"{run.pk}-{run.generation}"], actor=actor, title=_("Check of %(file)s") % {"file": run.filename},
        payload={"run": run.pk, "generation": run.generation},
    )  # fmt: skip
    run.save()
    return run


@transaction.atomic
def choose_unions(*, actor: Any, run: SheetImport, choices: Mapping[str, OrgUnit]) -> SheetImport:
    """Say which union is meant by names in the sheet that fit several or none, and check again. Kept for this sheet only."""
    run = lock(run)
    require(actor, IMPORT_ROSTER, run.org)
    reachable = set(subtree(run.org).filter(pk__in=[unit.pk for unit in choices.values()]).values_list("pk", flat=True))
    if any(unit.pk not in reachable for unit in choices.values()):
        raise InvalidInput("union_out_of_reach", _("Choose a union below yours."))
    clear_rows(run)
    move(run, ImportState.CHECKING, table=IMPORT_MOVES)
    run.choices = {**run.choices, **{text: unit.pk for text, unit in choices.items()}}
    return begin_check(actor, run)


def _check_mapping(run: SheetImport, mapping: Mapping[str, str], default_union: OrgUnit | None) -> None:
    known = {column.key: column for column in columns.ROSTER_COLUMNS}
    used = list(mapping.values())
    fields: dict[str, str] = {}
    for index, key in mapping.items():
        if key not in known or not index.isdigit() or int(index) >= len(run.layout["columns"]):
            raise InvalidInput("mapping_unknown", _("The columns of this page are out of date. Reload it and choose again."))
        if used.count(key) > 1:
            fields[f"column_{index}"] = _("“%(column)s” is chosen for several columns. Keep it for one of them.") % {
                "column": known[key].heading
            }
    missing = [column.heading for column in columns.ROSTER_COLUMNS if column.required and column.key not in used]
    if missing:
        fields["__all__"] = _("No column is chosen for: %(columns)s. Without it no row can be read.") % {"columns": "、".join(missing)}
    if "union" not in used and default_union is None:
        fields["default_union"] = _("The sheet has no column for the union. Choose the union that all rows belong to.")
    if default_union is not None and not subtree(run.org).filter(pk=default_union.pk).exists():
        fields["default_union"] = _("Choose a union below yours.")
    if fields:
        raise InvalidInput("mapping_incomplete", _("Some columns need another look."), fields=fields)


def clear_rows(run: SheetImport) -> None:
    """Delete what was staged and remarked of *run*."""
    StagedRow.objects.filter(run=run).delete()
    RowRemark.objects.filter(run=run).delete()


@transaction.atomic
def discard_import(*, actor: Any, run: SheetImport) -> SheetImport:
    """Throw a sheet away that was not taken over: its rows and its file go too."""
    run = lock(run)
    require(actor, CODENAME[ImportKind(run.kind)], run.org)
    return drop(actor, run)


def drop(actor: Any, run: SheetImport) -> SheetImport:
    """Throw the locked *run* away; inside the caller's transaction."""
    moved = move(run, ImportState.DISCARDED, table=IMPORT_MOVES)
    run.generation += 1  # a check under way finds its rows gone and stops
    run.choices = {}
    clear_rows(run)
    audit.record("office.import_discarded", actor=actor, target=run, before={"state": moved.old}, after={"state": moved.new})
    delete_file(run)
    run.save(update_fields=["generation", "choices", "file", "updated_at"])
    return run


def delete_file(run: SheetImport) -> None:
    """Take the sent file away once the transaction is through; the caller saves the field `file`."""
    if run.file:
        name, storage = str(run.file.name), run.file.storage
        transaction.on_commit(lambda: storage.delete(name))
        run.file = ""


def template_workbook(kind: str) -> bytes:
    """Return an empty sheet with the headings we know, for people to fill."""
    found = columns.COLUMNS[ImportKind(kind)]
    headings = [
        columns.TEMPLATE_HEADINGS.get(column.key, column.heading) if kind == ImportKind.ROSTER else column.heading for column in found
    ]
    return sheets.write(headings, [], title=str(ImportKind(kind).label), widths=[18] * len(headings))

"""Take a sheet in, match its columns, throw it away. Nothing of its content is written yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import HISTORIC_MOVES, HistoricState, Kind, Provenance
from certification.grants import IMPORT_HISTORIC
from certification.models import HistoricImport, HistoricRemark, HistoricRow
from certification.workflows.historic.columns import COLUMNS, masked
from core import sheets
from core.errors import InvalidInput
from core.states import lock, move
from jobs.workflows import start
from office.workflows.importing import columns as matching
from office.workflows.importing.sending import digest_of
from org.models import OrgUnit

MAX_ROWS = 50_000
CHECK_JOB = "certification.historic_check"


@transaction.atomic
def receive(
    *, actor: Any, org: OrgUnit, filename: str, file: IO[bytes], source: str, aim: str, kind: str = Kind.TRAINING, title: str = ""
) -> HistoricImport:
    """Keep a sent sheet in private storage and look at its headings; the rows are read when the columns are confirmed.

    *org* is the issuer of all of them; *source* says what the list was made from; *aim* whether another person shall hold a sample
    against the originals. Needs `certification.import_historic`. Raises `InvalidInput` with a sentence.
    """
    org = lock(org)
    require(actor, IMPORT_HISTORIC, org)
    if aim not in {Provenance.ARCHIVE, Provenance.LIST}:
        raise InvalidInput("aim_unknown", _("Choose one of the list."), fields={"aim": _("Choose one of the list.")})
    grid = sheets.load(file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS, name=filename)
    header = sheets.find_header(grid, COLUMNS)
    count = sum(1 for _row in grid.body(header))
    if not count:
        raise grid.refusal("sheet_empty", _("Below the header there is no row. Fill the sheet and send it again."))
    if count > MAX_ROWS:
        raise grid.refusal(
            "sheet_too_long", _("The sheet has more than %(max)s rows. Split it and send the parts one by one.") % {"max": MAX_ROWS}
        )
    signature = matching.signature_of(("historic", *header.headings))
    run = HistoricImport(
        org=org,
        actor_id=getattr(actor, "pk", None),
        source=source.strip(),
        aim=aim,
        kind=kind,
        title=title.strip(),
        filename=filename[-200:],
        sha256=digest_of(file),
        rows=count,
        layout=matching.layout_of(grid, header, masked),
        signature=signature,
        mapping=matching.guess(org, signature, header.headings, COLUMNS),
    )
    run.full_clean(exclude=["file", "layout", "mapping", "summary"])
    file.seek(0)
    run.file.save("sheet.xlsx", File(file), save=False)
    run.save()
    return run


@transaction.atomic
def start_check(*, actor: Any, run: HistoricImport, mapping: Mapping[str, str], kind: str, title: str = "") -> HistoricImport:
    """Check all rows with these columns, in the background. May be asked again with other columns as long as nothing was taken over.

    *mapping*: column index → our key. *kind* and *title* hold for rows that name none. Raises `InvalidInput` naming what is missing.
    """
    run = lock(run)
    require(actor, IMPORT_HISTORIC, run.org)
    _check_mapping(run, mapping, kind, title)
    clear_rows(run)
    move(run, HistoricState.CHECKING, table=HISTORIC_MOVES)
    run.mapping, run.kind, run.title = dict(mapping), kind, title.strip()
    matching.remember(run.org, run.signature, run.mapping)
    return begin(run, actor=actor, kind=CHECK_JOB, title=_("Check of %(file)s") % {"file": run.filename})


def begin(run: HistoricImport, *, actor: Any, kind: str, title: str) -> HistoricImport:
    """Queue the background work *kind* for the locked *run*; inside the caller's transaction."""
    run.generation += 1
    run.note = ""
    if kind == CHECK_JOB:
        run.checked, run.fingerprint, run.summary = 0, "", {}
        run.started_at, run.checked_at = timezone.now(), None
    run.job = start(
        kind=kind,
        keys=[f"{run.pk}-{run.generation}"],
        actor=actor,
        title=title,
        payload={"run": run.pk, "generation": run.generation},
    )
    run.save()
    return run


def _check_mapping(run: HistoricImport, mapping: Mapping[str, str], kind: str, title: str) -> None:
    known = {column.key: column for column in COLUMNS}
    used = list(mapping.values())
    fields: dict[str, str] = {}
    for index, key in mapping.items():
        if key not in known or not index.isdigit() or int(index) >= len(run.layout["columns"]):
            raise InvalidInput("mapping_unknown", _("The columns of this page are out of date. Reload it and choose again."))
        if used.count(key) > 1:
            fields[f"column_{index}"] = _("“%(column)s” is chosen for several columns. Keep it for one of them.") % {
                "column": known[key].heading
            }
    missing = [column.heading for column in COLUMNS if column.required and column.key not in used]
    if missing:
        fields["__all__"] = _("No column is chosen for: %(columns)s. Without it no row can be read.") % {"columns": "、".join(missing)}
    if "title" not in used and not title.strip():
        fields["title"] = _("The sheet has no column for the certificate's name. Write the name that stands on all of them.")
    if kind not in Kind.values:
        fields["kind"] = _("Choose one of the list.")
    if fields:
        raise InvalidInput("mapping_incomplete", _("Some columns need another look."), fields=fields)


def clear_rows(run: HistoricImport) -> None:
    """Delete what was staged and remarked of *run*."""
    HistoricRow.objects.filter(run=run).delete()
    HistoricRemark.objects.filter(run=run).delete()


@transaction.atomic
def discard(*, actor: Any, run: HistoricImport) -> HistoricImport:
    """Throw a sheet away that was not taken over: its rows and its file go too."""
    run = lock(run)
    require(actor, IMPORT_HISTORIC, run.org)
    return drop(actor, run)


def drop(actor: Any, run: HistoricImport) -> HistoricImport:
    """Throw the locked *run* away; inside the caller's transaction."""
    moved = move(run, HistoricState.DISCARDED, table=HISTORIC_MOVES)
    run.generation += 1  # a check under way finds its rows gone and stops
    clear_rows(run)
    audit.record("certification.historic_discarded", actor=actor, target=run, before={"state": moved.old}, after={"state": moved.new})
    delete_file(run)
    run.save(update_fields=["generation", "file", "updated_at"])
    return run


def delete_file(run: HistoricImport) -> None:
    """Take the sent file away once the transaction is through; the caller saves the field `file`."""
    if run.file:
        name, storage = str(run.file.name), run.file.storage
        transaction.on_commit(lambda: storage.delete(name))
        run.file = ""


def template_workbook() -> bytes:
    """Return an empty sheet with the headings we know, for people to fill."""
    return sheets.write([column.heading for column in COLUMNS], [], title="历史证书", widths=[18] * len(COLUMNS))

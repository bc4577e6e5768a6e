"""The check of a sheet in the background: read, look at, hash and stage the rows, a thousand at a time.

Each thousand is one transaction that moves `checked` on. Whoever is killed is followed by another who goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certification.enums import HISTORIC_MOVES, HistoricState
from certification.models import Certificate, HistoricImport, HistoricRecord, HistoricRemark, HistoricRow
from certification.rules.historic import Ground, Paper, read_row
from certification.workflows.historic import deciding, sending
from certification.workflows.historic.telling import tell_checked, tell_stopped
from core import sheets
from core.bulk import insert_rows
from core.errors import DomainError
from core.states import lock, move
from core.text import search_key
from jobs.models import JobItem
from jobs.workflows import prolong
from org.models import OrgUnit
from org.queries.history import former_names, predecessors
from people import crypto

CHUNK = 1000


def check(item: JobItem) -> dict[str, Any] | None:
    """Check the sheet named in the job of *item*; go on where an earlier try stopped. The job's handler."""
    pk, generation = item.job.payload["run"], item.job.payload["generation"]
    run = HistoricImport.objects.select_related("org").filter(pk=pk).first()
    if run is None or not _is_current(run, generation):
        return None
    try:
        with run.file.open("rb") as file:
            grid = sheets.load(file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=sending.MAX_ROWS)
    except FileNotFoundError:
        return None  # thrown away meanwhile
    header = sheets.Header(run.layout["first"], run.layout["last"], tuple(c["heading"] for c in run.layout["columns"]))
    reader = Reader(run, grid, header)
    if run.checked == 0:
        run.started_at = timezone.now()  # waiting in the queue is no checking
    for start, rows in _chunks(grid, header, run.checked):
        found = [reader.read(number, cells) for number, cells in rows]
        if not _keep(run, generation, start, len(rows), reader.staged(found), reader.remarks(found)) or not prolong(item=item):
            return None  # another has it, or it was thrown away
    conclude(run, generation)
    return {"rows": run.rows}


def _is_current(run: HistoricImport, generation: int) -> bool:
    return run.state == HistoricState.CHECKING and run.generation == generation


def _chunks(grid: sheets.Grid, header: sheets.Header, begin: int) -> Iterator[tuple[int, list[tuple[int, list[Any]]]]]:
    rows = list(grid.body(header))
    for at in range(begin, len(rows), CHUNK):
        yield at, rows[at : at + CHUNK]


@transaction.atomic
def _keep(run: HistoricImport, generation: int, start: int, count: int, staged: list[HistoricRow], remarks: list[HistoricRemark]) -> bool:
    """Write one chunk if it is still its turn; say whether the check goes on."""
    fresh = lock(run)
    if not _is_current(fresh, generation) or fresh.checked != start:
        return False
    insert_rows(staged)
    HistoricRemark.objects.bulk_create(remarks, batch_size=CHUNK)
    run.checked = start + count
    run.save(update_fields=["checked", "started_at", "updated_at"])
    return True


@transaction.atomic
def conclude(run: HistoricImport, generation: int) -> None:
    """Hold the staged rows against each other and what is recorded, and show the result."""
    fresh = lock(run)
    if not _is_current(fresh, generation):
        return
    show(fresh)
    tell_checked(fresh)


def show(run: HistoricImport) -> None:
    """Work out what the locked *run* would do, and leave it for the officer to look at; inside the caller's transaction."""
    run.fingerprint = deciding.decide(run)
    run.summary = deciding.summary_of(run)
    run.checked_at = timezone.now()
    move(run, HistoricState.READY if run.summary["new"] else HistoricState.REFUSED, table=HISTORIC_MOVES)
    run.save(update_fields=["fingerprint", "summary", "checked_at", "note", "updated_at"])


class Names:
    """What the issuer was called, and when; the names of unions that live on in it count too, for papers that name their issuer."""

    def __init__(self, org: OrgUnit) -> None:
        self.today = org.name
        self.former = sorted((one.until, one.name) for one in former_names(org))
        older = [name for unit in predecessors(org) for name in (unit.name, *(one.name for one in former_names(unit)))]
        self.all = frozenset({org.name, *(name for _until, name in self.former), *older})

    def on(self, day: date) -> str:
        """Return the name of *day*."""
        return next((name for until, name in self.former if until > day), self.today)


class Reader:
    """Reads the rows of one sheet: which cell is which column, and what holds for the whole sheet."""

    def __init__(self, run: HistoricImport, grid: sheets.Grid, header: sheets.Header) -> None:
        self.run, self.grid = run, grid
        self.places = {key: int(at) for at, key in run.mapping.items()}
        self.merged = grid.merged_below(header)
        self.has_special_cells = bool(self.merged or grid.formulas or grid.uncomputed)
        self.names = Names(run.org)
        self.ground = Ground(kind=run.kind, title=run.title, names=self.names.all, today=timezone.localdate())

    def read(self, number: int, cells: Sequence[Any]) -> tuple[int, Paper]:
        """Return the row number and what the row says."""
        values: dict[str, str] = {}
        odd: dict[str, str] = {}
        for key, at in self.places.items():
            cell = cells[at] if at < len(cells) else ""
            values[key] = sheets.text_of(cell)
            if self.has_special_cells or type(cell) is not str or "+" in cell:  # text is plain nearly always
                special = self.grid.oddness((number - 1, at), cell, self.merged)
                if special:
                    odd[key] = special
        return number, read_row(values, odd, self.ground)

    def staged(self, found: Sequence[tuple[int, Paper]]) -> list[HistoricRow]:
        """Return the rows in order; of an identity number only its keyed hashes go on."""
        rows = []
        for number, paper in found:
            if paper.faults or paper.issued_on is None:
                continue
            hashed = bool(paper.id_number)
            rows.append(
                HistoricRow(
                    run=self.run, row=number, number=paper.number, number_key=paper.number_key, name=paper.name,
                    name_key=search_key(paper.name)[:100], kind=paper.kind, title=paper.title, subject=paper.subject,
                    occupation=paper.occupation, level=paper.level, distinction=paper.distinction, employer=paper.employer,
                    issuer=paper.issuer or self.names.on(paper.issued_on), issued_on=paper.issued_on, valid_until=paper.valid_until,
                    id_kind=paper.id_kind,
                    id_hash=crypto.look_up_hash(paper.id_kind, paper.id_number) if hashed else "",
                    newest_hash=crypto.newest_hash(paper.id_kind, paper.id_number) if hashed else "",
                )
            )  # fmt: skip
        return rows

    def remarks(self, found: Sequence[tuple[int, Paper]]) -> list[HistoricRemark]:
        """Return what is to be said about the rows: faults, and notes on rows without any."""
        return [
            HistoricRemark(
                run=self.run, row=number, column=self.places.get(remark.key, -1), key=remark.key, code=remark.code,
                params=dict(remark.params), written=remark.written[:100], fault=bool(paper.faults),
            )
            for number, paper in found
            for remark in paper.faults or paper.notes
        ]  # fmt: skip


def again(run: HistoricImport, *, note: str) -> None:
    """Show the locked *run* anew because the world has changed since it was looked at; inside the caller's transaction."""
    run.note = note
    show(run)


def failed(job: Any) -> None:
    """Give the sheet back if its work failed for good: nothing of it counts, and it may be tried again. The job's `on_finished`."""
    from jobs.enums import ItemState  # slow import

    if job.items.filter(state=ItemState.FAILED).exists():
        with transaction.atomic():
            run = HistoricImport.objects.select_for_update().filter(pk=job.payload["run"], job=job).first()
            if run is not None and run.working:
                give_back(run)


def give_back(run: HistoricImport) -> None:
    """Lead the locked *run*, whose work ended without a result, back to where it can be started again."""
    back, note = {
        HistoricState.CHECKING: (HistoricState.MAPPING, "check_failed"),
        HistoricState.APPLYING: (HistoricState.READY, "apply_failed"),
        HistoricState.WITHDRAWING: (HistoricState.APPLIED, "withdraw_failed"),
    }[HistoricState(run.state)]
    if run.state == HistoricState.APPLYING:
        forget(run)
    move(run, back, table=HISTORIC_MOVES)
    run.generation += 1
    run.note = note
    run.save(update_fields=["generation", "note", "updated_at"])
    tell_stopped(run)


def forget(run: HistoricImport) -> None:
    """Remove certificates that were written for *run* and never came to count."""
    written = list(HistoricRecord.objects.filter(run=run).values_list("certificate_id", flat=True))
    HistoricRecord.objects.filter(run=run).delete()
    for at in range(0, len(written), CHUNK):
        Certificate.objects.filter(pk__in=written[at : at + CHUNK]).delete()


def refused_in_job(run: HistoricImport, error: DomainError) -> None:
    """Give *run* back with the reason when a rule said no inside the background work (a role that ended meanwhile, for one)."""
    with transaction.atomic():
        fresh = lock(run)
        if fresh.working:
            give_back(fresh)
            fresh.note = "right_lost" if error.status in (403, 404) else error.code if error.code == "relied_on" else fresh.note
            fresh.save(update_fields=["note"])

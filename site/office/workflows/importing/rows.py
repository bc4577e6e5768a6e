"""The check of a roster in the background: read, look at, encrypt and stage the rows, a thousand at a time.

Each thousand is one transaction that moves `checked` on. Whoever is killed is followed by another who goes on from there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import sheets
from core.bulk import build_like, insert_rows
from core.errors import DomainError
from core.states import lock, move
from jobs.models import JobItem
from jobs.workflows import prolong
from office.enums import IMPORT_MOVES, ImportState
from office.models import RowRemark, SheetImport, StagedRow
from office.rules.roster import UNREADABLE, Remark, Worker, read_row
from office.workflows.importing import deciding, sending
from office.workflows.telling import tell_checked, tell_stopped
from org.models import OrgUnit
from org.models.unit import name_words
from org.queries import subtree
from org.rules.days import day_before
from people import crypto
from people.workflows.bulk import blank

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Unions:
    """How the sheet's words for unions are read."""

    by_name: dict[str, list[OrgUnit]]
    closed: frozenset[str]
    chosen: dict[str, OrgUnit]
    default: OrgUnit | None


def check(item: JobItem) -> dict[str, Any] | None:
    """Check the import named in the job of *item*; go on where an earlier try stopped. The job's handler."""
    pk, generation = item.job.payload["run"], item.job.payload["generation"]
    run = SheetImport.objects.select_related("org", "default_union").filter(pk=pk).first()
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


def _is_current(run: SheetImport, generation: int) -> bool:
    return run.state == ImportState.CHECKING and run.generation == generation


def _chunks(grid: sheets.Grid, header: sheets.Header, begin: int) -> Iterator[tuple[int, list[tuple[int, list[Any]]]]]:
    chunk: list[tuple[int, list[Any]]] = []
    for at, row in enumerate(grid.body(header)):
        if at >= begin:
            chunk.append(row)
        if len(chunk) == CHUNK:
            yield at + 1 - CHUNK, chunk
            chunk = []
            begin = at + 1
    if chunk:
        yield begin, chunk


@transaction.atomic
def _keep(run: SheetImport, generation: int, start: int, count: int, staged: list[StagedRow], remarks: list[RowRemark]) -> bool:
    """Write one chunk if it is still its turn; say whether the check goes on."""
    fresh = lock(run)
    if not _is_current(fresh, generation) or fresh.checked != start:
        return False
    insert_rows(staged)
    insert_rows(remarks)
    run.checked = start + count
    run.save(update_fields=["checked", "started_at", "updated_at"])
    return True


@transaction.atomic
def conclude(run: SheetImport, generation: int) -> None:
    """Hold the staged rows against each other and the recorded persons, and show the result."""
    fresh = lock(run)
    if not _is_current(fresh, generation):
        return
    show(fresh)
    tell_checked(fresh)


def show(run: SheetImport) -> None:
    """Work out what the locked *run* would do, and leave it for the officer to look at; inside the caller's transaction."""
    run.key_name = crypto.key_name()
    run.fingerprint = deciding.decide(run)
    run.summary = deciding.summary_of(run)
    run.checked_at = timezone.now()
    move(run, ImportState.READY if deciding.good_rows(run.summary) else ImportState.REFUSED, table=IMPORT_MOVES)
    run.save(update_fields=["key_name", "fingerprint", "summary", "checked_at", "note", "updated_at"])


class Reader:
    """Reads the rows of one sheet: which cell is which column, what its words for unions mean."""

    def __init__(self, run: SheetImport, grid: sheets.Grid, header: sheets.Header) -> None:
        self.run, self.grid = run, grid
        self.places = {key: int(at) for at, key in run.mapping.items()}
        self.merged = grid.merged_below(header)
        self.has_special_cells = bool(self.merged or grid.formulas or grid.uncomputed)
        self.today: date = timezone.localdate()
        live = list(subtree(run.org).order_by("pk"))
        by_pk = {unit.pk: unit for unit in live}
        self.unions = Unions(
            by_name=deciding.union_names([unit for unit in live if unit.live]),
            closed=frozenset(deciding.union_names([unit for unit in live if not unit.live])),
            chosen={text: by_pk[pk] for text, pk in run.choices.items() if pk in by_pk},
            default=run.default_union,
        )

    def read(self, number: int, cells: Sequence[Any]) -> tuple[int, Worker, OrgUnit | None]:
        """Return the row number, what the row says, and its union."""
        values: dict[str, str] = {}
        odd: dict[str, str] = {}
        for key, at in self.places.items():
            cell = cells[at] if at < len(cells) else ""
            values[key] = sheets.text_of(cell)
            if self.has_special_cells or type(cell) is not str or "+" in cell:  # text is plain nearly always
                special = self.grid.oddness((number - 1, at), cell, self.merged)
                if special:
                    odd[key] = special
        worker = read_row(values, odd, today=self.today)
        union = None if odd.get("union") in UNREADABLE else self._union(worker)
        return number, worker, union

    def _union(self, worker: Worker) -> OrgUnit | None:
        text = worker.union
        if not text:
            if self.unions.default is None:
                worker.faults.append(Remark("union", "union_missing"))
            return self.unions.default
        if text in self.unions.chosen:
            return self.unions.chosen[text]
        found = self.unions.by_name.get(name_words(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            worker.faults.append(Remark("union", "union_several", text[:100], {"count": str(len(found))}))
        else:
            worker.faults.append(Remark("union", "union_closed" if text in self.unions.closed else "union_unknown", text[:100]))
        return None

    def staged(self, found: Sequence[tuple[int, Worker, OrgUnit | None]]) -> list[StagedRow]:
        """Return the rows in order, identity numbers encrypted."""
        rows = []
        plain = StagedRow(run=self.run)
        for number, worker, union in found:
            if worker.faults or union is None or worker.joined is None:
                continue
            public_id = uuid.uuid4()
            document = blank(public_id=public_id, name=worker.name, kind=worker.id_kind, number=worker.number)
            rows.append(
                build_like(
                    plain, row=number, public_id=public_id, name=worker.name, name_key=document.person.name_key,
                    pinyin_key=document.person.pinyin_key, name_order=document.person.name_order,
                    birth=worker.birth, sex=worker.sex, mobile=worker.mobile,
                    id_kind=worker.id_kind, number_encrypted=document.number_encrypted, number_hash=document.number_hash,
                    newest_hash=document.newest_hash or document.number_hash, tail=document.tail, union_id=union.pk,
                    employer=worker.employer, employer_key=name_words(worker.employer)[:200],
                    job_title=worker.job_title, joined=worker.joined, joined_eve=day_before(worker.joined),
                )
            )  # fmt: skip
        return rows

    def remarks(self, found: Sequence[tuple[int, Worker, OrgUnit | None]]) -> list[RowRemark]:
        """Return what is to be said about the rows: faults, and notes on rows without any."""
        rows = []
        for number, worker, _union in found:
            told = worker.faults or worker.notes
            rows += [
                RowRemark(
                    run=self.run, row=number, column=self.places.get(remark.key, -1), key=remark.key, code=remark.code,
                    params=dict(remark.params), written=remark.written[:100], fault=bool(worker.faults),
                )
                for remark in told
            ]  # fmt: skip
        return rows


def again(run: SheetImport, *, note: str) -> None:
    """Show the locked *run* anew because the world has changed since it was looked at; inside the caller's transaction."""
    run.note = note
    show(run)


def failed(job: Any) -> None:
    """Give the import back if its work failed for good: nothing was written, and it may be tried again. The job's `on_finished`."""
    from jobs.enums import ItemState  # slow import

    if job.items.filter(state=ItemState.FAILED).exists():
        with transaction.atomic():
            run = SheetImport.objects.select_for_update().filter(pk=job.payload["run"], job=job).first()
            if run is not None and run.working:
                give_back(run)


def give_back(run: SheetImport) -> None:
    """Lead the locked *run*, whose work ended without a result, back to where it can be started again."""
    back, note = {
        ImportState.CHECKING: (ImportState.MAPPING, "check_failed"),
        ImportState.APPLYING: (ImportState.READY, "apply_failed"),
        ImportState.UNDOING: (ImportState.APPLIED, "undo_failed"),
    }[ImportState(run.state)]
    move(run, back, table=IMPORT_MOVES)
    run.generation += 1
    run.note = note
    run.save(update_fields=["generation", "note", "updated_at"])
    tell_stopped(run)


def refused_in_job(run: SheetImport, error: DomainError) -> None:
    """Give *run* back with the reason when a rule said no inside the background work (a role that ended meanwhile, for one)."""
    with transaction.atomic():
        fresh = lock(run)
        if fresh.working:
            give_back(fresh)
            if error.status in (403, 404):
                fresh.note = "right_lost"
                fresh.save(update_fields=["note"])

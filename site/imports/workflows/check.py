"""Check the rows of a sheet in the background, a thousand at a time.

Each thousand is one transaction that moves `checked` on. If a worker is killed, the next one goes
on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction

from core import clock, sheets
from core.bulk import insert_rows
from core.states import lock, move
from imports.enums import Stage
from imports.kinds import kind_of, kind_of_job
from imports.workflows.columns import read_header
from imports.workflows.upload import MAX_ROWS, save_fields
from jobs.models import JobItem
from jobs.workflows import prolong_lease

CHUNK = 1000


def check_rows_in_chunks(item: JobItem) -> dict[str, Any] | None:
    """Check the import named in the job of *item*.

    It goes on where an earlier try stopped. This is the job's handler.
    """
    kind = kind_of_job(item.job.kind)
    generation = item.job.payload["generation"]
    run: Any = kind.runs.select_related(*kind.related).filter(pk=item.job.payload["run"]).first()
    if run is None or not kind.is_working(run, Stage.CHECKING, generation):
        return None
    try:
        with run.file.open("rb") as file:
            grid = sheets.load_grid(file, max_bytes=settings.MAX_UPLOAD_BYTES, max_rows=MAX_ROWS)
    except FileNotFoundError:
        return None  # discarded meanwhile
    header = read_header(run)
    reader = kind.open_reader(run, grid, header)
    if run.checked == 0:
        run.started_at = clock.now()  # waiting in the queue is no checking
    for begin, rows in _cut_chunks(grid, header, run.checked):
        found = [
            (number, reader.read_row(*reader.read_cells(number, cells))) for number, cells in rows
        ]
        kept = keep_chunk(
            run, generation, begin, len(rows), reader.stage_rows(found), reader.list_remarks(found)
        )
        if not kept or not prolong_lease(item=item):
            return None  # another worker has it, or it was discarded
    conclude_check(run, generation)
    return {"rows": run.rows}


def _cut_chunks(
    grid: sheets.Grid, header: sheets.Header, begin: int
) -> Iterator[tuple[int, list[tuple[int, list[Any]]]]]:
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
def keep_chunk(
    run: Any,
    generation: int,
    begin: int,
    count: int,
    staged: Sequence[models.Model],
    remarks: Sequence[models.Model],
) -> bool:
    """Write one chunk if it is still its turn, and say whether the check goes on."""
    fresh = lock(run)
    if not kind_of(run).is_working(fresh, Stage.CHECKING, generation) or fresh.checked != begin:
        return False
    insert_rows(staged)
    insert_rows(remarks)
    run.checked = begin + count
    save_fields(run, "checked", "started_at")
    return True


@transaction.atomic
def conclude_check(run: Any, generation: int) -> None:
    """Compare the staged rows with each other and with what is recorded, and show the result."""
    kind = kind_of(run)
    fresh = lock(run)
    if not kind.is_working(fresh, Stage.CHECKING, generation):
        return
    show_result(fresh)
    kind.tell_checked(fresh)


def show_result(run: Any, *, note: str | None = None) -> None:
    """Work out what the locked *run* would do and leave it for the officer to look at.

    It belongs inside the caller's transaction. *note* says why the result is shown again, because
    what is recorded has changed since it was looked at.
    """
    kind = kind_of(run)
    if note is not None:
        run.note = note
    run.fingerprint = kind.decide(run)
    run.summary = kind.summarise(run)
    run.checked_at = clock.now()
    move(run, Stage.READY if kind.count_good_rows(run.summary) else Stage.REFUSED, table=kind.moves)
    run.save()

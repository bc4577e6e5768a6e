"""Return an import whose background work ended without a result to the stage where it can be
started again.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.states import lock, move
from imports.enums import Stage
from imports.kinds import kind_of, kind_of_job
from imports.workflows.upload import save_fields


def give_back_failed_import(job: Any) -> None:
    """Give the import back if its work failed for good.

    Nothing was written then, and it may be tried again. This is the job's `on_finished`.
    """
    from jobs.enums import JobItemState  # slow import

    if job.items.filter(state=JobItemState.FAILED).exists():
        with transaction.atomic():
            rows = kind_of_job(job.kind).runs.select_for_update()
            run = rows.filter(pk=job.payload["run"], job=job).first()
            if run is not None and run.working:
                give_back_import(run)


def give_back_import(run: Any) -> None:
    """Move the locked *run* back to the stage where its work can be started again, with a note that
    says why.
    """
    kind = kind_of(run)
    back, note = {
        Stage.CHECKING.value: (Stage.MAPPING, "check_failed"),
        Stage.APPLYING.value: (Stage.READY, "apply_failed"),
        str(kind.undoing): (Stage.APPLIED, kind.undo_failed),
    }[str(run.state)]
    if run.state == Stage.APPLYING:
        kind.take_back_writing(run)
    move(run, back, table=kind.moves)
    run.generation += 1
    run.note = note
    save_fields(run, "generation", "note")
    kind.tell_stopped(run)


def give_back_refused_import(run: Any, error: DomainError) -> None:
    """Give *run* back with the reason when a rule said no inside the background work (a role that
    ended meanwhile, for one).
    """
    with transaction.atomic():
        fresh = lock(run)
        if fresh.working:
            give_back_import(fresh)
            if error.status in (403, 404):
                fresh.note = "right_lost"
            elif error.code in kind_of(run).words.back:
                fresh.note = error.code
            fresh.save(update_fields=["note"])

"""Undo an import as a whole in the background, as long as the tenant allows it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access.checks import require
from core.actors import Actor
from core.states import lock, move
from imports.kinds import kind_of, kind_of_job
from imports.workflows.apply import work_on_import
from imports.workflows.upload import RunT, queue_work
from jobs.models import JobItem


@transaction.atomic
def undo_import(*, actor: Actor, run: RunT, **given: Any) -> RunT:
    """Let the background undo an applied import. A second click changes nothing.

    *given*: fields of the run to keep, such as a reason. The tenant's `refuse_undo` raises if it
    can't be undone any more.
    """
    kind = kind_of(run)
    run = lock(run)
    require(actor, kind.permission, run.org)
    if run.state in (kind.undoing, kind.undone):
        return run
    kind.refuse_undo(run, **given)
    move(run, kind.undoing, table=kind.moves)
    setattr(run, f"{kind.undone_by}_id", getattr(actor, "pk", None))
    for name, value in given.items():
        setattr(run, name, value)
    return queue_work(run, actor=actor, job=kind.jobs.undo, title=kind.words.undo_title)


def undo_in_background(item: JobItem) -> dict[str, Any] | None:
    """Undo the import named in the job of *item*. The job's handler: done twice, it does nothing
    the second time.
    """
    kind = kind_of_job(item.job.kind)
    return work_on_import(item, kind, kind.undone_by, kind.undo)

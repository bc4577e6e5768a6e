"""Apply the good rows of a checked sheet in the background.

The tenant writes them, all or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from access.checks import require
from core.actors import Actor
from core.errors import DomainError
from core.states import lock, move
from imports.enums import Stage
from imports.kinds import ImportKind, kind_of, kind_of_job
from imports.workflows.give_back import give_back_refused_import
from imports.workflows.upload import RunT, queue_work
from jobs.models import JobItem


@transaction.atomic
def apply_import(*, actor: Actor, run: RunT) -> RunT:
    """Let the background apply the good rows of a checked sheet. A second click changes nothing."""
    kind = kind_of(run)
    run = lock(run)
    require(actor, kind.permission, run.org)
    if run.state in (Stage.APPLYING, Stage.APPLIED):
        return run
    move(run, Stage.APPLYING, table=kind.moves)
    run.applied_by_id = getattr(actor, "pk", None)
    return queue_work(run, actor=actor, job=kind.jobs.apply, title=kind.words.apply_title)


def apply_in_background(item: JobItem) -> dict[str, Any] | None:
    """Apply the import named in the job of *item*. The job's handler: done twice, it does nothing
    the second time.
    """
    kind = kind_of_job(item.job.kind)
    return work_on_import(item, kind, "applied_by", kind.apply)


def work_on_import(
    item: JobItem,
    kind: ImportKind,
    asked_by: str,
    work: Callable[[Any, JobItem], dict[str, Any] | None],
) -> dict[str, Any] | None:
    """Do *work* for the import named in the job of *item*.

    If a rule says no, the import is given back with the reason. *asked_by* names the field that
    keeps who asked for the work.
    """
    run = kind.runs.select_related("org", asked_by).filter(pk=item.job.payload["run"]).first()
    if run is None:
        return None
    kind.prepare_work()
    try:
        return work(run, item)
    except DomainError as error:
        give_back_refused_import(run, error)
        raise

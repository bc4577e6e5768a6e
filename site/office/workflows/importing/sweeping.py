"""Housekeeping: sheets nobody decided about, work whose worker vanished, values kept for undoing
when the week is over.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from access import SYSTEM
from core import clock
from jobs.enums import JobState
from office.enums import OPEN, WORKING, ImportState
from office.models import RowRemark, SheetImport, TakenRow
from office.workflows.importing import checking, sending

KEEP_OPEN_DAYS = 7


def stale() -> QuerySet[SheetImport]:
    """Return sheets left undecided for a week."""
    return SheetImport.objects.filter(
        state__in=OPEN, updated_at__lt=clock.now() - timedelta(days=KEEP_OPEN_DAYS)
    )


def stuck() -> QuerySet[SheetImport]:
    """Return sheets in work whose job has ended: the worker was killed between the two writes."""
    return SheetImport.objects.filter(state__in=WORKING).filter(
        Q(job=None) | Q(job__state=JobState.FINISHED)
    )


def settled() -> QuerySet[SheetImport]:
    """Return imports that can't be undone any more and still hold the file or values for it."""
    over = Q(state=ImportState.APPLIED, undo_until__lt=clock.now()) | Q(state=ImportState.UNDONE)
    return SheetImport.objects.filter(over).exclude(file="")


def is_due() -> bool:
    """Say whether there is anything to tidy (the sweeper's question)."""
    return stale().exists() or stuck().exists() or settled().exists()


def tidy() -> int:
    """Tidy what is due; return how many sheets were touched. Safe to run at any time, twice."""
    return (
        sum(_each(stale(), _drop))
        + sum(_each(stuck(), checking.give_back))
        + sum(_each(settled(), _forget))
    )


def _each(runs: QuerySet[SheetImport], act: object) -> list[int]:
    done = []
    for pk in list(runs.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            run = runs.select_for_update(of=("self",)).filter(pk=pk).first()
            if run is not None:
                act(run)  # type: ignore[operator]  # one of the three functions named above
                done.append(1)
    return done


def _drop(run: SheetImport) -> None:
    sending.drop(SYSTEM, run)


def _forget(run: SheetImport) -> None:
    """Let go of the sent file and of the values kept for undoing; the list of rows and persons
    stays.
    """
    TakenRow.objects.filter(run=run).update(old_mobile="", new_mobile="")
    RowRemark.objects.filter(run=run).delete()
    run.choices = {}
    sending.delete_file(run)
    run.save(update_fields=["file", "choices", "updated_at"])

"""Housekeeping: sheets nobody decided about, work whose worker vanished, files that were looked at
long enough.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from access import SYSTEM
from certification.enums import HistoricState
from certification.models import HistoricImport, HistoricRemark
from certification.models.historic import OPEN, WORKING
from certification.workflows.historic import checking, sending
from core import clock
from jobs.enums import JobState

KEEP_OPEN_DAYS = 7
KEEP_FILE_DAYS = 30


def stale() -> QuerySet[HistoricImport]:
    """Return sheets left undecided for a week."""
    return HistoricImport.objects.filter(
        state__in=OPEN, updated_at__lt=clock.now() - timedelta(days=KEEP_OPEN_DAYS)
    )


def stuck() -> QuerySet[HistoricImport]:
    """Return sheets in work whose job has ended: the worker was killed between the two writes."""
    return HistoricImport.objects.filter(state__in=WORKING).filter(
        Q(job=None) | Q(job__state=JobState.FINISHED)
    )


def settled() -> QuerySet[HistoricImport]:
    """Return imports that are over and still hold the file."""
    over = Q(state=HistoricState.WITHDRAWN) | Q(
        state=HistoricState.APPLIED, applied_at__lt=clock.now() - timedelta(days=KEEP_FILE_DAYS)
    )
    return HistoricImport.objects.filter(over).exclude(file="")


def is_due() -> bool:
    """Say whether there is anything to tidy (the sweeper's question)."""
    return stale().exists() or stuck().exists() or settled().exists()


def tidy() -> int:
    """Tidy what is due; return how many sheets were touched. Safe to run at any time, twice."""
    return _each(stale(), _drop) + _each(stuck(), checking.give_back) + _each(settled(), _forget)


def _each(runs: QuerySet[HistoricImport], act: Callable[[HistoricImport], object]) -> int:
    done = 0
    for pk in list(runs.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            run = HistoricImport.objects.select_for_update().filter(pk=pk).first()
            if run is not None and runs.filter(pk=pk).exists():
                act(run)
                done += 1
    return done


def _drop(run: HistoricImport) -> None:
    sending.drop(SYSTEM, run)


def _forget(run: HistoricImport) -> None:
    """Let go of the sent file and of what was remarked; the records stay."""
    HistoricRemark.objects.filter(run=run).delete()
    sending.delete_file(run)
    run.save(update_fields=["file", "updated_at"])

"""Clean up undecided sheets, work whose worker vanished and files that are no longer needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from access import SYSTEM
from core import clock
from imports.enums import OPEN
from imports.kinds import ImportKind
from imports.workflows.give_back import give_back_import
from imports.workflows.upload import delete_file, discard_locked_import, empty_choices, save_fields
from jobs.enums import JobState

KEEP_OPEN_DAYS = 7
AT_ONCE = 200


def find_undecided(kind: ImportKind) -> QuerySet[Any]:
    """Return sheets left undecided for a week."""
    runs: QuerySet[Any] = kind.runs.filter(
        state__in=OPEN, updated_at__lt=clock.now() - timedelta(days=KEEP_OPEN_DAYS)
    )
    return runs


def find_stuck(kind: ImportKind) -> QuerySet[Any]:
    """Return sheets in work whose job has ended because the worker was killed between two writes."""
    runs: QuerySet[Any] = kind.runs.filter(state__in=kind.working).filter(
        Q(job=None) | Q(job__state=JobState.FINISHED)
    )
    return runs


def find_settled(kind: ImportKind) -> QuerySet[Any]:
    """Return imports that are over and still hold the file."""
    runs: QuerySet[Any] = kind.runs.filter(kind.find_settled()).exclude(file="")
    return runs


def is_cleaning_due(kind: ImportKind) -> bool:
    """Say whether there is anything to clean up (the sweeper's question)."""
    return find_undecided(kind).exists() or find_stuck(kind).exists() or find_settled(kind).exists()


def delete_expired_uploads(kind: ImportKind) -> int:
    """Discard undecided sheets, give back stuck ones and delete files that are no longer needed.

    Return how many sheets were touched. It is safe to run at any time, twice.
    """
    return (
        _treat_each(find_undecided(kind), lambda run: discard_locked_import(SYSTEM, run))
        + _treat_each(find_stuck(kind), give_back_import)
        + _treat_each(find_settled(kind), lambda run: _forget_settled(kind, run))
    )


def _treat_each(runs: QuerySet[Any], treat: Callable[[Any], object]) -> int:
    done = 0
    for pk in list(runs.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            run = runs.select_for_update(of=("self",)).filter(pk=pk).first()
            if run is not None:
                treat(run)
                done += 1
    return done


def _forget_settled(kind: ImportKind, run: Any) -> None:
    kind.forget_settled(run)
    kind.find_remarks(run).delete()
    delete_file(run)
    save_fields(run, "file", *empty_choices(run))

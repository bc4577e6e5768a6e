"""What a kind of import declares when Django starts."""

from __future__ import annotations

from imports.kinds import ImportKind, keep_kind
from imports.workflows.apply import apply_in_background
from imports.workflows.check import check_rows_in_chunks
from imports.workflows.give_back import give_back_failed_import
from imports.workflows.housekeeping import is_cleaning_due
from imports.workflows.undo import undo_in_background
from jobs import registry, sweeper


def register_import(kind: ImportKind) -> None:
    """Declare the background work and the housekeeping of *kind*. Called in `AppConfig.ready()`."""
    keep_kind(kind)
    registry.register_job_kind(
        kind.jobs.check,
        check_rows_in_chunks,
        on_finished=give_back_failed_import,
        lease_seconds=120,
    )
    registry.register_job_kind(
        kind.jobs.apply, apply_in_background, on_finished=give_back_failed_import, lease_seconds=300
    )
    registry.register_job_kind(
        kind.jobs.undo, undo_in_background, on_finished=give_back_failed_import, lease_seconds=300
    )
    sweeper.register_sweeper_task(kind.sweep_task, lambda: is_cleaning_due(kind), seconds=60)

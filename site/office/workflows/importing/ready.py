"""What the import tells the house when Django starts."""

from __future__ import annotations

from jobs import registry, sweeper
from office.workflows.importing import checking, sending, sweeping, taking, undoing


def register_imports() -> None:
    """Declare the background work and the housekeeping of imports."""
    registry.register_job_kind(
        sending.CHECK_JOB, checking.check, on_finished=checking.failed, lease_seconds=120
    )
    registry.register_job_kind(
        taking.APPLY_JOB, taking.take_over, on_finished=checking.failed, lease_seconds=300
    )
    registry.register_job_kind(
        undoing.UNDO_JOB, undoing.take_back, on_finished=checking.failed, lease_seconds=300
    )
    sweeper.register_sweeper_task("office.tidy_imports", sweeping.is_due, seconds=60)

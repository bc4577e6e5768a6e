"""What the import tells the house when Django starts."""

from __future__ import annotations

from jobs import registry, sweeper
from office.workflows.importing import checking, sending, sweeping, taking, undoing


def register_imports() -> None:
    """Declare the background work and the housekeeping of imports."""
    registry.register(sending.CHECK_JOB, checking.check, on_finished=checking.failed, lease_seconds=120)
    registry.register(taking.APPLY_JOB, taking.take_over, on_finished=checking.failed, lease_seconds=300)
    registry.register(undoing.UNDO_JOB, undoing.take_back, on_finished=checking.failed, lease_seconds=300)
    sweeper.every_sweep("office.tidy_imports", sweeping.is_due, seconds=60)

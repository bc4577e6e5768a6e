"""What imports from paper tell the house when Django starts."""

from __future__ import annotations

from certification.workflows.historic import (
    checking,
    linking,
    sampling,
    sending,
    sweeping,
    taking,
    withdrawing,
)
from jobs import registry, sweeper


def register_work() -> None:
    """Declare the background work and the housekeeping of imports from paper."""
    registry.register_job_kind(
        sending.CHECK_JOB, checking.check, on_finished=checking.failed, lease_seconds=120
    )
    registry.register_job_kind(
        taking.APPLY_JOB, taking.take_over, on_finished=checking.failed, lease_seconds=300
    )
    registry.register_job_kind(
        withdrawing.WITHDRAW_JOB,
        withdrawing.take_back,
        on_finished=checking.failed,
        lease_seconds=300,
    )
    registry.register_job_kind(sampling.COMPARE_JOB, sampling.enter_compared)
    sweeper.register_sweeper_task("certification.tidy_historic", sweeping.is_due, seconds=60)
    sweeper.register_sweeper_task("certification.link_historic", linking.is_due, seconds=3600)

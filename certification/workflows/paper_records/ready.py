"""What imports from paper declare when Django starts."""

from __future__ import annotations

from certification.workflows.paper_records import link, sample
from certification.workflows.paper_records.kind import PAPER_RECORDS
from imports.workflows.ready import register_import
from jobs import registry, sweeper


def register_work() -> None:
    """Declare the import, the entry of a compared sample and the linking of holders."""
    register_import(PAPER_RECORDS)
    registry.register_job_kind(sample.COMPARE_JOB, sample.enter_compared)
    sweeper.register_sweeper_task("certification.link_historic", link.is_linking_due, seconds=3600)

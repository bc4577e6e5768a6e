"""Check the audit log in the background, on demand."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import missing_right_error
from audit.checking import seal_and_check
from core.actors import Actor
from jobs.models import Job, JobItem
from jobs.workflows import start_job
from oversight.grants import VIEW_EVENTS
from oversight.queries.audit import holds_audit_right

JOB = "oversight.audit_check"


@transaction.atomic
def queue_audit_check(*, actor: Actor) -> Job:
    """Queue a full check, or return the one that is running. The result is shown on the integrity
    page.
    """
    if not holds_audit_right(actor, VIEW_EVENTS):
        raise missing_right_error(VIEW_EVENTS)
    running = Job.objects.filter(kind=JOB, finished_at=None).order_by("pk").first()
    if running is not None:
        return running
    job = start_job(kind=JOB, keys=["all"], actor=actor, title=_("Check of the audit log"))
    audit.record("oversight.audit_check_started", actor=actor, target=job)
    return job


def run_audit_check(item: JobItem) -> dict[str, Any]:
    """Run the check that *item* stands for. It is safe to run twice."""
    result = seal_and_check()
    return {"fault": result.fault, "rows": result.events}

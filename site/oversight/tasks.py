"""Tasks that the sweeper of `jobs` starts when a worker is idle."""

from celery import shared_task


@shared_task(name="oversight.retention_night", time_limit=300, soft_time_limit=280)
def retention_night() -> bool:
    """Start this night's run. It is safe to call twice, because the second call finds it started."""
    from oversight.workflows.privacy_retention import start_nightly_run  # task body

    return start_nightly_run() is not None

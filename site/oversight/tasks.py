"""Idle work that the sweeper of `jobs` rings for."""

from celery import shared_task


@shared_task(name="oversight.retention_night", time_limit=300, soft_time_limit=280)
def retention_night() -> bool:
    """Start this night's run. Safe to ring twice: the second call finds it started."""
    from oversight.workflows.privacy_retention import start_night  # task body

    return start_night() is not None

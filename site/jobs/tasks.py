"""The Celery task that wakes a worker."""

from celery import shared_task


@shared_task(name="jobs.pump", time_limit=600, soft_time_limit=560)
def pump() -> int:
    """Work on waiting items for a while.

    It is safe to call twice, late, or never, because the sweeper calls it too.
    """
    from jobs.runner import run_waiting_items  # task body
    from jobs.workflows import wake_job_worker  # task body

    handled = run_waiting_items(seconds=60)
    from jobs.queries import has_claimable_items  # task body

    if has_claimable_items():
        wake_job_worker()
    return handled

"""The Celery task that wakes a worker."""

from celery import shared_task


@shared_task(name="jobs.pump", time_limit=600, soft_time_limit=560)
def pump() -> int:
    """Work on waiting items for a while.

    It is safe to call twice, late, or never, because the sweeper calls it too.
    """
    from jobs.runner import drain  # task body
    from jobs.workflows import ring  # task body

    handled = drain(seconds=60)
    from jobs.queries import waiting  # task body

    if waiting():
        ring()
    return handled

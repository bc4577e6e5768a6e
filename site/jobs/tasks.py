"""The doorbell."""

from celery import shared_task


@shared_task(name="jobs.pump", time_limit=600, soft_time_limit=560)
def pump() -> int:
    """Work on waiting items for a while. Safe to ring twice, late, or never: the sweeper rings too."""
    from jobs.runner import drain  # task body
    from jobs.workflows import ring  # task body

    handled = drain(seconds=60)
    from jobs.queries import waiting  # task body

    if waiting():
        ring()
    return handled

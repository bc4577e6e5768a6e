"""Celery tasks of the messages. The rows decide what is done, and the sweeper of `jobs` starts the
tasks.
"""

from celery import shared_task  # noqa: TID251 - a doorbell: the rows of deliveries decide, as those of `jobs` do


@shared_task(name="notify.deliver", time_limit=600, soft_time_limit=560)
def deliver() -> int:
    """Hand over what may leave, for a while. It is safe to call twice, late, or never."""
    from notify.workflows.deliver_messages import deliver_waiting_parcels  # task body

    return deliver_waiting_parcels(seconds=60)


@shared_task(name="notify.daily", time_limit=600, soft_time_limit=560)
def daily() -> int:
    """Write the day's reminders and delete old messages."""
    from notify.workflows.daily import run_daily_work  # task body

    return run_daily_work()

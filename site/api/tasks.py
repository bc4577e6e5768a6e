"""Wrap the delivery of webhooks as Celery tasks. The rows decide what is done, and the sweeper of
`jobs` starts the tasks.
"""

from celery import shared_task  # noqa: TID251 - a doorbell: the rows of deliveries decide, as those of `jobs` do


@shared_task(name="api.deliver_webhooks", time_limit=600, soft_time_limit=560)
def deliver_webhooks() -> int:
    """Deliver what is due, for a while. The task may safely run twice, late, or never."""
    from api.delivery import deliver_waiting  # task body

    return deliver_waiting(seconds=60)

"""Tell a worker that something may leave. If no worker can be told, the sweeper finds the rows
anyway.
"""

from __future__ import annotations


def wake_delivery_worker() -> None:
    """Send the delivery task to a worker. A broker that is down must not undo what is committed."""
    import structlog  # slow import
    from celery import current_app  # slow import

    try:
        current_app.send_task("notify.deliver")
    except Exception as error:  # noqa: BLE001 - the rows are there; the sweeper rings too
        structlog.get_logger("craftpath.notify").warning("bell_failed", error=type(error).__name__)

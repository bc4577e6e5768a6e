"""Celery shells of the record."""

from celery import shared_task


@shared_task(name="audit.seal")
def seal() -> int:
    """Chain new events (nightly, and whenever a worker is idle)."""
    from audit.workflows import seal as run  # task body

    return run()

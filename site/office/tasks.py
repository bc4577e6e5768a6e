"""Celery tasks for housekeeping."""

from celery import shared_task


@shared_task(name="office.tidy_imports", time_limit=300, soft_time_limit=280)
def tidy_imports() -> int:
    """Tidy sheets that were left behind. It is safe to call twice, late, or never, because the
    sweeper calls it too.
    """
    from office.workflows.importing.sweeping import tidy  # task body

    return tidy()


@shared_task(name="office.tidy_exports", time_limit=300, soft_time_limit=280)
def tidy_exports() -> int:
    """Delete files of lists whose time is over. It is safe to call twice, late, or never, because
    the sweeper calls it too.
    """
    from office.workflows.bulk_export import tidy_due_exports  # task body

    return tidy_due_exports()

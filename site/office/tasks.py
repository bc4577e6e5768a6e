"""Celery tasks for housekeeping."""

from celery import shared_task


@shared_task(name="office.tidy_imports", time_limit=300, soft_time_limit=280)
def tidy_imports() -> int:
    """Tidy sheets that were left behind. It is safe to call twice, late, or never, because the
    sweeper calls it too.
    """
    from imports.workflows.housekeeping import delete_expired_uploads  # task body
    from office.workflows.importing.kind import ROSTER  # task body

    return delete_expired_uploads(ROSTER)


@shared_task(name="office.tidy_exports", time_limit=300, soft_time_limit=280)
def tidy_exports() -> int:
    """Delete files of lists whose time is over. It is safe to call twice, late, or never, because
    the sweeper calls it too.
    """
    from office.workflows.bulk_export import tidy_due_exports  # task body

    return tidy_due_exports()

"""Celery tasks of the audit log."""

from celery import shared_task


@shared_task(name="audit.seal")
def seal() -> int:
    """Chain new events and note the head outside the database."""
    from audit.checking import anchor_now  # task body
    from audit.workflows import seal_events as run  # task body

    count = run()
    anchor_now()
    return count


@shared_task(name="audit.check_full", time_limit=6 * 3600, soft_time_limit=6 * 3600 - 60)
def check_full() -> str:
    """Check the whole chain, once a night."""
    from audit.checking import seal_and_check  # task body
    from audit.queries import full_check_due  # task body

    return str(seal_and_check().fault) if full_check_due() else ""


@shared_task(name="audit.check_new")
def check_new() -> str:
    """Check what came since the last check."""
    from audit.checking import check_audit_chain  # task body
    from audit.queries import new_check_due  # task body

    return str(check_audit_chain(full=False).fault) if new_check_due() else ""

"""Celery shells of rights: what the calendar does. Rights themselves ask the dates; nothing here has to run for a role to end."""

from celery import shared_task


@shared_task(name="access.keep_calendar")
def keep_calendar() -> int:
    """Lapse old proposals, close overdue reviews, open due ones, tidy groups. Safe to run twice."""
    from access.system import SYSTEM  # task body
    from access.workflows import proposal, review  # task body

    return proposal.lapse_old(actor=SYSTEM) + review.close_overdue(actor=SYSTEM) + review.open_due(actor=SYSTEM) + review.tidy_groups()


def due() -> bool:
    """Say whether the calendar has work."""
    from access.sync import leftovers  # slow import
    from access.workflows import proposal, review  # slow import

    return (
        proposal.overdue().exists()
        or bool(proposal.orphaned())
        or review.overdue().exists()
        or leftovers().exists()
        or bool(review.unopened())
    )

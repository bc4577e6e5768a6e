"""Celery tasks for what the calendar does to roles.

Rights ask the dates themselves, so nothing here has to run for a role to end.
"""

from celery import shared_task


@shared_task(name="access.keep_calendar")
def keep_calendar() -> int:
    """Announce roles that ran out, lapse old proposals, close overdue reviews, open due ones and
    tidy groups.

    It is safe to run twice.
    """
    from access.system import SYSTEM  # task body
    from access.workflows import leaving, proposal, review  # task body

    told = leaving.tell_run_out(actor=SYSTEM)
    closed = proposal.lapse_old(actor=SYSTEM) + review.close_overdue(actor=SYSTEM)
    return told + closed + review.open_due(actor=SYSTEM) + review.tidy_groups()


def due() -> bool:
    """Say whether `keep_calendar` has work to do."""
    from access.sync import leftovers  # slow import
    from access.workflows import leaving, proposal, review  # slow import

    return (
        leaving.run_out().exists()
        or proposal.overdue().exists()
        or bool(proposal.orphaned())
        or review.overdue().exists()
        or leftovers().exists()
        or bool(review.unopened())
    )

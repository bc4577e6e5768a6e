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

    told = leaving.announce_run_out_roles(actor=SYSTEM)
    closed = proposal.lapse_old(actor=SYSTEM) + review.close_overdue(actor=SYSTEM)
    return told + closed + review.open_due(actor=SYSTEM) + review.tidy_groups()


def has_calendar_work() -> bool:
    """Say whether `keep_calendar` has work to do."""
    from access.sync import list_leftover_members  # slow import
    from access.workflows import leaving, proposal, review  # slow import

    return (
        leaving.list_run_out_roles().exists()
        or proposal.list_overdue_proposals().exists()
        or bool(proposal.list_orphaned_proposals())
        or review.list_overdue_reviews().exists()
        or list_leftover_members().exists()
        or bool(review.list_scopes_to_review())
    )

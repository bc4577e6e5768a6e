"""Wrap workflows as Celery tasks. Each calls one workflow and may run twice."""

from __future__ import annotations

from celery import shared_task  # noqa: TID251 - idle work: the sweeper of `jobs` rings it, the rows decide


@shared_task(name="courses.lapse_offers", time_limit=120)
def lapse_offers() -> int:
    """Pass on seats that were offered and not accepted in time."""
    from courses.workflows.enrolment import lapse_unaccepted_offers as work  # task body

    return work()


@shared_task(name="courses.serve_queues", time_limit=120)
def serve_queues() -> int:
    """Offer free seats to the queues, and close the queues of classes that have begun."""
    from courses.workflows.enrolment import serve_all_queues as work  # task body

    return work()


@shared_task(name="courses.announce_passed", time_limit=120)
def announce_passed() -> int:
    """Pass on those who passed before the last session of their class, once it is over."""
    from courses.workflows.completion import announce_all_passed as work  # task body

    return work()


@shared_task(name="courses.collect_overdue", time_limit=120)
def collect_overdue() -> int:
    """Collect exam papers whose time is over."""
    from courses.workflows.exam import collect_overdue_papers as work  # task body

    return work()

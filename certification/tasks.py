"""The background work for certificates.

Certificates are handled some at a time, the rest one by one. Each item may be delivered twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from celery import shared_task

import jobs.workflows
from certification.models import BatchCheck, Certificate
from certification.workflows import (
    award,
    bulk,
    completion,
    honour,
    log_entries,
    look_up_log,
    look_up_retention,
    reissue,
    sheets,
    watching,
)
from certification.workflows.paper_records.kind import PAPER_RECORDS
from certification.workflows.paper_records.link import link_known_holders
from imports.workflows.housekeeping import delete_expired_uploads
from jobs import registry

if TYPE_CHECKING:
    from jobs.models import JobItem


AT_ONCE = 400
"""Certificates issued together: the progress still moves every second, and the statements of a chunk cost little for each of them.

Two hundred cost a thirtieth more, a hundred a tenth. What a killed worker held is taken up again one by one, at many times the cost:
some ten seconds for a chunk (ADR 43).
"""


def issue_completions(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Issue certificates for the enrolments named by the items' keys."""
    keys = [item.key for item in items]
    return _said(
        items, completion.issue_for_completions(enrolment_public_ids=keys, alive=_alive(items))
    )


def issue_awards(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Issue certificates for the results named by the items' keys. A result without an award needs
    nothing.
    """
    return _said(
        items,
        award.issue_for_results(
            result_public_ids=[item.key for item in items], alive=_alive(items)
        ),
    )


def issue_honours(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Issue certificates for the honours named by the items' keys."""
    return _said(
        items,
        honour.issue_for_honours(
            honour_public_ids=[item.key for item in items], alive=_alive(items)
        ),
    )


def issue_completion(item: JobItem) -> dict[str, Any]:
    """Issue the certificate for the enrolment named by the item's key."""
    return _alone(issue_completions, item)


def issue_award(item: JobItem) -> dict[str, Any]:
    """Issue the certificate for the result named by the item's key."""
    return _alone(issue_awards, item)


def issue_honour(item: JobItem) -> dict[str, Any]:
    """Issue the certificate for the honour named by the item's key."""
    return _alone(issue_honours, item)


def enter_change(item: JobItem) -> dict[str, Any]:
    """Enter the status change named by the item's key into the register."""
    log_entries.enter_status_change(int(item.key))
    return {}


def enter_changes(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Enter the status changes named by the items' keys, under one head of the register."""
    log_entries.enter_status_changes([int(item.key) for item in items])
    return {item.pk: {} for item in items}


def change_standings(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Change the status of the certificates in the lines named by the items' keys."""
    bulk.apply_bulk_lines([int(item.key) for item in items])
    return {item.pk: {} for item in items}


def change_standing(item: JobItem) -> dict[str, Any]:
    """Change the status of the certificate in the line named by the item's key."""
    bulk.apply_bulk_line(int(item.key))
    return {}


def look_at_files(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Inspect the files of the certificates named by the items' keys."""
    reissue.inspect_certificate_files([int(item.key) for item in items])
    return {item.pk: {} for item in items}


def look_at_file(item: JobItem) -> dict[str, Any]:
    """Inspect the file of the certificate named by the item's key."""
    return _alone(look_at_files, item)


def reissue_files(items: Sequence[JobItem]) -> dict[int, dict[str, Any] | Exception]:
    """Make new files of the certificates in the lines named by the items' keys."""
    made = reissue.reissue_certificate_files([int(item.key) for item in items], alive=_alive(items))
    return {item.pk: made[int(item.key)] for item in items}


def reissue_file(item: JobItem) -> dict[str, Any]:
    """Make a new file of the certificate in the line named by the item's key."""
    return _alone(reissue_files, item)


@shared_task(
    name="certification.check_register", time_limit=6 * 3600, soft_time_limit=6 * 3600 - 60
)
def check_register() -> str:
    """Recompute the public register, once a night."""
    from certification.queries.register import (
        is_register_check_due,
        list_register_keys,
    )  # task body
    from certification.workflows.register_check import recompute_register  # task body

    return recompute_register(trusted=list_register_keys()).fault if is_register_check_due() else ""


def check_sheet_part(item: JobItem) -> dict[str, Any]:
    """Answer the part of a spreadsheet named by the item's key."""
    check = BatchCheck.objects.filter(pk=item.job.payload["check"]).first()
    if check is not None:
        sheets.answer_sheet_part(
            check=check, position=int(item.key), hashed=item.job.payload["address"]
        )
    return {}


@shared_task(name="certification.tell_watchers", time_limit=3600, soft_time_limit=3540)
def tell_watchers() -> int:
    """Notify employers of certificates on their watch-lists that run out."""
    return watching.notify_expiring_watches()


@shared_task(name="certification.drain_look_ups", time_limit=600, soft_time_limit=540)
def drain_look_ups() -> int:
    """Save the look-ups that a web process of this machine put into the journal and didn't drain
    itself.
    """
    return look_up_log.drain_look_up_journal()


@shared_task(name="certification.purge_look_ups", time_limit=3600, soft_time_limit=3540)
def purge_look_ups() -> int:
    """Delete the look-ups after the retention period."""
    return look_up_retention.delete_expired_look_ups()


@shared_task(name="certification.finish_changes", time_limit=600, soft_time_limit=540)
def finish_changes() -> int:
    """Finish bulk changes whose work is over."""
    return bulk.finish_left_bulk_changes()


@shared_task(name="certification.tidy_historic", time_limit=600, soft_time_limit=540)
def clean_up_paper_records() -> int:
    """Clean up sheets of certificates from paper."""
    return delete_expired_uploads(PAPER_RECORDS)


@shared_task(name="certification.link_historic", time_limit=3600, soft_time_limit=3540)
def link_paper_records() -> int:
    """Link records from paper to their holders."""
    return link_known_holders()


Chunk = Callable[["Sequence[JobItem]"], dict[int, "dict[str, Any] | Exception"]]


def _alone(chunk: Chunk, item: JobItem) -> dict[str, Any]:
    outcome = chunk([item])[item.pk]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _said(
    items: Sequence[JobItem], outcomes: Sequence[Certificate | Exception | None]
) -> dict[int, dict[str, Any] | Exception]:
    said: dict[int, dict[str, Any] | Exception] = {}
    for item, one in zip(items, outcomes, strict=True):
        if isinstance(one, Certificate):
            said[item.pk] = {"number": one.number, "certificate": str(one.public_id)}
        else:
            said[item.pk] = {"skipped": "no_award"} if one is None else one
    return said


def _alive(items: Sequence[JobItem]) -> Callable[[], None]:
    """Return a function that prolongs the lease of *items* while their certificates are printed.

    A timestamp service may take its time.
    """
    every = registry.get_job_kind(items[0].job.kind).lease_seconds / 4
    due = time.monotonic() + every

    def say() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + every
            jobs.workflows.prolong_lease(item=items[0])

    return say

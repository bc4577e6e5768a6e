"""What the background worker does for certificates: one item, one certificate. Each may be delivered twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import shared_task

from certification.models import BatchCheck, Certificate
from certification.workflows import award, bulk, completion, honour, registering, sheets, watching
from certification.workflows.historic import linking, sweeping

if TYPE_CHECKING:
    from jobs.models import JobItem


def issue_completion(item: JobItem) -> dict[str, Any]:
    """Issue for the enrolment named by the item's key."""
    return _done(completion.issue_for_completion(enrolment_public_id=item.key))


def issue_award(item: JobItem) -> dict[str, Any]:
    """Issue for the result row named by the item's key; a result without award needs nothing."""
    certificate = award.issue_for_result(result_public_id=item.key)
    return _done(certificate) if certificate else {"skipped": "no_award"}


def issue_honour(item: JobItem) -> dict[str, Any]:
    """Issue for the honour named by the item's key."""
    return _done(honour.issue_for_honour(honour_public_id=item.key))


def enter_change(item: JobItem) -> dict[str, Any]:
    """Enter the change of standing named by the item's key into the register."""
    registering.enter(int(item.key))
    return {}


def change_standing(item: JobItem) -> dict[str, Any]:
    """Change the standing of the certificate in the line named by the item's key."""
    bulk.do_line(int(item.key))
    return {}


@shared_task(name="certification.check_register", time_limit=6 * 3600, soft_time_limit=6 * 3600 - 60)
def check_register() -> str:
    """Recompute the public register, once a night."""
    from certification.queries.register import check_due, our_keys  # task body
    from certification.workflows.register_check import check  # task body

    return check(trusted=our_keys()).fault if check_due() else ""


def check_sheet_part(item: JobItem) -> dict[str, Any]:
    """Answer the part of a spreadsheet named by the item's key."""
    check = BatchCheck.objects.filter(pk=item.job.payload["check"]).first()
    if check is not None:
        sheets.answer_part(check=check, position=int(item.key), hashed=item.job.payload["address"])
    return {}


@shared_task(name="certification.tell_watchers", time_limit=3600, soft_time_limit=3540)
def tell_watchers() -> int:
    """Tell employers which certificates on their watch-lists run out."""
    return watching.tell_expiring()


@shared_task(name="certification.tidy_historic", time_limit=600, soft_time_limit=540)
def tidy_historic() -> int:
    """Tidy sheets of certificates from paper."""
    return sweeping.tidy()


@shared_task(name="certification.link_historic", time_limit=3600, soft_time_limit=3540)
def link_historic() -> int:
    """Bring records from paper and their holders together."""
    return linking.link_known()


def _done(certificate: Certificate) -> dict[str, Any]:
    return {"number": certificate.number, "certificate": str(certificate.public_id)}

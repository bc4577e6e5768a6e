"""The worker's loop: claim, do, settle."""

from __future__ import annotations

import time

import structlog
from django.utils.translation import override

from audit.context import Origin, origin
from core.errors import DomainError, NoAnswer
from jobs import registry, workflows
from jobs.models import JobItem

log = structlog.get_logger("craftpath.jobs")


def drain(*, seconds: float | None = None) -> int:
    """Work until nothing is claimable (or *seconds* are over); return how many items were handled."""
    ends = None if seconds is None else time.monotonic() + seconds
    handled = 0
    while ends is None or time.monotonic() < ends:
        item = workflows.claim(kinds=registry.known())
        if item is None:
            break
        work(item)
        handled += 1
    return handled


def work(item: JobItem) -> None:
    """Do one leased item. A rule's no fails it with the sentence; any other error is tried again, five times at most.

    Where something outside gives no answer, the item waits with the sentence and is tried again for a day (`workflows.put_off`).
    """
    kind = registry.get(item.job.kind)
    with origin(Origin(source=f"job {item.job_id}")), override("zh-hans"):
        try:
            result = kind.handler(item)
        except NoAnswer as error:
            workflows.put_off(item=item, error_code=error.code, error=str(error.message))
            log.info("item_waits", job=item.job_id, item=item.pk, code=error.code)
        except DomainError as error:
            workflows.settle(item=item, error_code=error.code, error=str(error.message))
            log.info("item_refused", job=item.job_id, item=item.pk, code=error.code)
        except Exception as error:
            log.exception("item_failed", job=item.job_id, item=item.pk, attempt=item.attempts)
            last = item.attempts >= workflows.MAX_ATTEMPTS
            workflows.settle(
                item=item, error_code="error", error=type(error).__name__, again_in=None if last else min(2**item.attempts, 60)
            )
        else:
            workflows.settle(item=item, result=result)

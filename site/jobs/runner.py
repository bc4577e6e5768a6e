"""The worker's loop, which claims items, does them and records what became of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.utils.translation import override

from audit.context import AuditOrigin, use_origin
from core.errors import DomainError, NoAnswer
from jobs import registry, workflows
from jobs.models import JobItem

log = structlog.get_logger("craftpath.jobs")
Outcome = dict[str, Any] | Exception | None


def run_waiting_items(*, seconds: float | None = None) -> int:
    """Work until no item can be claimed, or until *seconds* are over, and return how many items
    were handled.
    """
    ends = None if seconds is None else time.monotonic() + seconds
    handled = 0
    while ends is None or time.monotonic() < ends:
        items = workflows.claim_job_items(kinds=registry.list_job_kinds())
        if not items:
            break
        if len(items) == 1:
            run_job_item(items[0])
        else:
            run_job_items(items)
        handled += len(items)
    return handled


def run_job_item(item: JobItem) -> None:
    """Do one leased item.

    If a rule refuses it, it fails with the rule's sentence. After any other error it is tried
    again, at most five times. Where something outside gives no answer, the item waits with the
    sentence and is tried again for a day (`workflows.put_off_items`).
    """
    kind = registry.get_job_kind(item.job.kind)
    outcome: Outcome
    with use_origin(AuditOrigin(source=f"job {item.job_id}")), override("zh-hans"):
        try:
            outcome = kind.handler(item)
        except Exception as error:  # noqa: BLE001 - looked at in _settle
            outcome = error
        _settle([item], {item.pk: outcome})


def run_job_items(items: Sequence[JobItem]) -> None:
    """Do leased items of one batch together, and record each by its own outcome. If the whole
    chunk breaks, each is tried again alone.
    """
    kind = registry.get_job_kind(items[0].job.kind)
    if kind.chunk is None:
        msg = f"{kind.key} has no way of doing several items at once"
        raise ValueError(msg)
    outcomes: Mapping[int, Outcome]
    with use_origin(AuditOrigin(source=f"job {items[0].job_id}")), override("zh-hans"):
        try:
            outcomes = kind.chunk(items)
        except Exception as error:  # noqa: BLE001 - looked at in _settle
            outcomes = {item.pk: error for item in items}
        _settle(items, outcomes)


def _settle(items: Sequence[JobItem], outcomes: Mapping[int, Outcome]) -> None:
    """Write what became of *items*, with one statement for all that went well and one for each
    kind of trouble.
    """
    done: list[tuple[JobItem, dict[str, Any] | None]] = []
    trouble: dict[tuple[str, str, str, int], list[JobItem]] = {}
    for item in items:
        outcome = outcomes[item.pk]
        if not isinstance(outcome, Exception):
            done.append((item, outcome))
            continue
        way, code, sentence = _judged(outcome)
        log.log(
            *(
                (40, "item_failed")
                if way == "again"
                else (20, "item_waits" if way == "put off" else "item_refused")
            ),
            job=item.job_id,
            item=item.pk,
            attempt=item.attempts,
            code=code,
            exc_info=outcome if way == "again" else None,
        )
        trouble.setdefault((way, code, sentence, item.attempts), []).append(item)
    if done:
        workflows.record_item_results(done)
    for (way, code, sentence, attempts), ones in trouble.items():
        if way == "put off":
            workflows.put_off_items(items=ones, error_code=code, error=sentence)
        else:
            last = way == "refused" or attempts >= workflows.MAX_ATTEMPTS
            workflows.record_item_failures(
                items=ones,
                error_code=code,
                error=sentence,
                again_in=None if last else min(2**attempts, 60),
            )


def _judged(error: Exception) -> tuple[str, str, str]:
    if isinstance(error, NoAnswer):
        return "put off", error.code, str(error.message)
    if isinstance(error, DomainError):
        return "refused", error.code, str(error.message)
    return "again", "error", type(error).__name__

"""Start, pause and resume batches, claim items, and record what became of them.

A claim is one conditional UPDATE of one row, so two workers never hold the same item.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

import audit
from core import clock
from core.actors import Actor
from core.bulk_values import insert_values, update_values
from core.states import lock, mirror_update, move
from jobs import registry
from jobs.enums import JOB_MOVES, JobItemState, JobState
from jobs.models import Job, JobItem
from jobs.queries import list_claimable_items

MAX_ATTEMPTS = 5
ITEMS_AT_ONCE = 10_000
# What waits for an answer from outside is asked again after as long as it has waited, within these
# bounds; after a day it is for a person.
ASK_AGAIN = (timedelta(seconds=15), timedelta(minutes=15))
WAIT_AT_MOST = timedelta(days=1)


@transaction.atomic
def start_job(
    *,
    kind: str,
    keys: Iterable[str],
    actor: Actor,
    title: str,
    payload: dict[str, Any] | None = None,
) -> Job:
    """Queue one item for each of *keys*, and wake a worker after the commit. A key given twice
    counts once.
    """
    unique = list(dict.fromkeys(keys))
    job = Job.objects.create(
        kind=kind,
        title=title[:200],
        payload=payload or {},
        actor_id=getattr(actor, "pk", None),
        total=len(unique),
    )
    _insert_items(job, unique, first=1)
    audit.record(
        "jobs.job_started", actor=actor, target=job, after={"kind": kind, "items": len(unique)}
    )
    if unique:
        transaction.on_commit(wake_job_worker)
    else:
        finish_job_if_done(job_id=job.pk)
    return job


@transaction.atomic
def extend_job(*, job: Job, keys: Iterable[str]) -> Job:
    """Queue further items behind those of *job*, and reopen it if it was finished. A key that it
    has already is not queued again.
    """
    job = lock(job)
    there = set(JobItem.objects.filter(job=job).values_list("key", flat=True))
    new = [key for key in dict.fromkeys(keys) if key not in there]
    _insert_items(job, new, first=job.total + 1)
    if new:
        job.total += len(new)
        job.save(update_fields=["total", "updated_at"])
        if job.state == JobState.FINISHED:
            move(job, JobState.RUNNING, table=JOB_MOVES)
        transaction.on_commit(wake_job_worker)
    return job


def _insert_items(job: Job, keys: Sequence[str], *, first: int) -> None:
    """Insert an item for each of *keys*, in pieces, because one database value can hold only so
    much.
    """
    for start in range(0, len(keys), ITEMS_AT_ONCE):
        piece = keys[start : start + ITEMS_AT_ONCE]
        rows = [(job.pk, key, position) for position, key in enumerate(piece, start=first + start)]
        insert_values(JobItem, ("job", "key", "position"), rows)


def wake_job_worker() -> None:
    """Tell a worker that there is work. If no worker can be told, the sweeper finds the rows
    anyway.
    """
    import structlog  # slow import
    from celery import current_app  # slow import

    try:
        current_app.send_task("jobs.pump")
    except Exception as error:  # noqa: BLE001 - a broker that is down must not undo what is committed
        structlog.get_logger("craftpath.jobs").warning("bell_failed", error=type(error).__name__)


@transaction.atomic
def pause_job(*, actor: Actor, job: Job) -> Job:
    """Pause *job*, so that no further item starts."""
    job = lock(job)
    moved = move(job, JobState.PAUSED, table=JOB_MOVES)
    audit.record(
        "jobs.job_paused",
        actor=actor,
        target=job,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return job


@transaction.atomic
def resume_job(*, actor: Actor, job: Job) -> Job:
    """Resume *job* where it stopped."""
    job = lock(job)
    moved = move(job, JobState.RUNNING, table=JOB_MOVES)
    audit.record(
        "jobs.job_resumed",
        actor=actor,
        target=job,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    transaction.on_commit(wake_job_worker)
    return job


@transaction.atomic
def retry_failed_items(*, actor: Actor, job: Job) -> int:
    """Queue the failed items again, try those that wait for an answer from outside now, and return
    how many there are.
    """
    job = lock(job)
    stuck = Q(state=JobItemState.FAILED) | Q(state=JobItemState.QUEUED, waits_since__isnull=False)
    count = JobItem.objects.filter(stuck, job=job).update(
        state=JobItemState.QUEUED,
        attempts=0,
        error="",
        error_code="",
        not_before=None,
        waits_since=None,
        done_at=None,
    )
    if count and job.state == JobState.FINISHED:
        move(job, JobState.RUNNING, table=JOB_MOVES)
    audit.record("jobs.items_retried", actor=actor, target=job, after={"items": count})
    if count:
        transaction.on_commit(wake_job_worker)
    return count


def claim_job_item(*, kinds: Iterable[str] | None = None) -> JobItem | None:
    """Claim one free item under a lease, or return None. The attempt is counted, so that an item
    that always fails comes to an end.
    """
    for _try in range(20):
        queue = list_claimable_items().order_by("pk")
        if kinds is not None:
            queue = queue.filter(job__kind__in=list(kinds))
        item = queue.select_related("job").first()
        if item is None:
            return None
        if item.attempts:
            # Others of its batch that were tried less come first: what ends its worker must not
            # hold up the rest.
            item = (
                queue.filter(job=item.job_id)
                .select_related("job")
                .order_by("attempts", "pk")
                .first()
                or item
            )
        if item.attempts >= MAX_ATTEMPTS:
            record_item_failures(items=[item], error_code="too_many_attempts", error="")
            continue
        lease = uuid.uuid4()
        seconds = registry.get_job_kind(item.job.kind).lease_seconds
        # The condition names columns of the item's own row only: PostgreSQL judges these again
        # after waiting for another worker's lock, but not a sub-query, so a condition reached
        # through the batch would let two workers hold one item.
        won = JobItem.objects.filter(
            pk=item.pk, state=item.state, lease=item.lease, attempts=item.attempts
        ).update(
            state=JobItemState.LEASED,
            lease=lease,
            leased_until=clock.now() + timedelta(seconds=seconds),
            attempts=F("attempts") + 1,
        )
        if won:
            mirror_update(
                [item],
                {"state": JobItemState.LEASED, "lease": lease, "attempts": item.attempts + 1},
            )
            return item
    return None


def claim_job_items(*, kinds: Iterable[str] | None = None) -> list[JobItem]:
    """Claim one free item under a lease, with as many further ones of its batch as its kind does
    at once. Return an empty list if none is free.

    An item that was tried before is claimed alone, so that one that kills its worker can't use up
    the attempts of others.
    """
    first = claim_job_item(kinds=kinds)
    if first is None:
        return []
    kind = registry.get_job_kind(first.job.kind)
    if kind.at_once == 1 or first.attempts > 1:
        return [first]
    with transaction.atomic():
        more = (
            list_claimable_items()
            .filter(job=first.job_id, state=JobItemState.QUEUED, attempts=0)
            .order_by("pk")
        )
        if connection.features.has_select_for_update_skip_locked:
            more = more.select_for_update(of=("self",), skip_locked=True)
        rest = list(more[: kind.at_once - 1])
        taken = [item.pk for item in rest]
        changes = {
            "state": JobItemState.LEASED,
            "lease": first.lease,
            "leased_until": clock.now() + timedelta(seconds=kind.lease_seconds),
            "attempts": 1,
        }
        # As in `claim`: columns of the item's own row only, judged again after waiting.
        won = JobItem.objects.filter(
            pk__among=taken, state=JobItemState.QUEUED, lease=None, attempts=0
        ).update(**changes)
    if won < len(taken):  # another worker was quicker with some
        rest = list(
            JobItem.objects.filter(job=first.job_id, lease=first.lease)
            .exclude(pk=first.pk)
            .order_by("pk")
        )
    mirror_update(rest, changes)
    for item in rest:
        item.job = first.job
    return [first, *rest]


def prolong_lease(*, item: JobItem) -> bool:
    """Hold a leased item, and the items claimed with it, for another term. Handlers that work in
    steps call it.

    Returns False if the lease was lost in the meantime.
    """
    seconds = registry.get_job_kind(item.job.kind).lease_seconds
    held = JobItem.objects.filter(job=item.job_id, lease=item.lease, state=JobItemState.LEASED)
    return bool(held.update(leased_until=clock.now() + timedelta(seconds=seconds)))


def record_item_results(done: Sequence[tuple[JobItem, dict[str, Any] | None]]) -> int:
    """Write the results of items that are done, all of one claim, and return how many were written.

    The others' lease was lost in the meantime.
    """
    first = done[0][0]
    won = update_values(
        JobItem,
        ["result"],
        {item.pk: [result] for item, result in done},
        where={"lease": first.lease},
        also={
            "state": JobItemState.DONE,
            "lease": None,
            "leased_until": None,
            "waits_since": None,
            "error_code": "",
            "error": "",
            "done_at": clock.now(),
        },
    )
    if won:
        finish_job_if_done(job_id=first.job_id)
    return won


def record_item_failures(
    *, items: Sequence[JobItem], error_code: str, error: str, again_in: int | None = None
) -> int:
    """Write that leased items of one claim failed, or are tried again in *again_in* seconds.

    Returns how many were written (see `record_item_results`).
    """
    changes: dict[str, Any] = {
        "lease": None,
        "leased_until": None,
        "waits_since": None,
        "error_code": error_code,
        "error": error[:500],
    }
    if again_in is not None:
        changes |= {
            "state": JobItemState.QUEUED,
            "not_before": clock.now() + timedelta(seconds=again_in),
        }
    else:
        changes |= {"state": JobItemState.FAILED, "done_at": clock.now()}
    won = JobItem.objects.filter(pk__in=[item.pk for item in items], lease=items[0].lease).update(
        **changes
    )
    if won and again_in is None:
        finish_job_if_done(job_id=items[0].job_id)
    return won


def put_off_items(*, items: Sequence[JobItem], error_code: str, error: str) -> int:
    """Let leased items of one claim wait because something outside gave no answer.

    The attempt isn't counted, and the sentence stays on the item. Each wait is as long as all waits
    before it together, from 15 seconds up to a quarter of an hour. After a day an item fails with
    the sentence and can be tried again by hand. Returns how many wait (see `record_item_results`).
    """
    now = clock.now()
    waiting: dict[datetime, list[JobItem]] = {}
    for item in items:
        waiting.setdefault(item.waits_since or now, []).append(item)
    won = 0
    for since, ones in waiting.items():
        if now - since >= WAIT_AT_MOST:
            record_item_failures(items=ones, error_code=error_code, error=error)
            continue
        pause = min(max(now - since, ASK_AGAIN[0]), ASK_AGAIN[1])
        won += JobItem.objects.filter(
            pk__in=[item.pk for item in ones], lease=ones[0].lease
        ).update(
            state=JobItemState.QUEUED,
            lease=None,
            leased_until=None,
            attempts=F("attempts") - 1,
            not_before=now + pause,
            waits_since=since,
            error_code=error_code,
            error=error[:500],
        )
    return won


def finish_job_if_done(*, job_id: int) -> bool:
    """Close the batch if no item is open.

    Exactly one caller gets True, so the kind's `on_finished` runs once.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if (
            job.state != JobState.RUNNING
            or job.items.exclude(state__in=[JobItemState.DONE, JobItemState.FAILED]).exists()
        ):
            return False
        move(job, JobState.FINISHED, table=JOB_MOVES)
        job.finished_at = clock.now()
        job.save(update_fields=["finished_at", "updated_at"])
    kind = registry.get_job_kind(job.kind) if job.kind in registry.list_job_kinds() else None
    if kind and kind.on_finished:
        kind.on_finished(job)
    return True

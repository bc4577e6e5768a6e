"""Read the progress of batches and the items that can be worked on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor, account_id
from jobs import outcomes
from jobs.enums import JobItemState, JobState
from jobs.models import Job, JobItem


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Counts of one batch by state."""

    total: int
    done: int
    failed: int
    waiting: int
    ended: bool = False

    @property
    def parts(self) -> list[tuple[str, int, object]]:
        """Return the parts of the progress bar as (tone, number, word)."""
        return [
            ("ok", self.done, _("done")),
            ("bad", self.failed, _("needs attention")),
            ("", self.waiting, _("waiting")),
        ]

    @property
    def settled(self) -> int:
        """Return how many items need no more work."""
        return self.done + self.failed

    @property
    def percent(self) -> int:
        """Return the share of items that need no more work, from 0 to 100. It is 100 only when all
        are done or failed.
        """
        return 100 if not self.total else self.settled * 100 // self.total


def get_job_progress(job: Job) -> JobProgress:
    """Return how far *job* is."""
    counts = dict(
        JobItem.objects.filter(job=job).values_list("state").annotate(n=Count("pk")).order_by()
    )
    done, failed = counts.get(JobItemState.DONE, 0), counts.get(JobItemState.FAILED, 0)
    return JobProgress(
        total=job.total,
        done=done,
        failed=failed,
        waiting=job.total - done - failed,
        ended=job.state == JobState.FINISHED,
    )


def list_jobs_of_user(user: Actor) -> QuerySet[Job]:
    """Return the batches *user* started, newest first."""
    return Job.objects.filter(actor_id=account_id(user)).order_by("-pk")


def list_latest_jobs(user: Actor, limit: int) -> list[tuple[Job, JobProgress]]:
    """Return the newest batches *user* started by hand, with how far they are. One query."""
    counted = (
        list_jobs_of_user(user)
        .exclude(kind__in=outcomes.list_outcome_job_kinds())
        .annotate(
            done=Count("items", filter=Q(items__state=JobItemState.DONE)),
            bad=Count("items", filter=Q(items__state=JobItemState.FAILED)),
        )
    )
    return [
        (
            job,
            JobProgress(
                total=job.total,
                done=job.done,
                failed=job.bad,
                waiting=job.total - job.done - job.bad,
                ended=job.state == JobState.FINISHED,
            ),
        )
        for job in counted[:limit]
    ]


def list_failed_items(job: Job) -> QuerySet[JobItem]:
    """Return the items that need a look, in order."""
    return JobItem.objects.filter(job=job, state=JobItemState.FAILED).order_by("position")


@dataclass(frozen=True, slots=True)
class PutOff:
    """Items that wait because something outside gives no answer.

    It holds how many they are, the sentence that says why, and when the next one is tried.
    """

    count: int
    sentence: str
    again_at: datetime


def find_put_off_items(job: Job) -> PutOff | None:
    """Return which items of *job* wait for an answer from outside, or None if there are none. One
    query.
    """
    rows = list(
        JobItem.objects.filter(job=job, state=JobItemState.QUEUED, waits_since__isnull=False)
        .order_by()
        .values("error")
        .annotate(n=Count("pk"), at=Min("not_before"))
    )
    if not rows:
        return None
    return PutOff(
        sum(row["n"] for row in rows),
        max(rows, key=lambda row: row["n"])["error"],
        min(row["at"] or clock.now() for row in rows),
    )


def has_claimable_items() -> bool:
    """Say whether any item could be worked on now, which the sweeper asks."""
    return list_claimable_items().exists()


def list_claimable_items() -> QuerySet[JobItem]:
    """Return items that are queued, or whose lease ran out, in running batches."""
    now = clock.now()
    free = Q(state=JobItemState.QUEUED) | Q(state=JobItemState.LEASED, leased_until__lt=now)
    ripe = Q(not_before=None) | Q(not_before__lte=now)
    return JobItem.objects.filter(free & ripe, job__state=JobState.RUNNING)

"""Show an officer who is due in a batch of certificates, how far it is and what stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from certification.enums import OUT_STATES
from certification.models import Certificate
from core import clock
from core.actors import Actor, account_id
from courses import public as courses
from jobs.enums import JobItemState, JobState
from jobs.models import Job, JobItem
from jobs.queries import JobProgress, PutOff, find_put_off_items, get_job_progress
from org.models import OrgUnit

KINDS = (
    "certification.issue_completion",
    "certification.issue_award",
    "certification.issue_honour",
)


@dataclass(frozen=True, slots=True)
class EligiblePerson:
    """One person who has passed and has no certificate yet. `held` says why an earlier attempt
    stopped.
    """

    public_id: UUID
    name: str
    course: str
    class_name: str
    decided_at: datetime | None
    held: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """One item that needs a look. `certificate` is set if it has a number already."""

    position: int
    name: str
    code: str
    sentence: str
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How far a batch is.

    *running* items are being worked on now. *per_second* and *left* are set only while the pace can
    be told.
    """

    progress: JobProgress
    running: int
    stopped: tuple[Stopped, ...]
    first_number: str
    last_number: str
    elapsed: timedelta
    per_second: float | None
    left: timedelta | None
    sample: Certificate | None
    by_class: int
    """Printed by layout class; the others were set on their own."""
    level: str
    """Level of the signatures: LT with a timestamp, else B; both where the batch has both; empty before the first certificate."""
    put_off: PutOff | None
    """What waits for an answer from outside."""

    @property
    def waiting(self) -> int:
        """Return how many items nobody works on yet."""
        return self.progress.waiting - self.running

    @property
    def sample_text(self) -> str:
        """Return the wording of the sample without its bold."""
        return (
            ""
            if self.sample is None
            else "".join(text for paragraph in self.sample.body for text, *_how in paragraph)
        )


def list_eligible_enrolments(org: OrgUnit) -> QuerySet[Any]:
    """Return the passed enrolments that have no certificate yet, in classes of *org* and below
    that are over, the earliest first.
    """
    return courses.passed_to_certify(org.path).select_related("person", "training_class__course")


def describe_eligible_enrolments(rows: Iterable[Any]) -> list[EligiblePerson]:
    """Return *rows* of `list_eligible_enrolments` with the reason an earlier attempt stopped. One
    query.
    """
    listed = list(rows)
    held = dict(
        Certificate.objects.filter(
            source_kind="courses.enrolment", source_key__in=[str(row.public_id) for row in listed]
        ).values_list("source_key", "hold_reason")
    )
    return [
        EligiblePerson(
            public_id=row.public_id,
            name=row.person.name,
            course=row.training_class.course.title,
            class_name=row.training_class.name,
            decided_at=row.decided_at,
            held=held.get(str(row.public_id), ""),
        )
        for row in listed
    ]


def list_issuing_batches(user: Actor) -> QuerySet[Job]:
    """Return the issuing batches *user* started, newest first."""
    return Job.objects.filter(kind__in=KINDS, actor_id=account_id(user)).order_by("-pk")


def build_batch_report(job: Job) -> BatchReport:
    """Return how far *job* is and what stopped. Eight queries."""
    now = job.finished_at or clock.now()
    counts = get_job_progress(job)
    running = JobItem.objects.filter(job=job, state=JobItemState.LEASED).count()
    failed = list(
        JobItem.objects.filter(job=job, state=JobItemState.FAILED).order_by("position")[:100]
    )
    held = {
        row.source_key: row
        for row in Certificate.objects.filter(source_key__in=[item.key for item in failed])
    }
    ends = JobItem.objects.filter(job=job, state=JobItemState.DONE).order_by("position")
    numbers = [
        result["number"]
        for result in ends.values_list("result", flat=True)[:1]
        if result and "number" in result
    ]
    last = [
        result["number"]
        for result in ends.reverse().values_list("result", flat=True)[:1]
        if result and "number" in result
    ]
    made = list_batch_certificates(job)
    ways = {
        row["printed_by"]: row["n"]
        for row in made.order_by().values("printed_by").annotate(n=Count("pk"))
    }
    levels = sorted(made.order_by().values_list("signature_level", flat=True).distinct())
    elapsed = now - job.created_at
    seconds = max(elapsed.total_seconds(), 0.001)
    pace = (
        counts.settled / seconds if counts.settled >= 5 and job.state == JobState.RUNNING else None
    )
    return BatchReport(
        progress=counts,
        running=running,
        stopped=tuple(
            Stopped(
                position=item.position,
                name=held[item.key].holder_name if item.key in held else "",
                code=item.error_code,
                sentence=item.error or item.error_code,
                certificate=held.get(item.key),
            )
            for item in failed
        ),
        first_number=numbers[0] if numbers else "",
        last_number=last[0] if last else "",
        elapsed=elapsed,
        per_second=pace,
        left=timedelta(seconds=counts.waiting / pace) if pace else None,
        by_class=ways.get("class", 0),
        level=", ".join(filter(None, levels)),
        put_off=find_put_off_items(job),
        sample=Certificate.objects.select_related("template").filter(number_key__in=numbers).first()
        if numbers
        else None,
    )


def list_batch_certificates(job: Job) -> QuerySet[Certificate]:
    """Return the certificates that *job* has issued, in the order of the certificates."""
    done = JobItem.objects.filter(job=job, state=JobItemState.DONE).values("key")
    return Certificate.objects.filter(source_key__in=done, state__in=sorted(OUT_STATES)).order_by(
        "pk"
    )


@dataclass(frozen=True, slots=True)
class BatchReportRow:
    """One row of the report of a batch."""

    position: int
    name: str
    number: str
    state: str
    printed_by: str
    level: str
    place: int | None
    sentence: str


def list_batch_report_rows(job: Job) -> list[BatchReportRow]:
    """Return all rows of the report of a batch, in its order. Two queries."""
    items = list(JobItem.objects.filter(job=job).order_by("position"))
    found = {
        row.source_key: row
        for row in Certificate.objects.filter(
            source_key__in=JobItem.objects.filter(job=job).values("key")
        ).select_related("credential")
    }
    rows = []
    for item in items:
        row = found.get(item.key)
        credential = getattr(row, "credential", None) if row else None
        rows.append(
            BatchReportRow(
                position=item.position,
                name=row.holder_name if row else "",
                number=row.number if row else "",
                state=str(row.get_state_display()) if row else str(item.get_state_display()),
                printed_by=row.printed_by if row else "",
                level=row.signature_level if row else "",
                place=credential.leaf_index if credential else None,
                sentence="" if row and row.state in OUT_STATES else item.error,
            )
        )
    return rows

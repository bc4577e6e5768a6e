"""Credit reading. Time counts by the server's clock on one page at a time, the quiz is answered
right, then the lesson is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

import audit
from access import SYSTEM
from core import clock
from core.actors import Actor
from core.states import lock
from courses.enums import TAUGHT_STATES, TEACHING_STATES, ReadingState
from courses.errors import LessonNotDone
from courses.models import Enrolment, Lesson, LessonProgress, ReadingLease
from courses.queries.learning import live_page
from courses.rules.reading import credit_reading
from courses.workflows.completion import decide_completion
from courses.workflows.enrolment import require_own
from people.models import Person


@dataclass(frozen=True)
class ReadingReport:
    """What a page of the lesson reader says of itself.

    `page` is the number it was opened with, `device` names its browser. `untouched_seconds`: since
    when nobody has touched it. `opens`: it has just been opened. `by_script`: it reports by itself;
    otherwise a person has pressed something. `resumes`: it was hidden, idle or without a network,
    so the time before this report is no reading. `pauses`: it is being hidden. `takes_over`: the
    person wants to read here and not on the other page.
    """

    page: UUID
    device: str = ""
    untouched_seconds: int = 0
    opens: bool = False
    by_script: bool = False
    resumes: bool = False
    pauses: bool = False
    takes_over: bool = False


@dataclass(frozen=True)
class Reading:
    """The state of a lesson after a report. `elsewhere` is the lease of the page that reads
    instead, with its lesson.
    """

    progress: LessonProgress
    state: ReadingState
    elsewhere: ReadingLease | None = None


def _lock_lease(person: Person) -> ReadingLease:
    """Lock the person's reading. This comes before the enrolment, so that pages of several classes
    are handled one after the other.
    """
    lease, _made = ReadingLease.objects.get_or_create(person=person)
    return lock(lease)


def _locked(actor: Actor, enrolment: Enrolment, lesson: Lesson) -> tuple[Enrolment, LessonProgress]:
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, enrolment.training_class)
    if lesson.course_id != enrolment.training_class.course_id:
        raise LessonNotDone("other_course", _("This lesson belongs to another course."))
    progress, _made = LessonProgress.objects.get_or_create(enrolment=enrolment, lesson=lesson)
    return enrolment, lock(progress)


def _why_nothing_counts(
    enrolment: Enrolment, lesson: Lesson, progress: LessonProgress
) -> ReadingState | None:
    if progress.completed_at:
        return ReadingState.DONE
    if (
        enrolment.state not in TAUGHT_STATES
        or enrolment.training_class.state not in TEACHING_STATES
    ):
        return ReadingState.NOT_LEARNING
    return None if live_page(lesson) is not None else ReadingState.UNPUBLISHED


@transaction.atomic
def credit_reading_report(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, report: ReadingReport
) -> Reading:
    """Handle a report of a reader's page. If the page holds the person's lease, the time since its
    last report is credited, else the holder is named.

    A page gets the lease if no other has it, if the person asks for it, or if it has just been
    opened in the same browser.
    """
    lease = _lock_lease(enrolment.person)
    enrolment, progress = _locked(actor, enrolment, lesson)
    reason = _why_nothing_counts(enrolment, lesson, progress)
    if reason is not None:
        if lease.page == report.page:
            _release(lease)
        return Reading(progress, reason)
    if lease.page == report.page and lease.progress_id == progress.pk:
        return _continue(lease, enrolment, progress, report)
    if not _may_take(lease, report):
        other = ReadingLease.objects.select_related("progress__lesson").get(pk=lease.pk)
        return Reading(progress, ReadingState.ELSEWHERE, other)
    if report.pauses:
        return Reading(progress, ReadingState.PAUSED)
    now = clock.now()
    lease.page, lease.device, lease.progress, lease.taken_at, lease.counted_to = (
        report.page,
        report.device,
        progress,
        now,
        now,
    )
    _extend(lease, enrolment, report)
    progress.last_beat_at = now
    progress.save(update_fields=["last_beat_at", "updated_at"])
    return Reading(progress, ReadingState.COUNTING)


def _may_take(lease: ReadingLease, report: ReadingReport) -> bool:
    opened_beside = report.opens and lease.device != "" and lease.device == report.device
    return (
        lease.page == report.page
        or report.takes_over
        or opened_beside
        or lease.is_free(clock.now())
    )


def _continue(
    lease: ReadingLease, enrolment: Enrolment, progress: LessonProgress, report: ReadingReport
) -> Reading:
    """Credit what the page that holds the lease has read since its last report."""
    rule = enrolment.training_class.rule.as_reading_rule()
    now = clock.now()
    if report.resumes or lease.counted_to is None or lease.expires_at is None:
        lease.counted_to = now
    else:
        credit = credit_reading(
            counted_to=lease.counted_to,
            expires_at=lease.expires_at,
            now=now,
            untouched_seconds=report.untouched_seconds,
            idle_seconds=rule.idle_seconds,
        )
        progress.seconds += credit.seconds
        lease.counted_to = credit.counted_to
    progress.last_beat_at = now
    progress.save(update_fields=["seconds", "last_beat_at", "updated_at"])
    is_idle = report.untouched_seconds > rule.idle_seconds
    if is_idle or report.pauses:
        _release(lease)
        return Reading(progress, ReadingState.IDLE if is_idle else ReadingState.PAUSED)
    _extend(lease, enrolment, report)
    return Reading(progress, ReadingState.COUNTING)


def _extend(lease: ReadingLease, enrolment: Enrolment, report: ReadingReport) -> None:
    seconds = enrolment.training_class.rule.as_reading_rule().lease_seconds(
        by_script=report.by_script
    )
    lease.expires_at = clock.now() + timedelta(seconds=seconds)
    lease.save()


def _release(lease: ReadingLease) -> None:
    lease.page = lease.progress = lease.expires_at = None
    lease.save()


@transaction.atomic
def record_quiz(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, right: Iterable[str]
) -> LessonProgress:
    """Remember which quiz questions were answered right. A question once right stays right."""
    _enrolment, progress = _locked(actor, enrolment, lesson)
    progress.quiz_right = sorted(set(progress.quiz_right) | set(right))
    progress.save(update_fields=["quiz_right", "updated_at"])
    return progress


@transaction.atomic
def complete_lesson(
    *,
    actor: Actor,
    enrolment: Enrolment,
    lesson: Lesson,
    report: ReadingReport,
    quiz: Iterable[str] = (),
) -> LessonProgress:
    """Close a lesson that was read long enough and whose *quiz* questions are all right. Doing it
    twice changes nothing.

    Raises `LessonNotDone` with what is still missing.
    """
    reading = credit_reading_report(actor=actor, enrolment=enrolment, lesson=lesson, report=report)
    enrolment, progress = _locked(actor, enrolment, lesson)
    if progress.completed_at:
        return progress
    if reading.state == ReadingState.NOT_LEARNING:
        raise LessonNotDone(
            "not_learning",
            _("You don't have a place in a class under way, so hours can't be credited."),
        )
    if reading.state == ReadingState.UNPUBLISHED:
        raise LessonNotDone(
            "unpublished",
            _(
                "This lesson isn't published at the moment. You keep the time already "
                "credited. Come back when it is published."
            ),
        )
    left = lesson.min_seconds - progress.seconds
    if left > 0:
        raise LessonNotDone(
            "too_fast",
            ngettext(
                "Please continue reading for %(count)s more second.",
                "Please continue reading for %(count)s more seconds.",
                left,
            )
            % {"count": left},
            seconds=left,
        )
    open_questions = sorted(set(quiz) - set(progress.quiz_right))
    if open_questions:
        raise LessonNotDone(
            "quiz_open",
            ngettext(
                "%(count)s quiz question isn't answered correctly yet. Try again.",
                "%(count)s quiz questions aren't answered correctly yet. Try again.",
                len(open_questions),
            )
            % {"count": len(open_questions)},
        )
    progress.completed_at = clock.now()
    progress.save(update_fields=["completed_at", "updated_at"])
    audit.record(
        "courses.lesson_completed",
        actor=actor,
        target=progress,
        after={"lesson": lesson.pk, "seconds": progress.seconds, "hours": str(lesson.hours)},
    )
    decide_completion(actor=SYSTEM, enrolment=enrolment)
    return progress

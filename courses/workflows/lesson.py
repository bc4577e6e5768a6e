"""Reading: time by the server's clock, quiz answered right, then done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

import audit
from access import SYSTEM
from core.states import lock
from courses.enums import TAUGHT_STATES, TEACHING_STATES
from courses.errors import LessonNotDone
from courses.models import Enrolment, Lesson, LessonProgress
from courses.rules.exam_clock import reading_seconds
from courses.workflows.completion import decide_completion
from courses.workflows.enrolment import require_own

# Seconds between two heartbeats that still count as reading: the page sends one each twenty seconds while it is looked at;
# without JavaScript only opening and closing the lesson are heartbeats.
LONGEST_GAP = 300


def _locked(actor: Any, enrolment: Enrolment, lesson: Lesson) -> tuple[Enrolment, LessonProgress]:
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, enrolment.training_class)
    if lesson.course_id != enrolment.training_class.course_id:
        raise LessonNotDone("other_course", _("This lesson belongs to another course."))
    progress, _made = LessonProgress.objects.get_or_create(enrolment=enrolment, lesson=lesson)
    return enrolment, lock(progress)


def _may_learn(enrolment: Enrolment) -> bool:
    return enrolment.state in TAUGHT_STATES and enrolment.training_class.state in TEACHING_STATES


@transaction.atomic
def beat(*, actor: Any, enrolment: Enrolment, lesson: Lesson) -> LessonProgress:
    """Count the time since the last heartbeat as reading, unless the gap was too long. Opening the lesson is a heartbeat too."""
    enrolment, progress = _locked(actor, enrolment, lesson)
    if progress.completed_at or not _may_learn(enrolment):
        return progress
    now = timezone.now()
    progress.seconds = reading_seconds(before=progress.seconds, last_beat_at=progress.last_beat_at, now=now, longest_gap=LONGEST_GAP)
    progress.last_beat_at = now
    progress.save(update_fields=["seconds", "last_beat_at", "updated_at"])
    return progress


@transaction.atomic
def record_quiz(*, actor: Any, enrolment: Enrolment, lesson: Lesson, right: Iterable[str]) -> LessonProgress:
    """Remember which quiz questions were answered right; once right stays right."""
    _enrolment, progress = _locked(actor, enrolment, lesson)
    progress.quiz_right = sorted(set(progress.quiz_right) | set(right))
    progress.save(update_fields=["quiz_right", "updated_at"])
    return progress


@transaction.atomic
def complete_lesson(*, actor: Any, enrolment: Enrolment, lesson: Lesson, quiz: Iterable[str] = ()) -> LessonProgress:
    """Close a lesson that was read long enough and whose *quiz* questions are all right. Twice is as good as once.

    Raises `LessonNotDone` with what is still missing.
    """
    beat(actor=actor, enrolment=enrolment, lesson=lesson)
    enrolment, progress = _locked(actor, enrolment, lesson)
    if progress.completed_at:
        return progress
    if not _may_learn(enrolment):
        raise LessonNotDone("not_learning", _("You have no seat in a class that is being taught, so hours can't be credited."))
    left = lesson.min_seconds - progress.seconds
    if left > 0:
        raise LessonNotDone(
            "too_fast",
            ngettext("Please read on for %(count)s more second.", "Please read on for %(count)s more seconds.", left) % {"count": left},
            seconds=left,
        )
    open_questions = sorted(set(quiz) - set(progress.quiz_right))
    if open_questions:
        raise LessonNotDone(
            "quiz_open",
            ngettext(
                "%(count)s question of the quiz isn't right yet: try again.",
                "%(count)s questions of the quiz aren't right yet: try again.",
                len(open_questions),
            )
            % {"count": len(open_questions)},
        )
    progress.completed_at = timezone.now()
    progress.save(update_fields=["completed_at", "updated_at"])
    audit.record(
        "courses.lesson_completed",
        actor=actor,
        target=progress,
        after={"lesson": lesson.pk, "seconds": progress.seconds, "hours": str(lesson.hours)},
    )
    decide_completion(actor=SYSTEM, enrolment=enrolment)
    return progress

"""Remind trainees each morning of tomorrow's sessions, exams about to open, and places about to
lapse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from courses.enums import (
    LEARNING_STATES,
    TAUGHT_STATES,
    TEACHING_STATES,
    EnrolmentState,
    SessionState,
)
from courses.models import ClassSession, Enrolment, Exam, TrainingClass
from notify.reminders import Reminder
from people.models import User


def list_class_reminders(today: date) -> Iterator[Reminder]:
    """Return the reminders of *today*, by class rather than by person."""
    begin = timezone.make_aware(datetime.combine(today, time()))
    sessions = ClassSession.objects.filter(
        state=SessionState.PLANNED,
        starts_at__gte=begin + timedelta(days=1),
        starts_at__lt=begin + timedelta(days=2),
        training_class__state__in=TEACHING_STATES,
    ).select_related("training_class__course")
    for session in sessions.order_by("pk"):
        training_class = session.training_class
        values = {"at": session.starts_at, "title": session.title, "venue": session.place}
        yield Reminder(
            "courses.session_tomorrow",
            _trainees(training_class, TAUGHT_STATES),
            {**_of(training_class), **values},
            f"{session.public_id}",
            session,
        )
    exams = Exam.objects.filter(
        opens_at__gte=begin + timedelta(days=1),
        opens_at__lt=begin + timedelta(days=2),
        training_class__state__in=TEACHING_STATES,
    ).select_related("training_class__course")
    for exam in exams.order_by("pk"):
        values = {
            "title": str(exam.get_part_display()),
            "opens": exam.opens_at,
            "closes": exam.closes_at,
        }
        yield Reminder(
            "courses.exam_opens",
            _trainees(exam.training_class),
            {**_of(exam.training_class), **values},
            f"{exam.public_id}",
            exam,
        )
    offers = Enrolment.objects.filter(
        state=EnrolmentState.OFFERED,
        offered_until__gt=begin,
        offered_until__lt=begin + timedelta(days=2),
        person__user__isnull=False,
    ).select_related("training_class__course", "person__user")
    for offer in offers.order_by("pk"):
        yield Reminder(
            "courses.offer_ends",
            offer.person.user,
            {**_of(offer.training_class), "until": offer.offered_until},
            f"{offer.public_id}",
            offer,
        )


def _of(training_class: TrainingClass) -> dict[str, Any]:
    return {
        "course": training_class.course.title,
        "name": training_class.name,
        "class": str(training_class.public_id),
    }


def _trainees(training_class: TrainingClass, states: Iterable[str] = LEARNING_STATES) -> Any:
    seated = Enrolment.objects.filter(training_class=training_class, state__in=list(states))
    return User.objects.filter(person__in=seated.values("person")).order_by("pk")

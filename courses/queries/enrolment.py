"""Reads about a worker's places in classes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from courses.enums import LEARNING_STATES, MEMBER_STATES, EnrolmentState, SessionState
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.rules.enrolment import Slot

# Classes in these states fill a worker's time.
BOOKED = LEARNING_STATES | {EnrolmentState.OFFERED}


def of_person(person: Any) -> QuerySet[Enrolment]:
    """Return a worker's enrolments, newest first, ready for a list."""
    return (
        Enrolment.objects.filter(person=person)
        .exclude(state=EnrolmentState.WITHDRAWN)
        .select_related("training_class__course", "training_class__org")
        .order_by("-enrolled_at", "-pk")
    )


def find(training_class: TrainingClass, person: Any) -> Enrolment | None:
    """Return the worker's enrolment in this class, in whatever state."""
    return Enrolment.objects.filter(training_class=training_class, person=person).first() if person else None


def member(training_class: TrainingClass, person: Any) -> Enrolment | None:
    """Return the worker's enrolment if it lets them look at the class page."""
    enrolment = find(training_class, person)
    return enrolment if enrolment and enrolment.state in MEMBER_STATES else None


def booked_slots(person: Any, *, but: TrainingClass | None = None) -> list[Slot]:
    """Return when a worker is busy with other classes."""
    sessions = ClassSession.objects.filter(
        training_class__enrolments__person=person, training_class__enrolments__state__in=BOOKED, state=SessionState.PLANNED
    )
    if but is not None:
        sessions = sessions.exclude(training_class=but)
    return [Slot(*row) for row in sessions.values_list("starts_at", "ends_at", "training_class__name").distinct()]


def class_slots(training_class: TrainingClass) -> list[Slot]:
    """Return when a class meets."""
    rows = training_class.sessions.filter(state=SessionState.PLANNED).values_list("starts_at", "ends_at", "title")
    return [Slot(*row) for row in rows]


def begins_at(training_class: TrainingClass) -> datetime | None:
    """Return the start of the first session, or None for a class without sessions."""
    first: datetime | None = training_class.sessions.filter(state=SessionState.PLANNED).aggregate(first=Min("starts_at"))["first"]
    return first


def queue_place(enrolment: Enrolment) -> int:
    """Return how many are served before and including this one in the waiting list (1 is next)."""
    return (
        Enrolment.objects.filter(
            training_class_id=enrolment.training_class_id, state=EnrolmentState.WAITLISTED, waitlist_no__lt=enrolment.waitlist_no or 0
        ).count()
        + 1
    )


def next_waiting(training_class: TrainingClass) -> Enrolment | None:
    """Return who is served next."""
    return Enrolment.objects.filter(training_class=training_class, state=EnrolmentState.WAITLISTED).order_by("waitlist_no").first()


def lapsed_offers(now: datetime) -> QuerySet[Enrolment]:
    """Return offers whose time is over."""
    return Enrolment.objects.filter(state=EnrolmentState.OFFERED, offered_until__lte=now).order_by("offered_until")

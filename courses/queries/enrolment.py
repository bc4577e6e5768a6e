"""Read a worker's places in classes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from courses.enums import (
    LEARNING_STATES,
    MEMBER_STATES,
    QUEUE_STATES,
    TEACHING_STATES,
    EnrolmentState,
    SessionState,
)
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.rules.enrolment import Slot
from people.models import Person

# An enrolment in one of these fills a worker's time, and is the one class of a course they are in.
BOOKED = LEARNING_STATES | {EnrolmentState.OFFERED}


def match_booked_enrolments() -> Q:
    """Return the condition on enrolments that fill a worker's time. A worker who has passed
    continues learning until the class is over.
    """
    return Q(state__in=BOOKED) | Q(
        state=EnrolmentState.PASSED, training_class__state__in=TEACHING_STATES
    )


def of_person(person: Person) -> QuerySet[Enrolment]:
    """Return a worker's enrolments, newest first, ready for a list."""
    return (
        Enrolment.objects.filter(person=person)
        .exclude(state=EnrolmentState.WITHDRAWN)
        .select_related("training_class__course", "training_class__org")
        .order_by("-enrolled_at", "-pk")
    )


def find_enrolment(training_class: TrainingClass, person: Person | None) -> Enrolment | None:
    """Return the worker's enrolment in this class, in whatever state."""
    return (
        Enrolment.objects.filter(training_class=training_class, person=person).first()
        if person
        else None
    )


def find_class_member(training_class: TrainingClass, person: Person | None) -> Enrolment | None:
    """Return the worker's enrolment if it lets them look at the class page."""
    enrolment = find_enrolment(training_class, person)
    return enrolment if enrolment and enrolment.state in MEMBER_STATES else None


def other_class_of_course(training_class: TrainingClass, person_id: int) -> Enrolment | None:
    """Return a place the worker has in another class of the same course."""
    return (
        Enrolment.objects.filter(
            match_booked_enrolments(),
            person=person_id,
            training_class__course_id=training_class.course_id,
        )
        .exclude(training_class=training_class)
        .select_related("training_class")
        .first()
    )


def booked_slots(person_id: int, *, but: TrainingClass | None = None) -> list[Slot]:
    """Return when a worker is busy with other classes."""
    classes = Enrolment.objects.filter(match_booked_enrolments(), person=person_id).values(
        "training_class"
    )
    sessions = ClassSession.objects.filter(training_class__in=classes, state=SessionState.PLANNED)
    if but is not None:
        sessions = sessions.exclude(training_class=but)
    return [
        Slot(*row) for row in sessions.values_list("starts_at", "ends_at", "training_class__name")
    ]


def class_slots(training_class: TrainingClass) -> list[Slot]:
    """Return when a class meets."""
    rows = training_class.sessions.filter(state=SessionState.PLANNED).values_list(
        "starts_at", "ends_at", "title"
    )
    return [Slot(*row) for row in rows]


def begins_at(training_class: TrainingClass) -> datetime | None:
    """Return the start of the first session, or None for a class without sessions."""
    first: datetime | None = training_class.sessions.filter(state=SessionState.PLANNED).aggregate(
        first=Min("starts_at")
    )["first"]
    return first


def queue_place(enrolment: Enrolment) -> int:
    """Return how many are served before and including this one in the waiting list (1 is next)."""
    return (
        Enrolment.objects.filter(
            training_class_id=enrolment.training_class_id,
            state=EnrolmentState.WAITLISTED,
            waitlist_no__lt=enrolment.waitlist_no or 0,
        ).count()
        + 1
    )


def list_waiting_enrolments(training_class: TrainingClass) -> QuerySet[Enrolment]:
    """Return the queue of a class in its order."""
    return Enrolment.objects.filter(
        training_class=training_class, state=EnrolmentState.WAITLISTED
    ).order_by("waitlist_no")


def queues_to_serve(now: datetime) -> QuerySet[TrainingClass]:
    """Return classes with a queue that has free seats to be offered, or that ends since the class
    has begun.
    """
    first = (
        ClassSession.objects.filter(training_class=OuterRef("pk"), state=SessionState.PLANNED)
        .order_by()
        .values("training_class")
        .annotate(first=Min("starts_at"))
        .values("first")
    )
    in_line = Enrolment.objects.filter(
        training_class=OuterRef("pk"), state__in=[EnrolmentState.WAITLISTED, EnrolmentState.OFFERED]
    )
    queue = Enrolment.objects.filter(training_class=OuterRef("pk"), state=EnrolmentState.WAITLISTED)
    return (
        TrainingClass.objects.filter(Exists(in_line), state__in=QUEUE_STATES)
        .annotate(begins=Subquery(first))
        .filter(Q(begins__lte=now) | Q(Exists(queue), seats_taken__lt=F("capacity")))
        .order_by("pk")
    )


def lapsed_offers(now: datetime) -> QuerySet[Enrolment]:
    """Return offers whose time is over."""
    return Enrolment.objects.filter(state=EnrolmentState.OFFERED, offered_until__lte=now).order_by(
        "offered_until"
    )

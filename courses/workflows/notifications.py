"""Notify people about training. The functions are called inside the workflows, and a person
without an account gets no message here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import notify
from access.queries.where import who_may
from core.actors import Actor
from courses.enums import LEARNING_STATES, TAUGHT_STATES, EnrolmentState
from courses.grants import APPROVE_CLASS
from courses.models import ClassSession, Enrolment, TrainingClass
from people.models import User

BOOKED = (*LEARNING_STATES, EnrolmentState.WAITLISTED, EnrolmentState.OFFERED)


def _of(training_class: TrainingClass) -> dict[str, Any]:
    return {
        "course": training_class.course.title,
        "name": training_class.name,
        "class": str(training_class.public_id),
    }


def tell_one(kind: str, enrolment: Enrolment, *, key: str = "", **values: Any) -> None:
    """Tell the trainee of *enrolment*. *key* sets one occasion apart from another."""
    training_class = enrolment.training_class
    notify.send_message(
        kind,
        to=User.objects.filter(person=enrolment.person_id),
        context={**_of(training_class), **values},
        about=enrolment,
        key=f"{enrolment.public_id}:{key}",
    )


def tell_class(
    kind: str,
    training_class: TrainingClass,
    *,
    key: str,
    states: Iterable[str] = BOOKED,
    **values: Any,
) -> None:
    """Tell everybody who has, waits for, or is offered a place."""
    people = User.objects.filter(
        person__in=Enrolment.objects.filter(
            training_class=training_class, state__in=list(states)
        ).values("person")
    ).order_by("pk")
    notify.send_message(
        kind,
        to=people,
        context={**_of(training_class), **values},
        about=training_class,
        key=f"{training_class.public_id}:{key}",
    )


def tell_enrolled(enrolment: Enrolment, *, actor: Actor) -> None:
    """Tell a worker whom somebody else enrolled. Workers who enrol themselves read the answer on
    the page.
    """
    if enrolment.person.user_id is None or enrolment.person.user_id == getattr(actor, "pk", None):
        return
    key = enrolment.enrolled_at.isoformat()
    if enrolment.state == EnrolmentState.APPLIED:
        return
    if enrolment.state == EnrolmentState.WAITLISTED:
        tell_one("courses.waitlisted", enrolment, key=key, number=enrolment.waitlist_no)
    else:
        training_class = enrolment.training_class
        tell_one(
            "courses.place_given",
            enrolment,
            key=key,
            starts=training_class.starts_on,
            venue=training_class.venue,
        )


def tell_session(kind: str, session: ClassSession, **values: Any) -> None:
    """Tell everybody in a class about one of its sessions, which was added, changed or cancelled."""
    tell_class(
        kind,
        session.training_class,
        key=f"{session.public_id}:{session.updated_at.isoformat()}",
        states=TAUGHT_STATES | {EnrolmentState.OFFERED},
        on=session.starts_at,
        title=session.title,
        venue=session.place,
        **values,
    )


def tell_filed(training_class: TrainingClass, *, actor: Actor) -> None:
    """Tell the people who may approve a class, except the one who filed it."""
    people = [
        held.assignment.user
        for held in who_may(APPROVE_CLASS, training_class)
        if held.assignment.user_id != getattr(actor, "pk", None)
    ]
    notify.send_message(
        "courses.class_filed",
        to=people,
        context=_of(training_class),
        about=training_class,
        key=f"{training_class.public_id}:{training_class.updated_at.isoformat()}",
    )


def tell_answered(training_class: TrainingClass, *, word: Any, reason: str = "") -> None:
    """Tell the person who filed a class what was decided about it."""
    notify.send_message(
        "courses.class_answered",
        to=training_class.filed_by,
        context={**_of(training_class), "word": word, "reason": reason},
        about=training_class,
        key=f"{training_class.public_id}:{training_class.updated_at.isoformat()}",
    )

"""Find what else happens at the time of a session, in the room, with the teacher and with the
trainees.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from courses.enums import CLOSED_STATES, ClassState, SessionState
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.queries.enrolment import match_booked_enrolments
from courses.rules.timetable import same_place, shares_a_name


class ClashKind(Enum):
    """Who or what would be at two places."""

    ROOM = "room"
    TEACHER = "teacher"
    TRAINEE = "trainee"


@dataclass(frozen=True)
class Clash:
    """One thing that is taken at the time of a session. `who` is the place, the teacher or the
    trainee, as written.
    """

    kind: ClashKind
    who: str
    other: ClassSession
    key: str


def people_of(training_class: TrainingClass) -> set[int]:
    """Return the keys of those whose time the class fills."""
    return set(
        Enrolment.objects.filter(
            match_booked_enrolments(), training_class=training_class
        ).values_list("person_id", flat=True)
    )


def find_clashes(
    training_class: TrainingClass,
    *,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    but: ClassSession | None = None,
) -> list[Clash]:
    """Return what is taken elsewhere between two times, in two queries. Rooms and teachers are
    compared by the words written, trainees by record.

    *but* is the session being moved. Sessions of the class itself aren't checked, because they
    can't overlap at all.
    """
    others = list(
        ClassSession.objects.filter(
            state=SessionState.PLANNED, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
        .exclude(training_class__state__in=[*CLOSED_STATES, ClassState.CANCELLED])
        .exclude(training_class=training_class)
        .exclude(pk__in=[but.pk] if but else [])
        .select_related("training_class")
        .order_by("starts_at", "pk")
    )
    place = venue or training_class.venue
    found = []
    for other in others:
        if same_place(place, other.place):
            found.append(Clash(ClashKind.ROOM, other.place, other, f"room:{other.public_id}"))
        if shares_a_name(training_class.teacher, other.training_class.teacher):
            found.append(
                Clash(
                    ClashKind.TEACHER,
                    other.training_class.teacher,
                    other,
                    f"teacher:{other.public_id}",
                )
            )
    by_class: dict[int, ClassSession] = {
        other.training_class_id: other for other in reversed(others)
    }
    double = (
        Enrolment.objects.filter(
            match_booked_enrolments(),
            training_class__in=by_class,
            person__in=people_of(training_class),
        )
        .select_related("person")
        .order_by("person__name_order", "pk")
    )
    found += [
        Clash(
            ClashKind.TRAINEE,
            row.person.name,
            by_class[row.training_class_id],
            f"trainee:{row.public_id}",
        )
        for row in double
    ]
    return found


def token_of(found: Iterable[Clash]) -> str:
    """Return a short digest of clashes. The person who confirms sends it back, so that nothing is
    confirmed but what was shown.
    """
    keys = "\n".join(sorted(clash.key for clash in found))
    return hashlib.sha256(keys.encode()).hexdigest()[:24] if keys else ""

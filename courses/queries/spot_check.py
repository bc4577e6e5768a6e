"""Read spot checks, which is who is asked, what waits for a trainee, and what the class head sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from core import clock
from courses.enums import TAUGHT_STATES, SessionState
from courses.models import Attendance, ClassSession, Enrolment, SpotAnswer, SpotCheck
from courses.queries.completion import COUNTS
from people.models import Person


def present_at(session: ClassSession) -> QuerySet[Enrolment]:
    """Return the enrolments whose presence at *session* counts."""
    counting = Attendance.objects.filter(COUNTS, session=session)
    return Enrolment.objects.filter(state__in=TAUGHT_STATES, attendances__in=counting).order_by(
        "pk"
    )


def is_in_session(person: Person, *, now: datetime | None = None) -> bool:
    """Say whether this worker has checked in to a session that is going on, since a spot check can
    come only then. Takes one query.
    """
    now = now or clock.now()
    # Check-in opens before a session begins, by up to some hours.
    soon = now + timedelta(hours=12)
    here = Attendance.objects.filter(
        COUNTS, enrolment__person=person, enrolment__state__in=TAUGHT_STATES
    )
    return here.filter(
        session__state=SessionState.PLANNED, session__starts_at__lt=soon, session__ends_at__gt=now
    ).exists()


def find_waiting_spot_check(
    person: Person | None, *, now: datetime | None = None
) -> SpotAnswer | None:
    """Return the question this worker has still to answer, or None. One query."""
    now = now or clock.now()
    return (
        SpotAnswer.objects.filter(
            enrolment__person=person, answered_at=None, spot_check__closes_at__gt=now
        )
        .select_related("spot_check__session__training_class")
        .order_by("spot_check__closes_at")
        .first()
    )


@dataclass(frozen=True)
class SpotCheckTally:
    """A spot check as the class head sees it."""

    spot_check: SpotCheck
    answers: Sequence[SpotAnswer]
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.now < self.spot_check.closes_at

    @property
    def milliseconds(self) -> int:
        """Time left to answer, in milliseconds."""
        return max(0, round((self.spot_check.closes_at - self.now).total_seconds() * 1000))

    @property
    def seconds(self) -> int:
        """The same in whole seconds, rounded up."""
        return -(-self.milliseconds // 1000)

    @property
    def answered(self) -> list[SpotAnswer]:
        """Those who answered in time."""
        return [row for row in self.answers if row.answered_at is not None]

    @property
    def missed(self) -> list[SpotAnswer]:
        """Those who haven't answered (yet)."""
        return [row for row in self.answers if row.answered_at is None]

    @property
    def other_phone(self) -> list[SpotAnswer]:
        """Those who answered from a phone other than the one that checked in."""
        return [row for row in self.answers if row.same_phone is False]


def tally_spot_checks(
    session: ClassSession, *, now: datetime | None = None
) -> list[SpotCheckTally]:
    """Return the spot checks of a session, the latest first. Two queries."""
    now = now or clock.now()
    rows = list(session.spot_checks.select_related("asked_by"))
    by_check: dict[int, list[SpotAnswer]] = {row.pk: [] for row in rows}
    answers = SpotAnswer.objects.filter(spot_check__in=rows).select_related("enrolment__person")
    for answer in answers.order_by(
        "enrolment__person__name_order", "enrolment__person__name_key", "pk"
    ):
        by_check[answer.spot_check_id].append(answer)
    return [SpotCheckTally(row, by_check[row.pk], now) for row in rows]

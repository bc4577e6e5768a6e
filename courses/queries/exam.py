"""Reads about exams and sittings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from courses.enums import AttemptState
from courses.models import Attempt, Enrolment, Exam, PartMark
from courses.rules.grading import Key


def answers(attempt: Attempt) -> dict[int, list[str]]:
    """Return place on the paper -> newest answer."""
    # In the order of their numbers, so that a later one takes the place of an earlier one.
    return dict(attempt.ops.order_by("place", "seq", "pk").values_list("place", "value"))


def last_seq(attempt: Attempt) -> int:
    """Return the highest sequence number received, from which a reloaded player goes on."""
    return attempt.ops.order_by("-seq").values_list("seq", flat=True).first() or 0


def key_from_json(data: Mapping[str, Any]) -> Key:
    """Read a frozen key."""
    return Key(
        kind=data["kind"],
        points=Decimal(data["points"]),
        correct=frozenset(data["correct"]),
        options=frozenset(data["options"]),
        number=None if data["number"] is None else Decimal(data["number"]),
        tolerance=Decimal(data["tolerance"]),
        policy=data["policy"],
    )


def running(enrolment: Enrolment, exam: Exam) -> Attempt | None:
    """Return the sitting going on, if any."""
    return Attempt.objects.filter(enrolment=enrolment, exam=exam, state=AttemptState.RUNNING).first()


def overdue(now: datetime) -> list[int]:
    """Return the sittings whose time and grace are over and that nobody handed in."""
    running_ = Attempt.objects.filter(state=AttemptState.RUNNING, ends_at__lt=now).order_by("ends_at")
    return [
        pk
        for pk, ends_at, minutes in running_.values_list("pk", "ends_at", "exam__grace_minutes")
        if ends_at + timedelta(minutes=minutes) < now
    ]


def part_marks(enrolment: Enrolment) -> QuerySet[PartMark]:
    """Return the assessors' marks of a trainee, newest version last."""
    return PartMark.objects.filter(enrolment=enrolment).order_by("part", "version")

"""Decide whether a worker may have a place, by window, seats, clashes in time, and the order of
the waiting list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Window(Enum):
    """The position of a moment in the enrolment window."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Slot:
    """A stretch of time when someone must be somewhere. The end is not part of it."""

    starts_at: datetime
    ends_at: datetime
    label: str = ""


def place_in_enrolment_window(*, now: datetime, opens_at: datetime, closes_at: datetime) -> Window:
    """Return where *now* is in the enrolment window. The opening minute belongs to the window, the
    closing minute doesn't.
    """
    if now < opens_at:
        return Window.NOT_YET
    return Window.OPEN if now < closes_at else Window.OVER


def seats_left(*, capacity: int, taken: int) -> int:
    """Return the number of free seats, which is never negative."""
    return max(0, capacity - taken)


def first_clash(mine: Sequence[Slot], wanted: Sequence[Slot]) -> tuple[Slot, Slot] | None:
    """Return the first pair (mine, wanted) that overlaps, by time, or None if all of both can be
    attended.

    Sessions back to back don't clash, because a session may begin the minute another ends.
    """
    pairs = [
        (a, b) for a in mine for b in wanted if a.starts_at < b.ends_at and b.starts_at < a.ends_at
    ]
    return min(pairs, key=lambda pair: max(pair[0].starts_at, pair[1].starts_at), default=None)


def has_begun(*, now: datetime, begins_at: datetime | None) -> bool:
    """Say whether the first session has begun. A class without sessions, which is read online,
    never begins.
    """
    return begins_at is not None and now >= begins_at


def offer_until(*, now: datetime, hours: int, begins_at: datetime | None) -> datetime | None:
    """Return until when a waiting worker may accept a freed seat, which is so many hours, but not
    beyond the first session.

    Returns None when the class has begun, because nobody is promoted into a running class.
    """
    if has_begun(now=now, begins_at=begins_at):
        return None
    until = now + timedelta(hours=hours)
    return until if begins_at is None else min(until, begins_at)

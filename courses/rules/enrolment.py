"""May a worker have a place? Window, seats, clashes in time, and the order of the waiting list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Window(Enum):
    """Where now lies against the enrolment window."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Slot:
    """A stretch of time someone must be somewhere; the end is not part of it."""

    starts_at: datetime
    ends_at: datetime
    label: str = ""


def window(*, now: datetime, opens_at: datetime, closes_at: datetime) -> Window:
    """The opening minute belongs to the window, the closing minute doesn't."""
    if now < opens_at:
        return Window.NOT_YET
    return Window.OPEN if now < closes_at else Window.OVER


def seats_left(*, capacity: int, taken: int) -> int:
    """Free seats, never negative."""
    return max(0, capacity - taken)


def first_clash(mine: Sequence[Slot], wanted: Sequence[Slot]) -> tuple[Slot, Slot] | None:
    """First pair (mine, wanted) that overlaps, by time; None if all of both can be attended.

    Back to back is no clash: a session may begin the minute another ends.
    """
    pairs = [(a, b) for a in mine for b in wanted if a.starts_at < b.ends_at and b.starts_at < a.ends_at]
    return min(pairs, key=lambda pair: max(pair[0].starts_at, pair[1].starts_at), default=None)


def has_begun(*, now: datetime, begins_at: datetime | None) -> bool:
    """Has the first session begun? A class without sessions, read online, never has."""
    return begins_at is not None and now >= begins_at


def offer_until(*, now: datetime, hours: int, begins_at: datetime | None) -> datetime | None:
    """Until when a waiting worker may accept a freed seat: so many hours, but not beyond the first session.

    None when the class has begun: nobody is promoted into a running class.
    """
    if has_begun(now=now, begins_at=begins_at):
        return None
    until = now + timedelta(hours=hours)
    return until if begins_at is None else min(until, begins_at)

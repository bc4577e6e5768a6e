"""The server's clock decides: when a sitting ends, and which late answers still count."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum


class Arrival(Enum):
    """How an answer came in."""

    IN_TIME = "in_time"
    LATE = "late"
    TOO_LATE = "too_late"


def ends_at(*, started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """A sitting ends when its minutes are up or the exam closes, whichever is first."""
    return min(started_at + timedelta(minutes=minutes), closes_at)


def arrival(*, received_at: datetime, written_at: datetime, ends_at: datetime, grace: timedelta) -> Arrival:
    """An answer kept on the phone while the network was gone counts if it was written before the end and reaches us within the grace.

    `written_at` is the phone's word, corrected by the offset measured when the page was loaded; the grace bounds what a
    wrong clock can gain, and late answers stay marked as such.
    """
    if received_at <= ends_at:
        return Arrival.IN_TIME
    if received_at <= ends_at + grace and written_at <= ends_at:
        return Arrival.LATE
    return Arrival.TOO_LATE

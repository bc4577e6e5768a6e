"""Decide by the server's clock when a sitting ends and what becomes of answers that arrive later."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum


class Arrival(Enum):
    """How an answer arrived."""

    IN_TIME = "in_time"
    LATE = "late"
    TOO_LATE = "too_late"


def ends_at(*, started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """Return when a sitting ends, which is when its minutes are up or the exam closes, whichever
    is first.
    """
    return min(started_at + timedelta(minutes=minutes), closes_at)


def classify_arrival(*, received_at: datetime, ends_at: datetime, grace: timedelta) -> Arrival:
    """Say whether an answer counts. Only the receipt at the server decides, whatever time of
    writing the phone says.

    After the end it may still arrive within the grace period, in which case a person decides about
    it. Later it isn't accepted.
    """
    if received_at <= ends_at:
        return Arrival.IN_TIME
    return Arrival.LATE if received_at <= ends_at + grace else Arrival.TOO_LATE

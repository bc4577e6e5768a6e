"""Decide which day an act may have."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Fault = Literal["", "future", "too_early"]


def find_day_fault(
    on: date, *, today: date, after: date | None = None, not_before: date | None = None
) -> Fault:
    """Say what is wrong with *on*, which may not be later than today, before *not_before*, or on
    or before the day *after*.

    Returns "future", "too_early" or an empty string.
    """
    if on > today:
        return "future"
    if (after is not None and on <= after) or (not_before is not None and on < not_before):
        return "too_early"
    return ""


def day_before(day: date) -> date:
    """Return the day before *day*. The first day of the calendar stays as it is."""
    return day if day == date.min else day - timedelta(days=1)


def ends_before(on: date, *, starts_on: date) -> date:
    """Return the last day of a period that makes room for one beginning *on*. It is never before
    the period's own first day.
    """
    return max(starts_on, day_before(on))

"""How long roles and proposals run, and when reviews are due, in whole days in the site's time
zone.
"""

from __future__ import annotations

from datetime import date, timedelta

PROPOSAL_DAYS = 7  # a proposal nobody agreed to lapses after these
USUAL_DAYS = 365  # a role runs this long unless said otherwise
SOON_DAYS = 30  # "ends soon"
REVIEW_DAYS = 30  # a review is due this long after it opened
HALF_YEARS = (1, 7)  # reviews open in these months


def latest_end(starts_on: date, *, max_days: int) -> date:
    """Return the last day a role from *starts_on* may run to."""
    return starts_on + timedelta(days=max_days)


def usual_end(starts_on: date, *, max_days: int) -> date:
    """Return the last day of a role if nobody says otherwise.

    That is after a year, or after the site's maximum if that is shorter.
    """
    return starts_on + timedelta(days=min(USUAL_DAYS, max_days))


def lapses_on(proposed_on: date) -> date:
    """Return the last day on which a proposal can be agreed to."""
    return proposed_on + timedelta(days=PROPOSAL_DAYS)


def half_year(day: date) -> date:
    """Return the first day of the half-year that contains *day*."""
    return date(day.year, 7 if day.month >= 7 else 1, 1)


def next_half_year(day: date) -> date:
    """Return the first day of the half-year after the one that contains *day*."""
    first = half_year(day)
    return date(first.year, 7, 1) if first.month == 1 else date(first.year + 1, 1, 1)


def reviews_open_on(day: date) -> bool:
    """Say whether reviews are opened on *day*, which is the case in January and July."""
    return day.month in HALF_YEARS

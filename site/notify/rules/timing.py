"""Decide when something may leave the site, at once, with the next digest, or after the quiet
hours.

The rules are pure. The time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

NOW, DAILY, WEEKLY = "now", "daily", "weekly"
MAX_ATTEMPTS = 8
FIRST_WAIT = 30  # seconds
LONGEST_WAIT = 6 * 3600


@dataclass(frozen=True, slots=True)
class Hours:
    """What a person asked for.

    Times are wall-clock times in *zone*. If `quiet_from == quiet_to`, there are no quiet hours.
    """

    zone: tzinfo
    rhythm: str = NOW
    digest_hour: int = 8
    digest_weekday: int = 0
    quiet: bool = True
    quiet_from: time = time(22, 0)
    quiet_to: time = time(7, 30)


def is_quiet(at: datetime, hours: Hours) -> bool:
    """Say whether *at* (aware) is in the quiet hours, which include the first minute and exclude
    the last.
    """
    if not hours.quiet or hours.quiet_from == hours.quiet_to:
        return False
    clock = at.astimezone(hours.zone).time()
    if hours.quiet_from < hours.quiet_to:
        return hours.quiet_from <= clock < hours.quiet_to
    return clock >= hours.quiet_from or clock < hours.quiet_to


def end_of_quiet(at: datetime, hours: Hours) -> datetime:
    """Return the first moment at or after *at* outside the quiet hours."""
    if not is_quiet(at, hours):
        return at
    return _next(at, hours.quiet_to, hours.zone)


def next_digest(at: datetime, hours: Hours) -> datetime:
    """Return the first digest moment at or after *at*."""
    moment = _next(at, time(hours.digest_hour), hours.zone)
    if hours.rhythm == WEEKLY:
        days = (hours.digest_weekday - moment.astimezone(hours.zone).weekday()) % 7
        moment = _on(
            moment.astimezone(hours.zone) + timedelta(days=days),
            time(hours.digest_hour),
            hours.zone,
        )
    return moment


def compute_due_time(
    at: datetime, hours: Hours, *, urgent: bool, bundled: bool, waits: bool = True
) -> datetime:
    """Return when something written at *at* may leave.

    Channels that are *bundled* follow the rhythm, and channels that *wait* follow the quiet hours.
    Urgent things leave at once. The result is in UTC and never before *at*.
    """
    if urgent or not waits:
        return at.astimezone(UTC)
    moment = next_digest(at, hours) if bundled and hours.rhythm != NOW else at
    return end_of_quiet(moment, hours).astimezone(UTC)


def wait_before_retry(attempt: int) -> timedelta:
    """Return how long to wait after the failed *attempt* (1 is the first). It is 30 s, then 2 min,
    8 min and so on, at most six hours.
    """
    return timedelta(seconds=min(FIRST_WAIT * 4 ** (max(attempt, 1) - 1), LONGEST_WAIT))


def _next(at: datetime, clock: time, zone: tzinfo) -> datetime:
    local = at.astimezone(zone)
    moment = _on(local, clock, zone)
    return moment if moment >= at else _on(local + timedelta(days=1), clock, zone)


def _on(day: datetime, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day.date(), clock, tzinfo=zone)

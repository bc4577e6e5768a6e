"""Days and moments as credentials write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=256)  # those of a batch begin on few days and are signed in few seconds
def format_utc_moment(moment: datetime) -> str:
    """Return *moment* in UTC to the second, such as `2026-05-06T08:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which *day* begins in *zone*."""
    return datetime.combine(day, time(), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last second of *day* in *zone*, as a certificate is valid through its last day."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)


def parse_moment(text: str) -> datetime:
    """Parse *text*, a moment as credentials write it. Raises `ValueError` for anything else, or
    without a time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment

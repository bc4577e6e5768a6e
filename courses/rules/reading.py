"""Credit reading time of online lessons, by what one more report of the reader's page is worth.

A person reads one lesson on one page at a time, and that page holds the person's *lease*. The page
reports every `beat_seconds`. The time since its last report counts if the report comes before the
lease runs out and the person was active lately. The numbers are local policy, kept on the
completion rule of the class.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class ReadingRule:
    """How reading is counted.

    `beat_seconds`: how often a page reports. `idle_seconds`: how long nobody need touch the page
    (scroll, press, type, play) for the time to count.
    """

    beat_seconds: int
    idle_seconds: int

    def lease_seconds(self, *, by_script: bool) -> int:
        """Return how long a lease lasts from a report on.

        A script reports by itself, and one lost report is forgiven. Without one only a person's own
        press is a report, so the lease lasts as long as the page may lie untouched.
        """
        return 2 * self.beat_seconds if by_script else self.idle_seconds


@dataclass(frozen=True)
class Credit:
    """`seconds` to credit, and the moment up to which time is counted now (less than a second
    before the report).
    """

    seconds: int
    counted_to: datetime


def credit_reading(
    *,
    counted_to: datetime,
    expires_at: datetime,
    now: datetime,
    untouched_seconds: int,
    idle_seconds: int,
) -> Credit:
    """Return what a report at *now* credits to the page that holds the lease.

    Whole seconds are credited and the rest is carried over. Nothing is credited after the lease has
    run out, when the page lay untouched for longer than allowed, or when the clock was set back.
    """
    gap = (now - counted_to).total_seconds()
    if gap < 0 or now > expires_at or untouched_seconds > idle_seconds:
        return Credit(0, now)
    return Credit(int(gap), counted_to + timedelta(seconds=int(gap)))

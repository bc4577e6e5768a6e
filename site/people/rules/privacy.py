"""Pure arithmetic of dates and times for privacy."""

from __future__ import annotations

from datetime import date, datetime, timedelta

ANSWER_DAYS = 15  # a request is answered within 15 days (own promise; the law says "in time")
COOLING_DAYS = 7  # a deletion can be thought over before anybody prepares it
EXPORT_DAYS = 7  # a copy of one's data waits this long, then it is deleted


def due_on(asked_on: date) -> date:
    """Return the day by which a request must be answered."""
    return asked_on + timedelta(days=ANSWER_DAYS)


def ripe_on(asked_on: date) -> date:
    """Return the first day on which a deletion may be prepared.

    The cooling-off days are full days.
    """
    return asked_on + timedelta(days=COOLING_DAYS)


def months_before(moment: datetime, months: int) -> datetime:
    """Return *moment* moved back by calendar *months*.

    A day that the month doesn't have becomes its last one.
    """
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month)


def make_pseudonym(public_hex: str, word: str) -> str:
    """Return the made-up name of an erased person.

    It is *word* and six characters of the random identifier, so that two erased persons stay
    distinct.
    """
    return f"{word}{public_hex[:6].upper()}"

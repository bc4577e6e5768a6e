"""How long a certificate stays on a watch-list, and when the employer is notified."""

from __future__ import annotations

from datetime import date, timedelta

WATCH_DAYS = 365
SOON_DAYS = 30
RENEW_WITHIN_DAYS = 60
"""An entry that ends within so many days is offered for renewal."""

OBJECTION_DAYS = 15
"""Within so many days an employer answers an objection; silence ends the entry."""


def objection_answer_due(today: date) -> date:
    """Return the last day for the employer's answer to an objection made *today*."""
    return today + timedelta(days=OBJECTION_DAYS)


def last_watch_day(today: date) -> date:
    """Return the last day of a watch-list entry made or renewed *today*."""
    return today + timedelta(days=WATCH_DAYS)


def due_expiry_notice(
    valid_until: date | None, *, today: date, told_soon: bool, told_end: bool
) -> str:
    """Return which notice is due today, "end" from the last valid day on, "soon" in the 30 days
    before, or "".

    *told_soon* and *told_end* say which was sent before, so each is sent once.
    """
    if valid_until is None:
        return ""
    if today >= valid_until:
        return "" if told_end else "end"
    if valid_until - today <= timedelta(days=SOON_DAYS):
        return "" if told_soon else "soon"
    return ""

"""Compare sessions in time, which is how many class hours fit, and what a room, a teacher or a
trainee has at the same time.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

# One class hour (学时): domain notes, 3.1.
CLASS_HOUR = timedelta(minutes=45)

_BETWEEN_NAMES = re.compile(r"[、，,；;/\n]+")
_IN_BRACKETS = re.compile(r"[（(][^）)]*[）)]")


def most_hours(starts_at: datetime, ends_at: datetime) -> Decimal:
    """Return the most class hours that fit between two times, rounded down to a tenth and never
    negative.
    """
    seconds = max(0, int((ends_at - starts_at).total_seconds()))
    return (Decimal(seconds) / Decimal(int(CLASS_HOUR.total_seconds()))).quantize(
        Decimal("0.1"), ROUND_DOWN
    )


def plain_text(text: str) -> str:
    """Return a place as it is compared, without case and blanks."""
    return " ".join(text.split()).casefold()


def list_written_names(text: str) -> frozenset[str]:
    """Return the names in a field like `林师傅（高级技师）、王敏`, without text in brackets, case and blanks."""
    names = (plain_text(part) for part in _BETWEEN_NAMES.split(_IN_BRACKETS.sub("", text)))
    return frozenset(name for name in names if name)


def shares_a_name(one: str, other: str) -> bool:
    """Say whether two such fields name a person in common."""
    return bool(list_written_names(one) & list_written_names(other))


def same_place(one: str, other: str) -> bool:
    """Say whether two places read the same. An empty text is no place."""
    return bool(plain_text(one)) and plain_text(one) == plain_text(other)

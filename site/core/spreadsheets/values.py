"""Hold the values of cells as the reader returns them, and their text."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

LOST_DIGITS = 1e15  # a spreadsheet keeps 15 digits of a number: longer ones typed as numbers have lost their end
_LOST_TEXT = re.compile(r"\d(?:[.,]\d+)?[eE]\+(?:1[4-9]|[2-9]\d)\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAYS_1900 = date(1899, 12, 30).toordinal()
_DAYS_1904 = date(1904, 1, 1).toordinal()
_LAST_SERIAL = 2_958_465  # 9999-12-31


class ErrorValue(str):
    """What a cell shows instead of a value, such as `#N/A`, `#REF!` or `#NAME?`."""

    __slots__ = ()


class OverlongText(str):
    """The beginning of a text of more characters than a cell can hold. It is refused where it is
    used.
    """

    __slots__ = ()


def decode_escapes(text: str) -> str:
    """Return *text* with `_xHHHH_` read as the character U+HHHH (ECMA-376 part 1, 22.4.2.4).
    `_x005F_` protects what follows.

    U+0000 is left out: no spreadsheet can show it and no database keeps it.
    """
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\0", "")
    try:
        found.encode("utf-8")
    except UnicodeEncodeError:  # halves of one character, each escaped
        found = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def read_serial(serial: float, *, since_1904: bool) -> date | datetime | time | None:
    """Return the day, the moment or (below 1) the time of day that a spreadsheet keeps as a
    number. Returns None if the number means none of these.

    Without *since_1904* day 1 is 1900-01-01 and day 60 is 1900-02-29, which never was.
    """
    if not 0 <= serial <= _LAST_SERIAL:
        return None
    days, seconds = int(serial), round((serial % 1) * 86_400)
    if seconds == 86_400:
        days, seconds = days + 1, 0
    if days == 0 and not since_1904:
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    if since_1904:
        day = date.fromordinal(_DAYS_1904 + days)
    elif days == 60:
        return None
    else:
        day = date.fromordinal(_DAYS_1900 + days + (1 if days < 60 else 0))
    return (
        day
        if seconds == 0
        else datetime.combine(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60))
    )


def text_of(value: Any) -> str:
    """Return a cell as text. Numbers are as a spreadsheet shows them (15 digits), days are ISO,
    truth values are TRUE and FALSE, everything else is trimmed.
    """
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return (
            str(int(value)) if value.is_integer() and abs(value) < 1e18 else format(value, ".15g")
        )
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def has_lost_digits(value: Any) -> bool:
    """Return whether *value* is a long number of which a spreadsheet kept 15 digits only
    (3.30106E+17).
    """
    if isinstance(value, str):
        return "+" in value and _LOST_TEXT.match(value.strip()) is not None
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= LOST_DIGITS
    )

"""Numbers of 22 characters, which only filed assessment bodies give (人社鉴发〔2019〕2号).

`Y000123XXXXXX195000001`: type of body, its code, province and serial (13 characters, given when it is filed), year, level, serial.
No check character. Which letter stands for the levels above 高级技师 is not settled, so those get none.
"""

from __future__ import annotations

import re

PREFIX = re.compile(r"[YS][0-9]{12}", re.ASCII)
_WHOLE = re.compile(PREFIX.pattern + r"[0-9]{9}", re.ASCII)
_LEVELS = {1: "5", 2: "4", 3: "3", 4: "2", 5: "1"}
MAX_SERIAL = 999_999


class FiledNumberError(ValueError):
    """The parts can't make such a number; the argument is the part at fault: prefix, year, level or serial."""


def is_filed_number(number: str) -> bool:
    """Return whether *number* is written as those of filed assessment bodies are."""
    return _WHOLE.fullmatch(number) is not None


def make(*, prefix: str, year: int, level: int | None, serial: int) -> str:
    """Return the number. *prefix* is what the body was given when it was filed, *level* our ordinal (1 初级工 … 5 高级技师)."""
    if not PREFIX.fullmatch(prefix):
        raise FiledNumberError("prefix")
    if not 2000 <= year <= 2099:
        raise FiledNumberError("year")
    if level not in _LEVELS:
        raise FiledNumberError("level")
    if not 1 <= serial <= MAX_SERIAL:
        raise FiledNumberError("serial")
    return f"{prefix}{year % 100:02d}{_LEVELS[level]}{serial:06d}"

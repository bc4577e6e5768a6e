"""Numbers of 22 characters, which only filed assessment bodies give (人社鉴发〔2019〕2号).

`Y000123XXXXXX195000001` is the type of body, its code, province and serial (13 characters, given
when it is filed), then year, level and serial. There is no check character. Which letter denotes
the levels above 高级技师 is not settled, so those get no such number.
"""

from __future__ import annotations

import re

PREFIX = re.compile(r"[YS][0-9]{12}", re.ASCII)
_WHOLE = re.compile(PREFIX.pattern + r"[0-9]{9}", re.ASCII)
_LEVELS = {1: "5", 2: "4", 3: "3", 4: "2", 5: "1"}
MAX_SERIAL = 999_999


class FiledNumberError(ValueError):
    """The parts can't make such a number. The argument is the part at fault, which is prefix,
    year, level or serial.
    """


def is_filed_number(number: str) -> bool:
    """Return whether *number* has the form of those given by filed assessment bodies."""
    return _WHOLE.fullmatch(number) is not None


def make_filed_number(*, prefix: str, year: int, level: int | None, serial: int) -> str:
    """Return the number. *prefix* is what the body got when it was filed, *level* our ordinal (1
    初级工 … 5 高级技师).

    Raises `FiledNumberError`.
    """
    if not PREFIX.fullmatch(prefix):
        raise FiledNumberError("prefix")
    if not 2000 <= year <= 2099:
        raise FiledNumberError("year")
    if level not in _LEVELS:
        raise FiledNumberError("level")
    if not 1 <= serial <= MAX_SERIAL:
        raise FiledNumberError("serial")
    return f"{prefix}{year % 100:02d}{_LEVELS[level]}{serial:06d}"

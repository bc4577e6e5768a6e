"""Read numbers as people type them in a workbook. Python's own reader accepts more, such as
`1_00`, `１００` or `1e2` for 100.
"""

from __future__ import annotations

import re
from decimal import Decimal

_DECIMAL = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,12})?")


def read_decimal(text: str, *, places: int) -> Decimal | None:
    """Return the number written in *text* with at most *places* decimals, or None where it is none.

    Only digits with one point between them: no sign, no exponent, no separators, no blanks inside.
    """
    written = text.strip()
    if not _DECIMAL.fullmatch(written):
        return None
    value = Decimal(written)
    return value if value == round(value, places) else None

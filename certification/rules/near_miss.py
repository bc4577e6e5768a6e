"""What may be said about a number that matched nothing.

This is only how it is written, never whether the number or the name was wrong.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from certification.rules import number

# 人社鉴发〔2019〕2号: Y or S, 13 digits, 2 of the year, level, 6 of the serial. 特级 and 首席 carry a letter
# for the level.
_STATE_CERTIFICATE = re.compile(r"[YS][0-9]{14}[0-9A-Z][0-9]{6}")
_FOREIGN = ("CYRILLIC ", "GREEK ")


class NumberWriting(StrEnum):
    """How a typed number is written."""

    WELL_FORMED = "well_formed"
    CHECK_FAILS = "check_fails"
    STATE_CERTIFICATE = "state_certificate"
    FOREIGN_LETTERS = "foreign_letters"
    """Cyrillic or Greek letters, which look like Latin ones and are others: a phone's keyboard, or a text copied from elsewhere."""
    NOT_OURS = "not_ours"


def classify_number_writing(text: str) -> NumberWriting:
    """Return how *text* is written as one of our numbers. No register is queried."""
    read = number.parse_certificate_number(text)
    if read is not None:
        return NumberWriting.WELL_FORMED if read.fits else NumberWriting.CHECK_FAILS
    tidy = number.normalise_typed_number(text)
    if any(unicodedata.name(sign, "").startswith(_FOREIGN) for sign in tidy):
        return NumberWriting.FOREIGN_LETTERS
    return (
        NumberWriting.STATE_CERTIFICATE
        if _STATE_CERTIFICATE.fullmatch(tidy)
        else NumberWriting.NOT_OURS
    )

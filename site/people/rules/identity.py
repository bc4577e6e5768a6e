"""Identity numbers by their kind (GB 11643). No Django here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.text import plain_code, without_invisible

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
WITH_CHECK = {"resident", "hmt_residence"}
PASSPORT = re.compile(r"[A-Z0-9]{5,20}\Z")
# Whole regions, not counties: the permit names where the resident comes from.
PERMIT_REGIONS = ("810000", "820000", "830000")
# Old card: nationality and twelve digits, for which no check rule is published. New card (since
# December 2023): 9, province, nationality, date of birth, order, check character, at the same
# places and by the same rule as a resident's number.
OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}\Z")
NEW_FOREIGN = re.compile(r"9[0-9]{16}[0-9X]\Z")
CODES = (
    "empty",
    "fifteen_digits",
    "form",
    "prefix",
    "permit",
    "foreign_card",
    "foreign",
    "passport",
    "birth",
    "check",
)
MOBILE = re.compile(r"1[3-9]\d{9}\Z")


@dataclass(frozen=True, slots=True)
class Identity:
    """A number in its written form, with what it tells (only resident numbers tell age and sex)."""

    number: str
    birth: date | None = None
    sex: str = ""


class IdentityError(ValueError):
    """The number can't be one of its kind, and `code` names the fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def compute_id_check_character(first17: str) -> str:
    """Return the check character of a resident number's first 17 digits."""
    return CHECK[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def read_identity_number(kind: str, number: str, *, today: date) -> Identity:
    """Return *number* of *kind* in written form (no spaces, nothing invisible, capital X), or
    raise `IdentityError`.

    The codes of errors are in `CODES`. Counties of residents are not checked, because counties are
    abolished while numbers stay.
    """
    text = re.sub(r"\s", "", without_invisible(number)).upper()
    if not text:
        raise IdentityError("empty")
    if kind in WITH_CHECK:
        return _resident(kind, text, today)
    if kind == "passport":
        if not PASSPORT.match(text):
            raise IdentityError("passport")
        return Identity(text)
    if NEW_FOREIGN.match(text):
        _birth_and_check(text, today)
    elif not OLD_FOREIGN.match(text):
        raise IdentityError("foreign")
    return Identity(text)


def _resident(kind: str, text: str, today: date) -> Identity:
    if re.fullmatch(r"\d{15}", text):
        raise IdentityError("fifteen_digits")
    if not re.fullmatch(r"\d{17}[\dX]", text, re.ASCII):
        raise IdentityError("form")
    if kind == "hmt_residence" and not text.startswith(PERMIT_REGIONS):
        raise IdentityError("prefix")
    if kind == "resident" and text.startswith(("81", "82", "83")):
        raise IdentityError("permit")
    if kind == "resident" and text.startswith("9"):
        raise IdentityError("foreign_card")
    birth = _birth_and_check(text, today)
    return Identity(text, birth, "male" if int(text[16]) % 2 else "female")


def _birth_and_check(text: str, today: date) -> date:
    """Return the date of birth inside an 18-character number, after checking its last character
    against the rest.

    Raises `IdentityError` with `birth` or `check`.
    """
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise IdentityError("birth") from None
    if birth > today or birth.year < 1880:
        raise IdentityError("birth")
    if compute_id_check_character(text[:17]) != text[17]:
        raise IdentityError("check")
    return birth


def read_mobile(number: str) -> str:
    """Return a mainland mobile number as 11 digits (`+86`, spaces and dashes dropped), or raise
    `IdentityError("mobile")`.
    """
    text = re.sub(r"[\s-]", "", plain_code(number))
    text = re.sub(r"^(\+86|0086)", "", text)
    if not MOBILE.match(text):
        raise IdentityError("mobile")
    return text

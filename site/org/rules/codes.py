"""Check codes of unions and employers.

These are the unified social credit code (GB 32100-2015), the industry code (GB/T 4754) and the
region code (GB/T 2260).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stdnum.cn import uscc

from core.text import plain_code

Fault = Literal["", "length", "alphabet", "alphabet_only", "characters", "check"]

UNION_PREFIXES = (
    "81",
    "89",
)  # grass-roots unions, other unions; of medium trust: they hint and never refuse
FIRM_PREFIX = "9"  # market regulation: companies, individual businesses, cooperatives
LOOKALIKES = str.maketrans(
    {"O": "0", "I": "1", "S": "5", "Z": "2"}
)  # V has no digit that looks like it
_ALPHABET = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_INDUSTRY = re.compile(r"[A-T]?[0-9]{2,4}|[A-T]")
_REGION = re.compile(r"[0-9]{6}([0-9]{3}){0,2}")


@dataclass(frozen=True, slots=True)
class UsccCheck:
    """A code as it is stored, what is wrong with it, and the code that was perhaps meant, which
    passes the check.
    """

    code: str
    fault: Fault = ""
    suggestion: str = ""


def tidy_code(text: str) -> str:
    """Return a code as it is stored, in capitals, with full-width characters made plain and
    without spaces, dashes and invisible characters.
    """
    return re.sub(r"[\s\-]", "", plain_code(text)).upper()


def examine_uscc(text: str) -> UsccCheck:
    """Say what is wrong with a unified social credit code. An O typed for a zero is recognised,
    and the right code is suggested.
    """
    code = tidy_code(text)
    if code != text:
        return UsccCheck(code, "characters") if not _valid(code) else UsccCheck(code)
    if len(code) != 18:
        return UsccCheck(code, "length")
    if not re.fullmatch(r"[0-9A-Z]{18}", code):
        return UsccCheck(code, "characters")
    if not _ALPHABET.fullmatch(code):
        meant = code.translate(LOOKALIKES)
        return (
            UsccCheck(code, "alphabet", meant)
            if _valid(meant)
            else UsccCheck(code, "alphabet_only")
        )
    return UsccCheck(code) if _valid(code) else UsccCheck(code, "check")


def _valid(code: str) -> bool:
    # Not `uscc.validate`: it wants digits in places 3 to 8 and refuses the letters of some
    # registrars.
    return bool(_ALPHABET.fullmatch(code)) and bool(uscc.calc_check_digit(code[:17]) == code[17])


def is_firm_code(code: str) -> bool:
    """Say whether *code* is one that the market regulator gives to firms, which may be typed where
    a union's code belongs.
    """
    return code.startswith(FIRM_PREFIX)


def is_usual_union_code(code: str) -> bool:
    """Say whether *code* begins as union codes do. An unusual one is a hint to look again and
    never a reason to refuse.
    """
    return not code or code.startswith(UNION_PREFIXES)


def is_industry(code: str) -> bool:
    """Say whether *code* has a form of GB/T 4754, which is a section letter, division, group or
    class, with or without the letter.
    """
    return bool(_INDUSTRY.fullmatch(code))


def is_region(code: str) -> bool:
    """Say whether *code* has the form of GB/T 2260, or of the nine- and twelve-digit codes below
    it. Old codes pass.
    """
    return bool(_REGION.fullmatch(code))

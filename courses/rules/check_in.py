"""Make check-in codes for the wall. They are short-lived and made from a secret of the session, by
the server's clock alone (ADR 54).

A code is shown for `STEP` seconds and accepted for `LIFE` seconds from the moment it appeared. The
difference is for the way from the wall to the server, so a phone that scans at the last moment
still has `LIFE - STEP` seconds. The digits are for typing. The QR code carries a longer token of
the same moment, which can't be guessed, so it may be checked before anybody has signed in.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum

STEP = 10
LIFE = 15
DIGITS = 6
TOKEN_LENGTH = 20
# How long a phone that has scanned in time may take to sign in and to press the button.
SCAN_SECONDS = 600


class When(Enum):
    """The position of a moment in the check-in window."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def _mac(secret: str, purpose: str, step: int) -> bytes:
    return hmac.new(secret.encode(), f"{purpose}:{step}".encode(), hashlib.sha256).digest()


def _code(secret: str, step: int) -> str:
    return f"{int.from_bytes(_mac(secret, 'digits', step)[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def _token(secret: str, step: int) -> str:
    return _mac(secret, "scan", step).hex()[:TOKEN_LENGTH]


def _step(at: datetime) -> int:
    return int(at.timestamp() // STEP)


def code_at(secret: str, at: datetime) -> str:
    """Return the six digits on the wall at that moment."""
    return _code(secret, _step(at))


def token_at(secret: str, at: datetime) -> str:
    """Return the token in the QR code at that moment."""
    return _token(secret, _step(at))


def milliseconds_left(at: datetime) -> int:
    """Return the milliseconds until the wall shows the next code (1 to 10,000)."""
    return max(1, round((STEP - at.timestamp() % STEP) * 1000))


def _good_steps(at: datetime) -> list[int]:
    """Return the steps whose code is accepted at that moment, which are those that appeared less
    than `LIFE` seconds ago.
    """
    now = _step(at)
    return [
        step
        for step in range(now - LIFE // STEP - 1, now + 1)
        if at.timestamp() - step * STEP < LIFE
    ]


def is_good(secret: str, code: str, at: datetime) -> bool:
    """Say whether these are the digits of a code that is still accepted. They are compared in
    constant time.
    """
    # Every step is compared, whichever fits: how long the answer takes tells nothing.
    fits = [hmac.compare_digest(_code(secret, step), code) for step in _good_steps(at)]
    return any(fits)


def is_good_token(secret: str, token: str, at: datetime) -> bool:
    """Say whether this is the token of a code that is still accepted. It is compared in constant
    time.
    """
    fits = [
        hmac.compare_digest(_token(secret, step).encode(), token.encode())
        for step in _good_steps(at)
    ]
    return any(fits)


def place_in_check_in_window(
    *, now: datetime, starts_at: datetime, ends_at: datetime, before: timedelta, after: timedelta
) -> When:
    """Return where *now* is in the check-in window. The window runs from `before` the start to
    `after` the start, but never beyond the end of the session.
    """
    if now < starts_at - before:
        return When.EARLY
    return When.OPEN if now <= min(starts_at + after, ends_at) else When.OVER


def read_code(text: str) -> str:
    """Return the digits of a typed code. Spaces, hyphens and full-width digits are accepted. The
    result is empty if the text can't be a code.
    """
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    return digits if len(digits) == DIGITS else ""

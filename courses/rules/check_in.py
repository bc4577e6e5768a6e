"""Check-in codes on the wall: short-lived, made from a secret of the session.

A code changes every `STEP` seconds and stays good for two more steps, so that someone who has to sign in first is not turned away.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum

STEP = 30
GOOD_STEPS = 3
DIGITS = 6


class When(Enum):
    """Where now lies against the check-in window."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def _code(secret: str, step: int) -> str:
    digest = hmac.new(secret.encode(), str(step).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def code_at(secret: str, at: datetime) -> str:
    """The six digits on the wall at that moment."""
    return _code(secret, int(at.timestamp()) // STEP)


def seconds_left(at: datetime) -> int:
    """Seconds until the wall shows the next code (1-30)."""
    return STEP - int(at.timestamp()) % STEP


def is_good(secret: str, code: str, at: datetime) -> bool:
    """Is this the code of now or of the two steps before? Compared in constant time."""
    now = int(at.timestamp()) // STEP
    # Every step is compared, whichever fits: how long the answer takes tells nothing.
    fits = [hmac.compare_digest(_code(secret, now - back), code) for back in range(GOOD_STEPS)]
    return any(fits)


def when(*, now: datetime, starts_at: datetime, ends_at: datetime, before: timedelta, after: timedelta) -> When:
    """The window runs from `before` the start to `after` the start, but never beyond the end of the session."""
    if now < starts_at - before:
        return When.EARLY
    return When.OPEN if now <= min(starts_at + after, ends_at) else When.OVER


def read_code(text: str) -> str:
    """Digits as typed: spaces, hyphens and full-width digits are forgiven. Empty if it can't be a code."""
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    return digits if len(digits) == DIGITS else ""

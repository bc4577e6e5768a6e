"""How often may be verified: counted by address and by number, in the cache. Calm: a workshop shares one address.

What is counted is a keyed hash, so the cache holds neither addresses nor numbers.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from certification.errors import TooOften


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *times* in any clock window of *seconds*."""

    name: str
    times: int
    seconds: int


BY_ADDRESS = Limit("address", 60, 60)
"""Number and name from one address: a counter clerk at full speed stays below."""
BY_NUMBER = Limit("number", 10, 600)
"""Names tried for one number, from anywhere: guessing a name from a list ends here."""
BY_CODE_ADDRESS = Limit("code", 300, 60)
"""QR codes from one address: a whole class may scan at once, and a token can't be guessed anyway."""
BY_ACCOUNT = Limit("sheets", 20, 3600)
"""Spreadsheets of one account."""


def count(limit: Limit, what: str | None) -> None:
    """Count one use of *limit* by *what*; raise `TooOften` with a sentence when it is used up."""
    now = time.time()
    window = int(now // limit.seconds)
    hashed = salted_hmac("certification.limits", f"{limit.name}:{what}", algorithm="sha256").hexdigest()[:32]
    key = f"verify:{hashed}:{window}"
    if cache.add(key, 1, limit.seconds * 2):
        return
    try:
        used = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return
    if used > limit.times:
        wait = int((window + 1) * limit.seconds - now) + 1
        raise TooOften(
            "too_often",
            _("That was a little too often in a short time. Wait %(minutes)s min, then check again; nothing is lost.")
            % {"minutes": max(1, -(-wait // 60))},
            retry_after=wait,
        )

"""Throttle verification. Misses are counted in the cache by address, network, number and name.

The limits are generous, since a workshop shares one address. Only misses count, and the misses of
others never stop a right code, key or pair: what is counted from anywhere only reduces how often a
network may miss itself (ADR 39). What is counted is a keyed hash, so the cache has no addresses,
numbers or names.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from certification.errors import TooOften
from core import clock


@dataclass(frozen=True, slots=True)
class VerificationLimit:
    """A rate limit of at most *times* in any clock window of *seconds*.

    *here*: counted in this process alone, without a round trip. That is for a limit that spares the
    machine and guards no secret.
    """

    name: str
    times: int
    seconds: int
    here: bool = False


HERE = LocMemCache("certification.throttling", {"OPTIONS": {"MAX_ENTRIES": 20_000}})


FREE_BY_ADDRESS = VerificationLimit("address", 30, 60)
"""Misses of number and name from one address, without waiting."""
FREE_BY_NETWORK = VerificationLimit("network", 30, 60)
"""The same from one /24 (IPv6: /48): changing the last figures of an address gains nothing."""
FREE_FOR_NUMBER = VerificationLimit("number-here", 5, 86_400)
"""Misses of one network for one number on one day, before each further try of that network waits."""
FREE_FOR_NAME = VerificationLimit("name-here", 10, 86_400)
"""Misses of one network under one name on one day, whatever the numbers, before each further try of that network waits."""
BY_NUMBER = VerificationLimit("misses", 20, 86_400)
"""Misses for one number on one day, from anywhere: from then on a network has one free miss for it instead of five."""
BY_NAME = VerificationLimit("misses-name", 60, 86_400)
"""Misses under one name on one day, from anywhere: from then on a network has one free miss under it instead of ten."""
SITE_MISSES = VerificationLimit("site", 300, 600)
"""Misses of the whole site in ten minutes: more is somebody guessing from many addresses."""
MISSED_HERE = VerificationLimit("missed-here", 1, 3600)
"""Misses of one network in an hour: during an alarm, whoever has none doesn't wait."""
BY_WAITING = VerificationLimit("waiting", 20, 60)
"""Waits begun in one network."""
BY_CODE_ADDRESS = VerificationLimit("code", 300, 60, here=True)
"""Codes of QR codes, links and credentials that led nowhere, from one address. A code can't be guessed; this spares the machine."""
BY_PHRASE = VerificationLimit("phrase", 10, 600)
"""Wrong pass-phrases on one link from one network."""
BY_FILE_ADDRESS = VerificationLimit("file", 20, 60)
"""Files handed in from one address: each costs up to half a second."""
BY_REPORT_ADDRESS = VerificationLimit("report", 60, 60)
"""Reports from one address: each is set and signed anew."""
BY_ACCOUNT = VerificationLimit("sheets", 20, 3600)
"""Spreadsheets of one account."""


def throttle_use(limit: VerificationLimit, what: str | None) -> None:
    """Count one use of *limit* by *what*. Raises `TooOften` with a sentence when it is used up."""
    if count_use(limit, what) > limit.times:
        raise build_throttle_refusal(limit)


def count_use(limit: VerificationLimit, what: str | None) -> int:
    """Count one use of *limit* by *what* and return how many there were in this window."""
    key, kept = _key(limit, what), HERE if limit.here else cache
    if kept.add(key, 1, limit.seconds * 2):
        return 1
    try:
        return kept.incr(key)
    except ValueError:  # it ran out between the two calls
        return 1


def read_use_count(limit: VerificationLimit, what: str | None) -> int:
    """Return how many uses of *limit* by *what* there were in this window."""
    return int((HERE if limit.here else cache).get(_key(limit, what)) or 0)


def is_limit_reached(limit: VerificationLimit, what: str | None) -> bool:
    """Say whether *what* has used up *limit* in this window. Counts nothing."""
    return read_use_count(limit, what) >= limit.times


def build_throttle_refusal(limit: VerificationLimit) -> TooOften:
    """Return the error that says how long to wait."""
    now = clock.timestamp()
    wait = int((int(now // limit.seconds) + 1) * limit.seconds - now) + 1
    sentence = _(
        "You have made too many checks in a short time. Wait %(minutes)s min, then check "
        "again. Nothing is lost."
    ) % {"minutes": max(1, -(-wait // 60))}
    return TooOften("too_often", sentence, retry_after=wait)


def network_of_address(address: str | None) -> str:
    """Return the network of *address*, which is its /24, or its /48 for IPv6.

    Text that is no address is returned as it is.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def hash_limit_key(text: str) -> str:
    """Return the keyed hash under which *text* is counted."""
    return salted_hmac("certification.throttling", text, algorithm="sha256").hexdigest()[:32]


def _key(limit: VerificationLimit, what: str | None) -> str:
    return (
        f"verify:{hash_limit_key(f'{limit.name}:{what}')}:{int(clock.timestamp() // limit.seconds)}"
    )

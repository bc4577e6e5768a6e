"""Throttle guessing by a short wait. A ticket counts only after some seconds, once, for the
network that got it.

A wait costs a person little and a program its speed. It needs no script, no picture that somebody
can't see, and no outside service.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache

from certification import limits

SECONDS, ALARM_SECONDS, KEPT = 20, 8, 900
_SALT = "certification.waiting"
_ALARM = "verify:alarm"
ALARM_FOR = 3600


@dataclass(frozen=True, slots=True)
class Wait:
    """How many seconds are left to wait, and the ticket to come back with."""

    ticket: str
    seconds: int


def needed(*, number: str, name: str, address: str | None) -> int:
    """Return how many seconds this network must wait before an answer, which is usually 0.

    It is the same whether the number exists or not. Nothing is counted here, since only misses
    count (`guessing.count_verification_miss`). A network without a miss of its own never waits,
    whatever others did, so nobody can slow down somebody else's right number and name. *name* is a
    look-up key (`queries.verification.name_key`).
    """
    network = limits.network(address)
    if (
        limits.is_reached(limits.FREE_BY_ADDRESS, address)
        or limits.is_reached(limits.FREE_BY_NETWORK, network)
        or _used_up(limits.FREE_FOR_NUMBER, limits.BY_NUMBER, number, network)
        or _used_up(limits.FREE_FOR_NAME, limits.BY_NAME, name, network)
    ):
        return SECONDS
    return ALARM_SECONDS if alarmed() and limits.is_reached(limits.MISSED_HERE, network) else 0


def _used_up(free: limits.Limit, everywhere: limits.Limit, what: str, network: str) -> bool:
    """Say whether *network* has missed too often for *what*. One miss is enough if many networks
    together miss for it.
    """
    here = limits.used(free, f"{network} {what}")
    return here >= free.times or (here > 0 and limits.is_reached(everywhere, what))


def begin(*, number: str, address: str | None, seconds: int) -> Wait:
    """Return a new ticket. Raises `TooOften` when too many were asked for."""
    limits.count(limits.BY_WAITING, limits.network(address))
    ticket = signing.dumps([secrets.token_urlsafe(9), time.time() + seconds, _of(number, address)], salt=_SALT)
    return Wait(ticket, seconds)


def check(ticket: str, *, number: str, address: str | None) -> Wait | None:
    """Return None if *ticket* counts now, and use it up. Otherwise return the wait that is left.

    The wait has no ticket if *ticket* is invalid or was used.
    """
    try:
        name, ready, of = signing.loads(ticket, salt=_SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return Wait("", 0)
    if of != _of(number, address):
        return Wait("", 0)
    if (left := ready - time.time()) > 0:
        return Wait(ticket, int(left) + 1)
    return None if cache.add(f"verify:ticket:{name}", 1, KEPT) else Wait("", 0)


def alarmed() -> bool:
    """Say whether the alarm is on, which means that somebody is guessing. A network that has
    missed itself then waits a little.
    """
    return cache.get(_ALARM) is not None


def alarm() -> bool:
    """Raise the alarm for an hour. The result says whether it is new."""
    return cache.add(_ALARM, 1, ALARM_FOR)


def _of(number: str, address: str | None) -> str:
    return limits.hashed(f"waiting:{number}:{limits.network(address)}")

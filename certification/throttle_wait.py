"""Throttle guessing by a short wait. A ticket counts only after some seconds, once, for the
network that got it.

A wait costs a person little and a program its speed. It needs no script, no picture that somebody
can't see, and no outside service.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache

from certification import throttling
from core import clock

SECONDS, ALARM_SECONDS, KEPT = 20, 8, 900
_SALT = "certification.throttle_wait"
_ALARM = "verify:alarm"
ALARM_FOR = 3600


@dataclass(frozen=True, slots=True)
class Wait:
    """How many seconds are left to wait, and the ticket to come back with."""

    ticket: str
    seconds: int


def compute_wait_seconds(*, number: str, name: str, address: str | None) -> int:
    """Return how many seconds this network must wait before an answer, which is usually 0.

    It is the same whether the number exists or not. Nothing is counted here, since only misses
    count (`guessing.count_verification_miss`). A network without a miss of its own never waits,
    whatever others did, so nobody can slow down somebody else's right number and name. *name* is a
    look-up key (`queries.verification.name_key`).
    """
    network = throttling.network_of_address(address)
    if (
        throttling.is_limit_reached(throttling.FREE_BY_ADDRESS, address)
        or throttling.is_limit_reached(throttling.FREE_BY_NETWORK, network)
        or _used_up(throttling.FREE_FOR_NUMBER, throttling.BY_NUMBER, number, network)
        or _used_up(throttling.FREE_FOR_NAME, throttling.BY_NAME, name, network)
    ):
        return SECONDS
    return (
        ALARM_SECONDS
        if is_guessing_alarm_on() and throttling.is_limit_reached(throttling.MISSED_HERE, network)
        else 0
    )


def _used_up(
    free: throttling.VerificationLimit,
    everywhere: throttling.VerificationLimit,
    what: str,
    network: str,
) -> bool:
    """Say whether *network* has missed too often for *what*. One miss is enough if many networks
    together miss for it.
    """
    here = throttling.read_use_count(free, f"{network} {what}")
    return here >= free.times or (here > 0 and throttling.is_limit_reached(everywhere, what))


def issue_wait_ticket(*, number: str, address: str | None, seconds: int) -> Wait:
    """Return a new ticket. Raises `TooOften` when too many were asked for."""
    throttling.throttle_use(throttling.BY_WAITING, throttling.network_of_address(address))
    ticket = signing.dumps(
        [secrets.token_urlsafe(9), clock.timestamp() + seconds, _of(number, address)], salt=_SALT
    )
    return Wait(ticket, seconds)


def redeem_wait_ticket(ticket: str, *, number: str, address: str | None) -> Wait | None:
    """Return None if *ticket* counts now, and use it up. Otherwise return the wait that is left.

    The wait has no ticket if *ticket* is invalid or was used.
    """
    try:
        name, ready, of = signing.loads(ticket, salt=_SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return Wait("", 0)
    if of != _of(number, address):
        return Wait("", 0)
    if (left := ready - clock.timestamp()) > 0:
        return Wait(ticket, int(left) + 1)
    return None if cache.add(f"verify:ticket:{name}", 1, KEPT) else Wait("", 0)


def is_guessing_alarm_on() -> bool:
    """Say whether the alarm is on, which means that somebody is guessing. A network that has
    missed itself then waits a little.
    """
    return cache.get(_ALARM) is not None


def raise_guessing_alarm() -> bool:
    """Raise the alarm for an hour. The result says whether it is new."""
    return cache.add(_ALARM, 1, ALARM_FOR)


def _of(number: str, address: str | None) -> str:
    return throttling.hash_limit_key(f"waiting:{number}:{throttling.network_of_address(address)}")

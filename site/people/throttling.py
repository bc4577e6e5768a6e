"""Rate limits for attempts, counted in the cache by name, number and address and for the whole
site.

Messages say how long to wait. An attempt is counted before it is judged, so that a hundred attempts
at once count as a hundred. Subjects are kept as hashes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.context import client_address
from core import clock
from core.errors import DomainError

if TYPE_CHECKING:
    from people.models import User

WINDOW = 15 * 60
BY_NAME = 10
BY_ADDRESS = 50  # a workshop shares one address


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """A limit of *most* attempts in *seconds* for each subject.

    The window opens with the first attempt.
    """

    key: str
    most: int
    seconds: int


NAME = AttemptLimit("sign-in:name", BY_NAME, WINDOW)
ADDRESS = AttemptLimit("sign-in:address", BY_ADDRESS, WINDOW)
# A whole site under attack isn't closed, that would be the attacker's success: names and addresses
# get fewer tries.
SITE = AttemptLimit("sign-in:site", 2000, WINDOW)
NAME_IN_SIEGE = AttemptLimit("sign-in:name", 4, WINDOW)
ADDRESS_IN_SIEGE = AttemptLimit("sign-in:address", 12, WINDOW)
SECOND_FACTOR = AttemptLimit("second-factor", 8, WINDOW)
CODE_A_MINUTE = AttemptLimit("code:minute", 1, 60)
CODE_A_DAY = AttemptLimit("code:day", 10, 24 * 3600)
CODE_ADDRESS = AttemptLimit("code:address", 30, 3600)
CODE_SITE = AttemptLimit("code:site", 3000, 3600)
CODE_TYPED = AttemptLimit("code:typed", 60, WINDOW)  # by address: guesses over many codes


class TooMany(DomainError):
    """There were too many attempts, and the message says how long to wait."""

    status = 429

    def __init__(self, seconds: int, message: Any = None) -> None:
        super().__init__("too_many", message or gettext_lazy("You have tried this too often."))
        self.seconds = seconds

    def __str__(self) -> str:
        """Return the sentence with the time to wait."""
        return f"{self.message} {wait_sentence(self.seconds)}"


def wait_sentence(seconds: int) -> str:
    """Return "Try again in … minutes." (seconds below a minute and a half, hours above two)."""
    if seconds < 90:
        return ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", seconds) % {
            "n": seconds
        }
    if seconds <= 7200:
        minutes = -(-seconds // 60)
        return ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {
            "n": minutes
        }
    hours = -(-seconds // 3600)
    return ngettext("Try again in %(n)d hour.", "Try again in %(n)d hours.", hours) % {"n": hours}


def hash_subject(subject: str) -> str:
    """Return a keyed hash of a name or number, so that the cache and the audit rows hold nothing
    in clear.
    """
    return salted_hmac(
        "people.throttling",
        subject.strip().casefold().encode("utf-8", "surrogatepass"),
        algorithm="sha256",
    ).hexdigest()[:24]


def _key(limit: AttemptLimit, subject: str) -> str:
    kept = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"{limit.key}:{kept}"


def _counts_without_atom() -> bool:
    """Say whether the cache is a database table.

    In that case a transaction must make "read, add one, write" one step.
    """
    return str(settings.CACHES["default"]["BACKEND"]).endswith("DatabaseCache")


def count_attempt(limit: AttemptLimit, subject: str) -> int:
    """Count one attempt and return how many there are now, atomically on every cache."""
    key, until = _key(limit, subject), f"{_key(limit, subject)}:until"
    if _counts_without_atom():
        with (
            transaction.atomic()
        ):  # on SQLite it begins as a write, so two of them come one after the other
            ends = cache.get(until)
            now = clock.timestamp()
            if ends is None or ends <= now:
                cache.set(until, now + limit.seconds, limit.seconds)
                cache.set(key, 1, limit.seconds)
                return 1
            count = int(cache.get(key, 0)) + 1
            cache.set(key, count, max(1, int(ends - now) + 1))
            return count
    if cache.add(key, 1, limit.seconds):
        cache.set(until, clock.timestamp() + limit.seconds, limit.seconds)
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two lines
        cache.set(key, 1, limit.seconds)
        cache.set(until, clock.timestamp() + limit.seconds, limit.seconds)
        return 1


def throttle_attempt(limit: AttemptLimit, subject: str) -> int:
    """Count one attempt and return 0 if it is allowed, or else how many seconds to wait."""
    return (
        0
        if count_attempt(limit, subject) <= limit.most
        else get_seconds_to_wait(limit, subject) or 1
    )


def get_seconds_to_wait(limit: AttemptLimit, subject: str) -> int:
    """Return how many seconds *subject* has to wait before the next attempt, or 0."""
    key = _key(limit, subject)
    if int(cache.get(key, 0)) < limit.most:
        return 0
    ends = cache.get(f"{key}:until")
    return max(1, round(ends - clock.timestamp())) if ends else 0


def return_attempt(limit: AttemptLimit, subject: str) -> None:
    """Uncount one attempt, because it succeeded."""
    try:
        if int(cache.get(_key(limit, subject), 0)) > 0:
            cache.decr(_key(limit, subject))
    except ValueError:
        pass


def clear_attempts(limit: AttemptLimit, subject: str) -> None:
    """Forget all attempts of *subject*."""
    cache.delete_many([_key(limit, subject), f"{_key(limit, subject)}:until"])


def address_of(request: HttpRequest) -> str:
    """Return the subject under which an address is counted.

    An IPv6 household is one /64.
    """
    address = client_address(request) or "?"
    return ":".join(address.split(":")[:4]) if ":" in address else address


def sign_in_name(username: str) -> str:
    """Return the subject under which a typed name or number is counted."""
    return username.strip().casefold()


def count_sign_in(request: HttpRequest, username: str) -> int:
    """Count one attempt to sign in and return 0 if it may be judged, or else how many seconds to
    wait.
    """
    siege = count_attempt(SITE, "all") > SITE.most
    by_name = throttle_attempt(NAME_IN_SIEGE if siege else NAME, sign_in_name(username))
    by_address = throttle_attempt(ADDRESS_IN_SIEGE if siege else ADDRESS, address_of(request))
    return max(by_name, by_address)


def sign_in_succeeded(request: HttpRequest, username: str) -> None:
    """Forget the failed attempts under that name, and uncount the attempt of the address and of
    the site.
    """
    clear_attempts(NAME, sign_in_name(username))
    return_attempt(ADDRESS, address_of(request))
    return_attempt(SITE, "all")


def is_last_try(username: str) -> bool:
    """Say whether the attempt just counted was the last one this name has.

    That moment is recorded in the audit log.
    """
    return int(cache.get(_key(NAME, sign_in_name(username)), 0)) == NAME.most


def take_code(request: HttpRequest, to: str) -> None:
    """Count one code that is sent to *to*.

    Raises `TooMany`. The answer is the same whether or not anybody has that number.
    """
    site = throttle_attempt(CODE_SITE, "all")
    address = throttle_attempt(CODE_ADDRESS, address_of(request))
    if seconds := max(site, address):
        raise TooMany(
            seconds, gettext_lazy("Too many codes have been requested from this location.")
        )
    if seconds := get_seconds_to_wait(CODE_A_DAY, to):
        raise TooMany(
            seconds, gettext_lazy("No more codes can be sent to this number or address today.")
        )
    if seconds := throttle_attempt(CODE_A_MINUTE, to):
        raise TooMany(seconds, gettext_lazy("A code was sent a moment ago. Check your messages."))
    if seconds := throttle_attempt(CODE_A_DAY, to):
        raise TooMany(
            seconds, gettext_lazy("No more codes can be sent to this number or address today.")
        )


def locked_for(user: User) -> int:
    """Return how many seconds *user* has to wait under any of their names (for the officer who is
    asked for help).
    """
    subjects = [sign_in_name(user.get_username()), *([user.phone] if user.phone else [])]
    waits = [get_seconds_to_wait(NAME, subject) for subject in subjects]
    return max([*waits, get_seconds_to_wait(SECOND_FACTOR, str(user.pk))])


def unlock_account(user: User) -> None:
    """Let *user* try again at once.

    The caller checks the right to do so.
    """
    for subject in (sign_in_name(user.get_username()), user.phone):
        if subject:
            clear_attempts(NAME, subject)
    clear_attempts(SECOND_FACTOR, str(user.pk))


def locked_sentence(seconds: int) -> str:
    """Return what a locked-out person reads."""
    return (
        _("Too many failed sign-ins with this account or from this location.")
        + " "
        + wait_sentence(seconds)
    )


def _clear(*, request: HttpRequest | None = None, user: User, **_kwargs: Any) -> None:
    if request is not None:
        clear_attempts(NAME, sign_in_name(user.get_username()))


def connect_limit_signals() -> None:
    """Connect the signal that forgets failed attempts after a sign-in."""
    user_logged_in.connect(_clear, dispatch_uid="people.throttling.clear")

"""Prove that a phone opened the page while the code on the wall was valid. The proof is signed,
kept in the phone's own cookie, and valid for a while.

It is made at the scan, before anybody signs in, and a person who signs in on this phone then needs
no code any more. The proof names the session and the phone, so it is worth nothing on another
phone, and its number is used once (`Attendance.challenge`). ADR 54.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from courses.models import ClassSession
from courses.rules.check_in import SCAN_SECONDS

_SALT = "courses.scan"


@dataclass(frozen=True)
class Scan:
    """A scan that came in time, with its number and the time when the server saw it."""

    number: str
    at: datetime


def sign_scan(session: ClassSession, *, device: str, now: datetime) -> str:
    """Return the proof for the cookie. *device* is the digest that names the phone for this
    session.
    """
    facts = {"s": session.pk, "d": device, "n": secrets.token_urlsafe(12), "t": now.timestamp()}
    return signing.Signer(salt=_SALT).sign_object(facts, compress=False)


def read_scan(value: str, session: ClassSession, *, device: str, now: datetime) -> Scan | None:
    """Return the scan that *value* proves for this session, phone and moment, or None for anything
    else.
    """
    if not value or not device:
        return None
    try:
        facts = signing.Signer(salt=_SALT).unsign_object(value)
        at = datetime.fromtimestamp(facts["t"], UTC)
    except (signing.BadSignature, ValueError, TypeError, KeyError, OverflowError):
        return None
    fits = facts.get("s") == session.pk and facts.get("d") == device
    return (
        Scan(str(facts.get("n", "")), at)
        if fits and timedelta(0) <= now - at < timedelta(seconds=SCAN_SECONDS)
        else None
    )

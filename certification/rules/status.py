"""Determine the answer of a verification from the facts of a certificate and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certification.enums import CertificateState, VerificationAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """What the answer depends on. *since* is the day of the last change of state."""

    state: str
    valid_until: date | None = None
    since: date | None = None
    reason: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and its reason.

    *since* is the day since which it holds. *reason* is its class, for revoked, suspended and
    replaced certificates. *days_left* is given for a valid one that expires.
    """

    answer: VerificationAnswer
    since: date | None = None
    reason: str = ""
    replaced_by: str = ""
    valid_until: date | None = None
    days_left: int | None = None


NO_MATCH = Verdict(VerificationAnswer.NO_MATCH)
UNAVAILABLE = Verdict(VerificationAnswer.UNAVAILABLE)
_SAID_OUTRIGHT = {
    CertificateState.REVOKED: VerificationAnswer.REVOKED,
    CertificateState.SUPERSEDED: VerificationAnswer.SUPERSEDED,
    CertificateState.SUSPENDED: VerificationAnswer.SUSPENDED,
}


def determine_verdict(standing: StatusFacts | None, *, today: date) -> Verdict:
    """Return the answer of *today*. A revoked certificate stays revoked even after it would have
    expired.

    One that was never handed out (draft, approved) is answered like one that doesn't exist. The
    last day of validity is a valid day.
    """
    if standing is None:
        return NO_MATCH
    state = CertificateState(standing.state)
    if state in _SAID_OUTRIGHT:
        return Verdict(
            _SAID_OUTRIGHT[state],
            standing.since,
            standing.reason,
            standing.replaced_by,
            standing.valid_until,
        )
    if state != CertificateState.ISSUED:
        return NO_MATCH
    until = standing.valid_until
    if until is None:
        return Verdict(VerificationAnswer.VALID)
    if today > until:
        return Verdict(VerificationAnswer.EXPIRED, since=until, valid_until=until)
    return Verdict(VerificationAnswer.VALID, valid_until=until, days_left=(until - today).days)


def last_valid_day(day: date, years: int) -> date:
    """Return the last valid day of a certificate that is valid from *day* for *years*, which is
    the day before the anniversary.
    """
    try:
        anniversary = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        anniversary = date(day.year + years, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)

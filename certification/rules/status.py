"""One plain answer from a row and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certification.enums import Answer, CertificateState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the answer depends on. *since* is the day of the last change of state."""

    state: str
    valid_until: date | None = None
    since: date | None = None
    reason: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and its ground.

    *since*: the day it became so. *reason*: its class, for revoked, suspended and replaced. *days_left*: until a valid one expires.
    """

    answer: Answer
    since: date | None = None
    reason: str = ""
    replaced_by: str = ""
    valid_until: date | None = None
    days_left: int | None = None


NO_MATCH = Verdict(Answer.NO_MATCH)
UNAVAILABLE = Verdict(Answer.UNAVAILABLE)
_SAID_OUTRIGHT = {
    CertificateState.REVOKED: Answer.REVOKED,
    CertificateState.SUPERSEDED: Answer.SUPERSEDED,
    CertificateState.SUSPENDED: Answer.SUSPENDED,
}


def judge(standing: Standing | None, *, today: date) -> Verdict:
    """Return the answer of *today*. A revoked one answers revoked even after it would have expired.

    What was never handed out (draft, approved) answers like what never was. The last day of validity still counts.
    """
    if standing is None:
        return NO_MATCH
    state = CertificateState(standing.state)
    if state in _SAID_OUTRIGHT:
        return Verdict(_SAID_OUTRIGHT[state], standing.since, standing.reason, standing.replaced_by, standing.valid_until)
    if state != CertificateState.ISSUED:
        return NO_MATCH
    until = standing.valid_until
    if until is None:
        return Verdict(Answer.VALID)
    if today > until:
        return Verdict(Answer.EXPIRED, since=until, valid_until=until)
    return Verdict(Answer.VALID, valid_until=until, days_left=(until - today).days)


def add_years(day: date, years: int) -> date:
    """Return the last day of validity that begins on *day* and lasts *years*: the day before its anniversary."""
    try:
        anniversary = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        anniversary = date(day.year + years, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)

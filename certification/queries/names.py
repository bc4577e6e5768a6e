"""What a certificate calls an employer or a union: as it was called on the day of the achievement, however late it is issued."""

from __future__ import annotations

from datetime import date

from org.models import Employer, OrgUnit
from org.queries.history import employer_name_on, name_on


def employer_of_day(employer_id: int | None, day: date) -> str:
    """Return the name the employer had on *day*, or nothing if there is none. Two queries."""
    employer = Employer.objects.filter(pk=employer_id).first() if employer_id else None
    return employer_name_on(employer, day) if employer else ""


def union_of_day(org_id: int, day: date) -> str:
    """Return the name the union had on *day*. Two queries."""
    return name_on(OrgUnit.objects.get(pk=org_id), day)

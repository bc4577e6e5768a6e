"""Find the names that employers and unions had on the day of the achievement.

A certificate uses them, however late it is issued.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from org.models import Employer, OrgUnit
from org.queries.history import employer_names_on, names_on


def employers_of_day(
    asked: Collection[tuple[int | None, date]],
) -> dict[tuple[int | None, date], str]:
    """Return the names many employers had, each on a day of its own, by (key, day). The name for
    no employer is empty. Two queries at most.
    """
    employers = Employer.objects.in_bulk({key for key, _day in asked if key})
    names = (
        employer_names_on((employers[key], day) for key, day in asked if key in employers)
        if employers
        else {}
    )
    return {(key, day): names.get((key, day), "") if key else "" for key, day in asked}


def unions_of_day(asked: Collection[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """Return the names many unions had, each on a day of its own, by (key, day). Two queries."""
    units = OrgUnit.objects.in_bulk({key for key, _day in asked})
    return names_on((units[key], day) for key, day in asked)

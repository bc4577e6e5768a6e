"""Find who has to stand aside for whom by employer and union. This knows names and no blind
number.
"""

from __future__ import annotations

from competitions.enums import OUT_OF_FIELD, RecusalGround
from competitions.models import Event, Recusal
from org.queries import current_employer, current_union
from people.queries import person_of


def recusals_by_employer_and_union(event: Event) -> list[Recusal]:
    """Return a row, not yet stored, for each judge and competitor of the same employer or union on
    the first day of *event*.
    """
    entries = list(event.entries.exclude(state__in=OUT_OF_FIELD))
    rows: list[Recusal] = []
    for judge in event.judges.select_related("user"):
        person = person_of(judge.user)
        if person is None:
            continue
        employer = current_employer(person, on=event.starts_on)
        union = current_union(person, on=event.starts_on)
        for entry in entries:
            if employer is not None and entry.employer_id == employer.pk:
                rows.append(Recusal(judge=judge, entry=entry, ground=RecusalGround.EMPLOYER))
            if union is not None and entry.union_id == union.pk:
                rows.append(Recusal(judge=judge, entry=entry, ground=RecusalGround.UNION))
    return rows

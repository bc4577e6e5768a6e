"""Answer what other domains may ask about competitions. They may import nothing else of this
package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from competitions.enums import (
    OUT_OF_FIELD,
    PUBLIC_STATES,
    CodeState,
    EntryState,
    EventState,
    ResultState,
)
from competitions.models import Entry, Event, ResultRow, ResultSet
from competitions.queries import own_results
from competitions.queries.event import OwnResult
from competitions.workflows import OUTCOME_PUBLISHED
from core import clock
from core.errors import NotFound
from people.models import Person

__all__ = [
    "OUTCOME_PUBLISHED",
    "AwardFacts",
    "CompetitionFigures",
    "CorrectedAward",
    "EventCard",
    "OwnResult",
    "award_facts",
    "award_facts_of",
    "awards_of",
    "corrected_awards",
    "count_competition_figures",
    "event_cards",
    "former_results",
    "list_open_events_for",
    "own_results",
]


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """What an award certificate says about one published result. `award` is empty for those who
    won nothing.
    """

    result_public_id: UUID
    person_id: int
    person_name: str
    event_public_id: UUID
    event_title: str
    occupation_name: str
    occupation_code: str
    rank: int
    shared: bool
    award: str
    award_label: str
    total: Decimal
    scale: int | None
    starts_on: date
    ends_on: date
    confirmed_on: date
    employer_id: int | None
    employer_name: str
    org_id: int
    org_name: str
    published_on: date | None = None
    """None only in facts that were put together elsewhere: every result of `award_facts_of` is published."""


@dataclass(frozen=True, slots=True)
class CorrectedAward:
    """An award of a former version of published results that is no longer the same. `now` is None
    where nothing was won after all.
    """

    result_public_id: str
    event_title: str
    was: str
    reason: str
    version: int | None
    now: AwardFacts | None


@dataclass(frozen=True, slots=True)
class EventCard:
    """A competition on the front page."""

    public_id: UUID
    title: str
    occupation: str
    org: str
    venue: str
    state: str
    state_label: str
    starts_on: date
    ends_on: date
    registration_ends_on: date | None
    competitors: int
    url: str


@dataclass(frozen=True, slots=True)
class CompetitionFigures:
    """Figures for the front page, of the present year."""

    events: int
    competitors: int
    awards: int


def _counted() -> Any:
    """Return public events with their numbers of entries and of blind numbers."""
    return (
        Event.objects.filter(state__in=PUBLIC_STATES)
        .select_related("occupation", "org")
        .annotate(
            entered=Count("entries", filter=~Q(entries__state__in=OUT_OF_FIELD), distinct=True),
            numbers=Count("codes", distinct=True),
        )
    )


def _event_card(row: Any) -> EventCard:
    return EventCard(
        public_id=row.public_id,
        title=row.title,
        occupation=row.occupation.name if row.occupation else "",
        org=str(row.org),
        venue=row.venue,
        state=row.state,
        state_label=str(row.get_state_display()),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        registration_ends_on=row.registration_ends_on,
        competitors=row.entered or row.numbers,
        url=f"/competitions/{row.public_id}/",
    )


def list_open_events_for(person: Person, limit: int = 3) -> list[EventCard]:
    """Return competitions *person* can enter now and hasn't, the nearest deadline first. One
    query.
    """
    today = clock.today()
    events = (
        _counted()
        .filter(
            Q(registration_ends_on=None) | Q(registration_ends_on__gte=today), state=EventState.OPEN
        )
        .exclude(
            entries__in=Entry.objects.filter(person=person).exclude(state=EntryState.WITHDRAWN)
        )
        .order_by("registration_ends_on", "starts_on", "pk")[:limit]
    )
    return [_event_card(event) for event in events]


def award_facts(result_public_id: UUID | str) -> AwardFacts:
    """Return what a certificate says about a published result. Raises `NotFound` unless it is
    published and belongs to a person.
    """
    found = award_facts_of([str(result_public_id)])
    if not found:
        raise NotFound
    return found[str(result_public_id)]


def award_facts_of(result_public_ids: Iterable[str]) -> dict[str, AwardFacts]:
    """Return the facts of many results by their identifiers, in one query. A result that isn't
    published or belongs to no person is left out.

    A result of a set that is no longer confirmed is left out like one that was never confirmed.
    """
    rows = ResultRow.objects.filter(
        public_id__in=list(result_public_ids),
        result_set__state=ResultState.CONFIRMED,
        result_set__event__state=EventState.PUBLISHED,
        entry__isnull=False,
        standing=CodeState.COMPETING,
    ).select_related(
        "result_set__event__org",
        "result_set__event__occupation",
        "entry__person",
        "entry__employer",
    )
    return {str(row.public_id): _facts(row) for row in rows}


def awards_of(person_id: int) -> list[AwardFacts]:
    """Return a person's awards in published competitions, newest first. One query."""
    rows = (
        ResultRow.objects.filter(
            entry__person_id=person_id,
            result_set__state=ResultState.CONFIRMED,
            result_set__event__state=EventState.PUBLISHED,
        )
        .exclude(award="")
        .select_related(
            "result_set__event__org",
            "result_set__event__occupation",
            "entry__person",
            "entry__employer",
        )
        .order_by("-result_set__event__ends_on", "-pk")
    )
    return [_facts(row) for row in rows]


def corrected_awards() -> dict[str, CorrectedAward]:
    """Return, by the public id of its row, each award of a replaced public version that isn't the
    same in the version of now.

    Rank and award are what a certificate states. Three queries; nothing where no published result
    was ever corrected.
    """
    former = list(
        ResultRow.objects.filter(
            result_set__state=ResultState.SUPERSEDED,
            result_set__published_at__isnull=False,
            entry__isnull=False,
        )
        .exclude(award="")
        .select_related("result_set__event", "entry")
    )
    events = {row.result_set.event_id for row in former}
    rows = ResultRow.objects.filter(
        result_set__event__in=events,
        result_set__state=ResultState.CONFIRMED,
        result_set__event__state=EventState.PUBLISHED,
        entry__isnull=False,
        standing=CodeState.COMPETING,
    ).select_related(
        "result_set__event__org",
        "result_set__event__occupation",
        "entry__person",
        "entry__employer",
    )
    now = {row.entry_id: row for row in rows}
    latest = {
        row.event_id: row for row in ResultSet.objects.filter(event__in=events).order_by("version")
    }
    found = {}
    for row in former:
        current = now.get(row.entry_id)
        if current is not None and (current.rank, current.shared, current.award) == (
            row.rank,
            row.shared,
            row.award,
        ):
            continue
        newest = latest[row.result_set.event_id]
        found[str(row.public_id)] = CorrectedAward(
            result_public_id=str(row.public_id),
            event_title=row.result_set.event.title,
            was=str(row.get_award_display()),
            reason=newest.reason,
            version=newest.version if current is not None else None,
            now=_facts(current) if current is not None and current.award else None,
        )
    return found


def former_results(result_public_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return for each result the public ids of the same competitor's rows in other versions. Two
    queries.
    """
    rows = {
        row.public_id: row.entry_id
        for row in ResultRow.objects.filter(
            public_id__in=list(result_public_ids), entry__isnull=False
        )
    }
    others: dict[int, list[str]] = {}
    for entry, key in ResultRow.objects.filter(
        entry__in=[key for key in rows.values() if key]
    ).values_list("entry_id", "public_id"):
        others.setdefault(entry or 0, []).append(str(key))
    return {
        str(key): [one for one in others.get(entry or 0, []) if one != str(key)]
        for key, entry in rows.items()
    }


def _facts(row: Any) -> AwardFacts:
    event, entry = row.result_set.event, row.entry
    return AwardFacts(
        result_public_id=row.public_id,
        person_id=entry.person_id,
        person_name=entry.person.name,
        event_public_id=event.public_id,
        event_title=event.title,
        occupation_name=event.occupation.name if event.occupation else "",
        occupation_code=event.occupation.code if event.occupation else "",
        rank=row.rank,
        shared=row.shared,
        award=row.award,
        award_label=str(row.get_award_display()) if row.award else "",
        total=row.total,
        scale=row.scale,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        confirmed_on=timezone.localdate(row.result_set.confirmed_at),
        employer_id=entry.employer_id,
        employer_name=entry.employer.name if entry.employer else "",
        org_id=event.org_id,
        org_name=event.org.name,
        published_on=timezone.localdate(row.result_set.published_at or event.published_at),
    )


def event_cards(limit: int = 4) -> list[EventCard]:
    """Return competitions that are public, those open for entries first, then the newest. Takes
    one query.
    """
    rows = (
        _counted()
        .annotate(opened=Count("pk", filter=Q(state=EventState.OPEN), distinct=True))
        .order_by("-opened", "-starts_on", "-pk")[:limit]
    )
    return [_event_card(row) for row in rows]


def count_competition_figures() -> CompetitionFigures:
    """Return this year's figures. Two queries."""
    year = clock.today().year
    events = Event.objects.filter(state__in=PUBLIC_STATES, starts_on__year=year).aggregate(
        n=Count("pk", distinct=True),
        entered=Count("entries", filter=Q(entries__state=EntryState.QUALIFIED)),
    )
    awards = (
        ResultRow.objects.filter(
            result_set__state=ResultState.CONFIRMED,
            result_set__event__state=EventState.PUBLISHED,
            result_set__event__starts_on__year=year,
        )
        .exclude(award="")
        .count()
    )
    return CompetitionFigures(events["n"], events["entered"], awards)

"""Read events for the public, for competitors and for the people who run them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from access.queries import codenames_on, permitted
from competitions import grants
from competitions.enums import (
    CANCELLED_BY_ONE,
    OUT_OF_FIELD,
    PUBLIC_STATES,
    AspectKind,
    CodeState,
    DrawState,
    EntryState,
    EventState,
    ResultState,
    SchemeState,
    Scoring,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)
from competitions.models import (
    Aspect,
    Draw,
    Entry,
    Event,
    Judge,
    Module,
    PanelSeat,
    ResultRow,
    ResultSet,
    Scheme,
    TwoPersonRequest,
)
from core.actors import Actor, account_id
from core.errors import NotFound
from org.models.unit import name_words


@dataclass(frozen=True, slots=True)
class PublicEventLine:
    """One line of the public list."""

    public_id: UUID
    title: str
    summary: str
    occupation: str
    org: str
    venue: str
    starts_on: date
    ends_on: date
    registration_ends_on: date | None
    state: str
    state_label: str
    entries: int


@dataclass(frozen=True, slots=True)
class OutlineAspect:
    """An aspect as the technical file shows it."""

    code: str
    name: str
    kind: str
    kind_label: str
    max_mark: Decimal
    steps: tuple[Decimal, ...]
    description: str
    benchmarks: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class OutlineSubCriterion:
    """A sub-criterion with its aspects."""

    code: str
    name: str
    max_mark: Decimal
    aspects: tuple[OutlineAspect, ...]


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """A module with its sub-criteria."""

    code: str
    name: str
    weight: Decimal
    max_mark: Decimal
    day: int
    theory: bool
    measurements: int
    judgements: int
    sub_criteria: tuple[OutlineSubCriterion, ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Everything the page of one event says."""

    event: Event
    card: PublicEventLine
    modules: tuple[OutlineModule, ...]
    commitment: str
    seed: str
    draw_entries: tuple[str, ...]
    own_entry: Entry | None
    may_enter: bool


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A competitor's own entry, and the result once it is published.

    Who was absent, retired or disqualified has no rank; `out_label` says what became of the number.
    """

    event_id: UUID
    title: str
    starts_on: date
    entry_id: UUID
    entry_state: str
    entry_state_label: str
    reason: str
    number: int | None = None
    rank: int | None = None
    total: Decimal | None = None
    scale: int | None = None
    award: str = ""
    award_label: str = ""
    field: int = 0
    modules: tuple[tuple[str, Decimal], ...] = ()
    out_label: str = ""
    published: bool = False
    """Whether the results of the competition are out."""
    over: bool = False
    """Whether nothing more is waited for: results out, competition cancelled, or the entry takes no part."""


@dataclass(frozen=True, slots=True)
class ManagedEvent:
    """An event somebody has an office in."""

    event: Event
    entries: int
    judges: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as the office sees it, with a name and never a blind number."""

    entry: Entry
    name: str
    employer: str
    union: str


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """A judge with the modules of the panel and the number of competitors the judge stands aside
    for.
    """

    judge: Judge
    name: str
    modules: tuple[str, ...]
    recusals: int


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request that waits, and whether this user may decide it."""

    request: TwoPersonRequest
    label: str
    asked_by: str
    asked_at: datetime
    module: str
    number: int | None
    may_decide: bool


@dataclass(frozen=True, slots=True)
class EventOffice:
    """The office of one event for one user, with what is there and what this user may do now."""

    event: Event
    scheme: Scheme | None
    modules: tuple[OutlineModule, ...]
    entries: tuple[EntryLine, ...]
    judges: tuple[JudgeLine, ...]
    requests: tuple[RequestLine, ...]
    results: ResultSet | None
    draw: Draw | None
    may: frozenset[str]

    @property
    def sealed(self) -> bool:
        """Whether the blind numbers are sealed and marks came from sheets. In that case no result
        is shown to anybody (ADR 48).
        """
        return (
            self.draw is not None
            and self.draw.state != DrawState.OPENED
            and self.event.scoring == Scoring.SHEETS
        )


CORRECTABLE = frozenset({EventState.PROVISIONAL, EventState.CONFIRMED, EventState.PUBLISHED})
REVIEWABLE = frozenset({EventState.SCORING, EventState.LOCKED, *CORRECTABLE})


def _cards(queryset: QuerySet[Event]) -> list[PublicEventLine]:
    rows = queryset.select_related("occupation", "org").annotate(
        entered=Count("entries", filter=~Q(entries__state__in=OUT_OF_FIELD), distinct=True),
        numbers=Count("codes", distinct=True),
    )
    return [_card(event) for event in rows]


def _card(event: Any) -> PublicEventLine:
    return PublicEventLine(
        public_id=event.public_id,
        title=event.title,
        summary=event.summary,
        occupation=event.occupation.name if event.occupation else "",
        org=event.org.name,
        venue=event.venue,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        registration_ends_on=event.registration_ends_on,
        state=event.state,
        state_label=event.get_state_display(),
        entries=event.entered or event.numbers,
    )


def public_events(text: str = "", *, state: str = "") -> list[PublicEventLine]:
    """Return the public events, newest first. *text* is looked up in title, occupation and host.
    Takes one query.
    """
    events = Event.objects.filter(state__in=PUBLIC_STATES)
    if text.strip():
        part = text.strip()[:50]
        events = events.filter(
            Q(title__icontains=part)
            | Q(occupation__name__icontains=part)
            | Q(org__name_key__contains=name_words(part))
        )
    if state:
        events = events.filter(state=state)
    return _cards(events.order_by("-starts_on", "-pk"))


def event_by_id(public_id: UUID, user: Actor | None = None, *, cancelled: bool = False) -> Event:
    """Return the event with its host and occupation. Raises `NotFound` if this user may not know
    of it.

    With *cancelled*, an event that was cancelled after it was public is returned too, since people
    have links to it.
    """
    event = Event.objects.select_related("org", "occupation").filter(public_id=public_id).first()
    if event is None:
        raise NotFound
    if cancelled and event.cancelled_at is not None:
        return event
    if (
        event.state not in PUBLIC_STATES
        and not permitted(user, None, Event.objects.filter(pk=event.pk)).exists()
    ):
        raise NotFound
    return event


def event_page(public_id: UUID, user: Actor | None = None) -> EventPage:
    """Return what the page of an event says to *user*. Raises `NotFound`."""
    event = event_by_id(public_id, user, cancelled=True)
    card = _cards(Event.objects.filter(pk=event.pk))[0]
    draw = Draw.objects.filter(event=event).first()
    own = None
    if user is not None and getattr(user, "is_authenticated", False) and getattr(user, "pk", None):
        own = (
            Entry.objects.filter(event=event, person__user=account_id(user))
            .exclude(state=EntryState.MERGED)
            .first()
        )
    scheme = present_scheme(event)
    return EventPage(
        event=event,
        card=card,
        modules=scheme_outline(scheme) if scheme and scheme.state == SchemeState.FROZEN else (),
        commitment=draw.commitment if draw else "",
        seed=draw.seed if draw else "",
        draw_entries=tuple(draw.entries) if draw and draw.state == DrawState.OPENED else (),
        own_entry=own,
        may_enter=event.state == EventState.OPEN
        and (own is None or own.state == EntryState.WITHDRAWN),
    )


def present_scheme(event: Event) -> Scheme | None:
    """Return the frozen scheme, else the draft, else None."""
    return (
        Scheme.objects.filter(event=event, state__in=[SchemeState.FROZEN, SchemeState.DRAFT])
        .order_by("-version")
        .first()
    )


def scheme_outline(scheme: Scheme) -> tuple[OutlineModule, ...]:
    """Return the tree of a scheme. Two queries."""
    aspects: dict[int, dict[tuple[int, str, str], list[Aspect]]] = defaultdict(
        lambda: defaultdict(list)
    )
    rows = (
        Aspect.objects.filter(module__scheme=scheme)
        .select_related("sub_criterion")
        .order_by("module__position", "position")
    )
    for aspect in rows:
        sub = aspect.sub_criterion
        aspects[aspect.module_id][sub.position, sub.code, sub.name].append(aspect)
    return tuple(
        _outline(module, aspects[module.pk])
        for module in Module.objects.filter(scheme=scheme).order_by("position")
    )


def _outline(module: Module, subs: dict[tuple[int, str, str], list[Aspect]]) -> OutlineModule:
    every = [aspect for listed in subs.values() for aspect in listed]
    return OutlineModule(
        code=module.code,
        name=module.name,
        weight=module.weight,
        max_mark=module.max_mark,
        day=module.day,
        theory=module.theory,
        measurements=sum(aspect.kind == AspectKind.MEASUREMENT for aspect in every),
        judgements=sum(aspect.kind == AspectKind.JUDGEMENT for aspect in every),
        sub_criteria=tuple(
            OutlineSubCriterion(
                code=code,
                name=name,
                max_mark=sum((aspect.max_mark for aspect in listed), Decimal(0)),
                aspects=tuple(
                    OutlineAspect(
                        code=aspect.code,
                        name=aspect.name,
                        kind=aspect.kind,
                        kind_label=aspect.get_kind_display(),
                        max_mark=aspect.max_mark,
                        steps=aspect.step_values,
                        description=aspect.description,
                        benchmarks=aspect.benchmarks,
                    )
                    for aspect in listed
                ),
            )
            for (_position, code, name), listed in sorted(subs.items())
        ),
    )


def own_results(user: Actor) -> list[OwnResult]:
    """Return the entries of the person behind *user*, newest first, with rank and marks once
    published. Two queries.
    """
    if not getattr(user, "is_authenticated", False) or getattr(user, "pk", None) is None:
        return []
    own = Entry.objects.filter(person__user=account_id(user)).exclude(state=EntryState.MERGED)
    entries = list(own.select_related("event").order_by("-event__starts_on", "-pk"))
    rows = {
        row.entry_id: row
        for row in ResultRow.objects.filter(
            entry__in=[entry.pk for entry in entries if entry.event.state == EventState.PUBLISHED],
            result_set__state=ResultState.CONFIRMED,
        )
        .select_related("code")
        .annotate(
            field_size=Count(
                "result_set__rows", filter=Q(result_set__rows__standing=CodeState.COMPETING)
            )
        )
    }
    return [_own(entry, rows.get(entry.pk)) for entry in entries]


def _own(entry: Entry, row: Any) -> OwnResult:
    facts: dict[str, Any] = {
        "event_id": entry.event.public_id,
        "title": entry.event.title,
        "starts_on": entry.event.starts_on,
        "entry_id": entry.public_id,
        "entry_state": entry.state,
        "entry_state_label": entry.get_state_display(),
        "reason": entry.reason,
        "published": entry.event.state == EventState.PUBLISHED,
        "over": entry.event.state in {EventState.PUBLISHED, EventState.CANCELLED}
        or entry.state in OUT_OF_FIELD,
    }
    if row is not None:
        facts |= {
            "number": row.code.number,
            "rank": row.rank,
            "total": row.total,
            "scale": row.scale,
            "award": row.award,
            "award_label": row.get_award_display() if row.award else "",
            "field": row.field_size,
            "modules": tuple((code, Decimal(mark)) for code, mark in row.modules.items()),
            "out_label": "" if row.standing == CodeState.COMPETING else row.get_standing_display(),
        }
    return OwnResult(**facts)


def managed_events(user: Actor) -> list[ManagedEvent]:
    """Return the events *user* has an office in (judges have their desk instead), newest first.
    One query.
    """
    events = (
        permitted(user, grants.VIEW, Event.objects.all())
        .select_related("org", "occupation")
        .annotate(entered=Count("entries", distinct=True), seated=Count("judges", distinct=True))
        .order_by("-starts_on", "-pk")
    )
    return [ManagedEvent(event, event.entered, event.seated) for event in events]


_CODENAMES = (
    grants.VIEW,
    grants.MANAGE,
    grants.LEAD,
    grants.KEEP_CODES,
    grants.WITNESS,
    grants.COMPUTE,
    grants.CONFIRM,
    grants.PUBLISH,
)


def rights_on(user: Actor, event: Event) -> frozenset[str]:
    """Return the short names of what *user* may do on *event*, such as `manage_event`,
    `lead_judging` or `keep_codes`.
    """
    return frozenset(
        codename.partition(".")[2] for codename in codenames_on(user, _CODENAMES, event)
    )


def event_office(user: Actor, event: Event, rights: frozenset[str] | None = None) -> EventOffice:
    """Return the office of *event* for *user*. `may` names the workflows that make sense now and
    that the user's roles allow.

    *rights*: what `rights_on` said in this very request, if it was asked already. Raises `NotFound`
    to people without an office.
    """
    rights = rights_on(user, event) if rights is None else rights
    if "view_event" not in rights:
        raise NotFound
    scheme = present_scheme(event)
    draw = Draw.objects.filter(event=event).first()
    results = (
        ResultSet.objects.filter(event=event)
        .exclude(state=ResultState.SUPERSEDED)
        .order_by("-version")
        .first()
    )
    requests = TwoPersonRequest.objects.filter(
        event=event, state=TwoPersonRequestState.WAITING
    ).select_related("asked_by", "sheet__module", "sheet__code")
    panels: dict[int, list[str]] = defaultdict(list)
    for judge, code in (
        PanelSeat.objects.filter(judge__event=event)
        .order_by("module__position")
        .values_list("judge_id", "module__code")
    ):
        panels[judge].append(code)
    judges = (
        Judge.objects.filter(event=event)
        .select_related("user")
        .annotate(aside=Count("recusals__entry", distinct=True))
        .order_by("seat")
    )
    entries = event.entries.select_related("person", "employer", "union").order_by(
        "person__name_order", "person__name_key", "pk"
    )
    return EventOffice(
        event=event,
        scheme=scheme,
        modules=scheme_outline(scheme) if scheme else (),
        entries=tuple(
            EntryLine(
                entry,
                entry.person.name,
                entry.employer.name if entry.employer else "",
                str(entry.union) if entry.union else "",
            )
            for entry in entries
        ),
        judges=tuple(
            JudgeLine(judge, str(judge.user), tuple(panels[judge.pk]), judge.aside)
            for judge in judges
        ),
        requests=tuple(
            RequestLine(
                request,
                request.get_kind_display(),
                str(request.asked_by),
                request.asked_at,
                request.sheet.module.code if request.sheet else "",
                request.sheet.code.number if request.sheet else None,
                ("confirm_results" if request.kind == TwoPersonRequestKind.CORRECT else "witness")
                in rights
                and request.asked_by_id != getattr(user, "pk", None),
            )
            for request in requests
        ),
        results=results,
        draw=draw,
        may=_possible(user, event, rights, scheme, draw, results),
    )


def _possible(
    user: Actor,
    event: Event,
    rights: frozenset[str],
    scheme: Scheme | None,
    draw: Draw | None,
    results: ResultSet | None,
) -> frozenset[str]:
    """Return the workflows that would not be refused at once."""
    state, sheets = event.state, event.scoring == Scoring.SHEETS
    frozen = scheme is not None and scheme.state == SchemeState.FROZEN
    opened = draw is None or draw.state == DrawState.OPENED
    possible = {
        "update_event": "manage_event" in rights and state == EventState.DRAFT,
        "assign_staff": "manage_event" in rights
        and state not in {EventState.PUBLISHED, EventState.CANCELLED},
        "import_scheme": "manage_event" in rights
        and state == EventState.DRAFT
        and sheets
        and not frozen,
        "freeze_scheme": "manage_event" in rights
        and state == EventState.DRAFT
        and scheme is not None
        and not frozen,
        "open_registration": "manage_event" in rights
        and state == EventState.DRAFT
        and (frozen or not sheets),
        "qualify": "manage_event" in rights and state == EventState.OPEN,
        "assign_judge": "manage_event" in rights
        and frozen
        and state in {EventState.DRAFT, EventState.OPEN, EventState.DRAWN},
        "draw_blind_codes": "keep_codes" in rights and state == EventState.OPEN,
        "read_code_book": "keep_codes" in rights
        and draw is not None
        and state != EventState.CANCELLED,
        "open_scoring": "lead_judging" in rights and state == EventState.DRAWN and sheets,
        "lock_module": "lead_judging" in rights and state == EventState.SCORING,
        "lock_event": "lead_judging" in rights and state == EventState.SCORING,
        "request_reopen": "lead_judging" in rights
        and state in {EventState.SCORING, EventState.LOCKED, EventState.PROVISIONAL}
        and (draw is None or not opened),
        "import_raw_totals": "manage_event" in rights
        and not sheets
        and state in {EventState.DRAFT, EventState.DRAWN},
        "compute_results": "compute_results" in rights and state == EventState.LOCKED,
        "request_unseal": "keep_codes" in rights and state == EventState.PROVISIONAL and not opened,
        "confirm_results": "confirm_results" in rights
        and state == EventState.PROVISIONAL
        and opened
        and results is not None
        and results.computed_by_id != getattr(user, "pk", None),
        "publish_results": "publish_results" in rights and state == EventState.CONFIRMED,
        "review_marks": bool(rights & {"lead_judging", "confirm_results"})
        and sheets
        and state in REVIEWABLE,
        "correct_results": bool(rights & {"lead_judging", "compute_results"})
        and opened
        and results is not None
        and state in CORRECTABLE,
        "request_cancellation": bool(rights & {"lead_judging", "compute_results"})
        and state in {EventState.LOCKED, *CORRECTABLE},
        "cancel_event": "manage_event" in rights and state in CANCELLED_BY_ONE,
    }
    return frozenset(name for name, so in possible.items() if so)

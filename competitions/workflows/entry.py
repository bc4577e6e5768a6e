"""Manage entries, and the draw that hides them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from access.queries import permitted
from competitions import grants
from competitions.enums import (
    CODE_MOVES,
    ENTRY_MOVES,
    EVENT_MOVES,
    LOCKED_SHEETS,
    CodeState,
    DrawState,
    EntryState,
    EventState,
)
from competitions.errors import EventSecondPersonNeeded, RegistrationRefused, WrongMoment
from competitions.models import BlindCode, Draw, Entry, Event, Judge, Sheet
from competitions.queries.code_book import code_book_request
from competitions.queries.ranking import Sealed, opened_field
from competitions.rules import blind
from competitions.workflows._shared import (
    decrypt_for_draw,
    encrypt_for_draw,
    need_state,
    require_event_reason,
    user_id,
)
from competitions.workflows.notifications import tell_decided, tell_entered
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move
from org.queries import current_employer, current_union
from people.models import Person
from people.workflows.merge import hold_unmerged


@dataclass(frozen=True, slots=True)
class CodeBookLine:
    """One line of the list of blind numbers, which only the secrecy officer sees."""

    number: int
    entry: Entry
    name: str


@transaction.atomic
def register_entry(*, actor: Actor, event: Event, person: Person) -> Entry:
    """Enter *person* with the employer and union of today. People enter themselves, and a manager
    enters anybody.

    Entering twice returns the first entry, and a person who withdrew enters again with the same
    entry. Raises `RegistrationRefused` after the last day of registration, for judges, and for
    people whose entry was rejected, which only the host can change. The person is locked before the
    competition, so that a merge of two records of theirs comes before the entry or takes it along.
    """
    own = person.user_id is not None and person.user_id == user_id(actor)
    if not own:
        require(actor, grants.MANAGE, event)
    hold_unmerged(person)
    event = lock(event)
    hidden = event.state in {EventState.DRAFT, EventState.CANCELLED}
    if own and hidden and not permitted(actor, None, Event.objects.filter(pk=event.pk)).exists():
        raise NotFound
    known = (
        Entry.objects.filter(event=event, person=person).exclude(state=EntryState.MERGED).first()
    )
    if known is not None and known.state == EntryState.REJECTED and own:
        raise RegistrationRefused(
            "entry_rejected",
            _(
                "Your entry was not accepted: %(reason)s If you think this is wrong, "
                "contact the host."
            )
            % {"reason": known.reason},
        )
    if known is not None and known.state != EntryState.WITHDRAWN:
        return known
    need_state(event, EventState.OPEN)
    today = clock.today()
    if own and event.registration_ends_on and today > event.registration_ends_on:
        raise RegistrationRefused(
            "registration_over",
            _("Registration closed on %(day)s. Ask the host whether a late entry is possible.")
            % {"day": event.registration_ends_on},
        )
    if person.user_id and Judge.objects.filter(event=event, user_id=person.user_id).exists():
        raise RegistrationRefused(
            "judge_enters", _("Judges of this competition can't compete in it.")
        )
    entry = lock(known) if known is not None else Entry(event=event, person=person)
    entry.employer = current_employer(person, on=today)
    entry.union = current_union(person, on=today)
    entry.registered_by_id = user_id(actor)
    entry.reason = ""
    entry.full_clean()
    entry.save()
    if known is not None:
        move(entry, EntryState.SUBMITTED, table=ENTRY_MOVES)
    audit.record(
        "competitions.entry_registered",
        actor=actor,
        target=entry,
        after={"event": event.pk, "own": own, "again": known is not None},
    )
    tell_entered(entry, own=own)
    return entry


@transaction.atomic
def qualify_entry(*, actor: Actor, entry: Entry) -> Entry:
    """Accept an entry as qualified."""
    return _decide(actor, entry, EntryState.QUALIFIED, "")


@transaction.atomic
def reject_entry(*, actor: Actor, entry: Entry, reason: str) -> Entry:
    """Reject an entry as not qualified, with the reason the worker will read."""
    return _decide(actor, entry, EntryState.REJECTED, require_event_reason(reason))


@transaction.atomic
def withdraw_entry(*, actor: Actor, entry: Entry) -> Entry:
    """Take an entry back before the draw. People withdraw their own."""
    return _decide(actor, entry, EntryState.WITHDRAWN, "")


def may_be_set_aside(entry: Entry) -> bool:
    """Say whether *entry* can be set aside for another of the same person. It can before the draw,
    or once its number doesn't compete.

    The number isn't named. Marks of a number that competes are the chief judge's to void.
    """
    return not any(code.state == CodeState.COMPETING for code in _codes_of(entry))


@transaction.atomic
def set_aside_double_entry(*, actor: Actor, row: Entry, counts: Entry) -> None:
    """Set *row* aside, since the same person is in the competition by *counts* too. Its blind
    number, if it has one, stays excluded.

    This is part of a merge of two records, which checks the right and requires a second person.
    Raises `WrongMoment` while the number competes.
    """
    lock(Event(pk=row.event_id))
    entry = lock(row)
    if not may_be_set_aside(entry):
        raise WrongMoment(
            "entry_competes",
            _(
                "The blind number of this entry is competing. The chief judge must take it "
                "out first."
            ),
        )
    moved = move(entry, EntryState.MERGED, table=ENTRY_MOVES)
    audit.record(
        "competitions.entry_set_aside",
        actor=actor,
        target=entry,
        before={"state": moved.old},
        after={"state": moved.new, "counts": counts.pk},
    )


def _codes_of(entry: Entry) -> list[BlindCode]:
    book = open_code_book(Event.objects.get(pk=entry.event_id))
    numbers = [number for number, one in book.items() if one.pk == entry.pk]
    return list(BlindCode.objects.filter(event_id=entry.event_id, number__in=numbers))


def _decide(actor: Actor, entry: Entry, to: str, reason: str) -> Entry:
    event = lock(Event(pk=entry.event_id))
    entry = lock(entry)
    own = (
        to == EntryState.WITHDRAWN
        and entry.person.user_id is not None
        and entry.person.user_id == user_id(actor)
    )
    if not own:
        require(actor, grants.MANAGE, event)
        if entry.person.user_id is not None and entry.person.user_id == user_id(actor):
            raise RegistrationRefused(
                "own_entry", _("You can't review your own entry. Ask another officer.")
            )
    need_state(event, EventState.OPEN)
    entry.reason = reason
    entry.save(update_fields=["reason", "updated_at"])
    moved = move(entry, to, table=ENTRY_MOVES)
    audit.record(
        "competitions.entry_decided",
        actor=actor,
        target=entry,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    tell_decided(entry)
    return entry


@transaction.atomic
def draw_blind_codes(*, actor: Actor, event: Event, seed: str | None = None) -> Draw:
    """Draw a blind number for each qualified entry and seal the list. Registration ends with it.

    The commitment can be shown from now on, and the seed is kept encrypted until two people open
    it. *seed* is for tests and for a seed drawn by hand in front of the team leaders.
    """
    event = lock(event)
    require(actor, grants.KEEP_CODES, event)
    need_state(event, EventState.OPEN)
    waiting = event.entries.filter(state=EntryState.SUBMITTED).count()
    if waiting:
        raise WrongMoment(
            "entries_undecided",
            _("%(count)s entries haven't been reviewed yet. Accept or reject them before the draw.")
            % {"count": waiting},
        )
    entries = {
        str(entry.public_id): entry
        for entry in event.entries.filter(state=EntryState.QUALIFIED).order_by("pk")
    }
    seed = seed or blind.make_draw_seed()
    try:
        numbers = blind.draw_blind_numbers(seed, list(entries))
    except blind.DrawError as error:
        raise WrongMoment(
            "field_too_small",
            _(
                "A draw needs at least %(minimum)s accepted entries. With fewer, identities "
                "can't be hidden."
            )
            % {"minimum": blind.SMALLEST_FIELD},
        ) from error
    draw = Draw(
        event=event,
        commitment=blind.compute_draw_commitment(seed, list(entries)),
        entries=list(entries),
        seed_encrypted=encrypt_for_draw(event, seed),
        drawn_by_id=user_id(actor),
    )
    draw.full_clean(exclude=["seed_encrypted"])
    draw.save()
    BlindCode.objects.bulk_create(
        [
            BlindCode(
                event=event,
                number=number,
                sealed_entry=encrypt_for_draw(event, f"{number}:{public_id}"),
            )
            for public_id, number in sorted(numbers.items(), key=lambda pair: pair[1])
        ]
    )
    moved = move(event, EventState.DRAWN, table=EVENT_MOVES)
    audit.record(
        "competitions.codes_drawn",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "commitment": draw.commitment, "entries": len(entries)},
    )
    return draw


@transaction.atomic
def read_code_book(*, actor: Actor, event: Event) -> list[CodeBookLine]:
    """Return who is behind each number, for check-in. Only for the secrecy officer, after a second
    person has agreed.

    The agreement lasts `CODE_BOOK_OPEN_FOR`, for the person who asked, and every look is on record.
    Raises `EventSecondPersonNeeded` otherwise.
    """
    event = lock(event)
    require(actor, grants.KEEP_CODES, event)
    request = code_book_request(event, actor)
    if request is None:
        raise EventSecondPersonNeeded(
            "code_book_closed",
            _(
                "The list of blind numbers is closed. Request it with a reason. A second "
                "person must approve."
            ),
        )
    entries = open_code_book(event)
    audit.record(
        "competitions.code_book_read",
        actor=actor,
        target=event,
        after={"numbers": len(entries), "request": request.pk, "agreed_by": request.decided_by_id},
        reason=request.reason,
    )
    return [
        CodeBookLine(number, entry, entry.person.name) for number, entry in sorted(entries.items())
    ]


def sealed_field(event: Event) -> Sealed:
    """Return who is behind each number and the seed of the draw. It is for workflows only, and
    nothing of it is shown while sealed.
    """
    draw = Draw.objects.filter(event=event).first()
    if draw is None or draw.state == DrawState.OPENED:
        return opened_field(event)
    book = open_code_book(event)
    return Sealed(
        {number: entry.pk for number, entry in book.items()},
        decrypt_for_draw(event, bytes(draw.seed_encrypted)),
    )


def open_code_book(event: Event) -> dict[int, Entry]:
    """Return the entries by blind number. It is for workflows only, and the caller checks the
    right and writes the record.
    """
    codes = list(BlindCode.objects.filter(event=event, sealed_entry__isnull=False))
    entries = {str(entry.public_id): entry for entry in event.entries.select_related("person")}
    book: dict[int, Entry] = {}
    for code in codes:
        number, _colon, public_id = decrypt_for_draw(
            event, bytes(code.sealed_entry or b"")
        ).partition(":")
        if int(number) == code.number and public_id in entries:
            book[code.number] = entries[public_id]
    return book


@transaction.atomic
def change_competing_state(*, actor: Actor, code: BlindCode, to: str, reason: str) -> BlindCode:
    """Mark a number as absent, retired or disqualified, or put it back as competing. Its sheets
    stay as they are.

    Numbers that don't compete are left out when sheets are locked, and listed without a rank. Once
    results are worked out, a correction by two people does it.
    """
    event = lock(Event(pk=code.event_id))
    code = lock(code)
    require(actor, grants.LEAD, event)
    if event.state in {EventState.PROVISIONAL, EventState.CONFIRMED, EventState.PUBLISHED}:
        raise WrongMoment(
            "results_worked_out",
            _(
                "The results have been calculated. Once the blind numbers are unsealed, "
                "request a correction on the results page."
            ),
        )
    need_state(event, EventState.DRAWN, EventState.SCORING, EventState.LOCKED)
    back = to == CodeState.COMPETING and event.state == EventState.LOCKED
    if back and Sheet.objects.filter(code=code).exclude(state__in=LOCKED_SHEETS).exists():
        raise WrongMoment(
            "sheets_of_number_open",
            _(
                "All marks are locked, but this blind number has unsigned score sheets. "
                "Request reopening of a score sheet in its module first, then restore the "
                "blind number."
            ),
        )
    code.reason = require_event_reason(reason)
    code.save(update_fields=["reason"])
    moved = move(code, CodeState(to), table=CODE_MOVES)
    audit.record(
        "competitions.code_taken_out",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"number": code.number, "state": moved.new},
        reason=code.reason,
    )
    return code

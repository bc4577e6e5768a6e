"""Handle what needs two people, which is opening a locked sheet again, the blind numbers, the list
of who is behind them, and corrections of results.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants
from competitions.enums import (
    DRAW_MOVES,
    EVENT_MOVES,
    REQUEST_MOVES,
    RESULT_MOVES,
    SHEET_MOVES,
    DrawState,
    EventState,
    MarkingSheetState,
    ResultState,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)
from competitions.errors import DrawUnsound, EventSecondPersonNeeded, WrongMoment
from competitions.models import (
    BlindCode,
    ClosedDay,
    Draw,
    Event,
    ResultRow,
    ResultSet,
    Sheet,
    TwoPersonRequest,
)
from competitions.rules import blind
from competitions.workflows._shared import (
    decrypt_for_draw,
    is_open,
    need_state,
    person_id,
    require_event_reason,
    user_id,
)
from competitions.workflows.correction import apply_correction
from competitions.workflows.entry import open_code_book
from competitions.workflows.notifications import tell_request_waits, tell_results_wait
from core import clock
from core.actors import Actor
from core.states import lock, move

_APPROVED: dict[str, str] = {
    TwoPersonRequestKind.UNSEAL: "competitions.codes_unsealed",
    TwoPersonRequestKind.REOPEN_SHEET: "competitions.sheet_reopened",
    TwoPersonRequestKind.READ_CODE_BOOK: "competitions.code_book_opened",
    TwoPersonRequestKind.CORRECT: "competitions.results_corrected",
}
_REOPENABLE = (EventState.SCORING, EventState.LOCKED, EventState.PROVISIONAL)


@transaction.atomic
def request_reopen(*, actor: Actor, sheet: Sheet, reason: str) -> TwoPersonRequest:
    """Ask that a signed or locked sheet be opened again. The chief judge asks, and somebody else
    decides.

    This isn't possible once the blind numbers are open, because marks would then be given to known
    people.
    """
    event = lock(Event(pk=sheet.event_id))
    sheet = lock(sheet)
    require(actor, grants.LEAD, event)
    need_state(event, *_REOPENABLE)
    if sheet.state not in {MarkingSheetState.SIGNED, MarkingSheetState.LOCKED}:
        raise WrongMoment(
            "not_locked",
            _("This score sheet isn't signed or locked. Its judges can still change it."),
        )
    _need_sealed(event)
    if waiting := TwoPersonRequest.objects.filter(
        sheet=sheet, state=TwoPersonRequestState.WAITING
    ).first():
        return waiting
    request = TwoPersonRequest(
        event=event,
        kind=TwoPersonRequestKind.REOPEN_SHEET,
        sheet=sheet,
        reason=require_event_reason(reason),
        asked_by_id=person_id(actor),
    )
    request.full_clean()
    request.save()
    audit.record(
        "competitions.reopen_asked",
        actor=actor,
        target=sheet,
        after={"request": request.pk},
        reason=request.reason,
    )
    tell_request_waits(request)
    return request


@transaction.atomic
def request_unseal(*, actor: Actor, event: Event, reason: str) -> TwoPersonRequest:
    """Ask that the blind numbers be opened, once results were worked out. The secrecy officer asks
    and a witness decides.
    """
    event = lock(event)
    require(actor, grants.KEEP_CODES, event)
    need_state(event, EventState.PROVISIONAL)
    _need_sealed(event)
    if waiting := TwoPersonRequest.objects.filter(
        event=event, kind=TwoPersonRequestKind.UNSEAL, state=TwoPersonRequestState.WAITING
    ).first():
        return waiting
    request = TwoPersonRequest(
        event=event,
        kind=TwoPersonRequestKind.UNSEAL,
        reason=require_event_reason(reason),
        asked_by_id=person_id(actor),
    )
    request.full_clean()
    request.save()
    audit.record(
        "competitions.unseal_asked",
        actor=actor,
        target=event,
        after={"request": request.pk},
        reason=request.reason,
    )
    tell_request_waits(request)
    return request


def _need_sealed(event: Event) -> None:
    if is_open(event):
        raise WrongMoment(
            "already_open",
            _(
                "The blind numbers are unsealed, so score sheets can't be reopened. Request "
                "a correction on the results page. A second person decides."
            ),
        )


@transaction.atomic
def request_code_book(*, actor: Actor, event: Event, reason: str) -> TwoPersonRequest:
    """Ask to look up who is behind the blind numbers. The secrecy officer asks, and a witness
    decides without seeing the list.
    """
    event = lock(event)
    require(actor, grants.KEEP_CODES, event)
    if not Draw.objects.filter(event=event).exists():
        raise WrongMoment(
            "nothing_drawn", _("No blind numbers have been drawn yet. Draw them first.")
        )
    waiting = TwoPersonRequest.objects.filter(
        event=event, kind=TwoPersonRequestKind.READ_CODE_BOOK, state=TwoPersonRequestState.WAITING
    ).first()
    if waiting is not None:
        return waiting
    request = TwoPersonRequest(
        event=event,
        kind=TwoPersonRequestKind.READ_CODE_BOOK,
        reason=require_event_reason(reason),
        asked_by_id=person_id(actor),
    )
    request.full_clean()
    request.save()
    audit.record(
        "competitions.code_book_asked",
        actor=actor,
        target=event,
        after={"request": request.pk},
        reason=request.reason,
    )
    tell_request_waits(request)
    return request


@transaction.atomic
def approve_request(*, actor: Actor, request: TwoPersonRequest) -> TwoPersonRequest:
    """Approve as the second person, and do what was requested in the same transaction."""
    event, request = _second_person(actor, request)
    moved = move(
        request, TwoPersonRequestState.APPROVED, table=REQUEST_MOVES
    )  # first: who decides twice hears that it is decided
    if request.kind == TwoPersonRequestKind.UNSEAL:
        _unseal(actor, event, request)
    elif request.kind == TwoPersonRequestKind.REOPEN_SHEET:
        _reopen(actor, event, request)
    elif request.kind == TwoPersonRequestKind.CORRECT:
        apply_correction(actor, event, request)
    audit.record(
        _APPROVED[request.kind],
        actor=actor,
        target=request.sheet or event,
        before={"request": moved.old},
        after={"request": moved.new, "asked_by": request.asked_by_id},
        reason=request.reason,
    )
    return request


@transaction.atomic
def refuse_request(*, actor: Actor, request: TwoPersonRequest) -> TwoPersonRequest:
    """Refuse as the second person. Nothing changes."""
    event, request = _second_person(actor, request)
    moved = move(request, TwoPersonRequestState.REFUSED, table=REQUEST_MOVES)
    audit.record(
        "competitions.request_refused",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "kind": request.kind},
        reason=request.reason,
    )
    return request


def _second_person(actor: Actor, request: TwoPersonRequest) -> tuple[Event, TwoPersonRequest]:
    event = lock(Event(pk=request.event_id))
    request = lock(request)
    # Who decides about results confirms them; everything else needs a witness.
    require(
        actor,
        grants.CONFIRM if request.kind == TwoPersonRequestKind.CORRECT else grants.WITNESS,
        event,
    )
    if request.state == TwoPersonRequestState.WAITING and request.asked_by_id == user_id(actor):
        raise EventSecondPersonNeeded(
            "second_person",
            _("The person who made the request can't approve it. Another person must check it."),
        )
    if request.state == TwoPersonRequestState.WAITING:
        request.decided_by_id = user_id(actor)
        request.decided_at = clock.now()
        request.full_clean()
        request.save(update_fields=["decided_by", "decided_at"])
    return event, request


def _reopen(actor: Actor, event: Event, request: TwoPersonRequest) -> None:
    need_state(event, *_REOPENABLE)
    _need_sealed(event)
    assert request.sheet is not None  # noqa: S101 - the database says so
    sheet = lock(request.sheet)
    move(sheet, MarkingSheetState.REOPENED, table=SHEET_MOVES)
    sheet.version += 1
    sheet.revision += 1
    sheet.digest = ""
    sheet.save(update_fields=["version", "revision", "digest", "updated_at"])
    ClosedDay.objects.filter(event=event, day=sheet.module.day).delete()
    if event.state != EventState.SCORING:
        for results in ResultSet.objects.filter(event=event, state=ResultState.PROVISIONAL):
            move(results, ResultState.SUPERSEDED, table=RESULT_MOVES)
        move(event, EventState.SCORING, table=EVENT_MOVES)


def _unseal(actor: Actor, event: Event, request: TwoPersonRequest) -> None:
    """Open the blind numbers for good. The draw is repeated from its seed and compared, and each
    entry is written to its number.
    """
    need_state(event, EventState.PROVISIONAL)
    draw = lock(Draw.objects.get(event=event))
    seed = decrypt_for_draw(event, bytes(draw.seed_encrypted))
    book = open_code_book(event)
    numbers = {str(entry.public_id): number for number, entry in book.items()}
    if not blind.verify_draw(seed, draw.entries, draw.commitment, numbers):
        raise DrawUnsound(
            "draw_unsound",
            _(
                "The blind numbers don't match the sealed draw. Stop unsealing and contact "
                "the administrator."
            ),
        )
    for code in BlindCode.objects.filter(event=event):
        code.entry = book[code.number]
        code.save(update_fields=["entry"])
        ResultRow.objects.filter(code=code, result_set__state=ResultState.PROVISIONAL).update(
            entry=code.entry
        )
    draw.seed = seed
    draw.opened_at = clock.now()
    draw.opened_by_id = request.asked_by_id
    draw.witnessed_by_id = user_id(actor)
    draw.save(update_fields=["seed", "opened_at", "opened_by", "witnessed_by", "updated_at"])
    move(draw, DrawState.OPENED, table=DRAW_MOVES)
    results = (
        ResultSet.objects.filter(event=event, state=ResultState.PROVISIONAL)
        .order_by("-version")
        .first()
    )
    if results is not None:
        tell_results_wait(event, version=results.version, computed_by=results.computed_by_id)

"""Marking: opening, saving from tablets that may be offline, simultaneous reveal, signing, locking.

Saving locks the sheet alone, not the event: forty tablets save at once. What closes an event asks every sheet, so nothing slips by.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants
from competitions.enums import (
    EVENT_MOVES,
    LOCKED_SHEETS,
    ROUND_MOVES,
    SHEET_MOVES,
    WRITABLE_SHEETS,
    AspectKind,
    CodeState,
    EventState,
    RoundState,
    Scoring,
    SheetState,
)
from competitions.errors import OperationReused, SheetChanged, SheetClosed, SheetIncomplete, SheetTampered, WrongMoment
from competitions.models import (
    Aspect,
    BlindCode,
    ClosedDay,
    Event,
    Judge,
    JudgementRound,
    Mark,
    MarkChange,
    Module,
    SaveOperation,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
)
from competitions.queries.marks import fingerprint as fingerprint_of
from competitions.queries.marks import marks_of, marks_shown
from competitions.rules import marking
from competitions.rules.sheet import missing
from competitions.workflows._shared import frozen_scheme, need_reason, need_state, user_id
from competitions.workflows.panel import find_recusals, need_panels
from core.errors import NotFound
from core.states import lock, move

CHANGES_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class MarkInput:
    """One value a judge entered: marks for a measurement, 0 to 3 for a judgement, "" to empty it again."""

    aspect: str
    value: str
    base_version: int = 0
    round: int = 1


@dataclass(frozen=True, slots=True)
class AppliedMark:
    """A value that now stands, with the version to send next time."""

    aspect: str
    value: str
    version: int
    round: int


@dataclass(frozen=True, slots=True)
class MarkConflict:
    """A value that was not taken because the aspect changed meanwhile. `why`: `changed_meanwhile` or `round_closed`."""

    aspect: str
    yours: str
    theirs: str
    version: int
    round: int
    seat: int | None
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class RefusedMark:
    """A value that breaks a rule of the scheme, with the sentence for the judge."""

    aspect: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """The answer to one save. `repeated` says that this operation had been done before."""

    applied: tuple[AppliedMark, ...] = ()
    conflicts: tuple[MarkConflict, ...] = ()
    refused: tuple[RefusedMark, ...] = ()
    state: str = ""
    repeated: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain JSON."""
        return asdict(self)


@transaction.atomic
def open_scoring(*, actor: Any, event: Event) -> int:
    """Make the sheets - one for each blind number and module - and seat the whole panel at each; return how many.

    All sheets of a module have the same judges, whoever stands aside for whom: whose scores count is settled under seal (ADR 52).
    Raises `PanelTooSmall` naming the modules where too few are left for some competitor.
    """
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.DRAWN)
    if event.scoring != Scoring.SHEETS:
        raise WrongMoment("no_sheets_here", _("This competition takes its totals from a workbook: import it instead."))
    scheme = frozen_scheme(event)
    find_recusals(event)
    panels = need_panels(event)
    modules = list(scheme.modules.all())
    codes = list(BlindCode.objects.filter(event=event).order_by("number"))
    sheets = Sheet.objects.bulk_create(
        [Sheet(event=event, module=module, code=code) for module in modules for code in codes], batch_size=500
    )
    SheetJudge.objects.bulk_create(
        [
            SheetJudge(sheet=sheet, judge_id=judge, position=position)
            for sheet in sheets
            for position, judge in enumerate(panels[sheet.module_id], start=1)
        ],
        batch_size=500,
    )
    judged: dict[int, list[int]] = defaultdict(list)
    for module_id, aspect_id in Aspect.objects.filter(module__scheme=scheme, kind=AspectKind.JUDGEMENT).values_list("module_id", "pk"):
        judged[module_id].append(aspect_id)
    JudgementRound.objects.bulk_create(
        [JudgementRound(sheet=sheet, aspect_id=aspect) for sheet in sheets for aspect in judged[sheet.module_id]], batch_size=500
    )
    moved = move(event, EventState.SCORING, table=EVENT_MOVES)
    audit.record(
        "competitions.scoring_opened",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "sheets": len(sheets)},
    )
    return len(sheets)


def _seat_at(actor: Any, sheet: Sheet) -> Judge:
    """Return the judge *actor* is at this sheet; strangers learn nothing of it."""
    key = user_id(actor)
    seat = SheetJudge.objects.filter(sheet=sheet, judge__user_id=key).select_related("judge").first() if key is not None else None
    if seat is None or SeatVacancy.objects.filter(seat=seat, filled_by=None).exists():
        raise NotFound
    judge = seat.judge
    require(actor, grants.JUDGE, sheet.event)
    return judge


@dataclass(slots=True)
class _Save:
    """What one save is working with."""

    sheet: Sheet
    judge: Judge
    aspects: dict[str, Aspect]
    marks: dict[tuple[int, int | None, int], Mark]
    rounds: dict[int, JudgementRound]
    operation: SaveOperation
    applied: list[AppliedMark] = field(default_factory=list)
    conflicts: list[MarkConflict] = field(default_factory=list)
    refused: list[RefusedMark] = field(default_factory=list)
    log: list[MarkChange] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    judged: set[int] = field(default_factory=set)


@transaction.atomic
def save_marks(*, actor: Any, sheet: Sheet, operation: UUID, changes: Sequence[MarkInput]) -> SaveOutcome:
    """Take the values of one save and return which stand, which met a change of somebody else, and which break a rule.

    The same *operation* sent again gives the same answer and changes nothing, so a tablet may replay its queue until it hears back.
    Nothing is merged silently: a value whose `base_version` is not the present one is kept in the log and returned as a conflict.
    Raises `NotFound` to anybody who is no judge of this sheet, `SheetClosed` once a signature stands or the sheet is locked, and
    `OperationReused` when a number comes back with other content.
    """
    if len(changes) > CHANGES_AT_MOST or len({change.aspect for change in changes}) != len(changes):
        raise OperationReused("operation_malformed", _("The tablet sent something unreadable. Reload the sheet; nothing was lost."))
    sheet = lock(sheet)
    judge = _seat_at(actor, sheet)
    content = hashlib.sha256(json.dumps([asdict(change) for change in changes], sort_keys=True).encode()).hexdigest()
    if done := SaveOperation.objects.filter(operation=operation).first():
        return _answer_again(done, sheet, judge, content)
    _need_writable(sheet)
    try:
        with transaction.atomic():
            stored = SaveOperation.objects.create(operation=operation, sheet=sheet, judge=judge, digest=content, outcome={})
    except IntegrityError:  # the same number at the same moment for another sheet: the lock on this one can't see it
        return _answer_again(SaveOperation.objects.get(operation=operation), sheet, judge, content)
    work = _Save(
        sheet=sheet,
        judge=judge,
        aspects={aspect.code: aspect for aspect in Aspect.objects.filter(module_id=sheet.module_id, code__in=[c.aspect for c in changes])},
        marks={(mark.aspect_id, mark.judge_id, mark.round): mark for mark in Mark.objects.filter(sheet=sheet)},
        rounds={row.aspect_id: row for row in JudgementRound.objects.filter(sheet=sheet).order_by("number")},
        operation=stored,
    )
    for change in changes:
        _take(work, change)
    MarkChange.objects.bulk_create(work.log)
    _reveal(work)
    if work.applied and sheet.state == SheetState.BLANK:
        move(sheet, SheetState.ENTERING, table=SHEET_MOVES)
    outcome = SaveOutcome(tuple(work.applied), tuple(work.conflicts), tuple(work.refused), sheet.state)
    stored.outcome = outcome.as_json()
    stored.save(update_fields=["outcome"])
    if work.applied:
        audit.record(
            "competitions.marks_saved",
            actor=actor,
            target=sheet,
            before=work.before,
            after={mark.aspect: mark.value for mark in work.applied},
        )
    return outcome


def _answer_again(done: SaveOperation, sheet: Sheet, judge: Judge, content: str) -> SaveOutcome:
    if done.sheet_id != sheet.pk or done.judge_id != judge.pk or done.digest != content:
        raise OperationReused(
            "operation_reused", _("The tablet used one number for two saves. Reload the sheet and enter the last mark again.")
        )
    stored = done.outcome
    return SaveOutcome(
        tuple(AppliedMark(**row) for row in stored["applied"]),
        tuple(MarkConflict(**row) for row in stored["conflicts"]),
        tuple(RefusedMark(**row) for row in stored["refused"]),
        stored["state"],
        repeated=True,
    )


def _need_writable(sheet: Sheet) -> None:
    if sheet.state not in WRITABLE_SHEETS:
        raise SheetClosed(
            "sheet_closed",
            _("This sheet is “%(state)s” and takes no marks. The chief judge can have it opened again.")
            % {"state": sheet.get_state_display()},
        )
    if Signature.objects.filter(sheet=sheet, version=sheet.version, withdrawn_at=None).exists():
        raise SheetClosed(
            "sheet_signed", _("A judge has signed this sheet already. To change a mark, that judge withdraws the signature first.")
        )
    if sheet.code.state == CodeState.DISQUALIFIED:
        raise SheetClosed("code_out", _("This number is disqualified: its sheets take no marks."))


def _take(work: _Save, change: MarkInput) -> None:
    """Take one value, or say why not."""
    aspect = work.aspects.get(change.aspect)
    if aspect is None:
        work.refused.append(RefusedMark(change.aspect, change.value, "aspect_unknown", _("This sheet has no such line. Reload it.")))
        return
    try:
        value = _read(aspect, change.value)
    except marking.MarkError as error:
        work.refused.append(RefusedMark(aspect.code, change.value[:12], error.code, _why(aspect)))
        return
    measured = aspect.kind == AspectKind.MEASUREMENT
    number = 1 if measured else work.rounds[aspect.pk].number
    owner = None if measured else work.judge.pk
    mark = work.marks.get((aspect.pk, owner, number)) or Mark(sheet=work.sheet, aspect=aspect, judge_id=owner, round=number)
    present = _text(aspect, mark.awarded if measured else mark.score)
    wanted = _text(aspect, value)
    closed = not measured and (work.rounds[aspect.pk].state != RoundState.COLLECTING or change.round != number)
    stale = change.base_version != mark.version and present != wanted
    if closed and present == wanted and change.round == number:
        closed = False  # the same score sent from a second device after the reveal: nothing to tell
    if closed or stale:
        work.conflicts.append(_conflict(mark, aspect, wanted, present, number, "round_closed" if closed else "changed_meanwhile"))
    elif present != wanted:
        work.before[aspect.code] = present
        if measured:
            mark.awarded = value
        else:
            mark.score = None if value is None else int(value)
            work.judged.add(aspect.pk)
        mark.version += 1
        mark.changed_by = work.judge
        mark.clean_fields(exclude=["sheet", "aspect", "judge", "changed_by"])  # the rest is the database's: see the constraints
        mark.save()
        work.marks[aspect.pk, owner, number] = mark
    if not closed and not stale:
        work.applied.append(AppliedMark(aspect.code, wanted, mark.version, number))
    work.log.append(
        MarkChange(
            operation=work.operation,
            sheet=work.sheet,
            aspect=aspect,
            judge=work.judge,
            sheet_version=work.sheet.version,
            round=change.round,
            value=wanted,
            base_version=change.base_version,
            version=mark.version,
            accepted=not closed and not stale,
        )
    )


def _read(aspect: Aspect, text: str) -> Decimal | None:
    """Return the value of *text* for *aspect*, None for an empty one; raise `MarkError` where the scheme doesn't allow it."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise marking.MarkError("not_a_number") from None
    if not value.is_finite() or abs(value) > 1000:
        raise marking.MarkError("not_a_number")
    if aspect.kind == AspectKind.MEASUREMENT:
        marking.measurement(value, aspect.max_mark, aspect.step_values)
    elif value not in marking.SCORES:
        raise marking.MarkError("not_a_score")
    return value


def _why(aspect: Aspect) -> str:
    if aspect.kind == AspectKind.JUDGEMENT:
        return _("Give 0, 1, 2 or 3.")
    steps = "、".join(_text(aspect, step) for step in marking.allowed_steps(aspect.max_mark, aspect.step_values))
    return _("Only these marks were declared beforehand: %(steps)s.") % {"steps": steps}


def _text(aspect: Aspect, value: Decimal | int | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if aspect.kind == AspectKind.JUDGEMENT else str(Decimal(value).quantize(Decimal("0.01")))


def _conflict(mark: Mark, aspect: Aspect, yours: str, theirs: str, number: int, why: str) -> MarkConflict:
    return MarkConflict(
        aspect=aspect.code,
        yours=yours,
        theirs=theirs,
        version=mark.version,
        round=number,
        seat=mark.changed_by.seat if mark.changed_by else None,
        at=mark.changed_at.isoformat() if mark.pk else "",
        why=why,
    )


def _reveal(work: _Save) -> None:
    """Close rounds in which the last judge has now scored: settled, or too far apart and scored again."""
    # A vacant seat's score would be that of somebody who is gone: the round waits for the substitute.
    if not work.judged or SeatVacancy.objects.filter(seat__sheet=work.sheet, filled_by=None).exists():
        return
    judges = set(SheetJudge.objects.filter(sheet=work.sheet).values_list("judge_id", flat=True))
    limit = work.sheet.event.spread_limit
    for aspect in sorted(work.judged):
        row = work.rounds[aspect]
        scores = [
            mark.score
            for (of, judge, number), mark in work.marks.items()
            if of == aspect and number == row.number and judge in judges and mark.score is not None
        ]
        if len(scores) == len(judges):
            apart = marking.spread_exceeded(scores, limit)
            _close(row, RoundState.DISPUTED if apart else RoundState.SETTLED)
            if apart:
                JudgementRound.objects.create(sheet=work.sheet, aspect_id=aspect, number=row.number + 1)


def _close(row: JudgementRound, to: str) -> None:
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    move(row, to, table=ROUND_MOVES)


@transaction.atomic
def order_rescore(*, actor: Any, sheet: Sheet, aspect: str, reason: str) -> JudgementRound:
    """Let the panel score a judged aspect once more; what was given stays in the record. The chief judge says why."""
    sheet = lock(sheet)
    require(actor, grants.LEAD, sheet.event)
    _need_writable(sheet)
    why = need_reason(reason)
    last = JudgementRound.objects.filter(sheet=sheet, aspect__code=aspect).order_by("-number").first()
    if last is None:
        raise NotFound
    last.reason = why
    last.save(update_fields=["reason"])
    _close(last, RoundState.SET_ASIDE)
    row = JudgementRound.objects.create(sheet=sheet, aspect_id=last.aspect_id, number=last.number + 1)
    audit.record("competitions.rescore_ordered", actor=actor, target=sheet, after={"aspect": aspect, "round": row.number}, reason=why)
    return row


@transaction.atomic
def record_minutes(*, actor: Any, sheet: Sheet, minutes: Decimal | None) -> Sheet:
    """Write down the time a competitor used in this module, compensation already taken off; it may decide a tie."""
    sheet = lock(sheet)
    require(actor, grants.LEAD, sheet.event)
    _need_writable(sheet)
    before = sheet.minutes
    sheet.minutes = minutes
    sheet.full_clean()
    sheet.save(update_fields=["minutes", "updated_at"])
    audit.record("competitions.time_recorded", actor=actor, target=sheet, before={"minutes": before}, after={"minutes": minutes})
    return sheet


@transaction.atomic
def sign_sheet(*, actor: Any, sheet: Sheet, fingerprint: str) -> Sheet:
    """Sign the sheet as shown: *fingerprint* is the one on the screen. With the last judge's signature it is signed.

    Raises `SheetChanged` when the marks are others by now, `SheetIncomplete` while something is missing. Signing twice changes nothing.
    """
    sheet = lock(sheet)
    judge = _seat_at(actor, sheet)
    if Signature.objects.filter(sheet=sheet, judge=judge, version=sheet.version, withdrawn_at=None).exists():
        return sheet
    if sheet.state not in WRITABLE_SHEETS:
        raise SheetClosed(
            "sheet_closed",
            _("This sheet is “%(state)s” and takes no marks. The chief judge can have it opened again.")
            % {"state": sheet.get_state_display()},
        )
    aspects = marks_of([sheet])[sheet.pk]
    if left := missing(aspects):
        raise SheetIncomplete(
            "sheet_incomplete",
            _("Not finished yet: %(aspects)s. Enter what is missing, then sign.") % {"aspects": "、".join(left)},
            aspects=left,
        )
    now = fingerprint_of(sheet, aspects)
    if now != fingerprint:
        raise SheetChanged("sheet_changed", _("A mark has changed since this page was loaded. Look at the sheet again, then sign."))
    Signature.objects.create(sheet=sheet, judge=judge, version=sheet.version, digest=now)
    sheet.digest = now
    sheet.save(update_fields=["digest", "updated_at"])
    signed = Signature.objects.filter(sheet=sheet, version=sheet.version, withdrawn_at=None).count()
    seats = SheetJudge.objects.filter(sheet=sheet).count()
    if signed == seats:
        move(sheet, SheetState.SIGNED, table=SHEET_MOVES)
    audit.record(
        "competitions.sheet_signed",
        actor=actor,
        target=sheet,
        after={"seat": judge.seat, "version": sheet.version, "digest": now, "signed": signed, "of": seats},
    )
    return sheet


@transaction.atomic
def withdraw_signature(*, actor: Any, sheet: Sheet) -> Sheet:
    """Take one's own signature back while others are still missing, so that marks can be changed."""
    sheet = lock(sheet)
    judge = _seat_at(actor, sheet)
    if sheet.state not in WRITABLE_SHEETS:
        raise SheetClosed("sheet_fully_signed", _("All judges have signed. Only the chief judge can have the sheet opened again."))
    signature = Signature.objects.filter(sheet=sheet, judge=judge, version=sheet.version, withdrawn_at=None).first()
    if signature is not None:
        signature.withdrawn_at = timezone.now()
        signature.save(update_fields=["withdrawn_at"])
        audit.record("competitions.signature_withdrawn", actor=actor, target=sheet, before={"seat": judge.seat, "digest": signature.digest})
    return sheet


@transaction.atomic
def lock_module(*, actor: Any, event: Event, module: Module, shown: str = "") -> int:
    """Lock every sheet of a module; return how many were locked now. All must be signed, and as they were signed.

    *shown*: `marks_shown` of the page on which the chief judge looked at the marks; `SheetChanged` if they are others by now.
    """
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING)
    sheets = list(
        _competing(event)
        .filter(module=module)
        .select_for_update(of=("self",) if _of() else ())
        .select_related("module", "code")
        .order_by("pk")
    )
    if shown and shown != marks_shown(sheets):
        raise SheetChanged(
            "marks_changed", _("A sheet was opened again or signed since this page was loaded. Look at the marks again, then lock.")
        )
    locked = _lock_all(event, sheets)
    audit.record("competitions.sheets_locked", actor=actor, target=event, after={"module": module.code, "sheets": locked})
    return locked


def _of() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_of)


def _competing(event: Event) -> Any:
    return Sheet.objects.filter(event=event, code__state=CodeState.COMPETING)


def _lock_all(event: Event, sheets: list[Sheet]) -> int:
    """Move signed sheets to locked; refuse if one is unsigned, or if its marks are not those under the signatures."""
    waiting = [sheet for sheet in sheets if sheet.state not in {SheetState.SIGNED, *LOCKED_SHEETS}]
    if waiting:
        numbers = "、".join(str(sheet.code.number) for sheet in sorted(waiting, key=lambda sheet: sheet.code.number)[:20])
        raise SheetIncomplete(
            "sheets_unsigned",
            _("%(count)s sheets are not signed yet: numbers %(numbers)s. Have them signed, then lock.")
            % {"count": len(waiting), "numbers": numbers},
            numbers=[sheet.code.number for sheet in waiting],
        )
    signed = [sheet for sheet in sheets if sheet.state == SheetState.SIGNED]
    marks = marks_of(signed)
    for sheet in signed:
        if fingerprint_of(sheet, marks[sheet.pk]) != sheet.digest:
            raise SheetTampered(
                "sheet_tampered",
                _("Number %(number)s, module %(module)s: the marks are not those that were signed. Call the administrator; lock nothing.")
                % {"number": sheet.code.number, "module": sheet.module.code},
            )
        move(sheet, SheetState.LOCKED, table=SHEET_MOVES)
    return len(signed)


@transaction.atomic
def close_day(*, actor: Any, event: Event, day: int) -> ClosedDay:
    """Close a day of marking. No sheet of its modules may be unlocked."""
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING, EventState.LOCKED)
    _need_locked(_competing(event).filter(module__day=day))
    closed, made = ClosedDay.objects.get_or_create(event=event, day=day, defaults={"closed_by_id": user_id(actor)})
    if made:
        audit.record("competitions.day_closed", actor=actor, target=event, after={"day": day})
    return closed


def _need_locked(sheets: Any) -> None:
    left = sheets.exclude(state__in=LOCKED_SHEETS).select_related("module", "code").order_by("module__position", "code__number")
    names: Iterable[str] = [f"{sheet.module.code}-{sheet.code.number}" for sheet in left[:20]]
    if names:
        raise SheetIncomplete(
            "sheets_unlocked",
            _("%(count)s sheets are not locked yet: %(sheets)s. Lock them first.") % {"count": left.count(), "sheets": "、".join(names)},
        )


@transaction.atomic
def lock_event(*, actor: Any, event: Event) -> Event:
    """Lock the event once every sheet is locked; open days are closed with it. From here results are worked out."""
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING)
    _need_locked(_competing(event))
    for day in sorted(set(frozen_scheme(event).modules.values_list("day", flat=True))):
        ClosedDay.objects.get_or_create(event=event, day=day, defaults={"closed_by_id": user_id(actor)})
    moved = move(event, EventState.LOCKED, table=EVENT_MOVES)
    audit.record("competitions.marks_locked", actor=actor, target=event, before={"state": moved.old}, after={"state": moved.new})
    return event

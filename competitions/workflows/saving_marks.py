"""Save marks from tablets that may be offline, and say which are accepted, which met another
judge's value, and which break the scheme.

Saving locks the sheet alone, not the event, because forty tablets save at once. Workflows that
close an event check every sheet, so no save slips by. One mark costs five statements besides the
session and the account, and six where its score closes a round (ADR 46).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants
from competitions.enums import ROUND_MOVES, SHEET_MOVES, AspectKind, MarkingSheetState, RoundState
from competitions.errors import OperationReused, SheetClosed
from competitions.models import Aspect, JudgementRound, Mark, MarkChange, Sheet, SheetJudge
from competitions.queries.saving import AspectInSave, SheetInSave, read_sheet_for_save
from competitions.rules import marking
from competitions.workflows._shared import user_id
from competitions.workflows.writable import need_writable_sheet
from core import clock
from core.actors import Actor, account_id
from core.errors import NotFound
from core.states import lock_and_move, move_all, move_and_add

CHANGES_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class MarkInput:
    """One value a judge entered, which is a mark for a measurement, 0 to 3 for a judgement, or ""
    to empty it again.
    """

    aspect: str
    value: str
    base_version: int = 0
    round: int = 1


@dataclass(frozen=True, slots=True)
class AppliedMark:
    """A value that is in force now, with the version to send next time."""

    aspect: str
    value: str
    version: int
    round: int


@dataclass(frozen=True, slots=True)
class MarkConflict:
    """A value that was not accepted because the aspect changed meanwhile. `why` is
    `changed_meanwhile` or `round_closed`.
    """

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
    """The answer to one save. `repeated` says that this operation had been done before.

    `revision` is the sheet's now, `measured` the sum of its measurement marks, `closed` the aspects
    whose round of judging is over.
    """

    applied: tuple[AppliedMark, ...] = ()
    conflicts: tuple[MarkConflict, ...] = ()
    refused: tuple[RefusedMark, ...] = ()
    state: str = ""
    repeated: bool = False
    revision: int = 0
    measured: str = ""
    closed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain JSON."""
        return asdict(self)


@dataclass(slots=True)
class _Save:
    """The data that one save works with. `before` holds the replaced values by aspect, for the
    audit row.
    """

    found: SheetInSave
    changed: list[Mark] = field(default_factory=list)
    applied: list[AppliedMark] = field(default_factory=list)
    conflicts: list[MarkConflict] = field(default_factory=list)
    refused: list[RefusedMark] = field(default_factory=list)
    log: list[MarkChange] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    measured: Decimal = Decimal(0)
    judged: list[AspectInSave] = field(default_factory=list)


def save_marks(
    *,
    actor: Actor,
    sheet: Sheet,
    operation: UUID,
    changes: Sequence[MarkInput],
    after: UUID | None = None,
) -> SaveOutcome:
    """Save the values of one save, and return which are in force, which met a change of somebody
    else, and which break a rule.

    The same *operation* sent again gives the same answer and changes nothing, so a tablet may
    replay its queue until it gets an answer. Nothing is merged silently, and a value whose
    `base_version` is not the present one is kept in the log and returned as a conflict. *after*
    names the operation of the same judge on which the one value of this save was typed, before that
    one was answered. If that one was accepted, its version is the base. *sheet* needs its
    `public_id` only.

    Raises `NotFound` for anybody who is no judge of this sheet, `SheetClosed` once a signature
    exists, the sheet is locked or the competition isn't being marked (the values are in the log all
    the same), and `OperationReused` when a number comes back with other content.
    """
    distinct = len({change.aspect for change in changes}) == len(changes)
    if not distinct or not 0 < len(changes) <= CHANGES_AT_MOST or (after and len(changes) != 1):
        raise OperationReused(
            "operation_malformed",
            _(
                "The data from this tablet couldn't be read. Reload the score sheet. "
                "Nothing was lost."
            ),
        )
    facts: dict[str, Any] = {
        "actor": actor,
        "sheet_id": sheet.public_id,
        "operation": operation,
        "changes": changes,
        "after": after,
    }
    try:
        return _save(**facts)
    except (
        IntegrityError
    ):  # the same number at the same moment for another sheet: the lock on this one couldn't see it
        return _save(**facts)
    except SheetClosed as error:
        _log_late(**facts, error=error)
        raise


@transaction.atomic
def _save(
    *,
    actor: Actor,
    sheet_id: UUID,
    operation: UUID,
    changes: Sequence[MarkInput],
    after: UUID | None,
) -> SaveOutcome:
    found = _lock_and_read(actor, sheet_id, operation=operation, changes=changes, after=after)
    content = _digest_of_content(changes, after)
    if found.repeated:
        return _answer_again(operation, found, content)
    need_writable_sheet(found.sheet, signed=found.signed)
    work = _Save(found, measured=found.measured)
    for change in changes:
        _take(work, change)
    closing = _rounds_to_close(work)
    outcome = SaveOutcome(
        applied=tuple(work.applied),
        conflicts=tuple(work.conflicts),
        refused=tuple(work.refused),
        state=found.sheet.state,
        revision=found.sheet.revision,
        measured=str(work.measured.quantize(Decimal("0.01"))),
        closed=tuple(line.aspect.code for line, _to in closing),
    )
    _store_marks(work)
    _store_log(work.log, operation, content, outcome)
    _close_rounds(found.sheet, closing)
    if work.applied:
        audit.record(
            "competitions.marks_saved",
            actor=actor,
            target=found.sheet,
            before=work.before,
            after={mark.aspect: mark.value for mark in work.applied},
        )
    return outcome


def _lock_and_read(
    actor: Actor,
    sheet_id: UUID,
    *,
    operation: UUID,
    changes: Sequence[MarkInput],
    after: UUID | None,
) -> SheetInSave:
    """Lock the sheet, count the write, and return what the save has to know. People without a seat
    at the sheet get `NotFound`.
    """
    if user_id(actor) is None:
        raise NotFound
    # The lock comes first: a query that waits for a lock sees other tables as they were before it
    # waited.
    lock_and_move(
        Sheet,
        "public_id",
        sheet_id,
        MarkingSheetState.BLANK,
        MarkingSheetState.ENTERING,
        table=SHEET_MOVES,
        count="revision",
    )
    found = read_sheet_for_save(
        actor,
        sheet_id,
        operation=operation,
        codes=[change.aspect for change in changes],
        after=after,
    )
    if found is None:
        raise NotFound
    if not found.permitted:
        require(actor, grants.JUDGE, found.sheet.event)
    return found


def _digest_of_content(changes: Sequence[MarkInput], after: UUID | None) -> str:
    content = [[asdict(change) for change in changes], str(after or "")]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _answer_again(operation: UUID, found: SheetInSave, content: str) -> SaveOutcome:
    done = MarkChange.objects.get(operation=operation, place=0)
    if done.sheet_id != found.sheet.pk or done.judge_id != found.judge.pk or done.digest != content:
        raise OperationReused(
            "operation_reused",
            _(
                "The tablet used the same number for two different saves. Reload the score "
                "sheet and enter the last mark again."
            ),
        )
    stored: dict[str, Any] = (
        done.outcome or {}
    )  # never None: a first row has an answer, says its constraint
    return replace(
        SaveOutcome(**{**stored, "revision": found.sheet.revision, "repeated": True}),
        applied=tuple(AppliedMark(**row) for row in stored["applied"]),
        conflicts=tuple(MarkConflict(**row) for row in stored["conflicts"]),
        refused=tuple(RefusedMark(**row) for row in stored["refused"]),
        measured=str(found.measured.quantize(Decimal("0.01"))),
        closed=tuple(stored["closed"]),
    )


def _take(work: _Save, change: MarkInput) -> None:
    """Accept one value, or say why not."""
    line = work.found.aspects.get(change.aspect)
    if line is None:
        work.refused.append(
            RefusedMark(
                change.aspect,
                change.value,
                "aspect_unknown",
                _("This aspect isn't on the score sheet. Reload it."),
            )
        )
        base = change.base_version
        _note(
            work,
            None,
            change,
            base=base,
            value=change.value[:12],
            version=base,
            refusal="aspect_unknown",
        )
        return
    aspect = line.aspect
    base = change.base_version if work.found.based_on is None else work.found.based_on
    try:
        value = _read(aspect, change.value)
    except marking.MarkError as error:
        work.refused.append(RefusedMark(aspect.code, change.value[:12], error.code, _why(aspect)))
        _note(
            work,
            aspect,
            change,
            base=base,
            value=change.value[:12],
            version=base,
            refusal=error.code,
        )
        return
    measured = aspect.kind == AspectKind.MEASUREMENT
    number = 1 if measured or line.last_round is None else line.last_round.number
    owner = None if measured else work.found.judge.pk
    mark = line.marks.get((owner, number)) or Mark(
        sheet=work.found.sheet, aspect=aspect, judge_id=owner, round=number
    )
    present = _text(aspect, mark.awarded if measured else mark.score)
    wanted = _text(aspect, value)
    is_open = measured or (
        line.last_round is not None
        and line.last_round.state == RoundState.COLLECTING
        and change.round == number
    )
    if not is_open and present == wanted and change.round == number:
        is_open = True  # the same score sent from a second device after the reveal: nothing to tell
    refusal = ""
    if not is_open:
        refusal = "round_closed"
    elif base != mark.version and present != wanted:
        refusal = "changed_meanwhile"
    if refusal:
        work.conflicts.append(_conflict(mark, aspect, wanted, present, number, refusal))
    else:
        if present != wanted:
            work.before[aspect.code] = present
            _set(work, line, mark, value)
        work.applied.append(AppliedMark(aspect.code, wanted, mark.version, number))
    _note(work, aspect, change, base=base, value=wanted, version=mark.version, refusal=refusal)


def _set(work: _Save, line: AspectInSave, mark: Mark, value: Decimal | None) -> None:
    if line.aspect.kind == AspectKind.MEASUREMENT:
        work.measured += (value or Decimal(0)) - (mark.awarded or Decimal(0))
        mark.awarded = value
    else:
        mark.score = None if value is None else int(value)
        line.marks[mark.judge_id, mark.round] = mark
        line.seated.add(work.found.judge.pk)
        work.judged.append(line)
    mark.version += 1
    mark.changed_by = work.found.judge
    mark.clean_fields(
        exclude=["sheet", "aspect", "judge", "changed_by"]
    )  # the rest is the database's: see the constraints
    work.changed.append(mark)


def _note(
    work: _Save,
    aspect: Aspect | None,
    change: MarkInput,
    *,
    base: int,
    value: str,
    version: int,
    refusal: str,
) -> None:
    """Record a value as it was sent, in the log of the sheet."""
    work.log.append(
        MarkChange(
            sheet=work.found.sheet,
            aspect=aspect,
            judge=work.found.judge,
            sheet_version=work.found.sheet.version,
            round=change.round,
            value=value,
            base_version=base,
            version=version,
            accepted=not refusal,
            refusal=refusal,
        )
    )


def _store_marks(work: _Save) -> None:
    new = [mark for mark in work.changed if mark.pk is None]
    if new:
        Mark.objects.bulk_create(new)
    for mark in work.changed:
        if mark not in new:
            mark.save(update_fields=["awarded", "score", "version", "changed_by", "changed_at"])


def _store_log(
    rows: Sequence[MarkChange], operation: UUID, content: str, outcome: SaveOutcome
) -> None:
    """Write the rows of one save, the first of which keeps the answer. A number that is used
    already breaks the constraint.
    """
    for place, row in enumerate(rows):
        row.operation, row.place = operation, place
    rows[0].digest, rows[0].outcome = content, outcome.as_json()
    MarkChange.objects.bulk_create(rows)


def _read(aspect: Aspect, text: str) -> Decimal | None:
    """Return the value of *text* for *aspect*, or None for an empty one. Raises `MarkError` where
    the scheme doesn't allow it.
    """
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise marking.MarkError("not_a_number") from None
    if not value.is_finite() or abs(value) > 1000:
        raise marking.MarkError("not_a_number")
    if aspect.kind == AspectKind.MEASUREMENT:
        marking.mark_measured_aspect(value, aspect.max_mark, aspect.step_values)
    elif value not in marking.SCORES:
        raise marking.MarkError("not_a_score")
    return value


def _why(aspect: Aspect) -> str:
    if aspect.kind == AspectKind.JUDGEMENT:
        return _("Enter 0, 1, 2 or 3.")
    steps = "、".join(
        _text(aspect, step) for step in marking.allowed_steps(aspect.max_mark, aspect.step_values)
    )
    return _("Only the marks defined in advance are allowed: %(steps)s.") % {"steps": steps}


def _text(aspect: Aspect, value: Decimal | int | None) -> str:
    if value is None:
        return ""
    return (
        str(int(value))
        if aspect.kind == AspectKind.JUDGEMENT
        else str(Decimal(value).quantize(Decimal("0.01")))
    )


def _conflict(
    mark: Mark, aspect: Aspect, yours: str, theirs: str, number: int, why: str
) -> MarkConflict:
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


def _rounds_to_close(work: _Save) -> list[tuple[AspectInSave, str]]:
    """Return the aspects in which the last judge has now scored. They are settled, or the scores
    are too far apart and are given again.
    """
    # A vacant seat's score would be that of somebody who is gone: the round waits for the
    # substitute.
    if work.found.vacant_seats:
        return []
    closing: list[tuple[AspectInSave, str]] = []
    for line in sorted(work.judged, key=lambda line: line.aspect.code):
        row = line.last_round
        assert row is not None  # noqa: S101 - a judged aspect has a round from the opening of the sheet
        scores = [
            mark.score
            for (judge, number), mark in line.marks.items()
            if number == row.number and judge in line.seated and mark.score is not None
        ]
        if len(scores) == work.found.seats:
            apart = marking.spread_exceeded(scores, work.found.sheet.event.spread_limit)
            closing.append((line, RoundState.DISPUTED if apart else RoundState.SETTLED))
    return closing


def _close_rounds(sheet: Sheet, closing: Sequence[tuple[AspectInSave, str]]) -> None:
    for line, to in closing:
        row = line.last_round
        assert row is not None  # noqa: S101 - see `_rounds_to_close`
        closed = {"closed_at": clock.now()}
        if to == RoundState.DISPUTED:
            further = JudgementRound(sheet=sheet, aspect=line.aspect, number=row.number + 1)
            move_and_add(
                row, to, further, table=ROUND_MOVES, unique=("sheet", "aspect", "number"), **closed
            )
        else:
            move_all(
                JudgementRound.objects.filter(pk=row.pk),
                RoundState.COLLECTING,
                to,
                table=ROUND_MOVES,
                **closed,
            )


@transaction.atomic
def _log_late(
    *,
    actor: Actor,
    sheet_id: UUID,
    operation: UUID,
    changes: Sequence[MarkInput],
    after: UUID | None,
    error: SheetClosed,
) -> None:
    """Record values that came when the sheet accepted none any more, since what was typed belongs
    to the record all the same.
    """
    seat = (
        SheetJudge.objects.filter(sheet__public_id=sheet_id, judge__user=account_id(actor))
        .select_related("judge", "sheet")
        .first()
    )
    if seat is None or MarkChange.objects.filter(operation=operation).exists():
        return
    codes = [change.aspect for change in changes]
    aspects = {
        aspect.code: aspect
        for aspect in Aspect.objects.filter(module=seat.sheet.module_id, code__in=codes)
    }
    refused = tuple(
        RefusedMark(change.aspect, change.value, error.code, str(error.message))
        for change in changes
    )
    rows = [
        MarkChange(
            sheet=seat.sheet,
            aspect=aspects.get(change.aspect),
            judge=seat.judge,
            sheet_version=seat.sheet.version,
            round=change.round,
            value=change.value[:12],
            base_version=change.base_version,
            version=change.base_version,
            accepted=False,
            refusal=error.code,
        )
        for change in changes
    ]
    outcome = SaveOutcome(refused=refused, state=seat.sheet.state, revision=seat.sheet.revision)
    with (
        suppress(IntegrityError),
        transaction.atomic(),
    ):  # the same save came twice at the same moment: the other one wrote it down
        _store_log(rows, operation, _digest_of_content(changes, after), outcome)

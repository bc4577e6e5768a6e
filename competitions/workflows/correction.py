"""Correct results after the blind numbers are open, and after publication. One person asks and
another decides.

Marks and signatures stay as they are. A correction is applied on top, and the outcome is a new
version of the results, while the version before stays on record. Both people see what changes for
whom before they press the button.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import is_allowed, require
from competitions import grants
from competitions.enums import (
    CODE_MOVES,
    RESULT_MOVES,
    SHEET_MOVES,
    AspectKind,
    CodeState,
    CorrectionKind,
    EventState,
    MarkingSheetState,
    ResultState,
    Scoring,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)
from competitions.errors import ResultsChanged, WrongMoment
from competitions.models import (
    Aspect,
    BlindCode,
    Correction,
    Event,
    Judge,
    ResultSet,
    Sheet,
    TwoPersonRequest,
)
from competitions.queries.corrections import (
    find_current_results,
    preview_correction,
    rows_newly_awarded,
)
from competitions.queries.marks import marks_of
from competitions.queries.ranking import corrected_line, decided_marks, work_out
from competitions.rules import marking
from competitions.rules.numbers import read_decimal
from competitions.workflows._shared import is_open, need_state, person_id, require_event_reason
from competitions.workflows.entry import sealed_field
from competitions.workflows.event import move_to_cancelled
from competitions.workflows.notifications import (
    tell_cancelled,
    tell_corrected,
    tell_request_waits,
    tell_results_wait,
)
from competitions.workflows.panel import find_recusals
from competitions.workflows.result import announce_rows, set_confirmed, store_results
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move

WITH_RESULTS = (EventState.PROVISIONAL, EventState.CONFIRMED, EventState.PUBLISHED)


@transaction.atomic
def request_correction(
    *,
    actor: Actor,
    event: Event,
    kind: str,
    reason: str,
    sheet: Sheet | None = None,
    code: BlindCode | None = None,
    aspect: Aspect | None = None,
    judge: Judge | None = None,
    after: str = "",
    shown: str | None = None,
) -> TwoPersonRequest:
    """Ask for a correction of the results. The chief judge or the person who works results out
    asks, and a person who confirms results decides.

    *after* is the right mark, score, total or state. *shown* is the digest of the preview the
    asking person saw. Raises `ResultsChanged` if the results would be different by now. Only one
    correction waits at a time.
    """
    event = lock(event)
    _need_right_to_ask(actor, event)
    why = require_event_reason(reason)
    draft = correction_of(
        event, kind=kind, sheet=sheet, code=code, aspect=aspect, judge=judge, after=after
    )
    if TwoPersonRequest.objects.filter(
        event=event, kind=TwoPersonRequestKind.CORRECT, state=TwoPersonRequestState.WAITING
    ).exists():
        raise WrongMoment(
            "correction_waits",
            _(
                "Another correction is already waiting for a second person. Get a decision "
                "on it before you request this one."
            ),
        )
    draft.shown_digest = preview_correction(event, draft).digest
    if shown is not None and shown != draft.shown_digest:
        raise ResultsChanged(
            "results_changed",
            _(
                "Something changed after you loaded this page. Check the preview again "
                "before you submit the request."
            ),
        )
    request = TwoPersonRequest(
        event=event, kind=TwoPersonRequestKind.CORRECT, reason=why, asked_by_id=person_id(actor)
    )
    request.full_clean()
    request.save()
    draft.request = request
    draft.replaced = find_current_results(event)
    draft.full_clean()
    draft.save()
    audit.record(
        "competitions.correction_asked",
        actor=actor,
        target=event,
        after={
            "request": request.pk,
            "kind": draft.kind,
            "was": draft.before,
            "becomes": draft.after,
        },
        reason=why,
    )
    tell_request_waits(request)
    return request


def _need_right_to_ask(actor: Actor, event: Event) -> None:
    if not is_allowed(actor, grants.LEAD, event):
        require(actor, grants.COMPUTE, event)


def correction_of(
    event: Event,
    *,
    kind: str,
    sheet: Sheet | None = None,
    code: BlindCode | None = None,
    aspect: Aspect | None = None,
    judge: Judge | None = None,
    after: str = "",
) -> Correction:
    """Return a correction, not stored, whose parts belong together. `WrongMoment` says which part
    doesn't.

    Results must exist and the blind numbers must be open, except for a cancellation, which needs
    the marks locked.
    """
    kind = CorrectionKind(kind)
    if kind == CorrectionKind.CANCEL:
        need_state(event, EventState.LOCKED, *WITH_RESULTS)
        return Correction(kind=kind, before=event.state, after=EventState.CANCELLED)
    need_state(event, *WITH_RESULTS)
    if not is_open(event):
        raise WrongMoment(
            "still_sealed_for_corrections",
            _(
                "The blind numbers are still sealed. Request reopening on the “Score "
                "sheets” page, so that the judges mark and sign again."
            ),
        )
    if any(part is not None and part.event_id != event.pk for part in (sheet, code, judge)):
        raise NotFound
    if kind == CorrectionKind.RECOMPUTE:
        return Correction(kind=kind)
    if kind == CorrectionKind.CHANGE_NUMBER:
        return _of_number(code, after)
    if kind == CorrectionKind.CORRECT_TOTAL:
        return _of_total(event, code, after)
    if sheet is None:
        raise NotFound
    if kind == CorrectionKind.CORRECT_MARK:
        return _of_mark(event, sheet, aspect, judge, after)
    void = kind == CorrectionKind.VOID_SHEET
    if (sheet.state == MarkingSheetState.VOID) is void:
        raise WrongMoment(
            "sheet_is_so",
            _("The score sheet is already “%(state)s”. Reload the page.")
            % {"state": sheet.get_state_display()},
        )
    return Correction(
        kind=kind,
        sheet=sheet,
        code=sheet.code,
        before=sheet.state,
        after=MarkingSheetState.VOID if void else MarkingSheetState.FINAL,
    )


def _of_number(code: BlindCode | None, after: str) -> Correction:
    if code is None or after not in CodeState.values:
        raise NotFound
    if after == code.state:
        raise WrongMoment(
            "number_is_so",
            _("This blind number is already “%(state)s”.") % {"state": code.get_state_display()},
        )
    if after not in CODE_MOVES[code.state]:
        raise WrongMoment(
            "number_competes_first",
            _("This blind number is “%(state)s”. Restore it first, then request the other state.")
            % {"state": code.get_state_display()},
        )
    unlocked = Sheet.objects.filter(code=code).exclude(
        state__in=[MarkingSheetState.LOCKED, MarkingSheetState.FINAL, MarkingSheetState.VOID]
    )
    if after == CodeState.COMPETING and unlocked.exists():
        raise WrongMoment(
            "number_has_no_marks",
            _(
                "This blind number can't be restored. It has unsigned score sheets, so "
                "there are no marks to rank."
            ),
        )
    return Correction(kind=CorrectionKind.CHANGE_NUMBER, code=code, before=code.state, after=after)


def _of_total(event: Event, code: BlindCode | None, after: str) -> Correction:
    total = getattr(code, "raw_total", None)
    if event.scoring != Scoring.RAW_TOTALS or total is None:
        raise NotFound
    value = read_decimal(after, places=2)
    if value is None or value > 100:
        raise WrongMoment(
            "total_unreadable",
            _(
                "“%(value)s” isn't a valid raw mark. Enter a number from 0 to 100 with at "
                "most two decimals."
            )
            % {"value": after[:20]},
        )
    return Correction(
        kind=CorrectionKind.CORRECT_TOTAL, code=code, before=str(total.raw), after=str(value)
    )


def _of_mark(
    event: Event, sheet: Sheet, aspect: Aspect | None, judge: Judge | None, after: str
) -> Correction:
    if aspect is None or aspect.module_id != sheet.module_id:
        raise NotFound
    line = next(one for one in marks_of([sheet])[sheet.pk] if one.code == aspect.code)
    line = corrected_line(line, sheet.pk, decided_marks(event))
    measured = aspect.kind == AspectKind.MEASUREMENT
    value = read_decimal(after, places=2 if measured else 0)
    allowed_values = (
        marking.allowed_steps(aspect.max_mark, aspect.step_values)
        if measured
        else tuple(map(Decimal, marking.SCORES))
    )
    if value is None or value not in allowed_values:
        steps = "、".join(str(step) for step in allowed_values)
        raise WrongMoment(
            "mark_not_allowed",
            _("Only the marks defined in advance are allowed: %(steps)s.") % {"steps": steps},
        )
    if not measured and (judge is None or judge.seat not in (line.scores or {})):
        raise WrongMoment(
            "whose_score",
            _(
                "Choose the judge whose score you want to correct. They must have scored "
                "this aspect."
            ),
        )
    before = (
        str(line.awarded) if measured else str((line.scores or {})[judge.seat]) if judge else ""
    )
    if Decimal(before) == value:
        raise WrongMoment("mark_is_so", _("This mark is already %(value)s.") % {"value": before})
    return Correction(
        kind=CorrectionKind.CORRECT_MARK,
        sheet=sheet,
        code=sheet.code,
        aspect=aspect,
        judge=None if measured else judge,
        before=before,
        after=str(value),
    )


def apply_correction(actor: Actor, event: Event, request: TwoPersonRequest) -> ResultSet | None:
    """Do what *request* asks for, as the second person, and return the new version. The event is
    locked by the caller.

    The results have to come out as they were shown. Otherwise `ResultsChanged` is raised and
    nothing is done.
    """
    row = Correction.objects.select_related("code", "sheet").get(request=request)
    if row.kind == CorrectionKind.CANCEL:
        _cancel(event, request)
        return None
    need_state(event, *WITH_RESULTS)
    replaced = find_current_results(event)
    if replaced is None or row.replaced_id != replaced.pk:
        raise _stale()
    if row.kind == CorrectionKind.RECOMPUTE:
        find_recusals(event)
    elif row.kind == CorrectionKind.CHANGE_NUMBER and row.code is not None:
        code = lock(row.code)
        code.reason = request.reason
        code.save(update_fields=["reason"])
        move(code, row.after, table=CODE_MOVES)
    elif (
        row.kind in {CorrectionKind.VOID_SHEET, CorrectionKind.RESTORE_SHEET}
        and row.sheet is not None
    ):
        move(lock(row.sheet), row.after, table=SHEET_MOVES)
    computed = work_out(event, sealed_field(event), asked=row)
    if computed.digest != row.shown_digest:
        raise _stale()
    was, public = replaced.state, event.state == EventState.PUBLISHED
    move(replaced, ResultState.SUPERSEDED, table=RESULT_MOVES)
    results = store_results(event, computed, computed_by=request.asked_by_id, reason=request.reason)
    row.made = results
    row.save(update_fields=["made"])
    if was == ResultState.CONFIRMED:
        set_confirmed(results, by=person_id(actor))
    else:
        tell_results_wait(event, version=results.version, computed_by=results.computed_by_id)
    if public:
        results.published_at = clock.now()
        results.save(update_fields=["published_at", "updated_at"])
        tell_corrected(event, version=results.version, reason=request.reason)
        announce_rows(actor, rows_newly_awarded(replaced, results))
    return results


def _stale() -> ResultsChanged:
    return ResultsChanged(
        "correction_stale",
        _(
            "The results have changed since this request was made. Refuse it and ask for a "
            "new request based on the current results."
        ),
    )


def _cancel(event: Event, request: TwoPersonRequest) -> None:
    for results in ResultSet.objects.filter(event=event).exclude(state=ResultState.SUPERSEDED):
        move(results, ResultState.SUPERSEDED, table=RESULT_MOVES)
    move_to_cancelled(event, reason=request.reason)
    tell_cancelled(event, reason=request.reason)

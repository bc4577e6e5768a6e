"""Handle the chief judge's part of marking, which is opening, further rounds, minutes and locking.
See `saving_marks` and `signing` for the judges' part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants
from competitions.enums import (
    EVENT_MOVES,
    LOCKED_SHEETS,
    ROUND_MOVES,
    SHEET_MOVES,
    AspectKind,
    CodeState,
    EventState,
    MarkingSheetState,
    RoundState,
    Scoring,
)
from competitions.errors import SheetChanged, SheetIncomplete, SheetTampered, WrongMoment
from competitions.models import (
    Aspect,
    BlindCode,
    ClosedDay,
    Event,
    JudgementRound,
    Module,
    Sheet,
    SheetJudge,
)
from competitions.queries.marks import digest_sheet as fingerprint_of
from competitions.queries.marks import marks_of, marks_shown
from competitions.workflows._shared import frozen_scheme, need_state, require_event_reason, user_id
from competitions.workflows.panel import find_recusals, need_panels
from competitions.workflows.writable import need_writable_sheet
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move


@transaction.atomic
def open_scoring(*, actor: Actor, event: Event) -> int:
    """Make the sheets, one for each blind number and module, seat the whole panel at each, and
    return how many sheets there are.

    All sheets of a module have the same judges, regardless of who stands aside for whom, because
    whose scores count is settled while the numbers are sealed (ADR 48). Raises `PanelTooSmall`
    naming the modules where too few are left for some competitor.
    """
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.DRAWN)
    if event.scoring != Scoring.SHEETS:
        raise WrongMoment(
            "no_sheets_here",
            _("This competition takes its totals from a workbook. Import the workbook instead."),
        )
    scheme = frozen_scheme(event)
    find_recusals(event)
    panels = need_panels(event)
    modules = list(scheme.modules.all())
    codes = list(BlindCode.objects.filter(event=event).order_by("number"))
    sheets = Sheet.objects.bulk_create(
        [Sheet(event=event, module=module, code=code) for module in modules for code in codes],
        batch_size=500,
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
    for module_id, aspect_id in Aspect.objects.filter(
        module__scheme=scheme, kind=AspectKind.JUDGEMENT
    ).values_list("module_id", "pk"):
        judged[module_id].append(aspect_id)
    JudgementRound.objects.bulk_create(
        [
            JudgementRound(sheet=sheet, aspect_id=aspect)
            for sheet in sheets
            for aspect in judged[sheet.module_id]
        ],
        batch_size=500,
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


def _close(row: JudgementRound, to: str) -> None:
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    move(row, to, table=ROUND_MOVES)


def _count_write(sheet: Sheet) -> None:
    """Count a write, so that the tablets see that the sheet has changed. The sheet is locked."""
    sheet.revision += 1
    sheet.save(update_fields=["revision"])


@transaction.atomic
def order_rescore(*, actor: Actor, sheet: Sheet, aspect: str, reason: str) -> JudgementRound:
    """Let the panel score a judged aspect once more. Earlier scores stay in the record. The chief
    judge gives the reason.
    """
    sheet = lock(sheet)
    require(actor, grants.LEAD, sheet.event)
    need_writable_sheet(sheet)
    why = require_event_reason(reason)
    last = (
        JudgementRound.objects.filter(sheet=sheet, aspect__code=aspect).order_by("-number").first()
    )
    if last is None:
        raise NotFound
    last.reason = why
    last.save(update_fields=["reason"])
    _close(last, RoundState.SET_ASIDE)
    _count_write(sheet)
    row = JudgementRound.objects.create(
        sheet=sheet, aspect_id=last.aspect_id, number=last.number + 1
    )
    audit.record(
        "competitions.rescore_ordered",
        actor=actor,
        target=sheet,
        after={"aspect": aspect, "round": row.number},
        reason=why,
    )
    return row


@transaction.atomic
def record_minutes(*, actor: Actor, sheet: Sheet, minutes: Decimal | None) -> Sheet:
    """Record the time a competitor used in this module, with compensation already taken off. It
    may decide a tie.
    """
    sheet = lock(sheet)
    require(actor, grants.LEAD, sheet.event)
    need_writable_sheet(sheet)
    before = sheet.minutes
    sheet.minutes = minutes
    sheet.full_clean()
    sheet.save(update_fields=["minutes", "updated_at"])
    _count_write(sheet)
    audit.record(
        "competitions.time_recorded",
        actor=actor,
        target=sheet,
        before={"minutes": before},
        after={"minutes": minutes},
    )
    return sheet


@transaction.atomic
def lock_module(*, actor: Actor, event: Event, module: Module, shown: str = "") -> int:
    """Lock every sheet of a module and return how many were locked now. All must be signed, with
    the marks unchanged since.

    *shown* is the `marks_shown` of the page on which the chief judge looked at the marks. Raises
    `SheetChanged` if they are different by now.
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
            "marks_changed",
            _(
                "A score sheet was reopened or signed after you loaded this page. Check the "
                "marks again before you lock."
            ),
        )
    locked = _lock_all(event, sheets)
    audit.record(
        "competitions.sheets_locked",
        actor=actor,
        target=event,
        after={"module": module.code, "sheets": locked},
    )
    return locked


def _of() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_of)


def _competing(event: Event) -> Any:
    return Sheet.objects.filter(event=event, code__state=CodeState.COMPETING)


def _lock_all(event: Event, sheets: list[Sheet]) -> int:
    """Move signed sheets to locked. This is refused if one is unsigned, or if its marks are not
    those under the signatures.
    """
    waiting = [
        sheet for sheet in sheets if sheet.state not in {MarkingSheetState.SIGNED, *LOCKED_SHEETS}
    ]
    if waiting:
        numbers = "、".join(
            str(sheet.code.number)
            for sheet in sorted(waiting, key=lambda sheet: sheet.code.number)[:20]
        )
        raise SheetIncomplete(
            "sheets_unsigned",
            _(
                "%(count)s score sheets haven't been signed yet: numbers %(numbers)s. They "
                "must be signed before you can lock."
            )
            % {"count": len(waiting), "numbers": numbers},
            numbers=[sheet.code.number for sheet in waiting],
        )
    signed = [sheet for sheet in sheets if sheet.state == MarkingSheetState.SIGNED]
    marks = marks_of(signed)
    for sheet in signed:
        if fingerprint_of(sheet, marks[sheet.pk]) != sheet.digest:
            raise SheetTampered(
                "sheet_tampered",
                _(
                    "Number %(number)s, module %(module)s: the marks differ from those that "
                    "were signed. Stop locking and contact the administrator."
                )
                % {"number": sheet.code.number, "module": sheet.module.code},
            )
        move(sheet, MarkingSheetState.LOCKED, table=SHEET_MOVES)
    return len(signed)


@transaction.atomic
def close_day(*, actor: Actor, event: Event, day: int) -> ClosedDay:
    """Close a day of marking. No sheet of its modules may be unlocked."""
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING, EventState.LOCKED)
    _need_locked(_competing(event).filter(module__day=day))
    closed, made = ClosedDay.objects.get_or_create(
        event=event, day=day, defaults={"closed_by_id": user_id(actor)}
    )
    if made:
        audit.record("competitions.day_closed", actor=actor, target=event, after={"day": day})
    return closed


def _need_locked(sheets: Any) -> None:
    left = (
        sheets.exclude(state__in=LOCKED_SHEETS)
        .select_related("module", "code")
        .order_by("module__position", "code__number")
    )
    names: Iterable[str] = [f"{sheet.module.code}-{sheet.code.number}" for sheet in left[:20]]
    if names:
        raise SheetIncomplete(
            "sheets_unlocked",
            _("%(count)s score sheets haven't been locked yet: %(sheets)s. Lock them first.")
            % {"count": left.count(), "sheets": "、".join(names)},
        )


@transaction.atomic
def lock_event(*, actor: Actor, event: Event) -> Event:
    """Lock the event once every sheet is locked. Open days are closed with it, and results can be
    worked out from here on.
    """
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING)
    _need_locked(_competing(event))
    for day in sorted(set(frozen_scheme(event).modules.values_list("day", flat=True))):
        ClosedDay.objects.get_or_create(
            event=event, day=day, defaults={"closed_by_id": user_id(actor)}
        )
    moved = move(event, EventState.LOCKED, table=EVENT_MOVES)
    audit.record(
        "competitions.marks_locked",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return event

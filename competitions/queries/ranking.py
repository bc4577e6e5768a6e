"""Work out a field from locked sheets or imported totals, with the corrections that two people
decided.

Nothing here is stored or shown. Workflows store the result, and pages that show what would change
compare it. Before the blind numbers are open only workflows call it, since it knows who stands
aside for whom.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from competitions.enums import (
    AspectKind,
    AwardRule,
    CodeState,
    CorrectionKind,
    JudgementRule,
    MarkingSheetState,
    Scoring,
    TwoPersonRequestState,
)
from competitions.errors import PanelTooSmall, SheetIncomplete, SheetTampered, WrongMoment
from competitions.models import (
    BlindCode,
    Correction,
    Draw,
    Event,
    Module,
    PanelSeat,
    RawTotal,
    Recusal,
    Sheet,
)
from competitions.queries.marks import digest_sheet, marks_of
from competitions.queries.recusals import recusals_by_employer_and_union
from competitions.rules import marking, panel, ranking
from competitions.rules.ranking import CompetitorResult
from competitions.rules.scale import Scale, scale_raw_marks
from competitions.rules.sheet import AspectMarks

Line = tuple[int, str, int | None]
"""A sheet, the code of an aspect, and the seat of a judge (None for a measurement)."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is secret until the blind numbers are opened, which is the entry behind each number (by
    key), and the seed that hides the digest.
    """

    entries: Mapping[int, int] = field(default_factory=dict)
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """A field worked out, with everything a result set stores. `out` holds the numbers that don't
    compete, with what became of them.
    """

    standings: tuple[CompetitorResult, ...]
    places: tuple[ranking.Ranked, ...]
    scale: Scale
    points: Mapping[int, int]
    awards: Mapping[int, str]
    out: Mapping[int, str]
    digest: str


@dataclass(slots=True)
class _Decided:
    """What approved corrections say, and the requested one."""

    marks: dict[Line, str] = field(default_factory=dict)
    totals: dict[int, Decimal] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    sheets: dict[int, str] = field(default_factory=dict)
    recusals: list[Recusal] = field(default_factory=list)


def opened_field(event: Event) -> Sealed:
    """Return who is behind the numbers of an event whose blind numbers are open, or which never
    had any.
    """
    codes = BlindCode.objects.filter(event=event, entry__isnull=False)
    draw = Draw.objects.filter(event=event).only("seed").first()
    return Sealed(dict(codes.values_list("number", "entry_id")), draw.seed if draw else "")


def work_out(event: Event, sealed: Sealed, *, asked: Correction | None = None) -> Computed:
    """Return the ranking of *event* as it is now, or as it would be with the correction *asked*
    for.

    Raises `SheetIncomplete` while a sheet isn't locked, `SheetTampered` if marks aren't those under
    the signatures, `PanelTooSmall` if too few judges count for somebody, `WrongMoment` if nobody is
    left to rank.
    """
    decided = _decided(event, asked)
    states = dict(BlindCode.objects.filter(event=event).values_list("number", "state"))
    numbers = dict(BlindCode.objects.filter(event=event).values_list("pk", "number"))
    states |= {numbers[code]: state for code, state in decided.codes.items()}
    competing = {number for number, state in states.items() if state == CodeState.COMPETING}
    of_sheets = event.scoring == Scoring.SHEETS
    standings = tuple(
        _from_sheets(event, sealed, decided, competing)
        if of_sheets
        else _from_totals(event, decided, competing)
    )
    if not standings:
        raise WrongMoment(
            "nobody_to_rank",
            _("There are no competitors left to rank. Cancel the competition instead."),
        )
    chain = [link for link in event.tie_break if of_sheets or link == ranking.TOTAL]
    places = ranking.rank_competitors(standings, chain)
    scaled = scale_raw_marks([standing.total for standing in standings])
    points = (
        dict(zip((standing.number for standing in standings), scaled.points, strict=True))
        if scaled.points
        else {}
    )
    awards = _awards(event, places, points)
    out = {number: state for number, state in sorted(states.items()) if number not in competing}
    totals = {standing.number: standing.total for standing in standings}
    content = [
        [
            place.number,
            place.rank,
            place.shared,
            str(totals[place.number]),
            points.get(place.number),
            awards.get(place.number, ""),
        ]
        for place in places
    ]
    written = json.dumps([content, sorted(out.items()), sealed.seed], separators=(",", ":"))
    return Computed(
        standings, places, scaled, points, awards, out, hashlib.sha256(written.encode()).hexdigest()
    )


def _awards(
    event: Event, places: Sequence[ranking.Ranked], points: dict[int, int]
) -> dict[int, str]:
    if event.award_rule == AwardRule.MEDALS:
        return ranking.award_medals(points, tolerance=event.medal_tolerance)
    if event.award_rule == AwardRule.PRIZES:
        return ranking.prize_tiers({place.number: place.rank for place in places})
    return {}


def _decided(event: Event, asked: Correction | None) -> _Decided:
    """Return what corrections changed in the signed marks, the latest last. Numbers and sheets
    carry their own state by then.
    """
    found = _Decided()
    approved = Correction.objects.filter(
        request__event=event, request__state=TwoPersonRequestState.APPROVED
    ).select_related("aspect", "judge")
    for row in approved.order_by("request__decided_at", "pk"):
        _lay(found, row)
    if asked is not None:
        _lay(found, asked)
        if asked.kind == CorrectionKind.CHANGE_NUMBER and asked.code_id:
            found.codes[asked.code_id] = asked.after
        elif (
            asked.kind in {CorrectionKind.VOID_SHEET, CorrectionKind.RESTORE_SHEET}
            and asked.sheet_id
        ):
            found.sheets[asked.sheet_id] = (
                MarkingSheetState.VOID
                if asked.kind == CorrectionKind.VOID_SHEET
                else MarkingSheetState.FINAL
            )
        elif asked.kind == CorrectionKind.RECOMPUTE:
            found.recusals = recusals_by_employer_and_union(event)
    return found


def decided_marks(event: Event) -> dict[Line, str]:
    """Return the marks that approved corrections put in place of signed ones."""
    return _decided(event, None).marks


def _lay(found: _Decided, row: Correction) -> None:
    if row.kind == CorrectionKind.CORRECT_MARK and row.sheet_id and row.aspect:
        found.marks[row.sheet_id, row.aspect.code, row.judge.seat if row.judge else None] = (
            row.after
        )
    elif row.kind == CorrectionKind.CORRECT_TOTAL and row.code_id:
        found.totals[row.code_id] = Decimal(row.after)


def _from_totals(event: Event, decided: _Decided, competing: set[int]) -> list[CompetitorResult]:
    rows = RawTotal.objects.filter(event=event).select_related("code").order_by("code__number")
    return [
        CompetitorResult(row.code.number, Fraction(decided.totals.get(row.code_id, row.raw)))
        for row in rows
        if row.code.number in competing
    ]


def judges_aside(
    event: Event, entries: Mapping[int, int], *, also: Iterable[Recusal] = ()
) -> dict[int, frozenset[int]]:
    """Return by blind number the judges related to the person behind it. For workflows, and for
    pages once the blind numbers are open.

    *also* are recusals that aren't stored (yet).
    """
    of_entry: dict[int, set[int]] = defaultdict(set)
    related = Recusal.objects.filter(judge__event=event, entry__isnull=False)
    for judge, entry in related.values_list("judge_id", "entry_id"):
        of_entry[entry or 0].add(judge)
    for row in also:
        of_entry[row.entry_id or 0].add(row.judge_id)
    numbers = BlindCode.objects.filter(event=event).values_list("number", flat=True)
    return {number: frozenset(of_entry.get(entries.get(number, 0), set())) for number in numbers}


def judges_who_recognised(event: Event) -> dict[int, frozenset[int]]:
    """Return by blind number the judges who recognised during the competition whose work it is.
    Takes one query.
    """
    found: dict[int, set[int]] = defaultdict(set)
    rows = Recusal.objects.filter(judge__event=event, code__isnull=False)
    for number, judge in rows.values_list("code__number", "judge_id"):
        found[number or 0].add(judge)
    return {number: frozenset(judges) for number, judges in found.items()}


@dataclass(frozen=True, slots=True)
class Free:
    """The seats of a panel at one sheet, in the order in which their scores count.

    The judges in `seats` needn't stand aside. Those in `last` recognised the work. They count only
    where too few of the others are left, because a judge can't be refused to say so while names are
    sealed (ADR 48).
    """

    seats: tuple[int, ...] = ()
    last: tuple[int, ...] = ()

    @property
    def in_order(self) -> tuple[int, ...]:
        """Everybody whose scores may count, the first to count first."""
        return self.seats + self.last


def free_seats(
    event: Event,
    sheets: Iterable[Sheet],
    entries: Mapping[int, int],
    *,
    also: Iterable[Recusal] = (),
) -> dict[int, Free]:
    """Return by sheet whose scores may count. Sheets must know their number.

    A judge who has left the panel stays in this order: what they scored in a round that is over
    still counts. Four queries.
    """
    aside, recognised = judges_aside(event, entries, also=also), judges_who_recognised(event)
    panels: dict[int, list[tuple[int, int]]] = defaultdict(list)
    seats = PanelSeat.objects.filter(judge__event=event).order_by("module_id", "position")
    for module, judge, seat in seats.values_list("module_id", "judge_id", "judge__seat"):
        panels[module].append((judge, seat))
    nobody: frozenset[int] = frozenset()
    found = {}
    for sheet in sheets:
        number = sheet.code.number
        unrelated = [
            (judge, seat)
            for judge, seat in panels[sheet.module_id]
            if judge not in aside.get(number, nobody)
        ]
        known = recognised.get(number, nobody)
        found[sheet.pk] = Free(
            tuple(seat for judge, seat in unrelated if judge not in known),
            tuple(seat for judge, seat in unrelated if judge in known),
        )
    return found


def counted_line(event: Event, aspect: AspectMarks, free: Free) -> AspectMarks:
    """Return *aspect* with the scores that count, which are those of the first judges of the panel
    who scored it and needn't stand aside.
    """
    if aspect.kind == AspectKind.MEASUREMENT:
        return aspect
    scores = aspect.scores or {}
    counting = panel.counting_judges(
        [seat for seat in free.in_order if seat in scores], (), event.judges_per_sheet
    )
    if len(counting) < event.judges_per_sheet:
        raise PanelTooSmall(
            "panel_too_small_now",
            _(
                "A competitor has too few scores from judges without a recusal. Check the "
                "recusals with the competition officer."
            ),
        )
    return replace(aspect, scores=panel.pick_counting_scores(scores, counting))


def _from_sheets(
    event: Event, sealed: Sealed, decided: _Decided, competing: set[int]
) -> list[CompetitorResult]:
    modules = {
        module.pk: module
        for module in Module.objects.filter(scheme__event=event, scheme__state="frozen")
    }
    theory = frozenset(module.code for module in modules.values() if module.theory)
    sheets = [
        sheet
        for sheet in Sheet.objects.filter(event=event)
        .select_related("module", "code")
        .order_by("code__number")
        if sheet.code.number in competing
    ]
    trimmed = event.judgement_rule == JudgementRule.TRIMMED
    marks = marks_of(sheets)
    free = free_seats(event, sheets, sealed.entries, also=decided.recusals)
    parts: dict[int, dict[str, Fraction]] = defaultdict(dict)
    minutes: dict[int, list[Decimal | None]] = defaultdict(list)
    for sheet in sheets:
        _need_sound(sheet, marks[sheet.pk])
        void = decided.sheets.get(sheet.pk, sheet.state) == MarkingSheetState.VOID
        lines = (
            []
            if void
            else [corrected_line(aspect, sheet.pk, decided.marks) for aspect in marks[sheet.pk]]
        )
        parts[sheet.code.number][sheet.module.code] = marking.sum_marks(
            counted_line(event, aspect, free[sheet.pk]).value(
                limit=marking.TOP_SCORE, trimmed=trimmed
            )
            for aspect in lines
        )
        minutes[sheet.code.number].append(sheet.minutes)
    weights = {module.code: module.weight for module in modules.values()}
    return [
        CompetitorResult(
            number=number,
            total=marking.event_total((mark, weights[code]) for code, mark in by_module.items()),
            modules={code: mark * Fraction(weights[code]) for code, mark in by_module.items()},
            theory_modules=theory,
            minutes=_minutes(minutes[number]),
        )
        for number, by_module in sorted(parts.items())
    ]


def _minutes(of_sheets: list[Decimal | None]) -> Decimal | None:
    kept = [value for value in of_sheets if value is not None]
    return sum(kept, Decimal(0)) if kept and len(kept) == len(of_sheets) else None


def _need_sound(sheet: Sheet, aspects: list[AspectMarks]) -> None:
    if sheet.state not in {
        MarkingSheetState.LOCKED,
        MarkingSheetState.FINAL,
        MarkingSheetState.VOID,
    }:
        raise SheetIncomplete(
            "sheets_unlocked",
            _("A score sheet isn't locked. Lock all score sheets, then calculate the results."),
        )
    if digest_sheet(sheet, aspects) != sheet.digest:
        raise SheetTampered(
            "sheet_tampered",
            _(
                "Number %(number)s, module %(module)s: the marks differ from those that "
                "were signed. Stop locking and contact the administrator."
            )
            % {"number": sheet.code.number, "module": sheet.module.code},
        )


def corrected_line(aspect: AspectMarks, sheet: int, marks: Mapping[Line, str]) -> AspectMarks:
    """Return *aspect* with what corrections say about it."""
    measured = marks.get((sheet, aspect.code, None))
    if measured is not None:
        return replace(aspect, awarded=Decimal(measured))
    if not aspect.scores:
        return aspect
    return replace(
        aspect,
        scores={
            seat: int(marks.get((sheet, aspect.code, seat), score))
            for seat, score in aspect.scores.items()
        },
    )

"""Read the marks of a module for the chief judge and for the person who confirms them, by sheet
and line, with spread and corrections.

Until the blind numbers are open nothing here depends on who stands aside for whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from competitions.enums import AspectKind, CodeState, JudgementRule, RoundState
from competitions.models import (
    Aspect,
    AspectRemark,
    Event,
    JudgementRound,
    Mark,
    MarkChange,
    Sheet,
    SheetJudge,
    Signature,
)
from competitions.queries.marks import marks_of, marks_shown
from competitions.queries.ranking import (
    Free,
    Line,
    corrected_line,
    counted_line,
    decided_marks,
    free_seats,
)
from competitions.rules import marking
from competitions.rules.sheet import AspectMarks


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that replaced another, and the seat of the judge who entered it."""

    seat: int
    was: str
    value: str


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """One line of one sheet. `mark` is its value, from all judges while sealed and from those who
    count once names are open.

    `measured_by_recused` says that a judge who stands aside for this competitor entered the
    measurement, which is known once names are open.
    """

    code: str
    name: str
    measured: bool
    value: str
    scores: tuple[tuple[int, int, bool], ...]
    """Seat, score, and whether it counts."""
    spread: int
    mark: Decimal | None
    max_mark: Decimal
    changes: tuple[Changed, ...]
    rounds: int
    corrected_from: str
    measured_by_recused: bool
    recognised: tuple[int, ...] = ()
    """Seats that count although the judge recognised the work: too few others were left."""


@dataclass(frozen=True, slots=True)
class ReviewedSheet:
    """One sheet with all its lines."""

    sheet: Sheet
    number: int
    lines: tuple[ReviewedLine, ...]
    total: Decimal | None
    missing: tuple[int, ...]
    """Seats whose signature is missing."""

    @property
    def changes(self) -> int:
        """How many values were replaced."""
        return sum(len(line.changes) for line in self.lines)


@dataclass(frozen=True, slots=True)
class ModuleReview:
    """All sheets of a module. `shown` is what a lock or confirmation is compared with."""

    code: str
    sheets: tuple[ReviewedSheet, ...]
    aspects: tuple[tuple[str, str], ...]
    shown: str
    named: bool

    @property
    def has_changes(self) -> bool:
        """Whether a value was changed, corrected, or entered by a judge who stands aside."""
        lines = [line for row in self.sheets for line in row.lines]
        return any(
            line.changes or line.corrected_from or line.measured_by_recused or line.recognised
            for line in lines
        )


def module_review(
    event: Event, module: str, *, entries: dict[int, int] | None = None
) -> ModuleReview:
    """Return every mark of *module* in a constant number of queries. *entries* says who is behind
    each number, once the blind numbers are open.
    """
    sheets = list(
        Sheet.objects.filter(event=event, module__code=module)
        .select_related("module", "code")
        .order_by("code__number")
    )
    marks, decided = marks_of(sheets), decided_marks(event)
    free = free_seats(event, sheets, entries) if entries is not None else {}
    names = dict(
        Aspect.objects.filter(module__in={sheet.module_id for sheet in sheets})
        .order_by("position")
        .values_list("code", "name")
    )
    changes, rounds, missing, measured_by = (
        _changes(sheets),
        _rounds(sheets),
        _missing(sheets),
        _measured_by(sheets),
    )
    trimmed = event.judgement_rule == JudgementRule.TRIMMED

    def line(sheet: Sheet, aspect: AspectMarks) -> ReviewedLine:
        signed = aspect
        aspect = corrected_line(aspect, sheet.pk, decided)
        counting = (
            counted_line(event, aspect, free[sheet.pk])
            if entries is not None and aspect.done
            else aspect
        )
        measured = aspect.kind == AspectKind.MEASUREMENT
        scores = aspect.scores or {}
        by = measured_by.get((sheet.pk, aspect.code))
        return ReviewedLine(
            code=aspect.code,
            name=names.get(aspect.code, ""),
            measured=measured,
            value="" if aspect.awarded is None else str(aspect.awarded.quantize(Decimal("0.01"))),
            scores=tuple(
                (seat, score, seat in (counting.scores or {}))
                for seat, score in sorted(scores.items())
            ),
            spread=marking.measure_score_spread(list(scores.values())),
            mark=marking.round_published_mark(
                counting.value(limit=marking.TOP_SCORE, minimum=1, trimmed=trimmed)
            )
            if aspect.done
            else None,
            max_mark=aspect.max_mark,
            changes=tuple(changes.get((sheet.pk, aspect.code), ())),
            rounds=rounds.get((sheet.pk, aspect.code), 1),
            corrected_from=_corrected_from(signed, aspect),
            recognised=tuple(
                seat
                for seat in (counting.scores or {})
                if entries is not None and seat in free[sheet.pk].last
            ),
            measured_by_recused=measured
            and entries is not None
            and by is not None
            and by not in free[sheet.pk].seats,
        )

    def reviewed(sheet: Sheet) -> ReviewedSheet:
        lines = tuple(line(sheet, aspect) for aspect in marks[sheet.pk])
        exact = [mark.mark for mark in lines]
        total = (
            None
            if any(mark is None for mark in exact)
            else _total(event, marks[sheet.pk], sheet, decided, free, trimmed=trimmed)
        )
        return ReviewedSheet(
            sheet, sheet.code.number, lines, total, tuple(missing.get(sheet.pk, ()))
        )

    # Numbers that are absent or taken out are shown but not locked: the digest leaves them out, as
    # the lock does.
    locked = [sheet for sheet in sheets if sheet.code.state == CodeState.COMPETING]
    return ModuleReview(
        module,
        tuple(reviewed(sheet) for sheet in sheets),
        tuple(names.items()),
        marks_shown(locked),
        entries is not None,
    )


@dataclass(frozen=True, slots=True)
class ReviewedRemark:
    """What a judge wrote about a line of a sheet. *photo* is the number of the remark if there is
    a photo, else empty.
    """

    number: int
    sheet: UUID
    code: str
    name: str
    seat: int
    text: str
    photo: str


def remarks_of_module(event: Event, module: str) -> list[ReviewedRemark]:
    """Return the judges' remarks on all sheets of *module*, by number and line. One query."""
    rows = AspectRemark.objects.filter(sheet__event=event, sheet__module__code=module)
    rows = rows.select_related("sheet__code", "aspect", "judge").order_by(
        "sheet__code__number", "aspect__position", "pk"
    )
    return [
        ReviewedRemark(
            row.sheet.code.number, row.sheet.public_id, row.aspect.code, row.aspect.name, row.judge.seat, row.text,
            str(row.operation) if row.photo else "",
        )
        for row in rows
    ]  # fmt: skip


def _total(
    event: Event,
    aspects: list[AspectMarks],
    sheet: Sheet,
    decided: Mapping[Line, str],
    free: Mapping[int, Free],
    *,
    trimmed: bool,
) -> Decimal:
    lines = (corrected_line(aspect, sheet.pk, decided) for aspect in aspects)
    counting = (counted_line(event, aspect, free[sheet.pk]) if free else aspect for aspect in lines)
    return marking.round_published_mark(
        marking.sum_marks(
            one.value(limit=marking.TOP_SCORE, minimum=1, trimmed=trimmed) for one in counting
        )
    )


def _corrected_from(signed: AspectMarks, aspect: AspectMarks) -> str:
    if signed == aspect:
        return ""
    if signed.awarded is not None:
        return str(signed.awarded)
    return " ".join(str(score) for _seat, score in sorted((signed.scores or {}).items()))


def _changes(sheets: list[Sheet]) -> dict[tuple[int, str], list[Changed]]:
    """Return what replaced what, by sheet and line. A value is replaced by a later value of the
    panel, or of the same judge in the same round.
    """
    found: dict[tuple[int, str], list[Changed]] = defaultdict(list)
    last: dict[tuple[int, str, int | None, int], str] = {}
    rows = MarkChange.objects.filter(sheet__in=sheets, accepted=True).order_by("pk")
    for sheet, code, kind, seat, number, value in rows.values_list(
        "sheet_id", "aspect__code", "aspect__kind", "judge__seat", "round", "value"
    ):
        owner = None if kind == AspectKind.MEASUREMENT else seat
        was = last.get((sheet, code, owner, number))
        if was and was != value:
            found[sheet, code].append(Changed(seat, was, value))
        last[sheet, code, owner, number] = value
    return found


def _rounds(sheets: list[Sheet]) -> dict[tuple[int, str], int]:
    rows = JudgementRound.objects.filter(sheet__in=sheets).exclude(state=RoundState.COLLECTING)
    found: dict[tuple[int, str], int] = {}
    for sheet, code, number in rows.order_by("number").values_list(
        "sheet_id", "aspect__code", "number"
    ):
        found[sheet, code] = number
    return found


def _measured_by(sheets: list[Sheet]) -> dict[tuple[int, str], int]:
    rows = Mark.objects.filter(sheet__in=sheets, judge=None, changed_by__isnull=False)
    return {
        (sheet, code): seat
        for sheet, code, seat in rows.values_list("sheet_id", "aspect__code", "changed_by__seat")
        if seat is not None
    }


def _missing(sheets: list[Sheet]) -> dict[int, list[int]]:
    versions = {sheet.pk: sheet.version for sheet in sheets}
    signatures = Signature.objects.filter(sheet__in=sheets, withdrawn_at=None)
    signed = {
        (sheet, judge)
        for sheet, judge, version in signatures.values_list("sheet_id", "judge_id", "version")
        if versions[sheet] == version
    }
    found: dict[int, list[int]] = defaultdict(list)
    seats = SheetJudge.objects.filter(sheet__in=sheets).order_by("judge__seat")
    for sheet, judge, seat in seats.values_list("sheet_id", "judge_id", "judge__seat"):
        if (sheet, judge) not in signed:
            found[sheet].append(seat)
    return found

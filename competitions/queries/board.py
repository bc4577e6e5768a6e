"""Read the public board and the table of results."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import F

from competitions.enums import (
    LOCKED_SHEETS,
    CodeState,
    EventState,
    JudgementRule,
    ResultState,
    Scoring,
)
from competitions.models import BlindCode, Event, ResultRow, ResultSet, Sheet
from competitions.queries.corrections import Version, find_current_results, published_versions
from competitions.queries.judging import ModuleProgress, module_progress
from competitions.queries.marks import marks_of
from competitions.rules.marking import round_published_mark, sum_marks
from core.text import mask_name


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One competitor on the board. `name` and `employer` stay empty until results are published,
    and names without an award are masked.

    A competitor who was absent, retired or disqualified has no rank and no mark, and `out` says
    which.
    """

    rank: int | None
    shared: bool
    number: int
    name: str
    employer: str
    raw: Decimal | None
    scale: int | None
    award: str
    award_label: str
    share: int
    out: str = ""


@dataclass(frozen=True, slots=True)
class EventBoard:
    """What the big screen and the public page show.

    `stage` is `waiting`, `marking`, `live` (running totals of locked sheets under blind numbers, if
    the event allows it), `provisional` (no row is shown before two people have agreed), `confirmed`
    (blind numbers) or `published` (names).
    """

    event_id: UUID
    title: str
    org: str
    stage: str
    state_label: str
    competitors: int
    sheets: int
    locked: int
    modules: tuple[ModuleProgress, ...]
    rows: tuple[BoardRow, ...]
    median: Decimal | None
    mad: Decimal | None
    commitment: str
    confirmed_at: datetime | None
    versions: tuple[Version, ...] = ()

    @property
    def modules_locked(self) -> int:
        """How many modules are locked as a whole."""
        return sum(module.sheets > 0 and module.locked == module.sheets for module in self.modules)

    @property
    def version(self) -> Version | None:
        """The published version that is shown."""
        return next((version for version in self.versions if version.current), None)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One row of the results for staff. It has a name only where the blind numbers are open."""

    row: ResultRow
    number: int
    name: str
    modules: tuple[tuple[str, Decimal], ...]

    @property
    def competes(self) -> bool:
        """Whether this number is ranked."""
        return self.row.standing == CodeState.COMPETING

    @property
    def rounded_apart(self) -> bool:
        """Whether the modules as shown don't add up to the total as shown, which happens because
        both are rounded from the exact marks.
        """
        return (
            self.competes
            and bool(self.modules)
            and sum((mark for _code, mark in self.modules), Decimal(0)) != self.row.total
        )


_STAGES = {
    EventState.SCORING: "marking",
    EventState.LOCKED: "marking",
    EventState.PROVISIONAL: "provisional",
    EventState.CONFIRMED: "confirmed",
    EventState.PUBLISHED: "published",
}


def build_event_board(event: Event) -> EventBoard:
    """Return the board of *event* for everybody. Takes a constant number of queries. Marks that
    aren't locked never show.
    """
    stage = _STAGES.get(EventState(event.state), "waiting")
    rows: tuple[BoardRow, ...] = ()
    results = None
    if stage in {"confirmed", "published"}:
        results = ResultSet.objects.filter(event=event, state=ResultState.CONFIRMED).first()
        rows = _result_rows(results, names=stage == "published") if results else ()
    elif event.live_board and event.state == EventState.SCORING:
        stage, rows = "live", _live_rows(event)
    modules = module_progress(event) if event.scoring == Scoring.SHEETS else ()
    draw = getattr(event, "draw", None)
    return EventBoard(
        event_id=event.public_id,
        title=event.title,
        org=str(event.org),
        stage=stage,
        state_label=event.get_state_display(),
        competitors=BlindCode.objects.filter(event=event, state=CodeState.COMPETING).count(),
        sheets=sum(module.sheets for module in modules),
        locked=sum(module.locked for module in modules),
        modules=modules,
        rows=rows,
        median=results.median if results else None,
        mad=results.mad if results else None,
        commitment=draw.commitment if draw else "",
        confirmed_at=results.confirmed_at if results else None,
        versions=tuple(published_versions(event)) if stage == "published" else (),
    )


# Those who share a rank, once their names are shown; before that an order by names would tell who
# has which number.
_BY_NAME = ("entry__person__name_order", "entry__person__name_key")


def _result_rows(results: ResultSet, *, names: bool) -> tuple[BoardRow, ...]:
    listed = list(
        ResultRow.objects.filter(result_set=results)
        .select_related("code", "entry__person", "entry__employer")
        .order_by(F("rank").asc(nulls_last=True), *(_BY_NAME if names else ()), "code__number")
    )
    top = max((row.total for row in listed if row.total is not None), default=Decimal(0))
    return tuple(
        BoardRow(
            rank=row.rank,
            shared=row.shared,
            number=row.code.number,
            name=_name(row) if names else "",
            employer=row.entry.employer.name if names and row.entry and row.entry.employer else "",
            raw=row.total,
            scale=row.scale,
            award=row.award,
            award_label=row.get_award_display() if row.award else "",
            share=int(100 * row.total / top) if top and row.total else 0,
            out="" if row.standing == CodeState.COMPETING else row.get_standing_display(),
        )
        for row in listed
    )


def _name(row: ResultRow) -> str:
    """Return the name for the public, in full with an award and masked without one."""
    if row.entry is None:
        return ""
    return row.entry.person.name if row.award else mask_name(row.entry.person.name)


def _live_rows(event: Event) -> tuple[BoardRow, ...]:
    """Return running totals of locked sheets, best first, under blind numbers."""
    sheets = list(
        Sheet.objects.filter(
            event=event, state__in=LOCKED_SHEETS, code__state=CodeState.COMPETING
        ).select_related("module", "code")
    )
    marks = marks_of(sheets)
    trimmed = event.judgement_rule == JudgementRule.TRIMMED
    totals: dict[int, Fraction] = defaultdict(Fraction)
    for sheet in sheets:
        earned = sum_marks(
            aspect.value(limit=event.spread_limit, trimmed=trimmed) for aspect in marks[sheet.pk]
        )
        totals[sheet.code.number] += earned * Fraction(sheet.module.weight)
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    top = ordered[0][1] if ordered else Fraction(0)
    rows = []
    for number, earned in ordered:
        rank = 1 + sum(other > earned for other in totals.values())
        shared = sum(other == earned for other in totals.values()) > 1
        share = int(100 * earned / top) if top else 0
        rows.append(
            BoardRow(
                rank, shared, number, "", "", round_published_mark(earned), None, "", "", share
            )
        )
    return tuple(rows)


def result_table(event: Event, *, sealed: bool = False) -> list[ResultLine]:
    """Return the rows of the present result set for staff, in two queries. The caller has checked
    the right.

    *sealed* means that the blind numbers aren't open and marks came from sheets. In that case
    nothing is returned, because totals beside the marks of a sheet would tell which judges count,
    and so who stands aside for whom.
    """
    results = find_current_results(event)
    if results is None or sealed:
        return []
    rows = ResultRow.objects.filter(result_set=results).select_related("code__entry__person")
    return [
        ResultLine(
            row,
            row.code.number,
            row.code.entry.person.name if row.code.entry else "",
            tuple((code, Decimal(mark)) for code, mark in row.modules.items()),
        )
        for row in rows.order_by(F("rank").asc(nulls_last=True), "code__number")
    ]

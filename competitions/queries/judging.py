"""Read the judge's desk, one sheet, and how far marking has come. Only blind numbers are used, and
nothing here knows a person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from access.queries import permitted
from competitions import grants
from competitions.enums import (
    LOCKED_SHEETS,
    WRITABLE_SHEETS,
    AspectKind,
    CodeState,
    EventState,
    JudgementRule,
    MarkingSheetState,
    RoundState,
)
from competitions.models import (
    Aspect,
    AspectRemark,
    ClosedDay,
    Event,
    Judge,
    JudgementRound,
    Mark,
    Module,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
)
from competitions.queries.marks import digest_sheet, marks_of
from competitions.rules.agreement import kendall_w
from competitions.rules.marking import allowed_steps, round_published_mark
from competitions.rules.sheet import list_missing_aspects, running_total
from core.actors import Actor, account_id
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class DeskSheet:
    """A sheet in the judge's list."""

    public_id: UUID
    number: int
    state: str
    state_label: str
    signed_by_me: bool
    disputed: int
    open: bool


@dataclass(frozen=True, slots=True)
class DeskModule:
    """A module with the judge's sheets, by blind number."""

    event_id: UUID
    event: str
    code: str
    name: str
    day: int
    sheets: tuple[DeskSheet, ...]

    @property
    def done(self) -> int:
        """How many sheets this judge has nothing left to do on."""
        return sum(sheet.signed_by_me or not sheet.open for sheet in self.sheets)


@dataclass(frozen=True, slots=True)
class JudgeDesk:
    """Everything a judge has to mark now."""

    modules: tuple[DeskModule, ...]

    @property
    def total(self) -> int:
        """All sheets of this judge."""
        return sum(len(module.sheets) for module in self.modules)

    @property
    def done(self) -> int:
        """Sheets with nothing left to do."""
        return sum(module.done for module in self.modules)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round that is over, with all its scores by seat. Everybody at the sheet may see it."""

    number: int
    state: str
    scores: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RemarkView:
    """What a judge wrote down about a line. `photo` is the number of the remark if there is a
    photo, else empty.
    """

    seat: int
    text: str
    at: datetime
    photo: str = ""


@dataclass(frozen=True, slots=True)
class PanelJudge:
    """A judge of the sheet, with the seat, the name, and the time when this judge signed."""

    seat: int
    name: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class AspectView:
    """A line of the sheet as one judge sees it.

    `value` is what this judge gave (judgement, open round) or what the panel gave (measurement);
    `version` goes back with the next save. Scores of others appear in `rounds` only when a round is
    over. `waiting` holds the seats that still have to score in this round, `waiting_since` when the
    first of the panel scored in it. Others' remarks on a judgement appear when its round is over.
    """

    code: str
    name: str
    kind: str
    max_mark: Decimal
    description: str
    steps: tuple[str, ...]
    benchmarks: tuple[str, str, str, str]
    value: str
    version: int
    round: int
    settled: bool
    disputed: bool
    waiting: tuple[int, ...]
    waiting_since: datetime | None
    mark: Decimal | None
    rounds: tuple[RoundView, ...]
    remarks: tuple[RemarkView, ...]

    @property
    def waiting_for(self) -> int:
        """How many judges still have to score in this round."""
        return len(self.waiting)


@dataclass(frozen=True, slots=True)
class SubCriterionView:
    """A group of lines."""

    code: str
    name: str
    max_mark: Decimal
    aspects: tuple[AspectView, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet as one judge sees it.

    `open` says whether it takes marks or signatures at all, `writable` whether marks may change
    now. `measured` is the sum of the measurement marks, `total` what is settled so far. `revision`
    counts the writes to the sheet.
    """

    public_id: UUID
    event_id: UUID
    event: str
    module: str
    module_name: str
    number: int
    seat: int
    state: str
    state_label: str
    version: int
    revision: int
    open: bool
    writable: bool
    signed_by_me: bool
    signatures: int
    judges: int
    panel: tuple[PanelJudge, ...]
    missing: tuple[str, ...]
    minutes: Decimal | None
    spread_limit: int
    measured: Decimal
    total: Decimal
    max_mark: Decimal
    fingerprint: str
    sub_criteria: tuple[SubCriterionView, ...]

    @property
    def complete(self) -> bool:
        """Whether the sheet can be signed."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """How far one module has come."""

    code: str
    name: str
    day: int
    sheets: int
    blank: int
    entering: int
    signed: int
    locked: int
    disputed: int

    @property
    def share(self) -> int:
        """Locked sheets in per cent, rounded down, so that 100 means all."""
        return 100 * self.locked // self.sheets if self.sheets else 0


@dataclass(frozen=True, slots=True)
class Dispute:
    """A judged aspect whose scores are too far apart and that waits for the next round."""

    sheet_id: UUID
    module: str
    number: int
    aspect: str
    name: str
    round: int


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """What one judge still has to sign."""

    seat: int
    name: str
    sheets: int
    signed: int


@dataclass(frozen=True, slots=True)
class MarkingProgress:
    """How far an event's marking has come, for the chief judge and the office."""

    modules: tuple[ModuleProgress, ...]
    disputes: tuple[Dispute, ...]
    judges: tuple[JudgeProgress, ...]
    closed_days: tuple[int, ...]
    agreement: Decimal | None

    @property
    def sheets(self) -> int:
        """All sheets that count."""
        return sum(module.sheets for module in self.modules)

    @property
    def locked(self) -> int:
        """Locked sheets."""
        return sum(module.locked for module in self.modules)


def _seat_of(user: Actor) -> Q:
    """Return the condition that *user* has a seat at a sheet, and that the seat wasn't handed back
    when the user's role ended.
    """
    vacant = SeatVacancy.objects.filter(seat=OuterRef("pk"), filled_by=None)
    return Q(
        pk__in=SheetJudge.objects.filter(~Exists(vacant), judge__user_id=account_id(user)).values(
            "sheet"
        )
    )


def judge_desk(user: Actor) -> JudgeDesk:
    """Return the sheets of events that are being marked and that *user* sits at. One query."""
    if getattr(user, "pk", None) is None:
        return JudgeDesk(())
    mine = Signature.objects.filter(
        sheet=OuterRef("pk"),
        judge__user=account_id(user),
        version=OuterRef("version"),
        withdrawn_at=None,
    )
    sheets = (
        Sheet.objects.filter(
            _seat_of(user),
            event__state__in=[EventState.SCORING, EventState.LOCKED, EventState.PROVISIONAL],
        )
        .filter(
            code__state=CodeState.COMPETING,
            event__in=permitted(user, grants.JUDGE, Event.objects.all()),
        )
        .select_related("event", "module", "code")
        .annotate(
            mine=Exists(mine),
            rescored=Count(
                "rounds",
                filter=Q(rounds__state=RoundState.COLLECTING, rounds__number__gt=1),
                distinct=True,
            ),
        )
        .order_by("-event__starts_on", "event_id", "module__position", "code__number")
    )
    grouped: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for sheet in sheets:
        grouped[sheet.event_id, sheet.module_id].append(sheet)
    return JudgeDesk(
        tuple(
            DeskModule(
                event_id=rows[0].event.public_id,
                event=rows[0].event.title,
                code=rows[0].module.code,
                name=rows[0].module.name,
                day=rows[0].module.day,
                sheets=tuple(
                    DeskSheet(
                        row.public_id,
                        row.code.number,
                        row.state,
                        row.get_state_display(),
                        row.mine,
                        row.rescored,
                        row.state in WRITABLE_SHEETS,
                    )
                    for row in rows
                ),
            )
            for rows in grouped.values()
        )
    )


def sheet_of(user: Actor, sheet_id: UUID) -> tuple[Sheet, Judge]:
    """Return a sheet with its module, number and event, and the judge *user* is at it. Raises
    `NotFound` for everybody else.
    """
    if getattr(user, "pk", None) is None:
        raise NotFound
    sheet = (
        Sheet.objects.select_related("module", "code", "event")
        .filter(
            _seat_of(user),
            public_id=sheet_id,
            event__in=permitted(user, grants.JUDGE, Event.objects.all()),
        )
        .first()
    )
    judge = (
        Judge.objects.filter(event_id=sheet.event_id, user_id=account_id(user)).first()
        if sheet
        else None
    )
    if sheet is None or judge is None:
        raise NotFound
    return sheet, judge


def photo_of_remark(user: Actor, sheet_id: UUID, operation: UUID) -> AspectRemark:
    """Return the remark *operation* of a sheet, which has a photo, to people who may read it.
    Raises `NotFound` for everybody else.

    Judges of the sheet read it where the sheet shows it to them, the chief judge and the person who
    confirms results at any time.
    """
    remark = (
        AspectRemark.objects.select_related("sheet__event", "aspect")
        .filter(operation=operation, sheet__public_id=sheet_id)
        .first()
    )
    if remark is None or not remark.photo:
        raise NotFound
    event = Event.objects.filter(pk=remark.sheet.event_id)
    if any(permitted(user, grant, event).exists() for grant in (grants.LEAD, grants.CONFIRM)):
        return remark
    shown = {
        one.photo
        for sub in sheet_for(user, sheet_id).sub_criteria
        for line in sub.aspects
        for one in line.remarks
    }
    if str(operation) not in shown:
        raise NotFound
    return remark


def sheet_for(user: Actor, sheet_id: UUID) -> SheetView:
    """Return the sheet as *user* may see it, with others' scores only from rounds that are over.
    Takes a constant number of queries.
    """
    sheet, judge = sheet_of(user, sheet_id)
    facts = marks_of([sheet])[sheet.pk]
    by_code = {aspect.code: aspect for aspect in facts}
    trimmed = sheet.event.judgement_rule == JudgementRule.TRIMMED
    limit = sheet.event.spread_limit
    lines = _lines_of(sheet, judge)
    groups: dict[tuple[int, str, str], list[AspectView]] = defaultdict(list)
    for aspect in (
        Aspect.objects.filter(module=sheet.module)
        .select_related("sub_criterion")
        .order_by("position")
    ):
        sub = aspect.sub_criterion
        fact = by_code[aspect.code]
        worth = (
            round_published_mark(fact.value(limit=limit, minimum=1, trimmed=trimmed))
            if fact.done
            else None
        )
        groups[sub.position, sub.code, sub.name].append(_aspect(aspect, lines, worth))
    signed = {seat.seat: seat.signed_at for seat in lines.panel if seat.signed_at}
    is_open = sheet.state in WRITABLE_SHEETS and sheet.event.state == EventState.SCORING
    return SheetView(
        public_id=sheet.public_id,
        event_id=sheet.event.public_id,
        event=sheet.event.title,
        module=sheet.module.code,
        module_name=sheet.module.name,
        number=sheet.code.number,
        seat=judge.seat,
        state=sheet.state,
        state_label=sheet.get_state_display()
        if sheet.event.state != EventState.CANCELLED
        else sheet.event.get_state_display(),
        version=sheet.version,
        revision=sheet.revision,
        open=is_open,
        writable=is_open and not signed and sheet.code.state != CodeState.DISQUALIFIED,
        signed_by_me=judge.seat in signed,
        signatures=len(signed),
        judges=len(lines.panel),
        panel=lines.panel,
        missing=tuple(list_missing_aspects(facts)),
        minutes=sheet.minutes,
        spread_limit=limit,
        measured=sum((fact.awarded for fact in facts if fact.awarded is not None), Decimal("0.00")),
        total=round_published_mark(running_total(facts, limit=limit, trimmed=trimmed)),
        max_mark=sheet.module.max_mark,
        fingerprint=digest_sheet(sheet, facts),
        sub_criteria=tuple(
            SubCriterionView(
                code, name, sum((aspect.max_mark for aspect in listed), Decimal(0)), tuple(listed)
            )
            for (_position, code, name), listed in sorted(groups.items())
        ),
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The data for the lines of a sheet, by aspect, and the panel of the sheet."""

    judge: Judge
    panel: tuple[PanelJudge, ...]
    rounds: dict[int, list[JudgementRound]]
    marks: dict[int, list[Mark]]
    remarks: dict[int, list[AspectRemark]]


def _lines_of(sheet: Sheet, judge: Judge) -> _Lines:
    """Read the lines of *sheet* in four queries."""
    signature = Signature.objects.filter(
        sheet=sheet, judge=OuterRef("judge"), version=sheet.version, withdrawn_at=None
    )
    seats = (
        SheetJudge.objects.filter(sheet=sheet)
        .select_related("judge__user__person")
        .order_by("judge__seat")
    )
    panel = tuple(
        PanelJudge(seat.judge.seat, str(seat.judge.user), seat.signed_at)
        for seat in seats.annotate(signed_at=Subquery(signature.values("at")))
    )
    lines = _Lines(judge, panel, defaultdict(list), defaultdict(list), defaultdict(list))
    for row in JudgementRound.objects.filter(sheet=sheet).order_by("number"):
        lines.rounds[row.aspect_id].append(row)
    for mark in Mark.objects.filter(sheet=sheet).select_related("judge"):
        lines.marks[mark.aspect_id].append(mark)
    for remark in AspectRemark.objects.filter(sheet=sheet).select_related("judge").order_by("pk"):
        lines.remarks[remark.aspect_id].append(remark)
    return lines


def _aspect(aspect: Aspect, lines: _Lines, worth: Decimal | None) -> AspectView:
    marks, rounds = lines.marks[aspect.pk], lines.rounds[aspect.pk]
    is_over = (
        aspect.kind == AspectKind.MEASUREMENT
        or rounds[-1].state != RoundState.COLLECTING
        or len(rounds) > 1
    )
    facts: dict[str, Any] = {
        "code": aspect.code,
        "name": aspect.name,
        "kind": aspect.kind,
        "max_mark": aspect.max_mark,
        "description": aspect.description,
        "benchmarks": aspect.benchmarks,
        "mark": worth,
        "remarks": tuple(
            RemarkView(
                remark.judge.seat,
                remark.text,
                remark.at,
                str(remark.operation) if remark.photo else "",
            )
            for remark in lines.remarks[aspect.pk]
            if is_over or remark.judge_id == lines.judge.pk
        ),
    }
    if aspect.kind == AspectKind.MEASUREMENT:
        mark = marks[0] if marks else None
        value = (
            ""
            if mark is None or mark.awarded is None
            else str(mark.awarded.quantize(Decimal("0.01")))
        )
        steps = tuple(
            str(step.quantize(Decimal("0.01")))
            for step in allowed_steps(aspect.max_mark, aspect.step_values)
        )
        return AspectView(
            **facts, steps=steps, value=value, version=mark.version if mark else 0, round=1, settled=bool(value), disputed=False,
            waiting=(), waiting_since=None, rounds=(),
        )  # fmt: skip
    present = rounds[-1]
    is_open = present.state == RoundState.COLLECTING
    of_round = [mark for mark in marks if mark.round == present.number]
    own = next((mark for mark in of_round if mark.judge_id == lines.judge.pk), None)
    scored = {
        mark.judge.seat: mark.changed_at
        for mark in of_round
        if mark.judge and mark.score is not None
    }
    over = tuple(
        RoundView(
            row.number,
            row.state,
            tuple(
                sorted(
                    (mark.judge.seat, mark.score)
                    for mark in marks
                    if mark.judge and mark.round == row.number and mark.score is not None
                )
            ),
        )
        for row in rounds
        if row.state != RoundState.COLLECTING
    )
    return AspectView(
        **facts,
        steps=("0", "1", "2", "3"),
        value="" if own is None or own.score is None else str(own.score),
        version=own.version if own else 0,
        round=present.number,
        settled=present.state == RoundState.SETTLED,
        disputed=is_open and any(row.state == RoundState.DISPUTED for row in rounds),
        waiting=tuple(seat.seat for seat in lines.panel if seat.seat not in scored)
        if is_open
        else (),
        waiting_since=min(scored.values(), default=None) if is_open else None,
        rounds=over,
    )


def serialise_sheet(user: Actor, sheet_id: UUID) -> dict[str, Any]:
    """Return `sheet_for` as plain JSON, with numbers and identifiers as text."""
    plain = _plain(asdict(sheet_for(user, sheet_id)))
    assert isinstance(plain, dict)  # noqa: S101 - a dataclass becomes a dictionary
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value) if isinstance(value, (Decimal, UUID)) else value


def module_progress(event: Event) -> tuple[ModuleProgress, ...]:
    """Return the counts of each module. Takes two queries. Numbers that don't compete are left
    out.
    """
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    sheets = Sheet.objects.filter(event=event, code__state=CodeState.COMPETING)
    for module, state, count in sheets.values_list("module_id", "state").annotate(
        count=Count("pk")
    ):
        counts[module][state] = count
    modules = (
        Module.objects.filter(scheme__event=event, scheme__state="frozen")
        .annotate(
            disputed=Count(
                "sheets__rounds",
                filter=Q(
                    sheets__rounds__state=RoundState.COLLECTING,
                    sheets__rounds__number__gt=1,
                    sheets__code__state=CodeState.COMPETING,
                ),
            )
        )
        .order_by("position")
    )
    return tuple(
        ModuleProgress(
            code=module.code,
            name=module.name,
            day=module.day,
            sheets=sum(counts[module.pk].values()),
            blank=counts[module.pk].get(MarkingSheetState.BLANK, 0),
            entering=counts[module.pk].get(MarkingSheetState.ENTERING, 0)
            + counts[module.pk].get(MarkingSheetState.REOPENED, 0),
            signed=counts[module.pk].get(MarkingSheetState.SIGNED, 0),
            locked=sum(counts[module.pk].get(state, 0) for state in LOCKED_SHEETS),
            disputed=module.disputed,
        )
        for module in modules
    )


def measure_judge_agreement(event: Event) -> Decimal | None:
    """Return the mean of Kendall's W over panels, from first-round scores, which judges gave
    before they talked.

    Judges are compared over the lines the same panel scored. The result is cached for half a
    minute, because the board asks often and the answer changes slowly.
    """
    key = f"competitions.agreement.{event.pk}"
    kept = cache.get(key)
    if kept is None:
        found = _agreement(event)
        kept = "none" if found is None else str(found)
        cache.set(key, kept, 30)
    return None if kept == "none" else Decimal(kept)


def _agreement(event: Event) -> Decimal | None:
    over = set(
        JudgementRound.objects.filter(sheet__event=event, number=1)
        .exclude(state=RoundState.COLLECTING)
        .values_list("sheet_id", "aspect_id")
    )
    scores: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    rows = Mark.objects.filter(sheet__event=event, round=1, score__isnull=False).values_list(
        "sheet_id", "aspect_id", "judge__seat", "score"
    )
    for sheet, aspect, seat, score in rows:
        if (sheet, aspect) in over and seat is not None and score is not None:
            scores[sheet, aspect][seat] = score
    panels: dict[tuple[int, ...], list[dict[int, int]]] = defaultdict(list)
    for given in scores.values():
        panels[tuple(sorted(given))].append(given)
    tables = (
        [[Fraction(given[seat]) for given in lines] for seat in panel]
        for panel, lines in panels.items()
    )
    found = [w for table in tables if (w := kendall_w(table)) is not None]
    return round_published_mark(sum(found, Fraction(0)) / len(found)) if found else None


def measure_marking_progress(event: Event) -> MarkingProgress:
    """Return how far marking has come. Constant number of queries."""
    open_rounds = (
        JudgementRound.objects.filter(
            sheet__event=event,
            state=RoundState.COLLECTING,
            number__gt=1,
            sheet__code__state=CodeState.COMPETING,
        )
        .select_related("sheet__module", "sheet__code", "aspect")
        .order_by("sheet__module__position", "sheet__code__number", "aspect__position")
    )
    judges = (
        Judge.objects.filter(event=event)
        .select_related("user")
        .annotate(
            seated=Count(
                "sheet_seats",
                filter=Q(sheet_seats__sheet__code__state=CodeState.COMPETING),
                distinct=True,
            ),
            signed=Count(
                "signatures",
                filter=Q(
                    signatures__withdrawn_at=None,
                    signatures__version=F("signatures__sheet__version"),
                    signatures__sheet__code__state=CodeState.COMPETING,
                ),
                distinct=True,
            ),
        )
        .order_by("seat")
    )
    return MarkingProgress(
        modules=module_progress(event),
        disputes=tuple(
            Dispute(
                row.sheet.public_id,
                row.sheet.module.code,
                row.sheet.code.number,
                row.aspect.code,
                row.aspect.name,
                row.number,
            )
            for row in open_rounds
        ),
        judges=tuple(
            JudgeProgress(judge.seat, str(judge.user), judge.seated, judge.signed)
            for judge in judges
        ),
        closed_days=tuple(
            ClosedDay.objects.filter(event=event).order_by("day").values_list("day", flat=True)
        ),
        agreement=measure_judge_agreement(event),
    )


def sheets_of_module(event: Event, module: str) -> list[Sheet]:
    """Return the sheets of a module with their numbers and states, for the chief judge's list. One
    query.
    """
    return list(
        Sheet.objects.filter(event=event, module__code=module)
        .select_related("module", "code")
        .order_by("code__number")
    )

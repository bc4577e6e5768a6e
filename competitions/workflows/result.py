"""Results: worked out by one person, confirmed by another, published."""

from __future__ import annotations

import hashlib
import io
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants, workbooks
from competitions.enums import (
    EVENT_MOVES,
    RESULT_MOVES,
    SHEET_MOVES,
    AwardRule,
    CodeState,
    EventState,
    JudgementRule,
    ResultState,
    Scoring,
    SheetState,
)
from competitions.errors import SecondPersonNeeded, SheetIncomplete, SheetTampered, WrongMoment, sentence
from competitions.models import BlindCode, Event, RawTotal, ResultRow, ResultSet, Sheet
from competitions.queries.marks import fingerprint, marks_of
from competitions.rules import marking, ranking
from competitions.rules.ranking import Standing
from competitions.rules.scale import Scale, scale
from competitions.rules.scheme import Problem
from competitions.workflows._shared import frozen_scheme, is_open, need_state, person_id, user_id
from competitions.workflows.scheme import ProblemLine
from competitions.workflows.telling import tell_published, tell_results_wait
from core.states import lock, move
from core.uploads import file_name
from jobs.outcomes import announce

OUTCOME_PUBLISHED = "competitions.results_published"
_TWELVE = Decimal(1).scaleb(-12)


@dataclass(frozen=True, slots=True)
class TotalsReport:
    """What an import of raw totals would do or did."""

    rows: int
    problems: tuple[ProblemLine, ...]
    error_workbook: bytes

    @property
    def ok(self) -> bool:
        """Whether the workbook was, or can be, stored."""
        return not self.problems


@transaction.atomic
def import_raw_totals(*, actor: Any, event: Event, upload: IO[bytes], dry_run: bool = False) -> TotalsReport:
    """Take the totals of an event marked elsewhere: all rows or none.

    After a draw the numbers must be exactly the drawn ones. Without entries (a published list of numbers and marks) the numbers are
    taken as they stand, and no person is behind them.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    if event.scoring != Scoring.RAW_TOTALS:
        raise WrongMoment("marked_on_sheets", _("This competition is marked on sheets; totals can't be imported."))
    need_state(event, EventState.DRAFT, EventState.DRAWN)
    book = workbooks.read(io.BytesIO(upload.read()), name=file_name(upload))
    drawn = {code.number: code for code in BlindCode.objects.filter(event=event)}
    competing = {number for number, code in drawn.items() if code.state == CodeState.COMPETING}
    read, problems = _read_totals(book, competing if event.state == EventState.DRAWN else None)
    sheets = {"totals": workbooks.TOTALS_SHEET}
    report = TotalsReport(
        len(read),
        tuple(ProblemLine(p.row, workbooks.TOTALS_SHEET, sentence(p.code, p.data), p.code, p.column, p.data) for p in problems),
        workbooks.workbook_with_problems(book, problems, sheets) if problems else b"",
    )
    if problems or dry_run:
        return report
    if not drawn:
        BlindCode.objects.bulk_create([BlindCode(event=event, number=number) for number in sorted(read)])
        drawn = {code.number: code for code in BlindCode.objects.filter(event=event)}
    RawTotal.objects.bulk_create([RawTotal(event=event, code=drawn[number], raw=raw) for number, raw in sorted(read.items())])
    moved = move(event, EventState.LOCKED, table=EVENT_MOVES)
    audit.record(
        "competitions.totals_imported",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "rows": len(read)},
    )
    return report


def _read_totals(book: dict[str, workbooks.Table], drawn: set[int] | None) -> tuple[dict[int, Decimal], list[Problem]]:
    table = book.get(workbooks.TOTALS_SHEET)
    if table is None:
        return {}, [Problem(0, "", "sheet_missing", {"value": workbooks.TOTALS_SHEET}, "totals")]
    missing = [title for title in workbooks.TOTALS_COLUMNS.values() if table.column(title) is None]
    if missing:
        return {}, [Problem(0, "", "header_missing", {"value": title}, "totals") for title in missing]
    read: dict[int, Decimal] = {}
    problems: list[Problem] = []
    for row, record in table.records(workbooks.TOTALS_COLUMNS):
        text, raw = record["number"].strip(), record["raw"].strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        if number < 1 or (drawn is not None and number not in drawn):
            problems.append(Problem(row, "number", "number_unknown", {"value": text[:20]}, "totals"))
        elif number in read:
            problems.append(Problem(row, "number", "number_repeated", {"value": text}, "totals"))
        else:
            value = _mark(raw)
            if value is None:
                problems.append(Problem(row, "raw", "raw_not_a_mark", {"value": raw[:20]}, "totals"))
            read[number] = value or Decimal(0)
    problems += [Problem(0, "number", "number_left_out", {"value": number}, "totals") for number in sorted((drawn or set()) - set(read))]
    if not read and not problems:
        problems.append(Problem(0, "number", "number_left_out", {"value": 1}, "totals"))
    return read, problems


def _mark(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= 100 or value != value.quantize(Decimal("0.01")):
        return None
    return value


@dataclass(frozen=True, slots=True)
class _Computed:
    """A field worked out: everything a result set stores."""

    standings: tuple[Standing, ...]
    places: tuple[ranking.Ranked, ...]
    scale: Scale
    points: dict[int, int]
    awards: dict[int, str]
    digest: str


@transaction.atomic
def compute_results(*, actor: Any, event: Event) -> ResultSet:
    """Rank the field from locked sheets (or imported totals) and store it as a new provisional version.

    Refuses while a sheet is unlocked, or if the marks of one are not those under its signatures.
    """
    event = lock(event)
    require(actor, grants.COMPUTE, event)
    need_state(event, EventState.LOCKED)
    computed = _compute(event)
    last = ResultSet.objects.filter(event=event).order_by("-version").first()
    results = ResultSet(
        event=event,
        version=last.version + 1 if last else 1,
        median=_column(computed.scale.median),
        mad=_column(computed.scale.mad),
        digest=computed.digest,
        computed_by_id=person_id(actor),
    )
    results.full_clean()
    results.save()
    codes = {code.number: code for code in BlindCode.objects.filter(event=event)}
    by_number = {standing.number: standing for standing in computed.standings}
    ResultRow.objects.bulk_create(
        [
            ResultRow(
                result_set=results,
                code=codes[place.number],
                raw=_column(by_number[place.number].total),
                total=marking.published(by_number[place.number].total),
                scale=computed.points.get(place.number),
                rank=place.rank,
                shared=place.shared,
                decided_by=place.decided_by,
                award=computed.awards.get(place.number, ""),
                modules={code: str(marking.published(mark)) for code, mark in sorted(by_number[place.number].modules.items())},
            )
            for place in computed.places
        ]
    )
    moved = move(event, EventState.PROVISIONAL, table=EVENT_MOVES)
    audit.record(
        "competitions.results_computed",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "version": results.version, "digest": results.digest, "rows": len(computed.places)},
    )
    if is_open(event):
        tell_results_wait(event, version=results.version, computed_by=results.computed_by_id)
    return results


@transaction.atomic
def confirm_results(*, actor: Any, results: ResultSet) -> ResultSet:
    """Confirm the provisional results as the second person, after the blind numbers are open.

    Everything is worked out again and must come to the same digest. Then the entries are written to the rows and sheets become final.
    Certificates follow publication, not this.
    """
    event = lock(Event(pk=results.event_id))
    require(actor, grants.CONFIRM, event)
    results = lock(results)
    need_state(event, EventState.PROVISIONAL)
    if results.computed_by_id == user_id(actor):
        raise SecondPersonNeeded("second_person", _("Who worked the results out doesn't confirm them. Another person has to look at this."))
    if not is_open(event):
        raise WrongMoment("still_sealed", _("The blind numbers are still sealed. Open them with two people first."))
    if _compute(event).digest != results.digest:
        raise SheetTampered(
            "results_differ", _("Worked out again, the results differ from those shown. Confirm nothing; call the administrator.")
        )
    rows = list(results.rows.select_related("code"))
    for row in rows:
        row.entry_id = row.code.entry_id
    ResultRow.objects.bulk_update(rows, ["entry"], batch_size=200)
    results.confirmed_by_id = user_id(actor)
    results.confirmed_at = timezone.now()
    results.save(update_fields=["confirmed_by", "confirmed_at", "updated_at"])
    move(results, ResultState.CONFIRMED, table=RESULT_MOVES)
    for sheet in Sheet.objects.filter(event=event, state=SheetState.LOCKED).order_by("pk"):
        move(sheet, SheetState.FINAL, table=SHEET_MOVES)
    moved = move(event, EventState.CONFIRMED, table=EVENT_MOVES)
    audit.record(
        "competitions.results_confirmed",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "version": results.version, "digest": results.digest},
    )
    return results


@transaction.atomic
def publish_results(*, actor: Any, event: Event) -> Event:
    """Show confirmed results to everybody, with names.

    In the same transaction whoever listens (award certificates) is told of the rows of the set that stands confirmed now.
    """
    event = lock(event)
    require(actor, grants.PUBLISH, event)
    need_state(event, EventState.CONFIRMED)
    if not ResultSet.objects.filter(event=event, state=ResultState.CONFIRMED).exists():
        raise WrongMoment("nothing_confirmed", _("No results stand confirmed any more. Nothing is published; call the administrator."))
    event.published_at = timezone.now()
    event.save(update_fields=["published_at", "updated_at"])
    moved = move(event, EventState.PUBLISHED, table=EVENT_MOVES)
    audit.record("competitions.results_published", actor=actor, target=event, before={"state": moved.old}, after={"state": moved.new})
    tell_published(event)
    rows = ResultRow.objects.filter(result_set__event=event, result_set__state=ResultState.CONFIRMED, entry__isnull=False)
    if people := [str(key) for key in rows.values_list("public_id", flat=True)]:
        announce(OUTCOME_PUBLISHED, people, actor=actor)
    return event


def _compute(event: Event) -> _Computed:
    standings = tuple(_from_totals(event) if event.scoring == Scoring.RAW_TOTALS else _from_sheets(event))
    if not standings:
        raise WrongMoment("nobody_to_rank", _("Nobody is left to rank. Cancel the competition instead."))
    chain = [link for link in event.tie_break if event.scoring == Scoring.SHEETS or link == ranking.TOTAL]
    places = ranking.rank(standings, chain)
    scaled = scale([standing.total for standing in standings])
    points = dict(zip((standing.number for standing in standings), scaled.points, strict=True)) if scaled.points else {}
    if event.award_rule == AwardRule.MEDALS:
        awards = ranking.medals(points, tolerance=event.medal_tolerance)
    elif event.award_rule == AwardRule.PRIZES:
        awards = ranking.prize_tiers({place.number: place.rank for place in places})
    else:
        awards = {}
    content = [
        [
            place.number,
            place.rank,
            place.shared,
            str(_total(standings, place.number)),
            points.get(place.number),
            awards.get(place.number, ""),
        ]
        for place in places
    ]
    digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    return _Computed(standings, places, scaled, points, awards, digest)


def _total(standings: tuple[Standing, ...], number: int) -> Fraction:
    return next(standing.total for standing in standings if standing.number == number)


def _from_totals(event: Event) -> list[Standing]:
    rows = RawTotal.objects.filter(event=event, code__state=CodeState.COMPETING).select_related("code").order_by("code__number")
    return [Standing(row.code.number, Fraction(row.raw)) for row in rows]


def _from_sheets(event: Event) -> list[Standing]:
    scheme = frozen_scheme(event)
    modules = {module.pk: module for module in scheme.modules.all()}
    theory = frozenset(module.code for module in modules.values() if module.theory)
    sheets = list(
        Sheet.objects.filter(event=event, code__state=CodeState.COMPETING).select_related("module", "code").order_by("code__number")
    )
    trimmed = event.judgement_rule == JudgementRule.TRIMMED
    marks = marks_of(sheets)
    parts: dict[int, dict[str, Fraction]] = defaultdict(dict)
    minutes: dict[int, list[Decimal | None]] = defaultdict(list)
    for sheet in sheets:
        if sheet.state not in {SheetState.LOCKED, SheetState.FINAL}:
            raise SheetIncomplete("sheets_unlocked", _("A sheet isn't locked. Lock all sheets, then work the results out."))
        if fingerprint(sheet, marks[sheet.pk]) != sheet.digest:
            raise SheetTampered(
                "sheet_tampered",
                _("Number %(number)s, module %(module)s: the marks are not those that were signed. Call the administrator; lock nothing.")
                % {"number": sheet.code.number, "module": sheet.module.code},
            )
        parts[sheet.code.number][sheet.module.code] = marking.total(
            aspect.value(limit=event.spread_limit, trimmed=trimmed) for aspect in marks[sheet.pk]
        )
        minutes[sheet.code.number].append(sheet.minutes)
    weights = {module.code: module.weight for module in modules.values()}
    standings = []
    for number, by_module in sorted(parts.items()):
        kept = [value for value in minutes[number] if value is not None]
        standings.append(
            Standing(
                number=number,
                total=marking.event_total((mark, weights[code]) for code, mark in by_module.items()),
                modules={code: mark * Fraction(weights[code]) for code, mark in by_module.items()},
                theory_modules=theory,
                minutes=sum(kept, Decimal(0)) if kept and len(kept) == len(minutes[number]) else None,
            )
        )
    return standings


def _column(value: Fraction) -> Decimal:
    """Return *value* as far as the column goes (twelve places); ranks are decided on the exact one."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_TWELVE)

"""Handle results, which are worked out by one person, confirmed by another, and published."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from competitions import grants, workbooks
from competitions.enums import (
    EVENT_MOVES,
    RESULT_MOVES,
    SHEET_MOVES,
    CodeState,
    EventState,
    MarkingSheetState,
    ResultState,
    Scoring,
)
from competitions.errors import (
    EventSecondPersonNeeded,
    ResultsChanged,
    SheetTampered,
    WrongMoment,
    describe_workbook_problem,
)
from competitions.models import BlindCode, Event, RawTotal, ResultRow, ResultSet, Sheet
from competitions.queries.ranking import Computed, work_out
from competitions.rules import marking
from competitions.rules.numbers import read_decimal
from competitions.rules.scheme import Problem
from competitions.workflows._shared import is_open, need_state, person_id, user_id
from competitions.workflows.entry import sealed_field
from competitions.workflows.notifications import tell_published, tell_results_wait
from competitions.workflows.scheme import ProblemLine
from core import clock
from core.actors import Actor
from core.states import lock, move
from core.uploads import file_name
from jobs.outcomes import announce_outcome

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
def import_raw_totals(
    *, actor: Actor, event: Event, upload: IO[bytes], dry_run: bool = False
) -> TotalsReport:
    """Import the totals of an event marked elsewhere, all rows or none.

    After a draw the numbers must be exactly the drawn ones. Without entries (a published list of
    numbers and marks) the numbers are taken as they are, and belong to no person.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    if event.scoring != Scoring.RAW_TOTALS:
        raise WrongMoment(
            "marked_on_sheets",
            _("This competition is marked on score sheets, so totals can't be imported."),
        )
    need_state(event, EventState.DRAFT, EventState.DRAWN)
    book = workbooks.read_workbook_tables(io.BytesIO(upload.read()), name=file_name(upload))
    drawn = {code.number: code for code in BlindCode.objects.filter(event=event)}
    competing = {number for number, code in drawn.items() if code.state == CodeState.COMPETING}
    read, problems = _read_totals(book, competing if event.state == EventState.DRAWN else None)
    sheets = {"totals": workbooks.TOTALS_SHEET}
    report = TotalsReport(
        len(read),
        tuple(
            ProblemLine(
                p.row,
                workbooks.TOTALS_SHEET,
                describe_workbook_problem(p.code, p.data),
                p.code,
                p.column,
                p.data,
            )
            for p in problems
        ),
        workbooks.workbook_with_problems(book, problems, sheets) if problems else b"",
    )
    if problems or dry_run:
        return report
    if not drawn:
        BlindCode.objects.bulk_create(
            [BlindCode(event=event, number=number) for number in sorted(read)]
        )
        drawn = {code.number: code for code in BlindCode.objects.filter(event=event)}
    RawTotal.objects.bulk_create(
        [RawTotal(event=event, code=drawn[number], raw=raw) for number, raw in sorted(read.items())]
    )
    moved = move(event, EventState.LOCKED, table=EVENT_MOVES)
    audit.record(
        "competitions.totals_imported",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "rows": len(read)},
    )
    return report


def _read_totals(
    book: dict[str, workbooks.WorkbookTable], drawn: set[int] | None
) -> tuple[dict[int, Decimal], list[Problem]]:
    table = book.get(workbooks.TOTALS_SHEET)
    if table is None:
        return {}, [Problem(0, "", "sheet_missing", {"value": workbooks.TOTALS_SHEET}, "totals")]
    missing = [title for title in workbooks.TOTALS_COLUMNS.values() if table.column(title) is None]
    if missing:
        return {}, [
            Problem(0, "", "header_missing", {"value": title}, "totals") for title in missing
        ]
    read: dict[int, Decimal] = {}
    problems: list[Problem] = []
    for row, record in table.records(workbooks.TOTALS_COLUMNS):
        text, raw = record["number"].strip(), record["raw"].strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        if number < 1 or (drawn is not None and number not in drawn):
            problems.append(
                Problem(row, "number", "number_unknown", {"value": text[:20]}, "totals")
            )
        elif number in read:
            problems.append(Problem(row, "number", "number_repeated", {"value": text}, "totals"))
        else:
            value = _mark(raw)
            if value is None:
                problems.append(
                    Problem(row, "raw", "raw_not_a_mark", {"value": raw[:20]}, "totals")
                )
            read[number] = value or Decimal(0)
    problems += [
        Problem(0, "number", "number_left_out", {"value": number}, "totals")
        for number in sorted((drawn or set()) - set(read))
    ]
    if not read and not problems:
        problems.append(Problem(0, "number", "number_left_out", {"value": 1}, "totals"))
    return read, problems


def _mark(text: str) -> Decimal | None:
    value = read_decimal(text, places=2)
    return value if value is not None and 0 <= value <= 100 else None


@transaction.atomic
def compute_results(*, actor: Actor, event: Event) -> ResultSet:
    """Rank the field from locked sheets (or imported totals) and store it as a new provisional
    version.

    Refuses while a sheet is unlocked, or if the marks of one are not those under its signatures.
    """
    event = lock(event)
    require(actor, grants.COMPUTE, event)
    need_state(event, EventState.LOCKED)
    results = store_results(
        event, work_out(event, sealed_field(event)), computed_by=person_id(actor)
    )
    moved = move(event, EventState.PROVISIONAL, table=EVENT_MOVES)
    audit.record(
        "competitions.results_computed",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={
            "state": moved.new,
            "version": results.version,
            "digest": results.digest,
            "rows": results.rows.count(),
        },
    )
    if is_open(event):
        tell_results_wait(event, version=results.version, computed_by=results.computed_by_id)
    return results


def store_results(
    event: Event, computed: Computed, *, computed_by: int, reason: str = ""
) -> ResultSet:
    """Store *computed* as the next provisional version. For workflows that hold the event's lock.

    Entries are written to the rows once the blind numbers are open.
    """
    last = ResultSet.objects.filter(event=event).order_by("-version").first()
    results = ResultSet(
        event=event,
        version=last.version + 1 if last else 1,
        median=_column(computed.scale.median),
        mad=_column(computed.scale.mad),
        digest=computed.digest,
        computed_by_id=computed_by,
        reason=reason,
    )
    results.full_clean()
    results.save()
    codes = {code.number: code for code in BlindCode.objects.filter(event=event)}
    by_number = {standing.number: standing for standing in computed.standings}
    ranked = [
        ResultRow(
            result_set=results,
            code=codes[place.number],
            entry_id=codes[place.number].entry_id,
            raw=_column(by_number[place.number].total),
            total=marking.round_published_mark(by_number[place.number].total),
            scale=computed.points.get(place.number),
            rank=place.rank,
            shared=place.shared,
            decided_by=place.decided_by,
            award=computed.awards.get(place.number, ""),
            modules={
                code: str(marking.round_published_mark(mark))
                for code, mark in sorted(by_number[place.number].modules.items())
            },
        )
        for place in computed.places
    ]
    out = [
        ResultRow(
            result_set=results, code=codes[number], entry_id=codes[number].entry_id, standing=state
        )
        for number, state in computed.out.items()
    ]
    ResultRow.objects.bulk_create([*ranked, *out])
    return results


@transaction.atomic
def confirm_results(*, actor: Actor, results: ResultSet, shown: str = "") -> ResultSet:
    """Confirm the provisional results as the second person, after the blind numbers are open.

    *shown* is the digest of the results on the page of the person who confirms. Raises
    `ResultsChanged` if it is that of another version. Everything is worked out again and must come
    to the same digest. Then the entries are written to the rows and sheets become final.
    Certificates follow publication, not this.
    """
    event = lock(Event(pk=results.event_id))
    require(actor, grants.CONFIRM, event)
    results = lock(results)
    need_state(event, EventState.PROVISIONAL)
    if results.state != ResultState.PROVISIONAL or (shown and shown != results.digest):
        raise ResultsChanged(
            "results_changed",
            _(
                "A newer version of the results has been created. Reload the page and check "
                "it before you confirm."
            ),
        )
    if results.computed_by_id == user_id(actor):
        raise EventSecondPersonNeeded(
            "second_person",
            _(
                "The person who calculated the results can't confirm them. Another person "
                "must check them."
            ),
        )
    if not is_open(event):
        raise WrongMoment(
            "still_sealed",
            _("The blind numbers are still sealed. Two people must unseal them first."),
        )
    if work_out(event, sealed_field(event)).digest != results.digest:
        raise SheetTampered(
            "results_differ",
            _(
                "The recalculated results differ from those shown. Don't confirm them, and "
                "contact the administrator."
            ),
        )
    rows = list(results.rows.select_related("code"))
    for row in rows:
        row.entry_id = row.code.entry_id
    ResultRow.objects.bulk_update(rows, ["entry"], batch_size=200)
    set_confirmed(results, by=person_id(actor))
    for sheet in Sheet.objects.filter(event=event, state=MarkingSheetState.LOCKED).order_by("pk"):
        move(sheet, MarkingSheetState.FINAL, table=SHEET_MOVES)
    moved = move(event, EventState.CONFIRMED, table=EVENT_MOVES)
    audit.record(
        "competitions.results_confirmed",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new, "version": results.version, "digest": results.digest},
    )
    return results


def set_confirmed(results: ResultSet, *, by: int) -> None:
    """Record who confirmed a version. For workflows that hold the event's lock."""
    results.confirmed_by_id = by
    results.confirmed_at = clock.now()
    results.save(update_fields=["confirmed_by", "confirmed_at", "updated_at"])
    move(results, ResultState.CONFIRMED, table=RESULT_MOVES)


@transaction.atomic
def publish_results(*, actor: Actor, event: Event) -> Event:
    """Show confirmed results to everybody, with names.

    In the same transaction the listeners (award certificates) are told of the rows of the set that
    is confirmed now.
    """
    event = lock(event)
    require(actor, grants.PUBLISH, event)
    need_state(event, EventState.CONFIRMED)
    results = ResultSet.objects.filter(event=event, state=ResultState.CONFIRMED).first()
    if results is None:
        raise WrongMoment(
            "nothing_confirmed",
            _(
                "There are no confirmed results, so nothing was published. Contact the "
                "administrator."
            ),
        )
    event.published_at = results.published_at = clock.now()
    event.save(update_fields=["published_at", "updated_at"])
    results.save(update_fields=["published_at", "updated_at"])
    moved = move(event, EventState.PUBLISHED, table=EVENT_MOVES)
    audit.record(
        "competitions.results_published",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    tell_published(event)
    announce_rows(actor, results.rows.filter(entry__isnull=False, standing=CodeState.COMPETING))
    return event


def announce_rows(actor: Actor, rows: Any) -> None:
    """Tell the listeners that these results are public, in the transaction that makes them public."""
    if people := [str(key) for key in rows.values_list("public_id", flat=True)]:
        announce_outcome(OUTCOME_PUBLISHED, people, actor=actor)


def _column(value: Fraction) -> Decimal:
    """Return *value* as far as the column goes (twelve places). Ranks are decided on the exact
    one.
    """
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_TWELVE)

"""Read in one query what a save has to know of a sheet, which is who sits there, whether marks may
change, and the lines that are written to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)

from access.queries import permitted
from competitions import grants
from competitions.models import (
    Aspect,
    BlindCode,
    Event,
    Judge,
    JudgementRound,
    Mark,
    MarkChange,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
)
from core import clock
from core.actors import Actor, account_id
from core.prepared import prepared_cursor


class SavedSheetRow(NamedTuple):
    """What the query returns. It is the seat, the sheet and what surrounds it, then one aspect,
    one of its rounds and one of its marks.
    """

    judge_pk: int
    judge_seat: int
    sheet_pk: int
    sheet_state: str
    sheet_version: int
    sheet_revision: int
    event_pk: int
    event_state: str
    spread_limit: int
    code_state: str
    aspect_pk: int | None
    aspect_code: str
    aspect_kind: str
    aspect_max_mark: Decimal
    aspect_steps: list[str]
    round_pk: int | None
    round_number: int
    round_state: str
    mark_pk: int | None
    mark_judge_id: int | None
    mark_round: int
    mark_awarded: Decimal | None
    mark_score: int | None
    mark_version: int
    mark_changed_at: datetime
    changed_by_seat: int | None
    permitted: bool
    signed: bool
    vacant_seats: bool
    seats: int
    repeated: bool
    based_on: int | None
    measured: Decimal | None
    mark_seated: bool


# Where the columns of a row come from; the rest are found out by sub-queries.
PATHS = {
    "judge_pk": "judge_id", "judge_seat": "judge__seat",
    "sheet_pk": "sheet_id", "sheet_state": "sheet__state", "sheet_version": "sheet__version", "sheet_revision": "sheet__revision",
    "event_pk": "sheet__event_id", "event_state": "sheet__event__state", "spread_limit": "sheet__event__spread_limit",
    "code_state": "sheet__code__state",
    **{f"aspect_{name}": f"line__{name}" for name in ("pk", "code", "kind", "max_mark", "steps")},
    **{f"round_{name}": f"line_round__{name}" for name in ("pk", "number", "state")},
    **{f"mark_{name}": f"line_mark__{name}" for name in ("pk", "judge_id", "round", "awarded", "score", "version", "changed_at")},
    "changed_by_seat": "line_mark__changed_by__seat",
}  # fmt: skip

# Stand-ins for what changes from save to save: the query is compiled with them once, and they are
# replaced in its parameters.
_USER = -972_831
_SHEET, _OPERATION, _AFTER = (UUID(int=0xC4AF7_0000 + n, version=4) for n in range(3))
_CODE = "\u0000code{}"


@dataclass(slots=True)
class AspectInSave:
    """An aspect that is written to, with its last round (judgement) and the marks that exist, by
    judge and round.
    """

    aspect: Aspect
    last_round: JudgementRound | None = None
    marks: dict[tuple[int | None, int], Mark] = field(default_factory=dict)
    seated: set[int] = field(
        default_factory=set
    )  # judges with a mark here who still sit at the sheet


@dataclass(slots=True)
class SheetInSave:
    """A sheet as a save finds it. `permitted` says whether the judge's role runs today.

    `measured` is the sum of all measurement marks. `based_on` is the version that the operation
    named as the one before has made, None where there is none or where it wasn't taken.
    """

    sheet: Sheet
    judge: Judge
    permitted: bool
    signed: bool
    vacant_seats: bool
    seats: int
    repeated: bool
    based_on: int | None
    measured: Decimal
    aspects: dict[str, AspectInSave]


def read_sheet_for_save(
    user: Actor, sheet_id: UUID, *, operation: UUID, codes: Collection[str], after: UUID | None
) -> SheetInSave | None:
    """Return the sheet with the aspects *codes* as *user* finds it at their seat, or None for
    everybody who has no seat there.

    *after* is the operation of the same judge on which this one was typed. Takes one query,
    whatever the size of the sheet.
    """
    rows = list(_run(user, sheet_id, operation=operation, codes=tuple(codes), after=after))
    if not rows:
        return None
    seat = rows[0]
    event = Event(pk=seat.event_pk, state=seat.event_state, spread_limit=seat.spread_limit)
    sheet = Sheet(
        pk=seat.sheet_pk,
        public_id=sheet_id,
        event=event,
        state=seat.sheet_state,
        version=seat.sheet_version,
        revision=seat.sheet_revision,
    )
    sheet.code = BlindCode(state=seat.code_state)
    found = SheetInSave(
        sheet=sheet,
        judge=Judge(pk=seat.judge_pk, seat=seat.judge_seat),
        permitted=bool(seat.permitted) and user.is_active,
        signed=bool(seat.signed),
        vacant_seats=bool(seat.vacant_seats),
        seats=seat.seats,
        repeated=bool(seat.repeated),
        based_on=seat.based_on,
        measured=seat.measured or Decimal(0),
        aspects={},
    )
    for row in rows:
        if row.aspect_pk is not None:
            _add(found, row)
    return found


def _run(
    user: Actor, sheet_id: UUID, *, operation: UUID, codes: tuple[str, ...], after: UUID | None
) -> Iterator[SavedSheetRow]:
    using = router.db_for_read(SheetJudge)
    connection = connections[using]
    statement = _prepare(
        using,
        connection.vendor,
        bool(user.is_superuser),
        len(codes),
        after is not None,
        clock.today(),
    )
    write = _as_parameter(connection)
    stand_ins: dict[Any, Any] = {_SHEET: sheet_id, _OPERATION: operation, _AFTER: after}
    given: dict[Any, Any] = {write(stand_in): write(value) for stand_in, value in stand_ins.items()}
    given[_USER] = user.pk
    given.update((_CODE.format(place), code) for place, code in enumerate(codes))
    with prepared_cursor(connection) as cursor:
        cursor.execute(
            statement.sql, [given.get(parameter, parameter) for parameter in statement.parameters]
        )
        for read in cursor.fetchall():
            row = list(read)
            for place, converters, expression in statement.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
            yield SavedSheetRow._make(row)


def _as_parameter(connection: Any) -> Callable[[Any], Any]:
    """Return the function that turns a value into a parameter. A database without a type for UUIDs
    gets their digits.
    """
    plain = connection.features.has_native_uuid_field
    return lambda value: value.hex if isinstance(value, UUID) and not plain else value


@dataclass(frozen=True, slots=True)
class _Statement:
    """A compiled query, with its text, its parameters with placeholders, and how its columns
    become values of Python.
    """

    sql: str
    parameters: tuple[Any, ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


@lru_cache(maxsize=64)
def _prepare(
    using: str, _vendor: str, superuser: bool, codes: int, after: bool, _today: date
) -> _Statement:
    """Compile the query once for a day (rights run by days) and kind of caller, because putting it
    together took longer than running it.
    """
    user = SimpleNamespace(pk=_USER, is_active=True, is_superuser=superuser)
    query = _rows(
        user,
        _SHEET,
        operation=_OPERATION,
        codes=[_CODE.format(n) for n in range(codes)],
        after=_AFTER if after else None,
    )
    compiler = query.using(using).query.get_compiler(using)
    sql, parameters = compiler.as_sql()
    columns = [column for column, _sql, _alias in compiler.select]
    converters = compiler.get_converters(columns)
    return _Statement(
        sql,
        tuple(parameters),
        tuple(
            (place, list(found), expression) for place, (found, expression) in converters.items()
        ),
    )


def _rows(
    user: Actor, sheet_id: UUID, *, operation: UUID, codes: Collection[str], after: UUID | None
) -> QuerySet[Any, Any]:
    """Return the seat of *user*, once for each round and mark of the aspects *codes*."""
    signatures = Signature.objects.filter(
        sheet=OuterRef("sheet"), version=OuterRef("sheet__version"), withdrawn_at=None
    )
    vacancies = SeatVacancy.objects.filter(filled_by=None)
    seats = SheetJudge.objects.filter(sheet=OuterRef("sheet")).order_by().values("sheet")
    marks = Mark.objects.filter(sheet=OuterRef("sheet"), judge=None).order_by().values("sheet")
    earlier = MarkChange.objects.filter(
        operation=after or UUID(int=0),
        judge=OuterRef("judge"),
        sheet=OuterRef("sheet"),
        accepted=True,
    )
    events = permitted(user, grants.JUDGE, Event.objects.filter(pk=OuterRef("sheet__event")))
    at_seat = SheetJudge.objects.filter(
        ~Exists(vacancies.filter(seat=OuterRef("pk"))),
        sheet__public_id=sheet_id,
        judge__user=account_id(user),
    )
    return (
        at_seat.annotate(
            permitted=Exists(events),
            signed=Exists(signatures),
            vacant_seats=Exists(vacancies.filter(seat__sheet=OuterRef("sheet"))),
            seats=Subquery(seats.annotate(number=Count("pk")).values("number")),
            repeated=Exists(MarkChange.objects.filter(operation=operation, place=0)),
            based_on=Subquery(earlier.order_by("-pk").values("version")[:1]),
            measured=Subquery(marks.annotate(total=Sum("awarded")).values("total")),
            line=FilteredRelation(
                "sheet__module__aspects", condition=Q(sheet__module__aspects__code__in=codes)
            ),
            line_round=FilteredRelation(
                "line__rounds", condition=Q(line__rounds__sheet=F("sheet"))
            ),
            line_mark=FilteredRelation("line__marks", condition=Q(line__marks__sheet=F("sheet"))),
        )
        .annotate(
            **{name: F(path) for name, path in PATHS.items()},
            mark_seated=Exists(
                SheetJudge.objects.filter(
                    sheet=OuterRef("sheet"), judge=OuterRef("line_mark__judge")
                )
            ),
        )
        .order_by(F("line_round__number"))
        .values_list(*SavedSheetRow._fields)
    )


def _add(found: SheetInSave, row: SavedSheetRow) -> None:
    """Add the round and the mark that *row* holds to its aspect. Rows come in the order of the
    rounds.
    """
    line = found.aspects.get(row.aspect_code)
    if line is None:
        aspect = Aspect(
            pk=row.aspect_pk,
            code=row.aspect_code,
            kind=row.aspect_kind,
            max_mark=row.aspect_max_mark,
            steps=row.aspect_steps,
        )
        line = found.aspects[row.aspect_code] = AspectInSave(aspect)
    if row.round_pk is not None:
        line.last_round = JudgementRound(
            pk=row.round_pk,
            sheet=found.sheet,
            aspect=line.aspect,
            number=row.round_number,
            state=row.round_state,
        )
    key = (row.mark_judge_id, row.mark_round)
    if row.mark_pk is None or key in line.marks:
        return
    mark = Mark(
        pk=row.mark_pk,
        sheet=found.sheet,
        aspect=line.aspect,
        judge_id=row.mark_judge_id,
        round=row.mark_round,
    )
    mark.awarded, mark.score, mark.version, mark.changed_at = (
        row.mark_awarded,
        row.mark_score,
        row.mark_version,
        row.mark_changed_at,
    )
    if row.changed_by_seat is not None:
        mark.changed_by = Judge(seat=row.changed_by_seat)
    line.marks[key] = mark
    if row.mark_seated and row.mark_judge_id is not None:
        line.seated.add(row.mark_judge_id)

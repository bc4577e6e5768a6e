"""What a save has to know of a sheet, in one query: who sits there, whether marks may change, and the lines that are written to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum

from access.queries import permitted
from competitions import grants
from competitions.models import (
    Aspect,
    Event,
    Judge,
    JudgementRound,
    Mark,
    MarkChange,
    SaveOperation,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
)

MARK_FIELDS = ("pk", "judge_id", "round", "awarded", "score", "version", "changed_at")


@dataclass(slots=True)
class AspectInSave:
    """An aspect that is written to: its last round (judgement) and the marks that exist, by judge and round."""

    aspect: Aspect
    last_round: JudgementRound | None = None
    marks: dict[tuple[int | None, int], Mark] = field(default_factory=dict)
    seated: set[int] = field(default_factory=set)  # judges with a mark here who still sit at the sheet


@dataclass(slots=True)
class SheetInSave:
    """A sheet as a save finds it. `permitted` says whether the judge's role runs today.

    `measured` is the sum of all measurement marks. `based_on` is the version that the operation named as the one before has made, None
    where there is none or where it wasn't taken.
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


def read_sheet_for_save(user: Any, sheet_id: UUID, *, operation: UUID, codes: Collection[str], after: UUID | None) -> SheetInSave | None:
    """Return the sheet with the aspects *codes* as *user* finds it at his seat; None to everybody who has no seat there.

    *after* is the operation of the same judge on which this one was typed. One query, whatever the size of the sheet.
    """
    rows = list(_rows(user, sheet_id, operation=operation, codes=codes, after=after))
    if not rows:
        return None
    seat = rows[0]
    found = SheetInSave(
        sheet=seat.sheet,
        judge=seat.judge,
        permitted=seat.permitted,
        signed=seat.signed,
        vacant_seats=seat.vacant_seats,
        seats=seat.seats,
        repeated=seat.repeated,
        based_on=seat.based_on,
        measured=seat.measured or Decimal(0),
        aspects={},
    )
    for row in rows:
        if row.aspect_pk is not None:
            _add(found, row)
    return found


def _rows(user: Any, sheet_id: UUID, *, operation: UUID, codes: Collection[str], after: UUID | None) -> QuerySet[SheetJudge]:
    """Return the seat of *user*, once for each round and mark of the aspects *codes*."""
    signatures = Signature.objects.filter(sheet=OuterRef("sheet"), version=OuterRef("sheet__version"), withdrawn_at=None)
    vacancies = SeatVacancy.objects.filter(filled_by=None)
    seats = SheetJudge.objects.filter(sheet=OuterRef("sheet")).order_by().values("sheet")
    marks = Mark.objects.filter(sheet=OuterRef("sheet"), judge=None).order_by().values("sheet")
    earlier = MarkChange.objects.filter(operation__operation=after, judge=OuterRef("judge"), sheet=OuterRef("sheet"), accepted=True)
    events = permitted(user, grants.JUDGE, Event.objects.filter(pk=OuterRef("sheet__event")))
    at_seat = SheetJudge.objects.filter(sheet__public_id=sheet_id, judge__user=user).filter(~Exists(vacancies.filter(seat=OuterRef("pk"))))
    return (
        at_seat.select_related("judge", "sheet__event", "sheet__code")
        .annotate(
            permitted=Exists(events),
            signed=Exists(signatures),
            vacant_seats=Exists(vacancies.filter(seat__sheet=OuterRef("sheet"))),
            seats=Subquery(seats.annotate(number=Count("pk")).values("number")),
            repeated=Exists(SaveOperation.objects.filter(operation=operation)),
            based_on=Subquery(earlier.order_by("-pk").values("version")[:1]),
            measured=Subquery(marks.annotate(total=Sum("awarded")).values("total")),
            line=FilteredRelation("sheet__module__aspects", condition=Q(sheet__module__aspects__code__in=codes)),
            line_round=FilteredRelation("line__rounds", condition=Q(line__rounds__sheet=F("sheet"))),
            line_mark=FilteredRelation("line__marks", condition=Q(line__marks__sheet=F("sheet"))),
        )
        .annotate(
            **{f"aspect_{name}": F(f"line__{name}") for name in ("pk", "code", "kind", "max_mark", "steps")},
            **{f"round_{name}": F(f"line_round__{name}") for name in ("pk", "number", "state")},
            **{
                f"mark_{name}": F(f"line_mark__{name}") for name in ("pk", "judge_id", "round", "awarded", "score", "version", "changed_at")
            },
            changed_by_seat=F("line_mark__changed_by__seat"),
            mark_seated=Exists(SheetJudge.objects.filter(sheet=OuterRef("sheet"), judge=OuterRef("line_mark__judge"))),
        )
        .order_by("round_number")
    )


def _add(found: SheetInSave, row: Any) -> None:
    """Add what *row* says of an aspect: a round, a mark. Rows come in the order of the rounds."""
    line = found.aspects.get(row.aspect_code)
    if line is None:
        aspect = Aspect(pk=row.aspect_pk, code=row.aspect_code, kind=row.aspect_kind, max_mark=row.aspect_max_mark, steps=row.aspect_steps)
        line = found.aspects[row.aspect_code] = AspectInSave(aspect)
    if row.round_pk is not None:
        line.last_round = JudgementRound(
            pk=row.round_pk, sheet=found.sheet, aspect=line.aspect, number=row.round_number, state=row.round_state
        )
    key = (row.mark_judge_id, row.mark_round)
    if row.mark_pk is None or key in line.marks:
        return
    mark = Mark(pk=row.mark_pk, sheet=found.sheet, aspect=line.aspect, judge_id=row.mark_judge_id, round=row.mark_round)
    mark.awarded, mark.score, mark.version, mark.changed_at = row.mark_awarded, row.mark_score, row.mark_version, row.mark_changed_at
    if row.changed_by_seat is not None:
        mark.changed_by = Judge(seat=row.changed_by_seat)
    line.marks[key] = mark
    if row.mark_seated:
        line.seated.add(row.mark_judge_id)

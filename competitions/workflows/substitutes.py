"""Handle a judge's role that ends with sheets unsigned. The seats go back to the organisers, and a
substitute takes them or the rest goes on alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

import audit
from access.checks import is_allowed, require
from access.queries import list_role_holders
from competitions import grants
from competitions.enums import (
    ROUND_MOVES,
    SHEET_MOVES,
    WRITABLE_SHEETS,
    EventState,
    MarkingSheetState,
    RoundState,
)
from competitions.errors import OfficesClash, WrongMoment
from competitions.models import (
    Event,
    Judge,
    JudgementRound,
    Mark,
    PanelSeat,
    SeatVacancy,
    Sheet,
    SheetJudge,
    Signature,
)
from competitions.queries.vacancies import open_vacancies, seats_held
from competitions.rules import marking
from competitions.workflows._shared import need_state, user_id
from competitions.workflows.notifications import tell_seated, tell_vacant
from competitions.workflows.panel import find_recusals, need_panels
from core import clock
from core.actors import Actor, account_id
from core.errors import NotFound
from core.states import lock, move

BEFORE_MARKING = (EventState.DRAFT, EventState.OPEN, EventState.DRAWN)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many sheets the substitute took, and how many of that judge's still wait because the
    substitute isn't seated in their modules.
    """

    taken: int
    left: int


@transaction.atomic
def vacate_unsigned_sheets(
    *, actor: Actor, user: Actor, role: str, scope: Any, **_more: Any
) -> int:
    """Vacate the unsigned sheets of *user*, whose role as a judge of *scope* has just ended, and
    return how many.

    Called by `access.registry` in the transaction that ends the role, after the person who ended it
    has confirmed. Signed sheets stay signed. Before marking begins the seats in the panels are
    removed, so that no sheet is made for somebody who isn't there.
    """
    if role != grants.JUDGE_ROLE.key or not isinstance(scope, Event):
        return 0
    event = lock(scope)
    judge = Judge.objects.filter(event=event, user=account_id(user)).first()
    if judge is None or list_role_holders(role, event).filter(user=account_id(user)).exists():
        return 0
    if event.state in BEFORE_MARKING:
        gone = list(
            PanelSeat.objects.filter(judge=judge)
            .select_related("module")
            .order_by("module__position")
        )
        PanelSeat.objects.filter(pk__in=[seat.pk for seat in gone]).delete()
        if gone:
            codes = [seat.module.code for seat in gone]
            audit.record(
                "competitions.seats_vacated",
                actor=actor,
                target=event,
                before={"seat": judge.seat, "modules": codes},
            )
        return 0
    # Signing locks the sheet: who signs at this moment is either before us (and keeps the sheet) or
    # finds the seat vacant.
    list(
        Sheet.objects.select_for_update()
        .filter(pk__in=seats_held(judge).values("sheet"))
        .order_by("pk")
    )
    seats = list(seats_held(judge).order_by("pk"))
    SeatVacancy.objects.bulk_create([SeatVacancy(seat=seat, left_by=judge) for seat in seats])
    if seats:
        _empty_open_scores(judge, [seat.sheet_id for seat in seats])
        audit.record(
            "competitions.seats_vacated",
            actor=actor,
            target=event,
            before={"seat": judge.seat},
            after={"sheets": len(seats)},
        )
        tell_vacant(event, judge, sheets=len(seats))
    return len(seats)


def _empty_open_scores(judge: Judge, sheets: list[int]) -> None:
    """Empty what *judge* gave in rounds that are still open, which close without this judge. What
    was sent stays in the log of changes.
    """
    open_round = JudgementRound.objects.filter(
        sheet=OuterRef("sheet"),
        aspect=OuterRef("aspect"),
        number=OuterRef("round"),
        state=RoundState.COLLECTING,
    )
    given = Mark.objects.filter(
        Exists(open_round), judge=judge, sheet__in=sheets, score__isnull=False
    )
    given.update(score=None, version=F("version") + 1)
    _count_write(sheets)


def _count_write(sheets: Iterable[int]) -> None:
    """Let tablets see that these sheets changed."""
    Sheet.objects.filter(pk__in=list(sheets)).update(revision=F("revision") + 1)


@transaction.atomic
def name_substitute(*, actor: Actor, event: Event, left_by: Judge, substitute: Judge) -> HandedOver:
    """Seat *substitute* at all vacant sheets of *left_by* in the modules whose panel the
    substitute belongs to.

    The organisers and the chief judge may do this, also while marking runs, but nobody may name
    themselves. For whom the substitute stands aside makes no difference to the seats, because that
    would show on the lists. Raises `PanelTooSmall` if with this judge too few would be left for
    some competitor of the field.
    """
    event, waiting = _vacant_seats(actor, event, left_by)
    if substitute.event_id != event.pk:
        raise NotFound
    if user_id(actor) == substitute.user_id:
        raise OfficesClash(
            "own_office", _("You can't assign a role to yourself. Ask another officer.")
        )
    if (
        not list_role_holders(grants.JUDGE_ROLE.key, event)
        .filter(user=substitute.user_id, user__is_active=True)
        .exists()
    ):
        raise WrongMoment(
            "no_judge_now",
            _("This person is no longer a judge here. Choose another judge on the panel."),
        )
    find_recusals(event)
    modules = set(PanelSeat.objects.filter(judge=substitute).values_list("module_id", flat=True))
    taken_sheets = {row.seat.sheet_id for row in waiting}
    # Coming back counts as standing in for oneself; otherwise nobody sits at one sheet twice.
    own = SheetJudge.objects.filter(judge=substitute, sheet__in=taken_sheets).exclude(
        pk__in=[row.seat_id for row in waiting]
    )
    seated = set(own.values_list("sheet_id", flat=True))
    fits = [
        row
        for row in waiting
        if row.seat.sheet.module_id in modules and row.seat.sheet_id not in seated
    ]
    if not fits:
        raise WrongMoment(
            "substitute_fits_nowhere",
            _(
                "This judge can't take any of these score sheets, because they aren't on "
                "the panel or already mark these sheets. Appoint a judge from elsewhere."
            ),
        )
    need_panels(event, instead=_panels_after(event, fits, left_by, substitute))
    now = clock.now()
    for row in fits:
        row.filled_by, row.filled_at = substitute, now
        row.save(update_fields=["filled_by", "filled_at"])
        row.seat.judge = substitute
        row.seat.save(update_fields=["judge"])
    _count_write(row.seat.sheet_id for row in fits)
    left = len(waiting) - len(fits)
    audit.record(
        "competitions.substitute_named",
        actor=actor,
        target=event,
        before={"seat": left_by.seat},
        after={"seat": substitute.seat, "sheets": len(fits), "left": left},
    )
    tell_seated(
        substitute, sorted({row.seat.sheet.module.code for row in fits}), again=str(fits[0].pk)
    )
    return HandedOver(len(fits), left)


@transaction.atomic
def drop_vacant_seats(*, actor: Actor, event: Event, left_by: Judge) -> int:
    """Remove the vacant seats of *left_by*, because the rest of the panel is enough. Return how
    many sheets went on.

    Raises `PanelTooSmall` where somebody of the field would be left with too few judges. Rounds and
    sheets that waited only for this judge are settled and signed at once.
    """
    event, waiting = _vacant_seats(actor, event, left_by)
    find_recusals(event)
    need_panels(event, instead=_panels_after(event, waiting, left_by, None))
    sheets = [row.seat.sheet for row in waiting]
    SheetJudge.objects.filter(pk__in=[row.seat_id for row in waiting]).delete()
    for sheet in sheets:
        _settle_without_seat(sheet)
    _count_write(sheet.pk for sheet in sheets)
    audit.record(
        "competitions.seats_taken_away",
        actor=actor,
        target=event,
        before={"seat": left_by.seat},
        after={"sheets": len(sheets)},
    )
    return len(sheets)


def _settle_without_seat(sheet: Sheet) -> None:
    """Close the rounds, and sign the sheet, that waited only for a seat which no longer exists.
    The sheet is locked by the caller.
    """
    if SeatVacancy.objects.filter(seat__sheet=sheet, filled_by=None).exists():
        return
    judges = set(SheetJudge.objects.filter(sheet=sheet).values_list("judge_id", flat=True))
    for row in JudgementRound.objects.filter(sheet=sheet, state=RoundState.COLLECTING):
        marks = Mark.objects.filter(
            sheet=sheet,
            aspect=row.aspect_id,
            round=row.number,
            judge__in=judges,
            score__isnull=False,
        )
        scores = [score for score in marks.values_list("score", flat=True) if score is not None]
        if scores and len(scores) == len(judges):
            apart = marking.spread_exceeded(scores, sheet.event.spread_limit)
            row.closed_at = clock.now()
            row.save(update_fields=["closed_at"])
            move(row, RoundState.DISPUTED if apart else RoundState.SETTLED, table=ROUND_MOVES)
            if apart:
                JudgementRound.objects.create(
                    sheet=sheet, aspect_id=row.aspect_id, number=row.number + 1
                )
    signed = Signature.objects.filter(
        sheet=sheet, version=sheet.version, withdrawn_at=None, judge__in=judges
    ).count()
    if sheet.state in WRITABLE_SHEETS and signed == len(judges):
        move(sheet, MarkingSheetState.SIGNED, table=SHEET_MOVES)


def _vacant_seats(actor: Actor, event: Event, left_by: Judge) -> tuple[Event, list[SeatVacancy]]:
    """Return the event and what waits of *left_by*, both locked, for the organisers and the chief
    judge.
    """
    event = lock(event)
    if not is_allowed(actor, grants.LEAD, event):
        require(actor, grants.MANAGE, event)
    need_state(event, EventState.SCORING)
    if left_by.event_id != event.pk:
        raise NotFound
    rows = open_vacancies(event).filter(left_by=left_by)
    waiting = list(
        rows.select_related("seat__sheet__code", "seat__sheet__module", "seat__sheet__event")
    )
    if not waiting:
        raise WrongMoment(
            "nothing_vacant", _("These seats have already been filled. Reload the page.")
        )
    list(
        Sheet.objects.select_for_update()
        .filter(pk__in={row.seat.sheet_id for row in waiting})
        .order_by("pk")
    )
    return event, waiting


def _panels_after(
    event: Event, rows: list[SeatVacancy], left_by: Judge, substitute: Judge | None
) -> dict[int, list[int]]:
    """Return the panels, by module, of the sheets in *rows* once *substitute* (or nobody) has the
    seat of *left_by*.
    """
    found: dict[int, list[int]] = {}
    for module in {row.seat.sheet.module_id for row in rows}:
        sheet = next(row.seat.sheet_id for row in rows if row.seat.sheet.module_id == module)
        judges = list(
            SheetJudge.objects.filter(sheet=sheet)
            .exclude(judge=left_by)
            .order_by("position")
            .values_list("judge_id", flat=True)
        )
        found[module] = [*judges, substitute.pk] if substitute is not None else judges
    return found


def count_vacatable_sheets(*, user: Actor, role: str, scope: Any) -> int:
    """Return how many unsigned sheets `vacate_unsigned_sheets` would vacate now."""
    if role != grants.JUDGE_ROLE.key or not isinstance(scope, Event):
        return 0
    judge = Judge.objects.filter(event=scope, user=account_id(user)).first()
    return seats_held(judge).count() if judge else 0

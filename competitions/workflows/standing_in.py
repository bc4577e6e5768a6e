"""A judge's role ends with sheets unsigned: the seats go back to the organisers, and a substitute of the panel takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import allowed, require
from access.queries import holders
from competitions import grants
from competitions.enums import EventState
from competitions.errors import OfficesClash, WrongMoment
from competitions.models import Event, Judge, PanelSeat, Recusal, SeatVacancy, Sheet, SheetJudge
from competitions.queries.vacancies import open_vacancies, seats_held
from competitions.workflows._shared import need_state, user_id
from competitions.workflows.entry import open_code_book
from competitions.workflows.panel import find_recusals
from competitions.workflows.telling import tell_seated, tell_vacant
from core.errors import NotFound
from core.states import lock

BEFORE_MARKING = (EventState.DRAFT, EventState.OPEN, EventState.DRAWN)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many sheets the substitute took, and how many of that judge's wait on for another."""

    taken: int
    left: int


@transaction.atomic
def hand_back(*, actor: Any, user: Any, role: str, scope: Any, **_more: Any) -> int:
    """Vacate the unsigned sheets of *user*, whose role as a judge of *scope* has just ended; return how many.

    Called by `access.registry` in the transaction that ends the role; whoever ended it has been asked. Signed sheets stay signed.
    Before marking begins the places in the panels go, so that no sheet is made for somebody who isn't there.
    """
    if role != grants.JUDGE_ROLE.key or not isinstance(scope, Event):
        return 0
    event = lock(scope)
    judge = Judge.objects.filter(event=event, user=user).first()
    if judge is None or holders(role, event).filter(user=user).exists():
        return 0
    if event.state in BEFORE_MARKING:
        gone = list(PanelSeat.objects.filter(judge=judge).select_related("module").order_by("module__position"))
        PanelSeat.objects.filter(pk__in=[seat.pk for seat in gone]).delete()
        if gone:
            codes = [seat.module.code for seat in gone]
            audit.record("competitions.seats_vacated", actor=actor, target=event, before={"seat": judge.seat, "modules": codes})
        return 0
    # Signing locks the sheet: who signs at this moment is either before us (and keeps the sheet) or finds the seat vacant.
    list(Sheet.objects.select_for_update().filter(pk__in=seats_held(judge).values("sheet")).order_by("pk"))
    seats = list(seats_held(judge).order_by("pk"))
    SeatVacancy.objects.bulk_create([SeatVacancy(seat=seat, left_by=judge) for seat in seats])
    if seats:
        audit.record("competitions.seats_vacated", actor=actor, target=event, before={"seat": judge.seat}, after={"sheets": len(seats)})
        tell_vacant(event, judge, sheets=len(seats))
    return len(seats)


@transaction.atomic
def name_substitute(*, actor: Any, event: Event, left_by: Judge, substitute: Judge) -> HandedOver:
    """Seat *substitute*, a judge of the panels, at the vacant sheets of *left_by*, but for those of competitors he stands aside for.

    The organisers and the chief judge may, also while marking runs; nobody names himself. What stays vacant goes to somebody else.
    """
    event = lock(event)
    if not allowed(actor, grants.LEAD, event):
        require(actor, grants.MANAGE, event)
    need_state(event, EventState.SCORING)
    if left_by.event_id != event.pk or substitute.event_id != event.pk:
        raise NotFound
    if user_id(actor) == substitute.user_id:
        raise OfficesClash("own_office", _("Nobody gives an office to themselves. Ask another officer."))
    if not holders(grants.JUDGE_ROLE.key, event).filter(user=substitute.user_id, user__is_active=True).exists():
        raise WrongMoment("no_judge_now", _("This person is no judge here any more. Choose another judge of the panel."))
    waiting = list(open_vacancies(event).filter(left_by=left_by).select_related("seat__sheet__code", "seat__sheet__module"))
    if not waiting:
        raise WrongMoment("nothing_vacant", _("These seats have been filled meanwhile. Reload the page."))
    list(Sheet.objects.select_for_update().filter(pk__in={row.seat.sheet_id for row in waiting}).order_by("pk"))
    find_recusals(event)
    book = open_code_book(event)
    aside = set(Recusal.objects.filter(judge=substitute).values_list("entry_id", flat=True))
    modules = set(PanelSeat.objects.filter(judge=substitute).values_list("module_id", flat=True))
    taken_sheets = {row.seat.sheet_id for row in waiting}
    # Coming back counts as standing in for oneself; otherwise nobody sits at one sheet twice.
    own = SheetJudge.objects.filter(judge=substitute, sheet__in=taken_sheets).exclude(pk__in=[row.seat_id for row in waiting])
    seated = set(own.values_list("sheet_id", flat=True))
    fits = [
        row
        for row in waiting
        if row.seat.sheet.module_id in modules
        and row.seat.sheet_id not in seated
        and getattr(book.get(row.seat.sheet.code.number), "pk", None) not in aside
    ]
    if not fits:
        raise WrongMoment(
            "substitute_fits_nowhere",
            _(
                "This judge can take none of these sheets: not in the panel, at the sheet already, or to stand aside. "
                "Choose another, or seat one from elsewhere."
            ),
        )
    now = timezone.now()
    for row in fits:
        row.filled_by, row.filled_at = substitute, now
        row.save(update_fields=["filled_by", "filled_at"])
        row.seat.judge = substitute
        row.seat.save(update_fields=["judge"])
    left = len(waiting) - len(fits)
    audit.record(
        "competitions.substitute_named",
        actor=actor,
        target=event,
        before={"seat": left_by.seat},
        after={"seat": substitute.seat, "sheets": len(fits), "left": left},
    )
    tell_seated(substitute, sorted({row.seat.sheet.module.code for row in fits}), again=str(fits[0].pk))
    return HandedOver(len(fits), left)


def would_go_back(*, user: Any, role: str, scope: Any) -> int:
    """Return how many unsigned sheets `hand_back` would vacate now."""
    if role != grants.JUDGE_ROLE.key or not isinstance(scope, Event):
        return 0
    judge = Judge.objects.filter(event=scope, user=user).first()
    return seats_held(judge).count() if judge else 0

"""Find seats that wait for a substitute, and who of the panels could take them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from access.queries import list_role_holders, permitted
from competitions import grants
from competitions.enums import WRITABLE_SHEETS, CodeState, EventState
from competitions.models import Event, Judge, PanelSeat, SeatVacancy, SheetJudge, Signature
from core.actors import Actor

OPEN = Q(sheets__seats__vacancies__isnull=False, sheets__seats__vacancies__filled_by=None)


def seats_held(judge: Judge) -> QuerySet[SheetJudge]:
    """Return the seats of *judge* at sheets that this judge still has to sign, in events whose
    marks aren't locked.
    """
    signed = Signature.objects.filter(
        sheet=OuterRef("sheet"), judge=judge, version=OuterRef("sheet__version"), withdrawn_at=None
    )
    vacant = SeatVacancy.objects.filter(seat=OuterRef("pk"), filled_by=None)
    rows = SheetJudge.objects.filter(
        judge=judge, sheet__state__in=WRITABLE_SHEETS, sheet__code__state=CodeState.COMPETING
    )
    return rows.filter(~Exists(signed), ~Exists(vacant), sheet__event__state=EventState.SCORING)


def open_vacancies(event: Event) -> QuerySet[SeatVacancy]:
    """Return the vacant seats of *event*, in the order they fell vacant."""
    return SeatVacancy.objects.filter(filled_by=None, seat__sheet__event=event).order_by("pk")


@dataclass(slots=True)
class Vacant:
    """What one judge left behind, with the number of sheets, their modules, and who could take
    them.
    """

    judge: Judge
    sheets: int = 0
    modules: list[str] = field(default_factory=list)
    pool: list[Judge] = field(default_factory=list)


def vacant_of(event: Event) -> list[Vacant]:
    """Return what waits in *event*, by the judge who left, in four queries at most.

    The possible substitutes are the judges of these panels whose role is in force and who have no
    seat at these sheets already. Who stands aside for whom is left out of account, because the list
    must not reveal who competes behind which number.
    """
    found: dict[int, Vacant] = {}
    wanted: dict[int, set[int]] = defaultdict(set)
    rows = open_vacancies(event).values(
        "left_by", module=F("seat__sheet__module"), code=F("seat__sheet__module__code")
    )
    counted = list(
        rows.annotate(n=Count("pk")).order_by("left_by", "seat__sheet__module__position")
    )
    judges = Judge.objects.filter(event=event).select_related("user__person").in_bulk()
    for row in counted:
        left = found.setdefault(row["left_by"], Vacant(judges[row["left_by"]]))
        left.sheets += row["n"]
        left.modules.append(row["code"])
        wanted[row["left_by"]].add(row["module"])
    if not found:
        return []
    running = set(
        list_role_holders(grants.JUDGE_ROLE.key, event)
        .filter(user__is_active=True)
        .values_list("user_id", flat=True)
    )
    modules = set().union(*wanted.values())
    panels = list(
        PanelSeat.objects.filter(module__in=modules)
        .order_by("position")
        .values_list("module_id", "judge_id")
    )
    at_vacant = SheetJudge.objects.filter(sheet__seats__in=open_vacancies(event).values("seat"))
    seated = set(
        at_vacant.exclude(pk__in=open_vacancies(event).values("seat")).values_list(
            "sheet__module_id", "judge_id"
        )
    )
    for key, left in found.items():
        free = dict.fromkeys(
            judge
            for module, judge in panels
            if module in wanted[key] and (module, judge) not in seated
        )
        left.pool = [judges[judge] for judge in free if judges[judge].user_id in running]
    return list(found.values())


def events_short_of_judges(user: Actor) -> QuerySet[Event]:
    """Return the events being marked with vacant seats that *user* may fill, each with `vacant`
    sheets. One query.
    """
    mine = permitted(user, grants.LEAD, Event.objects.all()) | permitted(
        user, grants.MANAGE, Event.objects.all()
    )
    rows = SeatVacancy.objects.filter(filled_by=None, seat__sheet__event=OuterRef("pk"))
    return (
        mine.filter(Exists(rows), state=EventState.SCORING)
        .annotate(vacant=Count("sheets__seats__vacancies", filter=OPEN, distinct=True))
        .order_by("starts_on", "pk")
    )

"""Manage judges, their seats, and whom they don't mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import require
from access.queries import list_role_holders
from access.workflows import assign_role
from competitions import grants
from competitions.enums import OUT_OF_FIELD, EventState, RecusalGround
from competitions.errors import OfficesClash, PanelTooSmall, WrongMoment
from competitions.models import BlindCode, Entry, Event, Judge, Module, PanelSeat, Recusal, Sheet
from competitions.queries.ranking import judges_aside
from competitions.queries.recusals import recusals_by_employer_and_union
from competitions.queries.vacancies import open_vacancies
from competitions.rules.panel import leaves_enough_judges
from competitions.workflows._shared import frozen_scheme, need_state, require_event_reason, user_id
from competitions.workflows.entry import open_code_book
from competitions.workflows.notifications import tell_seated
from competitions.workflows.signing import seat_at_sheet
from core.actors import Actor
from core.errors import NotFound
from core.states import lock
from people.models import User


@transaction.atomic
def assign_judge(
    *, actor: Actor, event: Event, user: User, modules: Iterable[Module] | None = None
) -> Judge:
    """Seat *user* at the end of the panels of *modules* (all, if None) and note whom they stand
    aside for.

    Refused for competitors, for people who keep the blind numbers, and for the person who assigns.
    A judge of the same employer or union as a competitor marks like everybody of the panel, but for
    that competitor the scores of the next judge count instead (ADR 48).
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    # While marking runs only where a seat has fallen vacant: who comes then waits in the panel to
    # be named.
    vacant = event.state == EventState.SCORING and open_vacancies(event).exists()
    need_state(
        event,
        EventState.DRAFT,
        EventState.OPEN,
        EventState.DRAWN,
        *([EventState.SCORING] if vacant else []),
    )
    scheme = frozen_scheme(event)
    if user_id(actor) == user.pk:
        raise OfficesClash(
            "own_office", _("You can't assign a role to yourself. Ask another officer.")
        )
    if (
        Entry.objects.filter(event=event, person__user=user)
        .exclude(state__in=OUT_OF_FIELD)
        .exists()
    ):
        raise OfficesClash(
            "competitor_clash",
            _("This person competes here and can't have a role in the same competition."),
        )
    if list_role_holders(grants.SECRECY_OFFICER.key, event).filter(user=user).exists():
        raise OfficesClash(
            "secrecy_clash",
            _(
                "The secrecy officer can't have another role in the same competition. "
                "Choose another person."
            ),
        )
    judge = Judge.objects.filter(event=event, user=user).first()
    if judge is None:
        seat = Judge.objects.filter(event=event).aggregate(last=Max("seat"))["last"] or 0
        judge = Judge(event=event, user=user, seat=seat + 1)
        judge.full_clean()
        judge.save()
    # Also to who was a judge here before and comes back: a role that runs stays as it is.
    assign_role(actor=SYSTEM, user=user, role=grants.JUDGE_ROLE.key, scope=event)
    wanted = list(scheme.modules.all()) if modules is None else list(modules)
    if any(module.scheme_id != scheme.pk for module in wanted):
        raise WrongMoment(
            "not_this_scheme", _("This module belongs to another scheme. Reload the page.")
        )
    for module in wanted:
        if not PanelSeat.objects.filter(module=module, judge=judge).exists():
            last = (
                PanelSeat.objects.filter(module=module).aggregate(last=Max("position"))["last"] or 0
            )
            PanelSeat.objects.create(module=module, judge=judge, position=last + 1)
    find_recusals(event)
    # Not how many recusals there are: the record is read by the chief judge, who would learn from
    # it whose employer competes.
    audit.record(
        "competitions.judge_assigned",
        actor=actor,
        target=event,
        after={"user": user.pk, "seat": judge.seat, "modules": [module.code for module in wanted]},
    )
    tell_seated(judge, [module.code for module in wanted])
    return judge


@transaction.atomic
def declare_recusal(*, actor: Actor, judge: Judge, entry: Entry, reason: str) -> Recusal:
    """Let *judge* stand aside for *entry* for a reason no table shows, such as kin, master and
    apprentice, or own trainee.
    """
    event = lock(Event(pk=judge.event_id))
    require(actor, grants.MANAGE, event)
    need_state(event, EventState.DRAFT, EventState.OPEN, EventState.DRAWN)
    if entry.event_id != event.pk:
        raise WrongMoment(
            "not_this_event", _("This entry belongs to another competition. Reload the page.")
        )
    recusal, _made = Recusal.objects.get_or_create(
        judge=judge,
        entry=entry,
        ground=RecusalGround.DECLARED,
        defaults={"reason": require_event_reason(reason), "declared_by_id": user_id(actor)},
    )
    audit.record(
        "competitions.recusal_declared",
        actor=actor,
        target=event,
        after={"seat": judge.seat},
        reason=recusal.reason,
    )
    return recusal


@transaction.atomic
def recuse_from_number(
    *, actor: Actor, event: Event, judge: Judge, number: int, reason: str
) -> Recusal:
    """Note that *judge* recognised whose work *number* is, so that the scores of this judge don't
    count for it. The chief judge does this.

    Possible until results are worked out. The judge marks on like everybody of the panel, and no
    page shows the difference. It is never refused for lack of judges, because a refusal would tell
    who else stands aside for this number. Where too few are left these judges count last, and the
    person who confirms the results sees it.
    """
    event = lock(event)
    require(actor, grants.LEAD, event)
    need_state(event, EventState.SCORING, EventState.LOCKED)
    code = BlindCode.objects.filter(event=event, number=number).first()
    if code is None or judge.event_id != event.pk:
        raise NotFound
    return _note_recusal(actor, event, judge, code, reason)


@transaction.atomic
def recuse_oneself(*, actor: Actor, sheet: Sheet, reason: str) -> Recusal:
    """Note that the judge *actor* recognised whose work the number of *sheet* is. The scores this
    judge gives it don't count, in any module.

    The judge marks on and signs like everybody of the panel, and no page shows the difference. The
    judge can't take it back. Raises `NotFound` for an actor who is no judge of the sheet. As in
    `recuse_from_number` it is never refused for lack of judges.
    """
    event = lock(Event(pk=sheet.event_id))
    judge = seat_at_sheet(actor, sheet)
    need_state(event, EventState.SCORING, EventState.LOCKED)
    return _note_recusal(actor, event, judge, sheet.code, reason)


def _note_recusal(
    actor: Actor, event: Event, judge: Judge, code: BlindCode, reason: str
) -> Recusal:
    why = require_event_reason(reason)
    facts = {"ground": RecusalGround.DECLARED, "reason": why, "declared_by_id": user_id(actor)}
    recusal, _made = Recusal.objects.get_or_create(judge=judge, code=code, defaults=facts)
    # Also a second time: what was written then is on record. Not on the event's own record: the
    # chief judge reads that, and knows where the judge at this seat works.
    audit.record(
        "competitions.recusal_declared",
        actor=actor,
        target=recusal,
        after={"seat": judge.seat, "number": code.number},
        reason=why,
    )
    return recusal


def panels_of(event: Event) -> dict[int, list[int]]:
    """Return the judges of each module's panel in their order. Two queries."""
    scheme = frozen_scheme(event)
    panels: dict[int, list[int]] = {module.pk: [] for module in scheme.modules.all()}
    seated = (
        PanelSeat.objects.filter(module__scheme=scheme)
        .order_by("module_id", "position")
        .values_list("module_id", "judge_id")
    )
    for module_id, judge_id in seated:
        panels[module_id].append(judge_id)
    return panels


def find_recusals(event: Event) -> int:
    """Record a recusal for every judge and competitor of the same employer or union on the first
    day, and return how many there are now.

    This runs again when marking opens, because people change employer between assignment and
    competition. Call it inside a workflow.
    """
    Recusal.objects.bulk_create(recusals_by_employer_and_union(event), ignore_conflicts=True)
    return Recusal.objects.filter(judge__event=event).count()


def need_panels(
    event: Event, *, instead: Mapping[int, Sequence[int]] | None = None
) -> dict[int, list[int]]:
    """Return the judges of each module's panel, all of whom mark every sheet. Raises
    `PanelTooSmall` where there are too few.

    There are enough when, for every competitor of the event, enough judges needn't stand aside. The
    whole field is checked, never single sheets, so that no refusal reveals for which number a judge
    stands aside. *instead* maps modules to planned panels.
    """
    panels = panels_of(event) | {module: list(judges) for module, judges in (instead or {}).items()}
    asked = panels if instead is None else instead
    entries = {number: entry.pk for number, entry in open_code_book(event).items()}
    field = list(judges_aside(event, entries).values())
    short = [
        module
        for module in asked
        if not leaves_enough_judges(panels[module], field, event.judges_per_sheet)
    ]
    if short:
        codes = sorted(Module.objects.filter(pk__in=short).values_list("code", flat=True))
        raise PanelTooSmall(
            "panel_too_small",
            _(
                "Module %(modules)s: after recusals, fewer than %(count)s judges are left "
                "for some competitors. Appoint another judge from elsewhere."
            )
            % {"modules": "、".join(codes), "count": event.judges_per_sheet},
        )
    return panels

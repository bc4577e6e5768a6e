"""Judges, their seats, and whom they don't mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import require
from access.queries import holders
from access.workflows import assign_role
from competitions import grants
from competitions.enums import OUT_OF_FIELD, EventState, RecusalGround
from competitions.errors import OfficesClash, WrongMoment
from competitions.models import Entry, Event, Judge, Module, PanelSeat, Recusal
from competitions.queries.vacancies import open_vacancies
from competitions.workflows._shared import day_of, frozen_scheme, need_reason, need_state, user_id
from competitions.workflows.telling import tell_seated
from core.states import lock
from org.queries import current_employer, current_union
from people.queries import person_of


@transaction.atomic
def assign_judge(*, actor: Any, event: Event, user: Any, modules: Iterable[Module] | None = None) -> Judge:
    """Seat *user* at the end of the panels of *modules* (all, if None) and note whom they stand aside for.

    Refused for competitors, for whoever keeps the blind numbers, and for the one who assigns. A judge of the same employer or union
    as a competitor keeps the seat but is left out of that competitor's sheets when marking opens; a substitute takes them.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    # While marking runs only where a seat has fallen vacant: who comes then waits in the panel to be named.
    vacant = event.state == EventState.SCORING and open_vacancies(event).exists()
    need_state(event, EventState.DRAFT, EventState.OPEN, EventState.DRAWN, *([EventState.SCORING] if vacant else []))
    scheme = frozen_scheme(event)
    if user_id(actor) == user.pk:
        raise OfficesClash("own_office", _("Nobody gives an office to themselves. Ask another officer."))
    if Entry.objects.filter(event=event, person__user=user).exclude(state__in=OUT_OF_FIELD).exists():
        raise OfficesClash("competitor_clash", _("This person competes here and can hold no office in the same competition."))
    if holders(grants.SECRECY_OFFICER.key, event).filter(user=user).exists():
        raise OfficesClash(
            "secrecy_clash", _("Who keeps the blind numbers holds no other office in the same competition. Choose another person.")
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
        raise WrongMoment("not_this_scheme", _("That module belongs to another scheme. Reload the page."))
    for module in wanted:
        if not PanelSeat.objects.filter(module=module, judge=judge).exists():
            last = PanelSeat.objects.filter(module=module).aggregate(last=Max("position"))["last"] or 0
            PanelSeat.objects.create(module=module, judge=judge, position=last + 1)
    found = find_recusals(event)
    audit.record(
        "competitions.judge_assigned",
        actor=actor,
        target=event,
        after={"user": user.pk, "seat": judge.seat, "modules": [module.code for module in wanted], "recusals": found},
    )
    tell_seated(judge, [module.code for module in wanted])
    return judge


@transaction.atomic
def declare_recusal(*, actor: Any, judge: Judge, entry: Entry, reason: str) -> Recusal:
    """Let *judge* stand aside for *entry* for a reason no table shows: kin, master and apprentice, own trainee."""
    event = lock(Event(pk=judge.event_id))
    require(actor, grants.MANAGE, event)
    need_state(event, EventState.DRAFT, EventState.OPEN, EventState.DRAWN)
    if entry.event_id != event.pk:
        raise WrongMoment("not_this_event", _("That entry belongs to another competition. Reload the page."))
    recusal, _made = Recusal.objects.get_or_create(
        judge=judge,
        entry=entry,
        ground=RecusalGround.DECLARED,
        defaults={"reason": need_reason(reason), "declared_by_id": user_id(actor)},
    )
    audit.record("competitions.recusal_declared", actor=actor, target=event, after={"seat": judge.seat}, reason=recusal.reason)
    return recusal


def find_recusals(event: Event) -> int:
    """Write down every judge and competitor of the same employer or union on the first day; return how many stand now.

    Runs again when marking opens: people change employer between assignment and contest. Call it inside a workflow.
    """
    entries = list(event.entries.exclude(state__in=OUT_OF_FIELD))
    rows: list[Recusal] = []
    day = day_of(event)
    for judge in event.judges.select_related("user"):
        person = person_of(judge.user)
        if person is None:
            continue
        employer = current_employer(person, on=day)
        union = current_union(person, on=day)
        for entry in entries:
            if employer is not None and entry.employer_id == employer.pk:
                rows.append(Recusal(judge=judge, entry=entry, ground=RecusalGround.EMPLOYER))
            if union is not None and entry.union_id == union.pk:
                rows.append(Recusal(judge=judge, entry=entry, ground=RecusalGround.UNION))
    Recusal.objects.bulk_create(rows, ignore_conflicts=True)
    return Recusal.objects.filter(judge__event=event).count()

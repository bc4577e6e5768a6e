"""Manage an event up to its marking, and the offices people hold in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import require
from access.queries import list_role_holders
from access.workflows import assign_role
from competitions import grants
from competitions.enums import (
    CANCELLED_BY_ONE,
    EVENT_MOVES,
    OUT_OF_FIELD,
    PUBLIC_STATES,
    AwardRule,
    EventState,
    JudgementRule,
    Scoring,
)
from competitions.errors import OfficesClash, WrongMoment
from competitions.models import Event, Judge
from competitions.rules.ranking import ChainError, check_chain
from competitions.workflows._shared import frozen_scheme, need_state, require_event_reason, user_id
from competitions.workflows.notifications import tell_called, tell_cancelled
from core import clock
from core.actors import Actor
from core.states import Moved, lock, move
from people.accounts import require_account
from people.models import User

STAFF = (grants.EVENT_MANAGER.key, grants.CHIEF_JUDGE.key, grants.SECRECY_OFFICER.key)
_CHANGEABLE = (
    "title", "occupation", "summary", "venue", "registration_ends_on", "starts_on", "ends_on", "technical_file", "judges_per_sheet",
    "spread_limit", "judgement_rule", "award_rule", "medal_tolerance", "tie_break", "live_board",
)  # fmt: skip


@transaction.atomic
def create_event(
    *,
    actor: Actor,
    org: Any,
    title: str,
    starts_on: date,
    ends_on: date,
    occupation: Any = None,
    summary: str = "",
    venue: str = "",
    registration_ends_on: date | None = None,
    scoring: str = Scoring.SHEETS,
    technical_file: str = "",
    judges_per_sheet: int = 3,
    spread_limit: int = 1,
    judgement_rule: str = JudgementRule.MEAN,
    award_rule: str = AwardRule.MEDALS,
    tie_break: list[str] | None = None,
    live_board: bool = False,
) -> Event:
    """Return a new event of the union *org*. *actor*, who needs `create_event` there, becomes its
    manager.
    """
    org = lock(org)
    require(actor, grants.CREATE, org)
    event = Event(
        org=org,
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        occupation=occupation,
        summary=summary.strip(),
        venue=venue.strip(),
        registration_ends_on=registration_ends_on,
        scoring=scoring,
        technical_file=technical_file.strip(),
        judges_per_sheet=judges_per_sheet,
        spread_limit=spread_limit,
        judgement_rule=judgement_rule,
        award_rule=award_rule,
        live_board=live_board,
        created_by_id=user_id(actor),
    )
    if tie_break is not None:
        event.tie_break = tie_break
    _check_chain(event)
    event.full_clean()
    event.save()
    if user_id(actor) is not None:
        assign_role(
            actor=SYSTEM, user=require_account(actor), role=grants.EVENT_MANAGER.key, scope=event
        )
    audit.record(
        "competitions.event_created",
        actor=actor,
        target=event,
        after={"title": event.title, "org": org.code, "scoring": event.scoring},
    )
    return event


@transaction.atomic
def update_event(*, actor: Actor, event: Event, **changes: Any) -> Event:
    """Change facts and choices of an event that has not opened yet. Texts and places can be
    changed later too, until it is published.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    if unknown := set(changes) - set(_CHANGEABLE):
        msg = f"no such field: {', '.join(sorted(unknown))}"
        raise TypeError(msg)
    if set(changes) - {"summary", "venue", "live_board"}:
        need_state(event, EventState.DRAFT)
    else:
        need_state(event, *(set(EventState) - {EventState.PUBLISHED, EventState.CANCELLED}))
    before = {key: _plain(getattr(event, key)) for key in changes}
    for key, value in changes.items():
        setattr(event, key, value)
    _check_chain(event)
    event.full_clean()
    event.save(update_fields=[*changes, "updated_at"])
    audit.record(
        "competitions.event_changed",
        actor=actor,
        target=event,
        before=before,
        after={key: _plain(getattr(event, key)) for key in changes},
    )
    return event


@transaction.atomic
def open_registration(*, actor: Actor, event: Event) -> Event:
    """Let people enter. From here on scheme, weights and rules are fixed, so an event marked on
    sheets needs its scheme frozen.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    need_state(event, EventState.DRAFT)
    if event.scoring == Scoring.SHEETS:
        scheme = frozen_scheme(event)
        try:
            check_chain(event.tie_break, scheme.modules.values_list("code", flat=True))
        except ChainError as error:
            raise WrongMoment(
                "tie_break_names_no_module",
                _(
                    "The tie-break order names “%(link)s”, which isn't in the marking "
                    "scheme. Change it."
                )
                % {"link": error.link},
            ) from error
    moved = move(event, EventState.OPEN, table=EVENT_MOVES)
    audit.record(
        "competitions.registration_opened",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return event


@transaction.atomic
def cancel_event(*, actor: Actor, event: Event, reason: str) -> Event:
    """Cancel an event before its marks are locked. Later this takes a correction, which a second
    person decides.
    """
    event = lock(event)
    require(actor, grants.MANAGE, event)
    why = require_event_reason(reason)
    if event.state not in CANCELLED_BY_ONE and EventState.CANCELLED in EVENT_MOVES[event.state]:
        raise WrongMoment(
            "cancelled_by_two",
            _(
                "The marks are locked, so one person alone can't cancel this competition. "
                "Submit a request on the results page. A second person decides."
            ),
        )
    moved = move_to_cancelled(event, reason=why)
    audit.record(
        "competitions.event_cancelled",
        actor=actor,
        target=event,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=why,
    )
    tell_cancelled(event, reason=why)
    return event


def move_to_cancelled(event: Event, *, reason: str) -> Moved:
    """Move the locked *event* to cancelled. If it was public, its page says since when, and tells
    the people who entered why.
    """
    was_public = event.state in PUBLIC_STATES
    moved = move(event, EventState.CANCELLED, table=EVENT_MOVES)
    if was_public:
        event.cancelled_at, event.cancel_reason = clock.now(), reason[:500]
        event.save(update_fields=["cancelled_at", "cancel_reason"])
    return moved


@transaction.atomic
def assign_staff(*, actor: Actor, event: Event, user: User, role: str) -> None:
    """Give *user* an office of the event. The person who keeps the blind numbers doesn't judge,
    lead the judges or manage the event.
    """
    if role not in STAFF:
        msg = f"not an office of an event: {role}"
        raise ValueError(msg)
    event = lock(event)
    require(actor, grants.MANAGE, event)
    if user_id(actor) == user.pk:
        raise OfficesClash(
            "own_office", _("You can't assign a role to yourself. Ask another officer.")
        )
    secret = grants.SECRECY_OFFICER.key
    others = [key for key in STAFF if key != secret]
    clash = (
        any(list_role_holders(key, event).filter(user=user).exists() for key in others)
        or Judge.objects.filter(event=event, user=user).exists()
        if role == secret
        else list_role_holders(secret, event).filter(user=user).exists()
    )
    if clash:
        raise OfficesClash(
            "secrecy_clash",
            _(
                "The secrecy officer can't have another role in the same competition. "
                "Choose another person."
            ),
        )
    if event.entries.filter(person__user=user).exclude(state__in=OUT_OF_FIELD).exists():
        raise OfficesClash(
            "competitor_clash",
            _("This person competes here and can't have a role in the same competition."),
        )
    assign_role(actor=SYSTEM, user=user, role=role, scope=event)
    audit.record(
        "competitions.staff_assigned",
        actor=actor,
        target=event,
        after={"user": user.pk, "role": role},
    )
    tell_called(event, user, role)


def _check_chain(event: Event) -> None:
    """Refuse a tie-break chain that can't work. Whether named modules exist is checked when
    registration opens.
    """
    chain = event.tie_break if isinstance(event.tie_break, list) else []
    modules = [
        str(link).removeprefix("module:") for link in chain if str(link).startswith("module:")
    ]
    try:
        check_chain([str(link) for link in chain], modules)
    except ChainError as error:
        raise WrongMoment(
            "tie_break",
            _("The tie-break order must begin with the total and name each item only once."),
        ) from error


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)

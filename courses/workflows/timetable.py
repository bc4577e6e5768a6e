"""Add, change and cancel sessions of a class. Clashes are shown before they are confirmed, and
everybody enrolled is told.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

import audit
from access.checks import require
from core import clock, locks
from core.actors import Actor
from core.states import lock, move
from courses.enums import (
    CLOSED_STATES,
    DECIDED_AGAIN,
    SESSION_MOVES,
    TEACHING_STATES,
    ClassState,
    SessionState,
)
from courses.errors import ClassNotReady, TimetableClash
from courses.grants import MANAGE_CLASS
from courses.models import ClassSession, TrainingClass
from courses.queries.timetable import Clash, find_clashes, people_of, token_of
from courses.workflows.completion import decide_completion
from courses.workflows.notifications import tell_session
from people.locks import hold_persons

TIMETABLE_LOCK = "courses.timetable"
FIELDS = frozenset(
    {"title", "kind", "starts_at", "ends_at", "hours", "venue", "minutes_before", "minutes_after"}
)
# Once somebody has checked in, these are facts.
SETTLED_BY_PRESENCE = frozenset({"kind", "starts_at", "ends_at", "hours"})
# A change of these is told to everybody enrolled.
TOLD = frozenset({"starts_at", "ends_at", "venue"})


def hold_timetable() -> None:
    """Lock the timetable of all classes, because a room and a teacher have no row of their own to
    lock.
    """
    locks.acquire_named_lock(TIMETABLE_LOCK)


def _hold_class_and_people(training_class: TrainingClass) -> TrainingClass:
    """Lock the timetable, everybody whose time the class fills, and the class, in the order of
    `core.locks`.
    """
    hold_timetable()
    held = hold_persons(people_of(training_class))
    training_class = lock(training_class)
    came = people_of(training_class) - held
    if came and hold_persons(came, wait=False) != came:
        raise ClassNotReady(
            "busy",
            _("Someone else is enrolling at this moment. Nothing was changed. Please try again."),
        )
    return training_class


@transaction.atomic
def add_session(
    *,
    actor: Actor,
    training_class: TrainingClass,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    hours: Decimal,
    confirmed: str = "",
    **fields: Any,
) -> ClassSession:
    """Add a session to a class and tell everybody enrolled. Sessions of one class can't overlap.

    *confirmed* is the token (`queries.timetable.token_of`) of the clashes that were shown. Raises
    `TimetableClash` while it doesn't match what is found now, `ClassNotReady`, and
    `ValidationError` for more class hours than fit.
    """
    training_class = _hold_class_and_people(training_class)
    require(actor, MANAGE_CLASS, training_class)
    _must_be_open(training_class)
    last = training_class.sessions.aggregate(last=Max("number"))["last"]
    session = ClassSession(
        training_class=training_class,
        number=(last or 0) + 1,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        hours=hours,
        **fields,
    )
    session.full_clean()
    found = _check_time(session, confirmed)
    session.save()
    after = {name: _plain(getattr(session, name)) for name in ("starts_at", "ends_at", "hours")}
    audit.record(
        "courses.session_saved", actor=actor, target=session, after=after | _confirmed(found)
    )
    if training_class.state in TEACHING_STATES:
        tell_session("courses.session_added", session)
    return session


@transaction.atomic
def change_session(
    *, actor: Actor, session: ClassSession, confirmed: str = "", **fields: Any
) -> ClassSession:
    """Change a session that isn't over. Everybody enrolled is told of a new time or place. Raises
    as `add_session` does.
    """
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"no such fields: {sorted(unknown)}")
    training_class = _hold_class_and_people(session.training_class)
    require(actor, MANAGE_CLASS, training_class)
    session = lock(session)
    session.training_class = training_class
    _must_be_open(training_class)
    if session.state != SessionState.PLANNED or session.ends_at <= clock.now():
        raise ClassNotReady(
            "session_over", _("This session has ended or been cancelled, so it can't be changed.")
        )
    changed = sorted(name for name, value in fields.items() if getattr(session, name) != value)
    if not changed:
        return session
    if SETTLED_BY_PRESENCE & set(changed) and session.attendances.exists():
        raise ClassNotReady(
            "presence_recorded",
            _(
                "People have already checked in to this session, so its time and hours "
                "can't be changed. You can change the venue or the title, or add another "
                "session."
            ),
        )
    before = {name: _plain(getattr(session, name)) for name in changed}
    for name in changed:
        setattr(session, name, fields[name])
    session.full_clean()
    found = _check_time(session, confirmed)
    session.save(update_fields=[*changed, "updated_at"])
    after = {name: _plain(getattr(session, name)) for name in changed}
    audit.record(
        "courses.session_saved",
        actor=actor,
        target=session,
        before=before,
        after=after | _confirmed(found),
    )
    if TOLD & set(changed) and training_class.state in TEACHING_STATES:
        tell_session("courses.session_changed", session)
    return session


def _must_be_open(training_class: TrainingClass) -> None:
    if training_class.state in {*CLOSED_STATES, ClassState.CANCELLED}:
        raise ClassNotReady(
            "class_over", _("This class has ended or been cancelled, so it can't be changed.")
        )


def _check_time(session: ClassSession, confirmed: str) -> list[Clash]:
    """Return the clashes that were confirmed. Raises for an overlap in the class, and for clashes
    nobody has confirmed.
    """
    training_class = session.training_class
    own = training_class.sessions.filter(
        state=SessionState.PLANNED, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    if own.exclude(pk=session.pk).exists():
        raise ClassNotReady(
            "sessions_overlap", _("The class already has another session at that time.")
        )
    found = find_clashes(
        training_class,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue=session.venue,
        but=session if session.pk else None,
    )
    if found and token_of(found) != confirmed:
        raise TimetableClash(
            _("There is a conflict at that time. Check it, then choose another time or confirm."),
            found,
        )
    return found


def _confirmed(found: list[Clash]) -> dict[str, Any]:
    return {"clashes": len(found)} if found else {}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic
def cancel_session(*, actor: Actor, session: ClassSession, reason: str) -> ClassSession:
    """Cancel a session, which then counts for nobody, whether checked in or not. Everybody without
    a certificate is decided again.
    """
    training_class = lock(session.training_class)
    require(actor, MANAGE_CLASS, training_class)
    session = lock(session)
    if not reason.strip():
        raise ClassNotReady("reason_needed", _("Give a reason for cancelling the session."))
    moved = move(session, SessionState.CANCELLED, table=SESSION_MOVES)
    audit.record(
        "courses.session_cancelled",
        actor=actor,
        target=session,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    tell_session("courses.session_cancelled", session, reason=reason)
    for enrolment in training_class.enrolments.filter(state__in=DECIDED_AGAIN).order_by("pk"):
        decide_completion(actor=actor, enrolment=enrolment)
    return session

"""Record presence, by the code on the wall or by two members of staff with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

import audit
from access import SYSTEM
from access.checks import require
from core import clock
from core.actors import Actor
from core.errors import Forbidden
from core.states import lock, move
from courses.enums import (
    ENROLMENT_MOVES,
    TAUGHT_STATES,
    TEACHING_STATES,
    CheckInMethod,
    EnrolmentState,
    SessionState,
)
from courses.errors import CheckInRefused
from courses.grants import RUN_CHECK_IN
from courses.models import Attendance, ClassSession, Enrolment
from courses.rules import check_in as rules
from courses.scans import read_scan
from courses.workflows.completion import decide_completion
from courses.workflows.enrolment import require_own

PHONE_USED = _(
    "This phone has already been used to check in someone else. Ask the class head to add "
    "your attendance."
)
NEEDS_TWO = _("Added attendance must be confirmed by a second member of staff. Ask a colleague.")


def _guard(enrolment: Enrolment, session: ClassSession) -> None:
    if session.training_class_id != enrolment.training_class_id:
        raise CheckInRefused(
            "other_class",
            _(
                "This code belongs to another class. Scan the code on the wall of your own "
                "classroom."
            ),
        )
    if enrolment.training_class.state not in TEACHING_STATES:
        raise CheckInRefused(
            "class_not_running",
            _("This class isn't being taught at the moment, so you don't need to check in."),
        )
    if session.state == SessionState.CANCELLED:
        raise CheckInRefused(
            "session_cancelled",
            _("This session is cancelled and doesn't count towards attendance."),
        )


@transaction.atomic
def check_in_trainee(
    *,
    actor: Actor,
    enrolment: Enrolment,
    session: ClassSession,
    device: str,
    code: str = "",
    scan: str = "",
) -> Attendance:
    """Record that a trainee is present, by a *scan* that came in time (`courses.scans`) or by the
    digits on the wall (*code*).

    *device* is a digest that names the phone. Checking in twice answers the same. Raises
    `CheckInRefused` outside the window, for an old code or scan, or when this phone has already
    checked somebody else in.
    """
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, enrolment.training_class)
    held = Attendance.objects.filter(enrolment=enrolment, session=session).first()
    if held and held.counts:
        return held
    _guard(enrolment, session)
    _require_taught(
        enrolment,
        _("You don't have a place in this class, so you can't check in. Ask the class head."),
    )
    now = clock.now()
    seen = read_scan(scan, session, device=device, now=now)
    at = seen.at if seen else now
    _check_window(session, at)
    if seen is None and not rules.is_good(session.secret, rules.read_code(code), now):
        raise CheckInRefused(
            "wrong_code",
            _(
                "The code is wrong or has expired. It changes every %(seconds)s seconds. "
                "Check the code on the wall again."
            )
            % {"seconds": rules.STEP},
        )
    if (
        device
        and Attendance.objects.filter(session=session, device=device)
        .exclude(enrolment=enrolment)
        .exists()
    ):
        raise CheckInRefused("phone_used", PHONE_USED)
    shown = {
        "method": CheckInMethod.CODE,
        "at": at,
        "device": device,
        "challenge": seen.number if seen else "",
    }
    try:
        with transaction.atomic():
            if held:  # entered by hand and not yet confirmed: the trainee's own code settles it
                for name, value in shown.items():
                    setattr(held, name, value)
                held.save(update_fields=[*shown, "updated_at"])
                attendance = held
            else:
                attendance = Attendance.objects.create(
                    enrolment=enrolment, session=session, hours=session.hours, **shown
                )
    except IntegrityError as error:
        raise CheckInRefused("phone_used", PHONE_USED) from error
    audit.record(
        "courses.checked_in",
        actor=actor,
        target=attendance,
        after={"session": session.pk, "method": attendance.method, "scanned": seen is not None},
    )
    _now_attending(enrolment)
    return attendance


def _require_taught(enrolment: Enrolment, sentence: Any) -> None:
    """Raise unless the enrolment lets its holder be present. The holder must be in the class, also
    after passing, as long as the class is taught.
    """
    if enrolment.state not in TAUGHT_STATES:
        raise CheckInRefused("not_a_trainee", sentence)


def _check_window(session: ClassSession, at: datetime) -> None:
    when = rules.place_in_check_in_window(
        now=at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        before=session.before,
        after=session.after,
    )
    if when is rules.When.EARLY:
        opens = date_format(timezone.localtime(session.check_in_opens_at), "DATETIME_FORMAT")
        raise CheckInRefused(
            "too_early",
            _("Check-in opens at %(when)s. Scan again then. Your attendance isn't affected.")
            % {"when": opens},
        )
    if when is rules.When.OVER:
        raise CheckInRefused(
            "too_late",
            _(
                "Check-in for this session has closed. If you are here, ask the class head "
                "to add your attendance."
            ),
        )


def _now_attending(enrolment: Enrolment) -> None:
    if enrolment.state == EnrolmentState.ADMITTED:
        move(enrolment, EnrolmentState.ATTENDING, table=ENROLMENT_MOVES)
    decide_completion(actor=SYSTEM, enrolment=enrolment)


@transaction.atomic
def record_check_in(
    *, actor: Actor, enrolment: Enrolment, session: ClassSession, reason: str
) -> Attendance:
    """Enter presence by hand, with a reason. It counts once a second person confirms it
    (`confirm_check_in`).
    """
    enrolment = lock(enrolment)
    require(actor, RUN_CHECK_IN, enrolment.training_class)
    if actor.pk is not None and enrolment.person.user_id == actor.pk:
        raise Forbidden("own_presence", _("You can't add your own attendance. Ask a colleague."))
    held = Attendance.objects.filter(enrolment=enrolment, session=session).first()
    if held:
        return held
    _guard(enrolment, session)
    _require_taught(
        enrolment, _("This person doesn't have a place in the class, so attendance can't be added.")
    )
    now = clock.now()
    if now < session.check_in_opens_at:
        raise CheckInRefused(
            "too_early", _("This session hasn't started yet. Attendance can't be added in advance.")
        )
    attendance = Attendance(
        enrolment=enrolment,
        session=session,
        method=CheckInMethod.MANUAL,
        at=now,
        hours=session.hours,
        recorded_by_id=actor.pk,
        reason=reason.strip(),
    )
    attendance.full_clean()
    attendance.save()
    audit.record(
        "courses.check_in_recorded",
        actor=actor,
        target=attendance,
        after={"session": session.pk},
        reason=reason,
    )
    return attendance


@transaction.atomic
def confirm_check_in(*, actor: Actor, attendance: Attendance) -> Attendance:
    """Confirm presence that a colleague entered. Confirming twice changes nothing, and confirming
    one's own entry is refused.
    """
    attendance = lock(attendance)
    enrolment = lock(attendance.enrolment)
    require(actor, RUN_CHECK_IN, enrolment.training_class)
    if attendance.counts:
        return attendance
    if actor.pk is not None and actor.pk in (attendance.recorded_by_id, enrolment.person.user_id):
        raise CheckInRefused("needs_two", NEEDS_TWO)
    attendance.confirmed_by_id = actor.pk
    attendance.full_clean()
    attendance.save(update_fields=["confirmed_by", "updated_at"])
    audit.record(
        "courses.check_in_confirmed",
        actor=actor,
        target=attendance,
        after={"session": attendance.session_id},
    )
    _now_attending(enrolment)
    return attendance

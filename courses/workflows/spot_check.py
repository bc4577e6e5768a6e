"""Run spot checks. The class head asks, each phone shows one button for a minute, and the answers
are recorded. Nothing follows by itself.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

import audit
from access.checks import require
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock
from courses.enums import TEACHING_STATES, SessionState
from courses.errors import CheckInRefused
from courses.grants import RUN_CHECK_IN
from courses.models import Attendance, ClassSession, SpotAnswer, SpotCheck
from courses.queries import spot_check as reads
from people.models import Person

SECONDS = 60


@transaction.atomic
def ask_spot_check(*, actor: Actor, session: ClassSession) -> SpotCheck:
    """Ask everybody whose presence at *session* counts by now. The list is fixed at this moment.
    Asking while a check is open returns that one.

    Raises `CheckInRefused` outside the session, and while nobody has checked in.
    """
    training_class = lock(session.training_class)
    require(actor, RUN_CHECK_IN, training_class)
    session = lock(session)
    now = clock.now()
    held = session.spot_checks.filter(closes_at__gt=now).first()
    if held:
        return held
    if session.state != SessionState.PLANNED or training_class.state not in TEACHING_STATES:
        raise CheckInRefused(
            "not_going_on",
            _("This session isn't taking place now, so you can't start a spot check."),
        )
    if not session.check_in_opens_at <= now < session.ends_at:
        raise CheckInRefused(
            "not_going_on",
            _("Spot checks are only possible during the session. Come back then."),
        )
    present = list(reads.present_at(session))
    if not present:
        raise CheckInRefused(
            "nobody_present", _("Nobody has checked in yet, so there is nobody to check.")
        )
    spot_check = SpotCheck.objects.create(
        session=session,
        asked_by_id=actor.pk,
        asked_at=now,
        closes_at=now + timedelta(seconds=SECONDS),
    )
    SpotAnswer.objects.bulk_create(
        [SpotAnswer(spot_check=spot_check, enrolment_id=row.pk) for row in present]
    )
    audit.record(
        "courses.spot_check_asked",
        actor=actor,
        target=spot_check,
        after={"session": session.pk, "asked": len(present), "until": spot_check.closes_at},
    )
    return spot_check


@transaction.atomic
def answer_spot_check(
    *, actor: Actor, spot_check: SpotCheck, person: Person, device: str
) -> SpotAnswer:
    """Record that *person* pressed the button in time. Pressing again changes nothing.

    *device* is the digest that names the phone for this session: an answer from another phone
    counts and is marked as such.
    """
    found = SpotAnswer.objects.filter(spot_check=spot_check, enrolment__person=person).first()
    if found is None or actor.pk is None or person.user_id != actor.pk:
        raise NotFound
    answer = lock(found)
    if answer.answered_at is not None:
        return answer
    now = clock.now()
    if now >= spot_check.closes_at:
        raise CheckInRefused(
            "spot_check_over",
            _("The time to answer is over. If you are here, tell the class head."),
        )
    presence = Attendance.objects.filter(
        enrolment=answer.enrolment_id, session=spot_check.session_id
    ).first()
    answer.answered_at = now
    answer.same_phone = (
        presence.device == device if presence is not None and presence.device else None
    )
    answer.save(update_fields=["answered_at", "same_phone", "updated_at"])
    audit.record(
        "courses.spot_check_answered",
        actor=actor,
        target=answer,
        after={"same_phone": answer.same_phone},
    )
    return answer

"""Places in a class: taken, waited for, offered, given back.

The seat is taken by one conditional UPDATE and not by counting under a lock: fastest on both databases and never oversold
(measured with 5,000 attempts). The CHECK on the class and the unique (class, person) stand behind it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

import audit
from access.checks import require
from access.system import SYSTEM
from core.errors import NotFound
from core.states import lock, move
from courses.enums import ENROLMENT_MOVES, SEATED_STATES, ClassState, EnrolmentState
from courses.errors import EnrolmentRefused
from courses.grants import MANAGE_CLASS
from courses.models import Enrolment, TrainingClass
from courses.queries import enrolment as reads
from courses.rules import enrolment as rules
from courses.workflows.telling import tell_enrolled, tell_one
from org.queries import current_employer, current_union
from people.workflows.merge import hold_unmerged

ENDED = frozenset({EnrolmentState.REFUSED, EnrolmentState.DROPPED})


def require_own(actor: Any, person: Any, training_class: TrainingClass) -> None:
    """A worker acts for himself; for others only who manages the class."""
    if actor.pk is not None and person.user_id == actor.pk:
        return
    require(actor, MANAGE_CLASS, training_class)


def check_may_enrol(*, training_class: TrainingClass, person: Any, now: datetime) -> None:
    """Raise the sentence that says why this worker can't enrol now, or return. Reads only: the confirmation page asks it too."""
    window = rules.window(now=now, opens_at=training_class.enrol_opens_at, closes_at=training_class.enrol_closes_at)
    if training_class.state != ClassState.ENROLLING or window is rules.Window.OVER:
        raise EnrolmentRefused("enrolment_over", _("Enrolment for this class is over. Choose another class of the course."))
    if window is rules.Window.NOT_YET:
        opens = timezone.localtime(training_class.enrol_opens_at)
        raise EnrolmentRefused(
            "enrolment_not_open",
            _("Enrolment opens on %(when)s. Come back then.") % {"when": date_format(opens, "DATETIME_FORMAT")},
        )
    twin = (
        Enrolment.objects.filter(person=person, training_class__course_id=training_class.course_id, state__in=reads.BOOKED)
        .exclude(training_class=training_class)
        .select_related("training_class")
        .first()
    )
    if twin:
        raise EnrolmentRefused(
            "same_course",
            _("You already have a place in “%(name)s” of this course. Give that one up first.") % {"name": twin.training_class.name},
        )
    check_no_clash(training_class=training_class, person=person)


def check_no_clash(*, training_class: TrainingClass, person: Any) -> None:
    """Raise if the worker is busy with another class at one of this class's sessions."""
    clash = rules.first_clash(reads.booked_slots(person, but=training_class), reads.class_slots(training_class))
    if clash:
        mine, wanted = clash
        raise EnrolmentRefused(
            "clash",
            _("On %(when)s you are in “%(name)s”. Choose a class at another time.")
            % {"when": date_format(timezone.localtime(max(mine.starts_at, wanted.starts_at)), "DATETIME_FORMAT"), "name": mine.label},
        )


@transaction.atomic
def enrol(*, actor: Any, training_class: TrainingClass, person: Any) -> Enrolment:
    """Give *person* a seat, or a place in the queue when the class is full. Clicking again answers the same.

    Raises `EnrolmentRefused` outside the window, when times clash, or after a refusal.
    """
    require_own(actor, person, training_class)
    held = reads.find(training_class, person)
    if held and held.state != EnrolmentState.WITHDRAWN:
        if held.state in ENDED:
            raise EnrolmentRefused("ended", _("Your enrolment in this class has ended. Ask the class head if this is a mistake."))
        return held
    now = timezone.now()
    training_class.refresh_from_db(fields=["state", "enrol_opens_at", "enrol_closes_at"])
    check_may_enrol(training_class=training_class, person=person, now=now)
    try:
        with transaction.atomic():
            return _take_place(actor=actor, training_class=training_class, person=person, held=held, now=now)
    except IntegrityError:
        # The same worker clicked twice at once: the other click won, its answer is the answer.
        won = reads.find(training_class, person)
        if won is None:
            raise
        return won


def _take_place(*, actor: Any, training_class: TrainingClass, person: Any, held: Enrolment | None, now: datetime) -> Enrolment:
    hold_unmerged(person)
    number = None
    if not _take_seat(training_class):
        number = _queue_number(training_class)
        # Between the two statements someone may have withdrawn with nobody waiting; we hold the row's lock now.
        if _take_seat(training_class):
            number = None
    to = EnrolmentState.ADMITTED if number is None else EnrolmentState.WAITLISTED
    today = timezone.localdate(now)
    frozen = {
        "enrolled_at": now,
        "waitlist_no": number,
        "employer": current_employer(person, on=today),
        "union": current_union(person, on=today),
        "offered_until": None,
    }
    if held is None:
        enrolment = Enrolment(training_class=training_class, person=person, state=to, **frozen)
        enrolment.full_clean(validate_unique=False, validate_constraints=False)
        enrolment.save()
    else:
        enrolment = lock(held)
        if enrolment.state != EnrolmentState.WITHDRAWN:
            raise IntegrityError  # the other click won: undo our seat
        for name, value in frozen.items():
            setattr(enrolment, name, value)
        enrolment.save(update_fields=[*frozen, "updated_at"])
        move(enrolment, to, table=ENROLMENT_MOVES)
    kind = "courses.enrolled" if number is None else "courses.waitlisted"
    audit.record(kind, actor=actor, target=enrolment, after={"class": training_class.pk, "state": to, "queue": number})
    tell_enrolled(enrolment, actor=actor)
    return enrolment


def _take_seat(training_class: TrainingClass) -> bool:
    return bool(
        TrainingClass.objects.filter(pk=training_class.pk, state=ClassState.ENROLLING, seats_taken__lt=F("capacity")).update(
            seats_taken=F("seats_taken") + 1
        )
    )


def _queue_number(training_class: TrainingClass) -> int:
    rows = TrainingClass.objects.filter(pk=training_class.pk, state=ClassState.ENROLLING)
    if not rows.update(last_waitlist_no=F("last_waitlist_no") + 1):
        raise EnrolmentRefused("enrolment_over", _("Enrolment for this class is over. Choose another class of the course."))
    number: int = rows.values_list("last_waitlist_no", flat=True).get()
    return number


@transaction.atomic
def withdraw(*, actor: Any, enrolment: Enrolment, reason: str = "") -> Enrolment:
    """Give a place back before the class begins; the seat goes to whoever waits longest. Doing it again changes nothing."""
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, training_class)
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    begins = reads.begins_at(training_class)
    if enrolment.state not in (EnrolmentState.ADMITTED, EnrolmentState.OFFERED, EnrolmentState.WAITLISTED) or (
        begins and timezone.now() >= begins
    ):
        raise EnrolmentRefused("class_began", _("The class has begun, so the place can't be given back here. Talk to the class head."))
    held_seat = enrolment.state in SEATED_STATES
    moved = move(enrolment, EnrolmentState.WITHDRAWN, table=ENROLMENT_MOVES)
    audit.record("courses.withdrawn", actor=actor, target=enrolment, before={"state": moved.old}, after={"state": moved.new}, reason=reason)
    if held_seat:
        _pass_on_seat(training_class)
    return enrolment


@transaction.atomic
def set_aside_double(*, actor: Any, row: Enrolment, counts: Enrolment) -> None:
    """Set *row* aside, since the same person is in the class by *counts* too. Its seat goes to whoever waits longest.

    Part of a merge of two records, which asks for the right and for a second person. Presence, lessons and marks stay with *row*.
    """
    training_class = lock(row.training_class)
    enrolment = lock(row)
    held_seat = enrolment.state in SEATED_STATES
    moved = move(enrolment, EnrolmentState.MERGED, table=ENROLMENT_MOVES)
    audit.record(
        "courses.enrolment_set_aside",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new, "counts": counts.pk},
    )
    if held_seat:
        _pass_on_seat(training_class)


def _pass_on_seat(training_class: TrainingClass) -> Enrolment | None:
    """Offer the freed seat to the next in the queue, or free it. The class row is locked by the caller."""
    until = rules.offer_until(now=timezone.now(), hours=training_class.offer_hours, begins_at=reads.begins_at(training_class))
    waiting = reads.next_waiting(training_class) if until and training_class.state in (ClassState.ENROLLING, ClassState.CLOSED) else None
    if waiting is None or until is None:
        TrainingClass.objects.filter(pk=training_class.pk).update(seats_taken=F("seats_taken") - 1)
        return None
    waiting.offered_until = until
    waiting.save(update_fields=["offered_until", "updated_at"])
    moved = move(waiting, EnrolmentState.OFFERED, table=ENROLMENT_MOVES)
    audit.record("courses.offered", actor=SYSTEM, target=waiting, before={"state": moved.old}, after={"state": moved.new, "until": until})
    tell_one("courses.place_offered", waiting, key=until.isoformat(), until=until)
    return waiting


@transaction.atomic
def promote_from_waitlist(*, actor: Any, training_class: TrainingClass) -> list[Enrolment]:
    """Offer every free seat to the queue (after the capacity was raised). Returns who got an offer, in order."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    offered = []
    while reads.next_waiting(training_class) and _take_seat(training_class):
        given = _pass_on_seat(training_class)
        if given is None:
            break
        offered.append(given)
    return offered


@transaction.atomic
def accept_offer(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """Take the seat that was offered. Accepting again changes nothing."""
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, training_class)
    if enrolment.state == EnrolmentState.ADMITTED:
        return enrolment
    if enrolment.state != EnrolmentState.OFFERED or enrolment.offered_until is None or timezone.now() >= enrolment.offered_until:
        raise EnrolmentRefused(
            "offer_over", _("The time to accept this seat is over; it went to the next in the queue. You can enrol again.")
        )
    check_no_clash(training_class=training_class, person=enrolment.person)
    moved = move(enrolment, EnrolmentState.ADMITTED, table=ENROLMENT_MOVES)
    audit.record("courses.offer_accepted", actor=actor, target=enrolment, before={"state": moved.old}, after={"state": moved.new})
    return enrolment


def lapse_offers(*, actor: Any = SYSTEM, now: datetime | None = None) -> int:
    """Take back offers nobody accepted in time and pass each seat on; returns how many. Each in its own transaction; safe to run twice."""
    if actor is not SYSTEM:
        raise NotFound
    now = now or timezone.now()
    return sum(_lapse(pk, now) for pk in list(reads.lapsed_offers(now).values_list("pk", flat=True)))


@transaction.atomic
def _lapse(pk: int, now: datetime) -> bool:
    row = Enrolment.objects.select_related("training_class").get(pk=pk)
    training_class = lock(row.training_class)
    enrolment = lock(row)
    if enrolment.state != EnrolmentState.OFFERED or enrolment.offered_until is None or enrolment.offered_until > now:
        return False
    moved = move(enrolment, EnrolmentState.WITHDRAWN, table=ENROLMENT_MOVES)
    audit.record("courses.offer_lapsed", actor=SYSTEM, target=enrolment, before={"state": moved.old}, after={"state": moved.new})
    tell_one("courses.offer_lapsed", enrolment, key=enrolment.offered_until.isoformat())
    _pass_on_seat(training_class)
    return True

"""Handle places in a class, from application through queue and offer to leaving.

Two locks decide, in this order (`core.locks`). The person's comes first, since nobody may be in two
classes of one course or in two at the same time, then the class's, since its seats and its queue
are one rule. Seats are counted by a conditional UPDATE under that lock. The CHECK on the class and
the unique (class, person) hold in any case.

`serve_queue` is the only way from the queue to a seat. It runs wherever a seat may have become
free, and before a newcomer is considered, so nobody overtakes. As a last resort the sweeper runs it
(`serve_all_queues`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

import audit
from access.checks import is_allowed, require
from access.system import SYSTEM
from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.states import lock, move
from courses.enums import (
    ENROLMENT_MOVES,
    LEARNING_STATES,
    QUEUE_STATES,
    SEATED_STATES,
    TEACHING_STATES,
    ClassState,
    EnrolmentState,
)
from courses.errors import EnrolmentRefused
from courses.grants import MANAGE_CLASS, MANAGE_PLACES
from courses.models import Enrolment, TrainingClass
from courses.queries import enrolment as reads
from courses.rules import enrolment as rules
from courses.workflows.notifications import tell_enrolled, tell_one
from org.queries import current_employer, current_union
from people.locks import hold_persons
from people.models import Person
from people.workflows.merge import hold_unmerged

ENDED = frozenset({EnrolmentState.REFUSED, EnrolmentState.DROPPED})


def require_own(actor: Actor, person: Person, training_class: TrainingClass) -> None:
    """Let workers act for themselves, and people who manage the class for others. Raises for
    anybody else.
    """
    if actor.pk is not None and person.user_id == actor.pk:
        return
    require(actor, MANAGE_CLASS, training_class)


def require_own_place(actor: Actor, person: Person, training_class: TrainingClass) -> None:
    """Let workers decide about their own place, and the class head about everybody's. Raises for
    anybody else.
    """
    if actor.pk is not None and person.user_id == actor.pk:
        return
    require(actor, MANAGE_PLACES, training_class)


# ---- may this worker have a place? ----


def check_may_enrol(*, training_class: TrainingClass, person: Person, now: datetime) -> None:
    """Raise the sentence that says why this worker can't enrol now, or return. It only reads, and
    the confirmation page calls it too.
    """
    window = rules.place_in_enrolment_window(
        now=now, opens_at=training_class.enrol_opens_at, closes_at=training_class.enrol_closes_at
    )
    if training_class.state != ClassState.ENROLLING or window is rules.Window.OVER:
        raise EnrolmentRefused(
            "enrolment_over",
            _("Enrolment for this class has closed. Choose another class of the course."),
        )
    if window is rules.Window.NOT_YET:
        opens = timezone.localtime(training_class.enrol_opens_at)
        raise EnrolmentRefused(
            "enrolment_not_open",
            _("Enrolment opens on %(when)s. Come back then.")
            % {"when": date_format(opens, "DATETIME_FORMAT")},
        )
    check_time_is_free(training_class=training_class, person_id=person.pk)


def check_time_is_free(*, training_class: TrainingClass, person_id: int) -> None:
    """Raise if the worker has a place in another class of the course, or is busy at one of this
    class's sessions.

    Holds only under the person's lock; without it, it is a forecast for a page.
    """
    twin = reads.other_class_of_course(training_class, person_id)
    if twin:
        raise EnrolmentRefused(
            "same_course",
            _(
                "You already have a place in “%(name)s” of this course. Give up that place "
                "before you change classes."
            )
            % {"name": twin.training_class.name},
        )
    clash = rules.first_clash(
        reads.booked_slots(person_id, but=training_class), reads.class_slots(training_class)
    )
    if clash:
        mine, wanted = clash
        raise EnrolmentRefused(
            "clash",
            _("You have “%(name)s” on %(when)s, which overlaps. Choose a class at another time.")
            % {
                "when": date_format(
                    timezone.localtime(max(mine.starts_at, wanted.starts_at)), "DATETIME_FORMAT"
                ),
                "name": mine.label,
            },
        )


def time_is_free(training_class: TrainingClass, person_id: int) -> bool:
    """Say whether `check_time_is_free` would let the worker in."""
    try:
        check_time_is_free(training_class=training_class, person_id=person_id)
    except EnrolmentRefused:
        return False
    return True


def class_has_begun(training_class: TrainingClass) -> bool:
    """Say whether the first session has begun."""
    return rules.has_begun(now=clock.now(), begins_at=reads.begins_at(training_class))


# ---- a place is asked for ----


@transaction.atomic
def enrol_person(*, actor: Actor, training_class: TrainingClass, person: Person) -> Enrolment:
    """Give *person* a seat, or a place in the queue when the class is full. Clicking again answers
    the same.

    Where the class reviews enrolments, a worker's own click is an application; the office's is the
    review already. Raises `EnrolmentRefused` outside the window, when times clash, or after a
    refusal.
    """
    require_own(actor, person, training_class)
    hold_unmerged(person)
    training_class = lock(training_class)
    held = reads.find_enrolment(training_class, person)
    if held and held.state != EnrolmentState.WITHDRAWN:
        if held.state in ENDED:
            raise EnrolmentRefused(
                "ended",
                _(
                    "Your enrolment in this class has ended. If you think this is wrong, "
                    "ask the class head."
                ),
            )
        return held
    now = clock.now()
    check_may_enrol(training_class=training_class, person=person, now=now)
    if training_class.enrolment_reviewed and not (
        actor.pk != person.user_id and is_allowed(actor, MANAGE_CLASS, training_class)
    ):
        to, number = EnrolmentState.APPLIED, None
    else:
        to, number = _seat_or_queue(training_class)
    return _write_place(
        actor=actor,
        training_class=training_class,
        person=person,
        held=held,
        now=now,
        to=to,
        number=number,
    )


def _seat_or_queue(training_class: TrainingClass) -> tuple[EnrolmentState, int | None]:
    """Take a seat for a person who enrols now, or a number in the queue. The class is locked."""
    someone_waits = serve_queue(training_class).someone_waits
    if not someone_waits and _take_seat(training_class):
        return EnrolmentState.ADMITTED, None
    if class_has_begun(training_class):
        raise EnrolmentRefused(
            "full",
            _(
                "The class is full and has started, so the waiting list is closed. Choose "
                "another class of the course."
            ),
        )
    return EnrolmentState.WAITLISTED, _queue_number(training_class)


def _write_place(
    *,
    actor: Actor,
    training_class: TrainingClass,
    person: Person,
    held: Enrolment | None,
    now: datetime,
    to: EnrolmentState,
    number: int | None,
) -> Enrolment:
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
        for name, value in frozen.items():
            setattr(enrolment, name, value)
        enrolment.save(update_fields=[*frozen, "updated_at"])
        move(enrolment, to, table=ENROLMENT_MOVES)
    kinds = {
        EnrolmentState.APPLIED: "courses.applied",
        EnrolmentState.WAITLISTED: "courses.waitlisted",
    }
    audit.record(
        kinds.get(to, "courses.enrolled"),
        actor=actor,
        target=enrolment,
        after={"class": training_class.pk, "state": to, "queue": number},
    )
    tell_enrolled(enrolment, actor=actor)
    return enrolment


def _take_seat(training_class: TrainingClass) -> bool:
    rows = TrainingClass.objects.filter(pk=training_class.pk, seats_taken__lt=F("capacity"))
    return bool(rows.update(seats_taken=F("seats_taken") + 1))


def _free_seat(training_class: TrainingClass) -> None:
    TrainingClass.objects.filter(pk=training_class.pk).update(seats_taken=F("seats_taken") - 1)


def _queue_number(training_class: TrainingClass) -> int:
    rows = TrainingClass.objects.filter(pk=training_class.pk)
    rows.update(last_waitlist_no=F("last_waitlist_no") + 1)
    number: int = rows.values_list("last_waitlist_no", flat=True).get()
    return number


# ---- the queue ----


@dataclass(frozen=True)
class Served:
    """What `serve_queue` did, which is who was offered a seat, and whether somebody who could take
    one still waits.
    """

    offered: tuple[Enrolment, ...] = ()
    someone_waits: bool = False


def serve_queue(training_class: TrainingClass) -> Served:
    """Offer each free seat to the person who waits longest. Once the class has begun, close the
    queue instead. The class row is locked.

    A person whose time is taken by another class by now is skipped, told so once, and keeps the
    place in the queue. A person whose record another transaction holds at this moment can't be
    checked, so the seats after them wait too until the sweeper runs again.
    """
    if training_class.state not in QUEUE_STATES:
        return Served()
    begins_at = reads.begins_at(training_class)
    until = rules.offer_until(
        now=clock.now(), hours=training_class.offer_hours, begins_at=begins_at
    )
    if until is None:
        close_queue(actor=SYSTEM, training_class=training_class)
        return Served()
    offered: list[Enrolment] = []
    for waiting in reads.list_waiting_enrolments(training_class).select_for_update(of=("self",)):
        if not hold_persons([waiting.person_id], wait=False):
            return Served(tuple(offered), someone_waits=True)
        if not time_is_free(training_class, waiting.person_id):
            tell_one("courses.passed_over", waiting, key=waiting.enrolled_at.isoformat())
            continue
        if not _take_seat(training_class):
            return Served(tuple(offered), someone_waits=True)
        waiting.offered_until = until
        waiting.save(update_fields=["offered_until", "updated_at"])
        moved = move(waiting, EnrolmentState.OFFERED, table=ENROLMENT_MOVES)
        audit.record(
            "courses.offered",
            actor=SYSTEM,
            target=waiting,
            before={"state": moved.old},
            after={"state": moved.new, "until": until},
        )
        tell_one("courses.place_offered", waiting, key=until.isoformat(), until=until)
        offered.append(waiting)
    return Served(tuple(offered))


def close_queue(
    *,
    actor: Actor,
    training_class: TrainingClass,
    states: Iterable[str] = (EnrolmentState.WAITLISTED, EnrolmentState.OFFERED),
) -> int:
    """End the queue of a class that begins. The people in it are told, offers lapse and their
    seats are free. The class row is locked.
    """
    rows = list(
        Enrolment.objects.filter(training_class=training_class, state__in=list(states))
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for row in rows:
        if row.state == EnrolmentState.OFFERED:
            _free_seat(training_class)
        moved = move(row, EnrolmentState.WITHDRAWN, table=ENROLMENT_MOVES)
        audit.record(
            "courses.queue_closed",
            actor=actor,
            target=row,
            before={"state": moved.old},
            after={"state": moved.new},
        )
        tell_one("courses.queue_closed", row, key=row.enrolled_at.isoformat())
    return len(rows)


@transaction.atomic
def promote_from_waitlist(*, actor: Actor, training_class: TrainingClass) -> list[Enrolment]:
    """Offer every free seat to the queue now, and return who got an offer, in order."""
    training_class = lock(training_class)
    require(actor, MANAGE_PLACES, training_class)
    return list(serve_queue(training_class).offered)


def serve_all_queues(*, actor: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Serve every queue that has something to serve and return how many seats were offered. For
    the sweeper, and safe to run twice.
    """
    if actor is not SYSTEM:
        raise NotFound
    return sum(_serve(row) for row in reads.queues_to_serve(now or clock.now()))


@transaction.atomic
def _serve(training_class: TrainingClass) -> int:
    return len(serve_queue(lock(training_class)).offered)


@transaction.atomic
def accept_offer(*, actor: Actor, enrolment: Enrolment) -> Enrolment:
    """Take the seat that was offered, before the class begins. Accepting again changes nothing."""
    hold_persons([enrolment.person_id])
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require_own(actor, enrolment.person, training_class)
    if enrolment.state == EnrolmentState.ADMITTED:
        return enrolment
    if training_class.state == ClassState.SUSPENDED:
        raise EnrolmentRefused(
            "suspended", _("The class is suspended. We will notify you when it resumes.")
        )
    if training_class.state not in QUEUE_STATES or class_has_begun(training_class):
        raise EnrolmentRefused(
            "class_began",
            _(
                "The class has started, so you can no longer accept the place. Choose "
                "another class."
            ),
        )
    if (
        enrolment.state != EnrolmentState.OFFERED
        or enrolment.offered_until is None
        or clock.now() >= enrolment.offered_until
    ):
        raise EnrolmentRefused(
            "offer_over",
            _(
                "You didn't accept the place in time, and it was offered to the next "
                "person. You can enrol again."
            ),
        )
    check_time_is_free(training_class=training_class, person_id=enrolment.person_id)
    moved = move(enrolment, EnrolmentState.ADMITTED, table=ENROLMENT_MOVES)
    audit.record(
        "courses.offer_accepted",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return enrolment


def lapse_unaccepted_offers(*, actor: Actor = SYSTEM, now: datetime | None = None) -> int:
    """Take back offers nobody accepted in time, pass each seat on, and return how many. Each has
    its own transaction, and it is safe to run twice.
    """
    if actor is not SYSTEM:
        raise NotFound
    now = now or clock.now()
    return sum(
        _lapse(pk, now) for pk in list(reads.lapsed_offers(now).values_list("pk", flat=True))
    )


@transaction.atomic
def _lapse(pk: int, now: datetime) -> bool:
    row = Enrolment.objects.select_related("training_class").get(pk=pk)
    training_class = lock(row.training_class)
    enrolment = lock(row)
    if (
        enrolment.state != EnrolmentState.OFFERED
        or enrolment.offered_until is None
        or enrolment.offered_until > now
    ):
        return False
    moved = move(enrolment, EnrolmentState.WITHDRAWN, table=ENROLMENT_MOVES)
    audit.record(
        "courses.offer_lapsed",
        actor=SYSTEM,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    tell_one("courses.offer_lapsed", enrolment, key=enrolment.offered_until.isoformat())
    _free_seat(training_class)
    serve_queue(training_class)
    return True


# ---- applications ----


@transaction.atomic
def admit_person(*, actor: Actor, enrolment: Enrolment) -> Enrolment:
    """Admit an applicant, or somebody refused or taken off the list before. A full class puts an
    applicant into the queue.

    Raises `EnrolmentRefused` when the worker's time is taken by another class, or when the class is
    full and somebody comes back.
    """
    hold_persons([enrolment.person_id])
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require(actor, MANAGE_PLACES, training_class)
    if enrolment.state == EnrolmentState.ADMITTED:
        return enrolment
    if training_class.state not in TEACHING_STATES:
        raise EnrolmentRefused(
            "class_not_taught",
            _("This class isn't open for enrolment or being taught, so nobody can be admitted."),
        )
    check_time_is_free(training_class=training_class, person_id=enrolment.person_id)
    if enrolment.state == EnrolmentState.DROPPED:
        if serve_queue(training_class).someone_waits or not _take_seat(training_class):
            raise EnrolmentRefused(
                "full",
                _(
                    "The class is full. Increase the number of places first, or wait until "
                    "one becomes free."
                ),
            )
        to, number = EnrolmentState.ADMITTED, None
    else:
        to, number = _seat_or_queue(training_class)
    enrolment.waitlist_no, enrolment.enrolled_at = number, clock.now()
    enrolment.save(update_fields=["waitlist_no", "enrolled_at", "updated_at"])
    moved = move(enrolment, to, table=ENROLMENT_MOVES)
    audit.record(
        "courses.admitted",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new, "queue": number},
    )
    tell_enrolled(enrolment, actor=actor)
    return enrolment


@transaction.atomic
def refuse_applicant(*, actor: Actor, enrolment: Enrolment, reason: str) -> Enrolment:
    """Refuse an application with a reason that the worker reads. Refusing again changes nothing."""
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require(actor, MANAGE_PLACES, training_class)
    if enrolment.state == EnrolmentState.REFUSED:
        return enrolment
    _need_reason(reason, _("Give a reason for refusing the application. The worker can see it."))
    moved = move(enrolment, EnrolmentState.REFUSED, table=ENROLMENT_MOVES)
    audit.record(
        "courses.refused",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    tell_one("courses.refused", enrolment, key=enrolment.enrolled_at.isoformat(), reason=reason)
    return enrolment


def _need_reason(reason: str, sentence: Any) -> None:
    if not reason.strip():
        raise EnrolmentRefused("reason_needed", sentence)


# ---- a place is given back, or taken away ----


@transaction.atomic
def withdraw_enrolment(*, actor: Actor, enrolment: Enrolment, reason: str = "") -> Enrolment:
    """Give a place back before the class begins. The seat goes to the person who waits longest.
    Doing it again changes nothing.

    An offer is declined in the same way.
    """
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require_own_place(actor, enrolment.person, training_class)
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    given_back = {
        EnrolmentState.ADMITTED,
        EnrolmentState.OFFERED,
        EnrolmentState.WAITLISTED,
        EnrolmentState.APPLIED,
    }
    holds_place = enrolment.state in (EnrolmentState.ADMITTED, EnrolmentState.OFFERED)
    if enrolment.state not in given_back or (holds_place and class_has_begun(training_class)):
        raise EnrolmentRefused(
            "class_began",
            _(
                "The class has started, so you can't give up your place. You can leave the "
                "class instead."
            ),
        )
    held_seat = enrolment.state in SEATED_STATES
    moved = move(enrolment, EnrolmentState.WITHDRAWN, table=ENROLMENT_MOVES)
    audit.record(
        "courses.withdrawn",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    if actor.pk != enrolment.person.user_id:
        tell_one("courses.place_taken_away", enrolment, key=clock.now().isoformat(), reason=reason)
    if held_seat:
        _free_seat(training_class)
        serve_queue(training_class)
    return enrolment


@transaction.atomic
def drop_trainee(*, actor: Actor, enrolment: Enrolment, reason: str) -> Enrolment:
    """Take a trainee off the list, by the trainee's own wish after the class began or by the class
    head. Needs a reason.

    Presence, lessons and marks stay on record. Doing it again changes nothing. `admit_person` takes
    the trainee back.
    """
    training_class = lock(enrolment.training_class)
    enrolment = lock(enrolment)
    require_own_place(actor, enrolment.person, training_class)
    if enrolment.state == EnrolmentState.DROPPED:
        return enrolment
    if enrolment.state not in LEARNING_STATES:
        raise EnrolmentRefused(
            "not_a_trainee",
            _(
                "This enrolment already has a result or holds no place, so the person can't "
                "be removed from the list."
            ),
        )
    _need_reason(reason, _("Give a short reason. It is kept in the record."))
    moved = move(enrolment, EnrolmentState.DROPPED, table=ENROLMENT_MOVES)
    audit.record(
        "courses.dropped",
        actor=actor,
        target=enrolment,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    if actor.pk != enrolment.person.user_id:
        tell_one("courses.place_taken_away", enrolment, key=clock.now().isoformat(), reason=reason)
    _free_seat(training_class)
    serve_queue(training_class)
    return enrolment


@transaction.atomic
def set_aside_double_enrolment(*, actor: Actor, row: Enrolment, counts: Enrolment) -> None:
    """Set *row* aside, since the same person is in the class by *counts* too. Its seat goes to the
    person who waits longest.

    This is part of a merge of two records, which checks the right and requires a second person.
    Presence, lessons and marks stay with *row*.
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
        _free_seat(training_class)
        serve_queue(training_class)

"""Manage classes, which are planned, filed, approved by another person, opened, taught and closed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

import audit
from access.checks import require
from core import clock
from core.actors import Actor
from core.errors import Forbidden
from core.states import Moved, lock, move
from courses.enums import (
    ASKING_STATES,
    CLASS_MOVES,
    DECIDED_AGAIN,
    ENROLMENT_MOVES,
    SEATED_STATES,
    TAUGHT_STATES,
    ClassState,
    EnrolmentState,
    SessionState,
)
from courses.errors import ClassNotReady, TimetableClash, describe_bank_shortage
from courses.grants import APPROVE_CLASS, MANAGE_CLASS
from courses.models import Course, Enrolment, Exam, TrainingClass
from courses.queries.exam import find_bank_shortages, open_sittings
from courses.queries.timetable import ClashKind, find_clashes
from courses.workflows.completion import announce_passed_enrolments, decide_completion
from courses.workflows.course import current_rule
from courses.workflows.enrolment import close_queue, serve_queue
from courses.workflows.notifications import BOOKED, tell_answered, tell_class, tell_filed
from courses.workflows.timetable import hold_timetable

FIELDS = frozenset(
    {
        "code",
        "name",
        "capacity",
        "min_size",
        "offer_hours",
        "enrolment_reviewed",
        "enrol_opens_at",
        "enrol_closes_at",
        "starts_on",
        "ends_on",
        "timetable",
        "venue",
        "teacher",
        "change_notice",
    }
)
# Who is told when a class stops or goes on.
CONCERNED = frozenset(BOOKED) | TAUGHT_STATES | {EnrolmentState.APPLIED}
# Once people are enrolled, a change of these must be told to them.
TOLD = ("starts_on", "ends_on", "timetable", "venue", "teacher")
EDITABLE_STATES = frozenset(
    {
        ClassState.DRAFT,
        ClassState.RETURNED,
        ClassState.FILED,
        ClassState.APPROVED,
        ClassState.ENROLLING,
        ClassState.CLOSED,
        ClassState.RUNNING,
    }
)


@transaction.atomic
def save_class(
    *,
    actor: Actor,
    course: Course,
    training_class: TrainingClass | None = None,
    despite_clashes: bool = False,
    **fields: Any,
) -> TrainingClass:
    """Plan a class or change it. The completion rule in force is frozen on it when it is made.

    After approval a new time, place or teacher needs a sentence for the trainees (`change_notice`).
    The capacity can't fall below the seats taken; seats added go to the queue. Raises
    `ClassNotReady`, and `TimetableClash` for a room or teacher taken at one of the sessions, unless
    the caller has shown that and passes *despite_clashes*.
    """
    hold_timetable()
    unknown = set(fields) - FIELDS
    if unknown:
        raise TypeError(f"no such fields: {sorted(unknown)}")
    names = sorted(fields)
    if training_class is None:
        require(actor, MANAGE_CLASS, course.org)
        rule = current_rule(course)
        if rule is None:
            raise ClassNotReady(
                "no_rule", _("The course has no current completion rule. Add one first.")
            )
        training_class = TrainingClass(course=course, org=course.org, rule=rule)
        before = None
    else:
        training_class = lock(training_class)
        require(actor, MANAGE_CLASS, training_class)
        if training_class.state not in EDITABLE_STATES:
            raise ClassNotReady(
                "class_over", _("This class has ended or been cancelled, so it can't be changed.")
            )
        before = {name: getattr(training_class, name) for name in names}
        told = [
            name
            for name in TOLD
            if name in fields and fields[name] != getattr(training_class, name)
        ]
        moves_people = bool({"venue", "teacher"} & set(told))
        is_public = training_class.state in (
            ClassState.ENROLLING,
            ClassState.CLOSED,
            ClassState.RUNNING,
        )
        if told and is_public and not str(fields.get("change_notice") or "").strip():
            raise ClassNotReady(
                "tell_them",
                _(
                    "People are already enrolled. Describe the change in one sentence, so "
                    "that they can be notified."
                ),
            )
    for name, value in fields.items():
        setattr(training_class, name, value)
    if training_class.capacity is not None and training_class.capacity < training_class.seats_taken:
        raise ClassNotReady(
            "seats_taken",
            _("%(count)s places are already taken, so there can't be fewer places.")
            % {"count": training_class.seats_taken},
        )
    training_class.full_clean()
    if training_class.pk:
        training_class.save(update_fields=[*names, "updated_at"])
    else:
        training_class.save()
    audit.record(
        "courses.class_saved",
        actor=actor,
        target=training_class,
        before=before,
        after={name: getattr(training_class, name) for name in names},
    )
    if before is not None and moves_people and not despite_clashes:
        _check_room_and_teacher(training_class)
    if before is not None and "capacity" in fields:
        serve_queue(training_class)
    if before is not None and told and is_public:
        tell_class(
            "courses.class_changed",
            training_class,
            key=training_class.updated_at.isoformat(),
            notice=training_class.change_notice,
        )
    return training_class


def _check_room_and_teacher(training_class: TrainingClass) -> None:
    planned = training_class.sessions.filter(state=SessionState.PLANNED, ends_at__gt=clock.now())
    found = [
        clash
        for session in planned
        for clash in find_clashes(
            training_class,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            venue=session.venue,
            but=session,
        )
        if clash.kind is not ClashKind.TRAINEE
    ]
    if found:
        raise TimetableClash(
            _(
                "There is a conflict at the time of a session: %(what)s. Choose something "
                "else, or tick the box to confirm."
            )
            % {
                "what": pgettext("between facts", ", ").join(
                    sorted({f"{clash.who} – {clash.other.training_class.name}" for clash in found})
                )
            },
            found,
        )


@transaction.atomic
def save_exam(
    *, actor: Actor, training_class: TrainingClass, exam: Exam | None = None, **fields: Any
) -> Exam:
    """Set an exam for a class or change it before anyone has sat it."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    if exam is not None:
        exam = lock(exam)
        if exam.attempts.exists():
            raise ClassNotReady(
                "exam_begun", _("Someone has already taken this exam. Create a new exam instead.")
            )
    exam = exam or Exam(training_class=training_class)
    for name, value in fields.items():
        setattr(exam, name, value)
    exam.full_clean()
    _require_full_bank(exam)
    exam.save()
    audit.record(
        "courses.exam_saved",
        actor=actor,
        target=exam,
        after={name: str(value) for name, value in fields.items()},
    )
    return exam


def _require_full_bank(*exams: Exam) -> None:
    """Raise `ClassNotReady` with every topic that lacks questions, so that no candidate is the
    first to find out.
    """
    lines = [
        describe_bank_shortage(topic=short.topic, wanted=short.wanted, there=short.there)
        for exam in exams
        for short in find_bank_shortages(exam)
    ]
    if lines:
        sentences = " ".join(dict.fromkeys(lines))
        raise ClassNotReady(
            "bank_too_small",
            _("No paper can be drawn. %(why)s Add questions or reduce the number required.")
            % {"why": sentences},
        )


def _moved(
    actor: Actor, training_class: TrainingClass, to: ClassState, reason: str = "", *extra: str
) -> Moved:
    if (
        training_class.state == ClassState.SUSPENDED
        and training_class.suspended_from
        and to != ClassState.CANCELLED
    ):
        raise ClassNotReady("suspended", _("This class is suspended. Resume it first."))
    if extra:
        training_class.save(update_fields=[*extra, "updated_at"])
    moved = move(training_class, to, table=CLASS_MOVES)
    audit.record(
        "courses.class_moved",
        actor=actor,
        target=training_class,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return moved


@transaction.atomic
def file_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """File a class for approval (开班申请). It needs sessions or lessons, and an exam for each part
    the computer marks.
    """
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    if not training_class.sessions.exists() and not training_class.course.lessons.exists():
        raise ClassNotReady(
            "nothing_taught",
            _("The class has no sessions or lessons yet. Add some first."),
        )
    if (
        "theory" in training_class.rule.pass_marks
        and not training_class.exams.filter(part="theory").exists()
    ):
        raise ClassNotReady(
            "no_exam", _("The completion rule requires a theory exam. Create one first.")
        )
    _require_full_bank(*training_class.exams.all())
    training_class.filed_by_id = actor.pk
    training_class.approved_by = None
    _moved(actor, training_class, ClassState.FILED, "", "filed_by", "approved_by")
    tell_filed(training_class, actor=actor)
    return training_class


@transaction.atomic
def approve_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Approve a filed class. The person who filed it can't."""
    training_class = lock(training_class)
    require(actor, APPROVE_CLASS, training_class)
    if actor.pk is not None and actor.pk == training_class.filed_by_id:
        raise Forbidden(
            "own_filing", _("You submitted this class, so another person must approve it.")
        )
    _require_full_bank(*training_class.exams.all())
    training_class.approved_by_id = actor.pk
    _moved(actor, training_class, ClassState.APPROVED, "", "approved_by")
    tell_answered(training_class, word=ClassState.APPROVED.label)
    return training_class


@transaction.atomic
def return_class(*, actor: Actor, training_class: TrainingClass, reason: str) -> TrainingClass:
    """Send a filed class back with what has to be put right."""
    training_class = lock(training_class)
    require(actor, APPROVE_CLASS, training_class)
    if not reason.strip():
        raise ClassNotReady("reason_needed", _("State what must be corrected."))
    _moved(actor, training_class, ClassState.RETURNED, reason)
    tell_answered(training_class, word=ClassState.RETURNED.label, reason=reason)
    return training_class


@transaction.atomic
def open_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Open an approved class for enrolment, so that the catalogue lists it from now on."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    _moved(actor, training_class, ClassState.ENROLLING)
    return training_class


@transaction.atomic
def close_enrolment(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Stop enrolment before its window ends."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    _moved(actor, training_class, ClassState.CLOSED)
    return training_class


@transaction.atomic
def start_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Let the class begin. Enrolment is over, the queue is closed, and the people who applied,
    waited or had an offer are told.
    """
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    close_queue(actor=actor, training_class=training_class, states=ASKING_STATES)
    training_class.refresh_from_db(fields=["seats_taken"])
    if training_class.seats_taken < training_class.min_size:
        raise ClassNotReady(
            "too_small",
            _(
                "%(have)s people have enrolled, but %(need)s are required. Extend enrolment "
                "or cancel the class."
            )
            % {"have": training_class.seats_taken, "need": training_class.min_size},
        )
    _moved(actor, training_class, ClassState.RUNNING)
    return training_class


@transaction.atomic
def suspend_class(*, actor: Actor, training_class: TrainingClass, reason: str) -> TrainingClass:
    """Suspend a class, for example after an inspection, so that it has no check-in, no reading
    that counts and no enrolment. Everybody is told.
    """
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    if not reason.strip():
        raise ClassNotReady("reason_needed", _("Give a reason for suspending the class."))
    training_class.suspended_from = training_class.state
    _moved(actor, training_class, ClassState.SUSPENDED, reason, "suspended_from")
    tell_class(
        "courses.class_suspended",
        training_class,
        key=training_class.updated_at.isoformat(),
        states=CONCERNED,
        reason=reason,
    )
    return training_class


@transaction.atomic
def resume_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Let a suspended class go on where it stood. Everybody is told, and the queue is served."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    back = training_class.suspended_from
    if training_class.state != ClassState.SUSPENDED or not back:
        raise ClassNotReady(
            "not_suspended", _("This class isn't suspended, so it can't be resumed.")
        )
    training_class.suspended_from = ""
    _moved(actor, training_class, ClassState(back), "", "suspended_from")
    tell_class(
        "courses.class_resumed",
        training_class,
        key=training_class.updated_at.isoformat(),
        states=CONCERNED,
    )
    serve_queue(training_class)
    return training_class


@transaction.atomic
def archive_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Archive a class that is over. It leaves the lists of the staff and stays readable."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    _moved(actor, training_class, ClassState.ARCHIVED)
    return training_class


@transaction.atomic
def begin_assessment(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """End teaching and begin assessment. Exams and make-ups go on."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    _moved(actor, training_class, ClassState.ASSESSING)
    return training_class


@transaction.atomic
def finish_class(*, actor: Actor, training_class: TrainingClass) -> TrainingClass:
    """Close the class and decide everybody who isn't decided yet, as passed, not passed or absent,
    each with reasons.
    """
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    unsettled = open_sittings(training_class).count()
    if unsettled:
        raise ClassNotReady(
            "sittings_open",
            ngettext(
                "%(count)s exam paper isn't final. It is being written, or late answers may "
                "still arrive or need a decision. Check the exam first.",
                "%(count)s exam papers aren't final. They are being written, or late "
                "answers may still arrive or need a decision. Check the exam first.",
                unsettled,
            )
            % {"count": unsettled},
        )
    for enrolment in training_class.enrolments.filter(state__in=DECIDED_AGAIN).order_by("pk"):
        decide_completion(actor=actor, enrolment=enrolment, final=True)
    close_queue(actor=actor, training_class=training_class, states=ASKING_STATES)
    _moved(actor, training_class, ClassState.FINISHED)
    announce_passed_enrolments(
        training_class.enrolments.filter(state=EnrolmentState.PASSED).values_list("pk", flat=True)
    )
    return training_class


@transaction.atomic
def cancel_class(*, actor: Actor, training_class: TrainingClass, reason: str) -> TrainingClass:
    """Cancel a class. Everybody's place is given back, with the reason in the record."""
    training_class = lock(training_class)
    require(actor, MANAGE_CLASS, training_class)
    if not reason.strip():
        raise ClassNotReady("reason_needed", _("Give a reason for cancelling the class."))
    leaving = (
        EnrolmentState.APPLIED,
        EnrolmentState.ADMITTED,
        EnrolmentState.OFFERED,
        EnrolmentState.WAITLISTED,
        EnrolmentState.ATTENDING,
        EnrolmentState.ELIGIBLE,
    )
    tell_class("courses.class_cancelled", training_class, key="", states=leaving, reason=reason)
    for enrolment in Enrolment.objects.filter(
        training_class=training_class, state__in=leaving
    ).order_by("pk"):
        to = (
            EnrolmentState.DROPPED
            if enrolment.state in (EnrolmentState.ATTENDING, EnrolmentState.ELIGIBLE)
            else EnrolmentState.WITHDRAWN
        )
        held = enrolment.state in SEATED_STATES
        moved = move(enrolment, to, table=ENROLMENT_MOVES)
        audit.record(
            "courses.withdrawn",
            actor=actor,
            target=enrolment,
            before={"state": moved.old},
            after={"state": moved.new},
            reason=reason,
        )
        if held:
            TrainingClass.objects.filter(pk=training_class.pk).update(
                seats_taken=F("seats_taken") - 1
            )
    training_class.refresh_from_db(fields=["seats_taken"])
    _moved(actor, training_class, ClassState.CANCELLED, reason)
    return training_class

"""Choices and the moves allowed between them. The only place that says what may follow what."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClassState(TextChoices):
    """Life of a class of trainees (班)."""

    DRAFT = "draft", _("Draft")
    FILED = "filed", _("Filed")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    ENROLLING = "enrolling", _("Enrolling")
    CLOSED = "closed", _("Enrolment closed")
    RUNNING = "running", _("Running")
    ASSESSING = "assessing", _("In assessment")
    FINISHED = "finished", _("Finished")
    SETTLED = "settled", _("Settled")
    ARCHIVED = "archived", _("Archived")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")


CLASS_MOVES: dict[str, frozenset[str]] = {
    ClassState.DRAFT: frozenset({ClassState.FILED, ClassState.CANCELLED}),
    ClassState.FILED: frozenset({ClassState.APPROVED, ClassState.RETURNED, ClassState.CANCELLED}),
    ClassState.RETURNED: frozenset({ClassState.FILED, ClassState.CANCELLED}),
    ClassState.APPROVED: frozenset({ClassState.ENROLLING, ClassState.CANCELLED}),
    ClassState.ENROLLING: frozenset({ClassState.CLOSED, ClassState.RUNNING, ClassState.SUSPENDED, ClassState.CANCELLED}),
    ClassState.CLOSED: frozenset({ClassState.ENROLLING, ClassState.RUNNING, ClassState.SUSPENDED, ClassState.CANCELLED}),
    ClassState.RUNNING: frozenset({ClassState.ASSESSING, ClassState.SUSPENDED, ClassState.CANCELLED}),
    ClassState.SUSPENDED: frozenset({ClassState.ENROLLING, ClassState.RUNNING, ClassState.CANCELLED}),
    ClassState.ASSESSING: frozenset({ClassState.FINISHED}),
    ClassState.FINISHED: frozenset({ClassState.SETTLED}),
    ClassState.SETTLED: frozenset({ClassState.ARCHIVED}),
    ClassState.ARCHIVED: frozenset(),
    ClassState.CANCELLED: frozenset(),
}

# Teaching goes on: check-in, lessons and exams answer to their own clocks, not to a clerk's next click.
TEACHING_STATES = frozenset({ClassState.ENROLLING, ClassState.CLOSED, ClassState.RUNNING, ClassState.ASSESSING})
# Over by the office's own word: nothing of the class is still ahead.
CLOSED_STATES = frozenset({ClassState.FINISHED, ClassState.SETTLED, ClassState.ARCHIVED})
# Shown in the public catalogue.
LISTED_STATES = frozenset({ClassState.ENROLLING, ClassState.CLOSED, ClassState.RUNNING})


class ReadingState(StrEnum):
    """What a report of the lesson reader came to. Time counts in the first only; none is stored."""

    COUNTING = "counting"
    ELSEWHERE = "elsewhere"
    IDLE = "idle"
    PAUSED = "paused"
    DONE = "done"
    NOT_LEARNING = "not_learning"
    UNPUBLISHED = "unpublished"


class EnrolmentState(TextChoices):
    """Life of one worker's place in one class (报名)."""

    APPLIED = "applied", _("Applied")
    PENDING_REVIEW = "pending_review", _("In review")
    WAITLISTED = "waitlisted", _("On the waiting list")
    OFFERED = "offered", _("Place offered")
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Refused")
    ATTENDING = "attending", _("Attending")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DROPPED = "dropped", _("Dropped out")
    ELIGIBLE = "eligible", _("Ready for the exam")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
    ABSENT = "absent", _("Absent")
    CERTIFIED = "certified", _("Certified")
    MERGED = "merged", _("Set aside: enrolled twice")


ENROLMENT_MOVES: dict[str, frozenset[str]] = {
    EnrolmentState.APPLIED: frozenset(
        {EnrolmentState.PENDING_REVIEW, EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED, EnrolmentState.WITHDRAWN}
    ),
    EnrolmentState.PENDING_REVIEW: frozenset(
        {EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED, EnrolmentState.REFUSED, EnrolmentState.WITHDRAWN}
    ),
    EnrolmentState.WAITLISTED: frozenset({EnrolmentState.OFFERED, EnrolmentState.ADMITTED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.OFFERED: frozenset({EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.ADMITTED: frozenset(
        {
            EnrolmentState.ATTENDING,
            EnrolmentState.ELIGIBLE,
            EnrolmentState.WITHDRAWN,
            EnrolmentState.DROPPED,
            EnrolmentState.PASSED,
            EnrolmentState.FAILED,
            EnrolmentState.ABSENT,
        }
    ),
    EnrolmentState.ATTENDING: frozenset(
        {EnrolmentState.ELIGIBLE, EnrolmentState.DROPPED, EnrolmentState.PASSED, EnrolmentState.FAILED, EnrolmentState.ABSENT}
    ),
    EnrolmentState.ELIGIBLE: frozenset({EnrolmentState.DROPPED, EnrolmentState.PASSED, EnrolmentState.FAILED, EnrolmentState.ABSENT}),
    # Coming back after leaving is a new wish for a place: the row is kept, its history is in the audit trail.
    EnrolmentState.WITHDRAWN: frozenset({EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED}),
    EnrolmentState.PASSED: frozenset({EnrolmentState.CERTIFIED}),
    EnrolmentState.REFUSED: frozenset(),
    EnrolmentState.DROPPED: frozenset(),
    EnrolmentState.FAILED: frozenset(),
    EnrolmentState.ABSENT: frozenset(),
    EnrolmentState.CERTIFIED: frozenset(),
}
# Two records of one person in one class: the second person who agrees to their merge sets one aside, from any state.
ENROLMENT_MOVES = {state: moves | {EnrolmentState.MERGED} for state, moves in ENROLMENT_MOVES.items()} | {
    EnrolmentState.MERGED: frozenset()
}

# A row in one of these holds a seat of the class.
SEATED_STATES = frozenset(
    {
        EnrolmentState.OFFERED,
        EnrolmentState.ADMITTED,
        EnrolmentState.ATTENDING,
        EnrolmentState.ELIGIBLE,
        EnrolmentState.PASSED,
        EnrolmentState.FAILED,
        EnrolmentState.ABSENT,
        EnrolmentState.CERTIFIED,
    }
)
# A row in one of these may learn: check in, read, sit the exam.
LEARNING_STATES = frozenset({EnrolmentState.ADMITTED, EnrolmentState.ATTENDING, EnrolmentState.ELIGIBLE})
# May look at the class page.
MEMBER_STATES = SEATED_STATES | {EnrolmentState.WAITLISTED}


class SessionKind(TextChoices):
    """What a session teaches."""

    THEORY = "theory", _("Theory")
    PRACTICE = "practice", _("Practice")


class SessionState(TextChoices):
    """A session is planned until someone cancels it; time does the rest."""

    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")


SESSION_MOVES: dict[str, frozenset[str]] = {
    SessionState.PLANNED: frozenset({SessionState.CANCELLED}),
    SessionState.CANCELLED: frozenset(),
}


class CheckInMethod(TextChoices):
    """How presence was shown."""

    CODE = "code", _("Code on the wall")
    MANUAL = "manual", _("By two of the staff")


class QuestionKind(TextChoices):
    """What an answer looks like."""

    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    NUMBER = "number", _("A number")


class PartialCredit(TextChoices):
    """What an incomplete multiple choice is worth."""

    ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")
    NO_WRONG = "no_wrong", _("Share of the right ones, nothing once a wrong one is chosen")
    BALANCE = "balance", _("Right ones less wrong ones, never below zero")


class AttemptState(TextChoices):
    """One sitting of an exam."""

    RUNNING = "running", _("Running")
    SUBMITTED = "submitted", _("Handed in")
    COLLECTED = "collected", _("Collected at the end of time")


ATTEMPT_MOVES: dict[str, frozenset[str]] = {
    AttemptState.RUNNING: frozenset({AttemptState.SUBMITTED, AttemptState.COLLECTED}),
    AttemptState.SUBMITTED: frozenset(),
    AttemptState.COLLECTED: frozenset(),
}


class ExamPart(TextChoices):
    """Parts a completion rule may set a pass mark for."""

    THEORY = "theory", _("Theory exam")
    PRACTICE = "practice", _("Practice assessment")

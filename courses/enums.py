"""Define choices and the moves allowed between them. This is the only place that says what may
follow what.
"""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClassState(TextChoices):
    """The states of a class of trainees (班)."""

    DRAFT = "draft", _("Draft")
    FILED = "filed", _("Submitted for review")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned for corrections")
    ENROLLING = "enrolling", _("Enrolling")
    CLOSED = "closed", _("Enrolment closed")
    RUNNING = "running", _("Running")
    ASSESSING = "assessing", _("In assessment")
    FINISHED = "finished", _("Finished")
    ARCHIVED = "archived", _("Archived")
    SUSPENDED = "suspended", _("Suspended")
    CANCELLED = "cancelled", _("Cancelled")


CLASS_MOVES: dict[str, frozenset[str]] = {
    ClassState.DRAFT: frozenset({ClassState.FILED, ClassState.CANCELLED}),
    ClassState.FILED: frozenset({ClassState.APPROVED, ClassState.RETURNED, ClassState.CANCELLED}),
    ClassState.RETURNED: frozenset({ClassState.FILED, ClassState.CANCELLED}),
    ClassState.APPROVED: frozenset({ClassState.ENROLLING, ClassState.CANCELLED}),
    ClassState.ENROLLING: frozenset(
        {ClassState.CLOSED, ClassState.RUNNING, ClassState.SUSPENDED, ClassState.CANCELLED}
    ),
    ClassState.CLOSED: frozenset(
        {ClassState.ENROLLING, ClassState.RUNNING, ClassState.SUSPENDED, ClassState.CANCELLED}
    ),
    ClassState.RUNNING: frozenset(
        {ClassState.ASSESSING, ClassState.SUSPENDED, ClassState.CANCELLED}
    ),
    # Resuming leads back to where the class was (`TrainingClass.suspended_from`).
    ClassState.SUSPENDED: frozenset(
        {
            ClassState.ENROLLING,
            ClassState.CLOSED,
            ClassState.RUNNING,
            ClassState.ASSESSING,
            ClassState.CANCELLED,
        }
    ),
    ClassState.ASSESSING: frozenset({ClassState.FINISHED, ClassState.SUSPENDED}),
    ClassState.FINISHED: frozenset({ClassState.ARCHIVED}),
    ClassState.ARCHIVED: frozenset(),
    ClassState.CANCELLED: frozenset({ClassState.ARCHIVED}),
}

# Teaching goes on: check-in, lessons and exams answer to their own clocks, not to a clerk's next
# click.
TEACHING_STATES = frozenset(
    {ClassState.ENROLLING, ClassState.CLOSED, ClassState.RUNNING, ClassState.ASSESSING}
)
# Over by the office's own word: nothing of the class is still ahead.
CLOSED_STATES = frozenset({ClassState.FINISHED, ClassState.ARCHIVED})
# Seats that become free go to the queue.
QUEUE_STATES = frozenset({ClassState.ENROLLING, ClassState.CLOSED})
# Shown in the public catalogue.
LISTED_STATES = frozenset({ClassState.ENROLLING, ClassState.CLOSED, ClassState.RUNNING})


class ReadingState(StrEnum):
    """The outcome of a report of the lesson reader. Time counts in the first state only, and none
    of them is stored.
    """

    COUNTING = "counting"
    ELSEWHERE = "elsewhere"
    IDLE = "idle"
    PAUSED = "paused"
    DONE = "done"
    NOT_LEARNING = "not_learning"
    UNPUBLISHED = "unpublished"


class EnrolmentState(TextChoices):
    """The states of one worker's place in one class (报名)."""

    APPLIED = "applied", _("Applied")
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
    MERGED = "merged", _("Set aside as a duplicate enrolment")


ENROLMENT_MOVES: dict[str, frozenset[str]] = {
    EnrolmentState.APPLIED: frozenset(
        {
            EnrolmentState.ADMITTED,
            EnrolmentState.WAITLISTED,
            EnrolmentState.REFUSED,
            EnrolmentState.WITHDRAWN,
        }
    ),
    EnrolmentState.WAITLISTED: frozenset({EnrolmentState.OFFERED, EnrolmentState.WITHDRAWN}),
    EnrolmentState.OFFERED: frozenset({EnrolmentState.ADMITTED, EnrolmentState.WITHDRAWN}),
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
        {
            EnrolmentState.ELIGIBLE,
            EnrolmentState.DROPPED,
            EnrolmentState.PASSED,
            EnrolmentState.FAILED,
            EnrolmentState.ABSENT,
        }
    ),
    EnrolmentState.ELIGIBLE: frozenset(
        {
            EnrolmentState.ATTENDING,
            EnrolmentState.DROPPED,
            EnrolmentState.PASSED,
            EnrolmentState.FAILED,
            EnrolmentState.ABSENT,
        }
    ),
    # Coming back after leaving is a new wish for a place: the row is kept, its history is in the
    # audit trail.
    EnrolmentState.WITHDRAWN: frozenset(
        {EnrolmentState.APPLIED, EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED}
    ),
    # An attended session may be cancelled after the rule was met: without a certificate yet, the
    # trainee learns on, or fails at the end.
    EnrolmentState.PASSED: frozenset(
        {EnrolmentState.CERTIFIED, EnrolmentState.ATTENDING, EnrolmentState.FAILED}
    ),
    # The office may think again; the worker can't.
    EnrolmentState.REFUSED: frozenset({EnrolmentState.ADMITTED, EnrolmentState.WAITLISTED}),
    EnrolmentState.DROPPED: frozenset({EnrolmentState.ADMITTED}),
    EnrolmentState.FAILED: frozenset(),
    EnrolmentState.ABSENT: frozenset(),
    EnrolmentState.CERTIFIED: frozenset(),
}
# Two records of one person in one class: the second person who agrees to their merge sets one
# aside, from any state.
ENROLMENT_MOVES = {
    state: moves | {EnrolmentState.MERGED} for state, moves in ENROLMENT_MOVES.items()
} | {EnrolmentState.MERGED: frozenset()}

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
# A row in one of these has still to meet the rule: it is decided again after each deed, and may sit
# the exam.
LEARNING_STATES = frozenset(
    {EnrolmentState.ADMITTED, EnrolmentState.ATTENDING, EnrolmentState.ELIGIBLE}
)
# Held against the rule again when something changes: as long as no certificate is out.
DECIDED_AGAIN = LEARNING_STATES | {EnrolmentState.PASSED}
# A row in one of these is taught as long as the class is: it may check in and read. Passing doesn't
# end learning.
TAUGHT_STATES = LEARNING_STATES | {EnrolmentState.PASSED, EnrolmentState.CERTIFIED}
# Not in the class yet: asks for a seat, waits for one, or has been offered one.
ASKING_STATES = frozenset(
    {EnrolmentState.APPLIED, EnrolmentState.WAITLISTED, EnrolmentState.OFFERED}
)
# May look at the class page.
MEMBER_STATES = SEATED_STATES | {EnrolmentState.WAITLISTED, EnrolmentState.APPLIED}


class SessionKind(TextChoices):
    """What a session teaches."""

    THEORY = "theory", _("Theory")
    PRACTICE = "practice", _("Practice")


class SessionState(TextChoices):
    """The states of a session. It is planned until someone cancels it, and the passing of time
    needs no state.
    """

    PLANNED = "planned", _("Scheduled")
    CANCELLED = "cancelled", _("Cancelled")


SESSION_MOVES: dict[str, frozenset[str]] = {
    SessionState.PLANNED: frozenset({SessionState.CANCELLED}),
    SessionState.CANCELLED: frozenset(),
}


class CheckInMethod(TextChoices):
    """How presence was shown."""

    CODE = "code", _("Check-in code")
    MANUAL = "manual", _("Added by two members of staff")


class QuestionKind(TextChoices):
    """The kinds of questions, by what an answer looks like."""

    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    NUMBER = "number", _("Numeric value")


class PartialCredit(TextChoices):
    """What an incomplete multiple choice is worth."""

    ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")
    NO_WRONG = (
        "no_wrong",
        _("Proportional mark for correct options, no marks if a wrong one is chosen"),
    )
    BALANCE = "balance", _("Correct options minus wrong options, never below zero")


class AttemptState(TextChoices):
    """The states of one sitting of an exam."""

    RUNNING = "running", _("Running")
    SUBMITTED = "submitted", _("Paper submitted")
    COLLECTED = "collected", _("Collected when time ran out")


ATTEMPT_MOVES: dict[str, frozenset[str]] = {
    AttemptState.RUNNING: frozenset({AttemptState.SUBMITTED, AttemptState.COLLECTED}),
    AttemptState.SUBMITTED: frozenset(),
    AttemptState.COLLECTED: frozenset(),
}


class ExamPart(TextChoices):
    """Parts a completion rule may set a pass mark for."""

    THEORY = "theory", _("Theory exam")
    PRACTICE = "practice", _("Practical assessment")

"""Training has no state that nobody reaches: every move of its tables is made here by a real
workflow, from every state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from access import SYSTEM
from courses.enums import (
    ATTEMPT_MOVES,
    CLASS_MOVES,
    ENROLMENT_MOVES,
    SESSION_MOVES,
    AttemptState,
    ClassState,
    EnrolmentState,
    SessionState,
)
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.rules.check_in import code_at
from courses.workflows import training_class as classes
from courses.workflows.attendance import check_in_trainee
from courses.workflows.completion import decide_completion, mark_enrolment_certified
from courses.workflows.enrolment import (
    accept_offer,
    admit_person,
    drop_trainee,
    enrol_person,
    promote_from_waitlist,
    refuse_applicant,
    set_aside_double_enrolment,
    withdraw_enrolment,
)
from courses.workflows.exam import (
    collect_overdue_papers,
    record_mark,
    start_attempt,
    submit_attempt,
)
from courses.workflows.timetable import add_session, cancel_session
from tests.factories.courses import (
    CompletionRuleFactory,
    CourseFactory,
    ExamFactory,
    TrainingClassFactory,
)
from tests.factories.ground import UserFactory, WorkerFactory
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db


def edges(table: dict[str, frozenset[str]]) -> set[tuple[str, str]]:
    """Return every move of a table."""
    return {(str(state), str(to)) for state, moves in table.items() for to in moves}


# ---- classes ----


class Office:
    """Plans one class and moves it by the workflows of its screen; filing and approving are two
    people.
    """

    def __init__(self) -> None:
        self.filer, self.approver = UserFactory(is_superuser=True), UserFactory(is_superuser=True)
        rule = CompletionRuleFactory(course=CourseFactory(), pass_marks={})
        start = timezone.now() + timedelta(days=9)
        self.row = classes.save_class(
            actor=self.filer,
            course=rule.course,
            code=f"walk-{rule.pk}",
            name="走一遍",
            capacity=5,
            min_size=0,
            enrol_opens_at=timezone.now() - timedelta(days=1),
            enrol_closes_at=timezone.now() + timedelta(days=5),
            starts_on=start.date(),
            ends_on=start.date() + timedelta(days=1),
            venue="108",
        )
        add_session(
            actor=self.filer,
            training_class=self.row,
            title="一",
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            hours=Decimal(4),
        )

    def move(self, to: str) -> None:
        """Make one move by the workflow that makes it."""
        state = TrainingClass.objects.get(pk=self.row.pk).state
        act: dict[str, Any] = {"actor": self.filer, "training_class": self.row}
        if state == ClassState.SUSPENDED and to != ClassState.CANCELLED:
            classes.resume_class(**act)
        elif to == ClassState.APPROVED:
            classes.approve_class(**act | {"actor": self.approver})
        elif to == ClassState.RETURNED:
            classes.return_class(**act | {"actor": self.approver}, reason="补计划")
        elif to in (ClassState.SUSPENDED, ClassState.CANCELLED):
            {
                ClassState.SUSPENDED: classes.suspend_class,
                ClassState.CANCELLED: classes.cancel_class,
            }[ClassState(to)](**act, reason="检查")
        else:
            BY_STATE[ClassState(to)](**act)
        self.row = TrainingClass.objects.get(pk=self.row.pk)
        assert self.row.state == to


BY_STATE: dict[ClassState, Callable[..., Any]] = {
    ClassState.FILED: classes.file_class,
    ClassState.ENROLLING: classes.open_class,
    ClassState.CLOSED: classes.close_enrolment,
    ClassState.RUNNING: classes.start_class,
    ClassState.ASSESSING: classes.begin_assessment,
    ClassState.FINISHED: classes.finish_class,
    ClassState.ARCHIVED: classes.archive_class,
}
_OPEN = ["filed", "approved", "enrolling"]
# The way to each state, from a draft.
WAYS: dict[str, list[str]] = {
    "draft": [],
    "filed": ["filed"],
    "returned": ["filed", "returned"],
    "approved": ["filed", "approved"],
    "enrolling": _OPEN,
    "closed": [*_OPEN, "closed"],
    "running": [*_OPEN, "running"],
    "assessing": [*_OPEN, "running", "assessing"],
    "finished": [*_OPEN, "running", "assessing", "finished"],
    "archived": [*_OPEN, "running", "assessing", "finished", "archived"],
    "suspended": [*_OPEN, "suspended"],
    "cancelled": ["cancelled"],
}


def test_every_state_of_a_class_has_a_way() -> None:
    assert set(WAYS) == set(ClassState.values)


@pytest.mark.parametrize(("state", "to"), sorted(edges(CLASS_MOVES)))
def test_class_makes_every_move_of_its_table(state: str, to: str) -> None:
    office = Office()
    way = WAYS[state]
    if state == ClassState.SUSPENDED and to != ClassState.CANCELLED:
        way = [*WAYS[to], "suspended"]  # it goes back to where it was
    for step in [*way, to]:
        office.move(step)


# ---- enrolments ----


class Trainee:
    """One worker in a class that is going on, with two sessions (one is enough) and a theory mark
    of 60 asked.
    """

    def __init__(self, **changes: Any) -> None:
        self.officer = UserFactory(is_superuser=True)
        self.person = WorkerFactory()
        course = CourseFactory()
        self.training_class = TrainingClassFactory(
            course=course,
            rule=CompletionRuleFactory(course=course, attendance_share=Decimal("0.5")),
            starts_on=timezone.localdate(),
            **changes,
        )
        self.sessions: list[ClassSession] = []

    def teach(self, *, now: bool = True) -> Trainee:
        """Plan the sessions; the first is on now unless said otherwise."""
        for number in (0, 1):
            start = (
                timezone.now()
                - timedelta(minutes=5)
                + timedelta(days=number if now else number + 9)
            )
            self.sessions.append(
                add_session(
                    actor=self.officer,
                    training_class=self.training_class,
                    title="课",
                    starts_at=start,
                    ends_at=start + timedelta(hours=3),
                    hours=Decimal(4),
                )
            )
        return self

    def enrol(self) -> Trainee:
        """Let the worker enrol."""
        enrol_person(actor=self.person.user, training_class=self.training_class, person=self.person)
        return self

    @property
    def row(self) -> Enrolment:
        """The enrolment as it is now."""
        return Enrolment.objects.get(training_class=self.training_class, person=self.person)

    def fill(self) -> Trainee:
        """Take all seats, so that the worker waits."""
        for _n in range(self.training_class.capacity):
            other = WorkerFactory()
            enrol_person(actor=other.user, training_class=self.training_class, person=other)
        return self

    def attend(self) -> Trainee:
        """Check in to the session that is on."""
        session = self.sessions[0]
        code = code_at(session.secret, timezone.now())
        check_in_trainee(
            actor=self.person.user, enrolment=self.row, session=session, code=code, device=""
        )
        return self

    def mark(self, value: int = 80) -> Trainee:
        """Record a theory mark."""
        record_mark(
            actor=SYSTEM,
            enrolment=self.row,
            part="theory",
            mark=Decimal(value),
            assessor="外聘考评员",
        )
        return self

    def cancel_first(self) -> Trainee:
        """Cancel the session that was attended."""
        cancel_session(actor=self.officer, session=self.sessions[0], reason="教师资格不符")
        return self

    def close(self) -> Trainee:
        """Close the class: everybody is decided."""
        for step in (classes.start_class, classes.begin_assessment, classes.finish_class):
            step(actor=self.officer, training_class=self.training_class)
        return self

    def do(self, workflow: Callable[..., Any], **more: Any) -> Trainee:
        """Call a workflow of the class head on the enrolment."""
        workflow(actor=self.officer, enrolment=self.row, **more)
        return self

    def withdraw(self) -> Trainee:
        """Give up the place."""
        withdraw_enrolment(actor=self.person.user, enrolment=self.row)
        return self

    def widen(self) -> Trainee:
        """Add a seat: the queue is served."""
        classes.save_class(
            actor=self.officer,
            course=self.training_class.course,
            training_class=self.training_class,
            capacity=self.row.training_class.capacity + 1,
        )
        return self

    def leave_one_seat(self) -> Trainee:
        """Let somebody else give a seat back."""
        other = (
            Enrolment.objects.filter(training_class=self.training_class, state="admitted")
            .exclude(person=self.person)
            .first()
        )
        assert other is not None
        withdraw_enrolment(actor=other.person.user, enrolment=other)
        promote_from_waitlist(actor=self.officer, training_class=self.training_class)
        return self


def applied() -> Trainee:
    return Trainee(enrolment_reviewed=True, capacity=1).enrol()


def waitlisted() -> Trainee:
    return Trainee(capacity=1).fill().enrol()


def offered() -> Trainee:
    return waitlisted().leave_one_seat()


def admitted() -> Trainee:
    return Trainee().teach().enrol()


def attending() -> Trainee:
    # The attended session is one of two, and one is enough: so a third is asked by a rule of both.
    made = Trainee().teach().enrol()
    rule = CompletionRuleFactory(course=made.training_class.course, attendance_share=Decimal(1))
    TrainingClass.objects.filter(pk=made.training_class.pk).update(rule=rule)
    return made.attend()


def eligible() -> Trainee:
    return admitted().attend()


def passed() -> Trainee:
    return eligible().mark()


def refused() -> Trainee:
    return applied().do(refuse_applicant, reason="只收焊工")


def dropped() -> Trainee:
    return admitted().do(drop_trainee, reason="调岗")


def lower_share(trainee: Trainee) -> Trainee:
    """Cancel the session nobody attended: what is left is met."""
    cancel_session(actor=trainee.officer, session=trainee.sessions[1], reason="合并授课")
    return trainee


def only_marks(trainee: Trainee) -> Trainee:
    """Let a class ask for nothing but an exam."""
    rule = CompletionRuleFactory(course=trainee.training_class.course, attendance_share=Decimal(0))
    TrainingClass.objects.filter(pk=trainee.training_class.pk).update(rule=rule)
    return trainee


def decide(trainee: Trainee) -> Trainee:
    return trainee.do(decide_completion)


ENROLMENTS: dict[tuple[str, str], Callable[[], Trainee]] = {
    ("applied", "admitted"): lambda: applied().do(admit_person),
    ("applied", "waitlisted"): lambda: _full(applied()).do(admit_person),
    ("applied", "refused"): refused,
    ("applied", "withdrawn"): lambda: applied().withdraw(),
    ("waitlisted", "offered"): lambda: waitlisted().widen(),
    ("waitlisted", "withdrawn"): lambda: waitlisted().withdraw(),
    ("offered", "admitted"): lambda: _accept(offered()),
    ("offered", "withdrawn"): lambda: offered().withdraw(),
    ("admitted", "attending"): attending,
    ("admitted", "eligible"): lambda: decide(only_marks(Trainee().enrol())),
    ("admitted", "withdrawn"): lambda: Trainee().enrol().withdraw(),
    ("admitted", "dropped"): dropped,
    ("admitted", "passed"): lambda: only_marks(Trainee().enrol()).mark(),
    ("admitted", "failed"): lambda: Trainee().teach(now=False).enrol().mark(50).close(),
    ("admitted", "absent"): lambda: Trainee().teach(now=False).enrol().close(),
    ("attending", "eligible"): lambda: lower_share(attending()),
    ("attending", "dropped"): lambda: attending().do(drop_trainee, reason="调岗"),
    ("attending", "passed"): lambda: lower_share(attending().mark()),
    ("attending", "failed"): lambda: attending().close(),
    ("attending", "absent"): lambda: attending().cancel_first().close(),
    ("eligible", "attending"): lambda: eligible().cancel_first(),
    ("eligible", "dropped"): lambda: eligible().do(drop_trainee, reason="调岗"),
    ("eligible", "passed"): passed,
    ("eligible", "failed"): lambda: eligible().close(),
    ("eligible", "absent"): lambda: decide(only_marks(Trainee().enrol())).close(),
    ("withdrawn", "applied"): lambda: applied().withdraw().enrol(),
    ("withdrawn", "admitted"): lambda: Trainee().enrol().withdraw().enrol(),
    ("withdrawn", "waitlisted"): lambda: Trainee(capacity=1).enrol().withdraw().fill().enrol(),
    ("passed", "certified"): lambda: passed().do(mark_enrolment_certified),
    ("passed", "attending"): lambda: passed().cancel_first(),
    ("passed", "failed"): lambda: _cancelled_unnoticed(passed()).close(),
    ("refused", "admitted"): lambda: refused().do(admit_person),
    ("refused", "waitlisted"): lambda: _full(refused()).do(admit_person),
    ("dropped", "admitted"): lambda: dropped().do(admit_person),
}
# What a merge of two records may set aside: whatever there is.
STATES: dict[str, Callable[[], Trainee]] = {
    "applied": applied,
    "waitlisted": waitlisted,
    "offered": offered,
    "admitted": admitted,
    "refused": refused,
    "attending": attending,
    "withdrawn": ENROLMENTS["admitted", "withdrawn"],
    "dropped": dropped,
    "eligible": eligible,
    "passed": passed,
    "failed": ENROLMENTS["eligible", "failed"],
    "absent": ENROLMENTS["admitted", "absent"],
    "certified": ENROLMENTS["passed", "certified"],
}


def _full(trainee: Trainee) -> Trainee:
    other = WorkerFactory()
    enrol_person(actor=trainee.officer, training_class=trainee.training_class, person=other)
    return trainee


def _accept(trainee: Trainee) -> Trainee:
    accept_offer(actor=trainee.person.user, enrolment=trainee.row)
    return trainee


def _cancelled_unnoticed(trainee: Trainee) -> Trainee:
    """Cancel the attended session without deciding again, as rows of an earlier version may stand."""
    ClassSession.objects.filter(pk=trainee.sessions[0].pk).update(state=SessionState.CANCELLED)
    return trainee


def test_every_move_of_an_enrolment_is_named_here() -> None:
    merged = {(state, "merged") for state in STATES}
    assert edges(ENROLMENT_MOVES) == set(ENROLMENTS) | merged
    assert set(STATES) | {"merged"} == set(EnrolmentState.values)


@pytest.mark.parametrize(("state", "to"), sorted(ENROLMENTS))
def test_enrolment_makes_every_move_of_its_table(state: str, to: str) -> None:
    assert ENROLMENTS[state, to]().row.state == to


@pytest.mark.parametrize("state", sorted(STATES))
def test_enrolment_in_every_state_can_be_set_aside(state: str) -> None:
    trainee = STATES[state]()
    assert trainee.row.state == state
    set_aside_double_enrolment(actor=SYSTEM, row=trainee.row, counts=trainee.row)
    assert trainee.row.state == "merged"


# ---- sessions and sittings ----


def test_session_is_planned_and_cancelled() -> None:
    assert edges(SESSION_MOVES) == {("planned", "cancelled")}
    trainee = admitted()
    assert trainee.sessions[0].state == SessionState.PLANNED
    trainee.cancel_first()
    assert ClassSession.objects.get(pk=trainee.sessions[0].pk).state == SessionState.CANCELLED


def test_sitting_runs_and_is_handed_in_or_collected(clock: Clock) -> None:
    assert {("running", "submitted"), ("running", "collected")} <= edges(ATTEMPT_MOVES)
    one, other = admitted(), Trainee(venue="另一处", teacher="").teach().enrol()
    sat = [
        start_attempt(
            actor=row.person.user,
            exam=ExamFactory(training_class=row.training_class),
            enrolment=row.row,
        )
        for row in (one, other)
    ]
    assert {attempt.state for attempt in sat} == {AttemptState.RUNNING}
    submit_attempt(actor=one.person.user, attempt=sat[0])
    clock.move_by(days=1)
    collect_overdue_papers()
    for attempt in sat:
        attempt.refresh_from_db()
    assert [attempt.state for attempt in sat] == [AttemptState.SUBMITTED, AttemptState.COLLECTED]

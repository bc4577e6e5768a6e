"""Read what a trainee and a class head see of a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core import clock
from courses.enums import (
    ASKING_STATES,
    LEARNING_STATES,
    MEMBER_STATES,
    TAUGHT_STATES,
    TEACHING_STATES,
    AttemptState,
    ExamPart,
    SessionState,
)
from courses.models import (
    Attempt,
    Attendance,
    ClassSession,
    Course,
    Enrolment,
    Exam,
    Lesson,
    LessonProgress,
    TrainingClass,
)
from courses.queries import completion as facts
from courses.queries.catalogue import ClassChoice
from courses.rules import check_in
from courses.rules.completion import CompletionStanding
from courses.rules.grading import Key
from people.models import Person


@dataclass(frozen=True)
class LessonLine:
    """A lesson in the outline."""

    lesson: Lesson
    seconds: int
    is_done: bool
    is_begun: bool

    @property
    def url(self) -> str:
        """The address where everybody may read it, which is empty while it has no live page."""
        page = live_page(self.lesson)
        return str(page.get_url() or "") if page is not None else ""

    @property
    def is_published(self) -> bool:
        """Whether there is something to read."""
        return live_page(self.lesson) is not None


def live_page(lesson: Lesson) -> Any | None:
    """Return the page with the text of a lesson while it is published."""
    page = getattr(lesson, "page", None)
    return page if page is not None and page.live else None


@dataclass(frozen=True)
class Outline:
    """The outline of a course, with lessons to read and the sessions of one class."""

    lessons: tuple[LessonLine, ...]
    sessions: tuple[ClassSession, ...]
    sessions_of: TrainingClass | None
    standing: CompletionStanding | None


def lesson_lines(course: Course, enrolment: Enrolment | None) -> tuple[LessonLine, ...]:
    """Return the lessons of a course with this trainee's progress. Two queries."""
    progress = (
        {row.lesson_id: row for row in LessonProgress.objects.filter(enrolment=enrolment)}
        if enrolment
        else {}
    )
    lines = []
    for lesson in course.lessons.select_related("page").order_by("number"):
        row = progress.get(lesson.pk)
        lines.append(
            LessonLine(
                lesson,
                row.seconds if row else 0,
                is_done=bool(row and row.completed_at),
                is_begun=bool(row and row.last_beat_at),
            )
        )
    return tuple(lines)


def build_course_outline(
    course: Course, choices: Sequence[ClassChoice], mine: Enrolment | None
) -> Outline:
    """Return what is taught. The sessions shown are those of the worker's own class, else of the
    first one offered.
    """
    of = next((choice.training_class for choice in choices if choice.mine), None) or (
        choices[0].training_class if choices else None
    )
    sessions = tuple(of.sessions.filter(state=SessionState.PLANNED)) if of else ()
    standing = None
    if mine and mine.state in MEMBER_STATES and of:
        mine.training_class = of
        standing = facts.assess_enrolment(mine)
    return Outline(lesson_lines(course, mine), sessions, of, standing)


def class_to_read_in(person: Person | None, lesson: Lesson) -> TrainingClass | None:
    """Return the class in which this worker's reading of the lesson counts."""
    if person is None:
        return None
    enrolment = (
        Enrolment.objects.filter(
            person=person,
            training_class__course_id=lesson.course_id,
            state__in=TAUGHT_STATES,
            training_class__state__in=TEACHING_STATES,
        )
        .select_related("training_class")
        .order_by("-enrolled_at")
        .first()
    )
    return enrolment.training_class if enrolment else None


def quiz_keys(lesson: Lesson) -> dict[str, Key]:
    """Return the quiz questions of a lesson, from the page that holds its text. There are none
    while it isn't published.
    """
    page = live_page(lesson)
    return page.quiz_keys() if page is not None else {}


@dataclass(frozen=True)
class SessionLine:
    """A session on the trainee's class page."""

    session: ClassSession
    attendance: Attendance | None
    when: check_in.When

    @property
    def is_present(self) -> bool:
        """Whether presence is recorded and counts."""
        return self.attendance is not None and self.attendance.counts

    @property
    def is_cancelled(self) -> bool:
        """Whether the session is cancelled."""
        return self.session.state == SessionState.CANCELLED

    @property
    def can_check_in(self) -> bool:
        """Whether the code on the wall is valid now."""
        return self.when is check_in.When.OPEN and not self.is_present and not self.is_cancelled


@dataclass(frozen=True)
class ExamLine:
    """An exam on the trainee's class page."""

    exam: Exam
    attempts: tuple[Attempt, ...]
    now: datetime

    @property
    def running(self) -> Attempt | None:
        """The sitting going on."""
        return next(
            (attempt for attempt in self.attempts if attempt.state == AttemptState.RUNNING), None
        )

    @property
    def best(self) -> Attempt | None:
        """The best sitting whose mark is final."""
        done = [attempt for attempt in self.attempts if attempt.settled_at is not None]
        return max(done, key=lambda attempt: attempt.mark or Decimal(0), default=None)

    @property
    def last(self) -> Attempt | None:
        """The last sitting that has ended."""
        return next(
            (
                attempt
                for attempt in reversed(self.attempts)
                if attempt.state != AttemptState.RUNNING
            ),
            None,
        )

    @property
    def waiting(self) -> Attempt | None:
        """The sitting whose mark isn't final yet, since late answers may come or wait for a
        decision.
        """
        return next(
            (
                attempt
                for attempt in self.attempts
                if attempt.settled_at is None and attempt.state != AttemptState.RUNNING
            ),
            None,
        )

    @property
    def left(self) -> int:
        """Sittings left."""
        return max(0, self.exam.attempts_allowed - len(self.attempts))

    @property
    def is_open(self) -> bool:
        """Whether the exam can be started now, as far as the time goes."""
        return self.exam.opens_at <= self.now < self.exam.closes_at

    @property
    def is_over(self) -> bool:
        """Whether the exam is closed for good."""
        return self.now >= self.exam.closes_at


@dataclass(frozen=True)
class MyClass:
    """Everything on a trainee's class page."""

    enrolment: Enrolment
    standing: CompletionStanding
    lessons: tuple[LessonLine, ...]
    sessions: tuple[SessionLine, ...]
    exams: tuple[ExamLine, ...]
    begins_at: datetime | None

    @property
    def is_learning(self) -> bool:
        """Whether hours and exams count now."""
        return (
            self.enrolment.state in LEARNING_STATES
            and self.enrolment.training_class.state in TEACHING_STATES
        )

    @property
    def is_taught(self) -> bool:
        """Whether the trainee may check in and read, which is also true after passing, until the
        class is over.
        """
        return (
            self.enrolment.state in TAUGHT_STATES
            and self.enrolment.training_class.state in TEACHING_STATES
        )

    @property
    def mark_lines(self) -> list[dict[str, Any]]:
        """Marks by part, with the part's name."""
        return [
            {"label": ExamPart(part).label, "mark": mark}
            for part, mark in self.standing.marks.items()
        ]

    @property
    def check_in_now(self) -> SessionLine | None:
        """The session one should check in to now."""
        return next((line for line in self.sessions if line.can_check_in), None)

    @property
    def next_lesson(self) -> LessonLine | None:
        """The first lesson not done that can be read."""
        return next((line for line in self.lessons if not line.is_done and line.is_published), None)

    @property
    def exam_now(self) -> ExamLine | None:
        """The exam one can sit now."""
        return next(
            (line for line in self.exams if line.is_open and (line.running or line.left)), None
        )


def session_when(session: ClassSession, now: datetime) -> check_in.When:
    """Say where the present is in a session's check-in window."""
    return check_in.place_in_check_in_window(
        now=now,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        before=session.before,
        after=session.after,
    )


def my_class(enrolment: Enrolment, *, now: datetime | None = None) -> MyClass:
    """Gather a trainee's class page in a fixed number of queries."""
    now = now or clock.now()
    training_class = enrolment.training_class
    attendances = {row.session_id: row for row in Attendance.objects.filter(enrolment=enrolment)}
    sessions = tuple(
        SessionLine(session, attendances.get(session.pk), session_when(session, now))
        for session in training_class.sessions.all()
    )
    sat: dict[int, list[Attempt]] = {}
    for attempt in (
        Attempt.objects.filter(enrolment=enrolment).defer("paper", "key").order_by("number")
    ):
        sat.setdefault(attempt.exam_id, []).append(attempt)
    exams = tuple(
        ExamLine(exam, tuple(sat.get(exam.pk, ())), now) for exam in training_class.exams.all()
    )
    planned = [line.session.starts_at for line in sessions if not line.is_cancelled]
    return MyClass(
        enrolment=enrolment,
        standing=facts.assess_enrolment(enrolment),
        lessons=lesson_lines(training_class.course, enrolment),
        sessions=sessions,
        exams=exams,
        begins_at=min(planned, default=None),
    )


@dataclass
class RosterRow:
    """One line of the roster (花名册). `acts` are the buttons of the page."""

    enrolment: Enrolment
    standing: CompletionStanding
    waiting_for_second: tuple[Attendance, ...]
    attendance: Attendance | None
    acts: Sequence[dict[str, Any]] = ()


def list_roster_rows(
    training_class: TrainingClass, session: ClassSession | None = None
) -> list[RosterRow]:
    """Return everybody with a place or in the queue, with standing, and presence at *session*. A
    fixed number of queries.
    """
    enrolments = list(
        Enrolment.objects.filter(
            training_class=training_class, state__in=MEMBER_STATES | {"dropped", "refused"}
        )
        .select_related("person", "employer", "union")
        .order_by("person__name_order", "person__name_key", "pk")
    )
    for enrolment in enrolments:
        enrolment.training_class = training_class
    # Those with a place by name, then the queue in its order.
    enrolments.sort(
        key=lambda row: (True, row.waitlist_no or 0) if row.state in ASKING_STATES else (False, 0)
    )
    stands = facts.assess_enrolments(training_class, enrolments)
    unconfirmed: dict[int, list[Attendance]] = {}
    present: dict[int, Attendance] = {}
    for row in Attendance.objects.filter(enrolment__training_class=training_class).select_related(
        "session", "recorded_by"
    ):
        if not row.counts:
            unconfirmed.setdefault(row.enrolment_id, []).append(row)
        if session is not None and row.session_id == session.pk:
            present[row.enrolment_id] = row
    return [
        RosterRow(
            enrolment,
            stands[enrolment.pk],
            tuple(unconfirmed.get(enrolment.pk, ())),
            present.get(enrolment.pk),
        )
        for enrolment in enrolments
    ]


def current_session(
    training_class: TrainingClass, *, now: datetime | None = None
) -> ClassSession | None:
    """Return the session going on or next (else the last one), which is what a class head means by
    "now".
    """
    now = now or clock.now()
    planned = [
        session
        for session in training_class.sessions.all()
        if session.state == SessionState.PLANNED
    ]
    return next(
        (session for session in planned if session.ends_at >= now), planned[-1] if planned else None
    )

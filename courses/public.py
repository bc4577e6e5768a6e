"""Answer what other domains may ask about training. They may import nothing else of this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, F, QuerySet, Sum, When
from django.utils import timezone

from core import clock
from core.actors import Actor
from core.errors import NotFound
from courses.enums import ASKING_STATES, LEARNING_STATES, ClassState, EnrolmentState
from courses.models import Course, Enrolment, TrainingClass
from courses.queries import catalogue as _catalogue
from courses.queries import completion as _completion
from courses.queries import enrolment as _enrolment
from courses.workflows.completion import PASSED as OUTCOME_PASSED
from courses.workflows.completion import mark_enrolment_certified as _mark_certified
from courses.workflows.completion import mark_enrolments_certified as _mark_certified_all
from people.models import Person

__all__ = [
    "OUTCOME_PASSED",
    "ClassCard",
    "CompletionFacts",
    "CourseCard",
    "EnrolmentCard",
    "TrainingFigures",
    "completion_facts",
    "completion_facts_of",
    "count_training_figures",
    "course_cards",
    "enrolments_of",
    "list_open_classes_for",
    "mark_certified",
    "mark_certified_all",
    "open_classes",
    "passed_before_the_end",
    "passed_enrolments",
    "passed_of",
    "passed_to_certify",
]


@dataclass(frozen=True)
class ClassCard:
    """A class one can enrol in now. `url` leads to the course page with this class chosen."""

    public_id: UUID
    name: str
    course_title: str
    occupation: str
    level: int | None
    starts_on: date
    ends_on: date
    timetable: str
    venue: str
    seats_left: int
    capacity: int
    closes_at: datetime
    url: str


@dataclass(frozen=True)
class CourseCard:
    """A course in the catalogue."""

    public_id: UUID
    title: str
    summary: str
    occupation: str
    occupation_code: str
    level: int | None
    hours: Decimal
    is_free: bool
    open_classes: int
    seats_left: int
    next_start: date | None
    url: str


@dataclass(frozen=True)
class EnrolmentCard:
    """One class in a worker's record. `next_step` is the class page, `waiting_place` is the place
    in the queue, if waiting.
    """

    public_id: UUID
    course_title: str
    class_name: str
    state: str
    state_label: str
    is_learning: bool
    enrolled_at: datetime
    decided_at: datetime | None
    starts_on: date
    ends_on: date
    hours: Decimal
    offered_until: datetime | None
    url: str


@dataclass(frozen=True)
class TrainingFigures:
    """Figures for the home page."""

    courses: int
    open_classes: int
    free_seats: int
    learning: int
    passed: int


@dataclass(frozen=True)
class CompletionFacts:
    """What a certificate of completion says, frozen when the completion rule was met and once more
    when the class was over.

    `hours` are class hours of 45 minutes, `marks` are out of 100 by part, and `attendance_percent`
    is of the sessions held. `starts_on` and `ends_on` are the first and the last day of presence on
    record, never the planned days of the class, or None where there is none (a class whose rule
    asks for an exam only). `class_over` says whether no session is ahead. `missing` says in
    sentences what the record lacks by the rule of the class, in which case nothing may be
    certified.
    """

    enrolment_public_id: UUID
    person_id: int
    person_name: str
    course_public_id: UUID
    course_code: str
    course_title: str
    class_code: str
    class_name: str
    occupation_name: str
    occupation_code: str
    level: int | None
    level_label: str
    hours: Decimal
    starts_on: date | None
    ends_on: date | None
    decided_on: date
    marks: Mapping[str, str]
    attendance_percent: str
    union_id: int | None
    union_name: str
    employer_id: int | None
    employer_name: str
    issuer_org_id: int
    issuer_org_name: str
    class_over: bool = True
    missing: tuple[str, ...] = ()
    sessions_held: int = 0
    sessions_attended: int = 0
    rule_version: int = 0
    rule_source: str = ""
    attendance_share: Decimal = Decimal(0)
    lesson_hours_needed: Decimal = Decimal(0)
    pass_marks: Mapping[str, Decimal] = field(default_factory=dict)


def open_classes(limit: int = 6) -> list[ClassCard]:
    """Return the classes one can enrol in now, the earliest first. One query."""
    now = clock.now()
    rows = (
        TrainingClass.objects.filter(
            state=ClassState.ENROLLING,
            enrol_opens_at__lte=now,
            enrol_closes_at__gt=now,
            course__page__live=True,
        )
        .select_related("course__occupation", "course__page")
        .order_by("starts_on", "pk")[:limit]
    )
    return [_class_card(row) for row in rows]


def _class_card(row: TrainingClass) -> ClassCard:
    return ClassCard(
        public_id=row.public_id,
        name=row.name,
        course_title=row.course.title,
        occupation=row.course.occupation.name if row.course.occupation else "",
        level=row.course.level,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        timetable=row.timetable,
        venue=row.venue,
        seats_left=row.seats_left,
        capacity=row.capacity,
        closes_at=row.enrol_closes_at,
        url=f"{row.course.page.get_url() or '/training/'}?class={row.public_id}",
    )


def list_open_classes_for(person: Person, limit: int = 30) -> list[ClassCard]:
    """Return the classes *person* can enrol in now, those of the occupations learned before first.
    Two queries.

    Left out are courses that the worker is in, waits for, or has completed. Who withdrew, left, was
    refused or didn't pass may try again.
    """
    rows = list(Enrolment.objects.filter(person=person).values_list(*_OPENING_FIELDS))
    taken = {course for course, _occupation, _class, state in rows if state in _TAKEN}
    closed = {
        training_class for _course, _occupation, training_class, state in rows if state in _ENDED
    }
    learned = {occupation for _course, occupation, _class, _state in rows if occupation}
    now = clock.now()
    open_now = (
        TrainingClass.objects.filter(
            state=ClassState.ENROLLING,
            enrol_opens_at__lte=now,
            enrol_closes_at__gt=now,
            ends_on__gte=timezone.localdate(now),
            course__page__live=True,
        )
        .exclude(course__in=taken)
        .exclude(pk__in=closed)
        .select_related("course__occupation", "course__page")
        .annotate(near=Case(When(course__occupation__in=learned, then=0), default=1))
        .order_by("near", "enrol_closes_at", "pk")[:limit]
    )
    return [_class_card(row) for row in open_now]


_OPENING_FIELDS = (
    "training_class__course_id",
    "training_class__course__occupation_id",
    "training_class_id",
    "state",
)
_TAKEN = LEARNING_STATES | ASKING_STATES | {EnrolmentState.PASSED, EnrolmentState.CERTIFIED}
_ENDED = frozenset(
    {EnrolmentState.REFUSED, EnrolmentState.DROPPED, EnrolmentState.FAILED, EnrolmentState.ABSENT}
)


def course_cards(limit: int = 6) -> list[CourseCard]:
    """Return courses of the catalogue, those with open classes first. One query."""
    return [
        CourseCard(
            public_id=course.public_id,
            title=course.title,
            summary=course.summary,
            occupation=course.occupation.name if course.occupation else "",
            occupation_code=course.occupation.code if course.occupation else "",
            level=course.level,
            hours=course.hours,
            is_free=course.fee == 0,
            open_classes=course.open_classes,
            seats_left=course.seats or 0,
            next_start=course.next_start,
            url=str(course.page.get_url() or "/training/"),
        )
        for course in _catalogue.list_catalogue_courses()[:limit]
    ]


def count_training_figures() -> TrainingFigures:
    """Return the figures of the home page. Three queries."""
    now = clock.now()
    opened = TrainingClass.objects.filter(
        state=ClassState.ENROLLING, enrol_opens_at__lte=now, enrol_closes_at__gt=now
    ).aggregate(classes=Count("pk"), free=Sum(F("capacity") - F("seats_taken"), default=0))
    states = dict(Enrolment.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return TrainingFigures(
        courses=Course.objects.filter(page__live=True).count(),
        open_classes=opened["classes"],
        free_seats=opened["free"],
        learning=sum(states.get(state, 0) for state in LEARNING_STATES),
        passed=states.get(EnrolmentState.PASSED, 0) + states.get(EnrolmentState.CERTIFIED, 0),
    )


def enrolments_of(person: Person) -> list[EnrolmentCard]:
    """Return a worker's classes, newest first, without those given back. One query."""
    return [
        EnrolmentCard(
            public_id=row.public_id,
            course_title=row.training_class.course.title,
            class_name=row.training_class.name,
            state=row.state,
            state_label=str(row.get_state_display()),
            is_learning=row.state in LEARNING_STATES,
            enrolled_at=row.enrolled_at,
            decided_at=row.decided_at,
            starts_on=row.training_class.starts_on,
            ends_on=row.training_class.ends_on,
            hours=row.training_class.course.hours,
            offered_until=row.offered_until,
            url=f"/classes/{row.training_class.public_id}/",
        )
        for row in _enrolment.of_person(person)
    ]


def passed_enrolments(*, course_public_id: UUID | None = None) -> QuerySet[Enrolment]:
    """Return enrolments that have passed (certified or not), for batch issuing, limited to a
    course if given.
    """
    rows = Enrolment.objects.filter(
        state__in=[EnrolmentState.PASSED, EnrolmentState.CERTIFIED]
    ).order_by("decided_at", "pk")
    return (
        rows.filter(training_class__course__public_id=course_public_id)
        if course_public_id
        else rows
    )


def passed_of(person: Person) -> list[CompletionFacts]:
    """Return what a worker has completed, newest first (for eligibility checks)."""
    ids = (
        passed_enrolments()
        .filter(person=person)
        .order_by("-decided_at")
        .values_list("public_id", flat=True)
    )
    return [completion_facts(public_id) for public_id in ids]


def completion_facts(enrolment_public_id: UUID | str) -> CompletionFacts:
    """Return the facts of a passed enrolment. Raises `NotFound` for anything else, because a class
    that wasn't passed has no certificate.
    """
    found = completion_facts_of([str(enrolment_public_id)])
    if not found:
        raise NotFound
    return found[str(enrolment_public_id)]


def completion_facts_of(enrolment_public_ids: Iterable[str]) -> dict[str, CompletionFacts]:
    """Return the facts of many enrolments by their identifiers. Those that haven't passed are left
    out. Takes two queries, however many there are.
    """
    rows = passed_enrolments().filter(
        public_id__among=list(enrolment_public_ids),
        decision__isnull=False,
        decided_at__isnull=False,
    )
    found = [
        _Passed(*row) for row in rows.values_list(*_Passed._fields)
    ]  # instances would cost more than the query
    classes = TrainingClass.objects.select_related("org", "course__occupation", "rule").annotate(
        over=Case(When(_completion.teaching_over(clock.now()), then=True), default=False)
    )
    of_class = {
        one.pk: _facts_of_class(one, class_over=one.over)
        for one in classes.filter(pk__in={row.training_class for row in found})
    }
    return {
        str(row.public_id): _completion_facts(row, of_class[row.training_class]) for row in found
    }


class _Passed(NamedTuple):
    """The columns that are read of a passed enrolment. The names are paths of columns."""

    public_id: UUID
    training_class: int
    person: int
    person__name: str
    decision: Mapping[str, Any]
    decided_at: datetime
    union: int | None
    union__name: str | None
    employer: int | None
    employer__name: str | None


def passed_to_certify(org_path: str) -> QuerySet[Enrolment]:
    """Return passed enrolments without a certificate whose class is over and belongs to the union
    at *org_path* or below, earliest first.
    """
    rows = passed_enrolments().filter(
        state=EnrolmentState.PASSED, training_class__org__path__startswith=org_path
    )
    return _completion.with_teaching_over(rows, clock.now())


def passed_before_the_end(org_path: str) -> int:
    """Return how many have passed in a class of the union at *org_path* or below that still has a
    session ahead.
    """
    rows = passed_enrolments().filter(
        state=EnrolmentState.PASSED, training_class__org__path__startswith=org_path
    )
    return rows.count() - _completion.with_teaching_over(rows, clock.now()).count()


def _day(facts: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(facts[name]) if facts.get(name) else None


def _facts_of_class(training_class: TrainingClass, *, class_over: bool) -> dict[str, Any]:
    """Return those facts that are the same for all who passed in *training_class*."""
    course, rule = training_class.course, training_class.rule.as_rule()
    return {
        "course_public_id": course.public_id,
        "course_code": course.code,
        "course_title": course.title,
        "class_code": training_class.code,
        "class_name": training_class.name,
        "occupation_name": course.occupation.name if course.occupation else "",
        "occupation_code": course.occupation.code if course.occupation else "",
        "level": course.level,
        "level_label": str(course.get_level_display()) if course.level is not None else "",
        "issuer_org_id": training_class.org_id,
        "issuer_org_name": training_class.org.name,
        "class_over": class_over,
        "rule_version": training_class.rule.version,
        "rule_source": training_class.rule.source,
        "attendance_share": rule.attendance_share,
        "lesson_hours_needed": rule.lesson_hours,
        "pass_marks": rule.pass_marks,
    }


def _completion_facts(row: _Passed, of_class: Mapping[str, Any]) -> CompletionFacts:
    facts = row.decision
    return CompletionFacts(
        enrolment_public_id=row.public_id,
        person_id=row.person,
        person_name=row.person__name,
        hours=Decimal(facts["session_hours"]) + Decimal(facts["lesson_hours"]),
        starts_on=_day(facts, "first_day"),
        ends_on=_day(facts, "last_day"),
        decided_on=timezone.localdate(row.decided_at),
        marks={part: mark for part, mark in facts["marks"].items() if mark is not None},
        attendance_percent=facts["attendance_percent"],
        union_id=row.union,
        union_name=row.union__name or "",
        employer_id=row.employer,
        employer_name=row.employer__name or "",
        missing=tuple(_completion.missing_sentences(facts)),
        sessions_held=facts.get("sessions", 0),
        sessions_attended=facts.get("attended", 0),
        **of_class,
    )


def standing_sentences(enrolment_public_id: UUID | str) -> list[str]:
    """Return in words what a worker still lacks. The list is empty when nothing is missing."""
    row = (
        Enrolment.objects.select_related("training_class__rule")
        .filter(public_id=enrolment_public_id)
        .first()
    )
    if row is None:
        raise NotFound
    return [
        _completion.describe_missing_part(item)
        for item in _completion.assess_enrolment(row).missing
    ]


def mark_certified(*, actor: Actor, enrolment_public_id: UUID | str) -> None:
    """Note that the certificate is issued (passed → certified). It is safe to call twice. Raises
    `NotFound` for an unknown enrolment.
    """
    row = Enrolment.objects.filter(public_id=enrolment_public_id).first()
    if row is None:
        raise NotFound
    _mark_certified(actor=actor, enrolment=row)


def mark_certified_all(*, actor: Actor, enrolment_public_ids: Iterable[str]) -> None:
    """Note that the certificates of many enrolments are issued. It is safe to call twice and takes
    the same number of queries however many there are.
    """
    _mark_certified_all(actor=actor, enrolment_public_ids=list(enrolment_public_ids))

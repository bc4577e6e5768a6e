"""Courses, classes, places, questions and sittings for tests: rows only, no workflow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from core import clock
from courses.enums import ClassState, EnrolmentState, QuestionKind
from courses.models import (
    ClassSession,
    CompletionRule,
    Course,
    Enrolment,
    Exam,
    Lesson,
    Question,
    QuestionOption,
    TrainingClass,
)
from courses.pages import CourseIndexPage, CoursePage, LessonPage
from tests.factories.ground import OrgUnitFactory, WorkerFactory


class CourseFactory(DjangoModelFactory):
    """A free course of 8 hours."""

    class Meta:
        model = Course

    org = factory.SubFactory(OrgUnitFactory)
    code = factory.Sequence(lambda n: f"course-{n}")
    title = factory.Sequence(lambda n: f"焊接安全{n}")
    summary = "给动火作业的人。"
    hours_theory = Decimal(4)
    hours_online = Decimal(4)


class CompletionRuleFactory(DjangoModelFactory):
    """80 % of the sessions and 60 points in theory; no lessons asked."""

    class Meta:
        model = CompletionRule

    course = factory.SubFactory(CourseFactory)
    version = factory.Sequence(lambda n: n + 1)
    attendance_share = Decimal("0.8")
    pass_marks = factory.LazyFunction(lambda: {"theory": "60"})
    valid_from = date(2026, 1, 1)


class TrainingClassFactory(DjangoModelFactory):
    """A class open for enrolment that begins in ten days. Trait `planned`: a draft."""

    class Meta:
        model = TrainingClass

    class Params:
        planned = factory.Trait(state=ClassState.DRAFT)
        full = factory.Trait(seats_taken=factory.SelfAttribute("capacity"))

    course = factory.SubFactory(CourseFactory)
    org = factory.SelfAttribute("course.org")
    rule = factory.LazyAttribute(lambda row: CompletionRuleFactory(course=row.course))
    code = factory.Sequence(lambda n: f"class-{n}")
    name = factory.Sequence(lambda n: f"周末{n}班")
    state = ClassState.ENROLLING
    capacity = 40
    enrol_opens_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    enrol_closes_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=5))
    starts_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=10))
    ends_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=12))
    venue = "3 号楼 108"
    teacher = "任教员"


class SessionFactory(DjangoModelFactory):
    """A session of four hours in ten days. Trait `now`: check-in is open."""

    class Meta:
        model = ClassSession

    class Params:
        now = factory.Trait(
            starts_at=factory.LazyFunction(lambda: clock.now() - timedelta(minutes=5))
        )

    training_class = factory.SubFactory(TrainingClassFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = "气瓶与动火"
    starts_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=10))
    ends_at = factory.LazyAttribute(lambda row: row.starts_at + timedelta(hours=3))
    hours = Decimal(4)


class EnrolmentFactory(DjangoModelFactory):
    """An admitted worker; counts the seat on the class."""

    class Meta:
        model = Enrolment
        skip_postgeneration_save = True

    training_class = factory.SubFactory(TrainingClassFactory)
    person = factory.SubFactory(WorkerFactory)
    state = EnrolmentState.ADMITTED
    enrolled_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def seat(self, create, extracted, **_):
        if create and self.state not in (EnrolmentState.WAITLISTED, EnrolmentState.WITHDRAWN):
            TrainingClass.objects.filter(pk=self.training_class_id).update(
                seats_taken=self.training_class.seats_taken + 1
            )
            self.training_class.refresh_from_db(fields=["seats_taken"])


class LessonFactory(DjangoModelFactory):
    """A lesson of one hour that takes a minute to read."""

    class Meta:
        model = Lesson

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = "劳动保护"
    hours = Decimal(1)
    min_seconds = 60


def publish_lesson(lesson, *blocks, **fields):
    """Put the text of *lesson* on a live page below its course's page; *blocks* are those of a
    StreamField.
    """
    page = CoursePage.objects.filter(course=lesson.course).first()
    if page is None:
        page = CoursePage(title=lesson.course.title, slug=lesson.course.code, course=lesson.course)
        CourseIndexPage.objects.get().add_child(instance=page)
    shown = LessonPage(
        title=lesson.title,
        slug=f"lesson-{lesson.number}",
        lesson=lesson,
        body=[("heading", "穿戴"), *blocks],
        **fields,
    )
    page.add_child(instance=shown)
    lesson.page = shown
    return shown


class QuestionFactory(DjangoModelFactory):
    """A single choice with options 对 (right), 错一, 错二."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    course = factory.SubFactory(CourseFactory)
    kind = QuestionKind.SINGLE
    text = factory.Sequence(lambda n: f"第{n}题？")
    explanation = "见第一课。"

    @factory.post_generation
    def options(self, create, extracted, **_):
        if create and self.kind != QuestionKind.NUMBER:
            for position, (text, right) in enumerate(
                extracted or [("对", True), ("错一", False), ("错二", False)]
            ):
                QuestionOption.objects.create(
                    question=self, position=position, text=text, is_right=right
                )


class ExamFactory(DjangoModelFactory):
    """An exam of five questions that is open now; makes the bank too unless `bank=0`."""

    class Meta:
        model = Exam
        skip_postgeneration_save = True

    training_class = factory.SubFactory(TrainingClassFactory)
    title = "结业考试"
    question_count = 5
    points_each = Decimal(20)
    minutes = 30
    opens_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    closes_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=20))

    @factory.post_generation
    def bank(self, create, extracted, **_):
        if create:
            for _n in range(6 if extracted is None else extracted):
                QuestionFactory(course=self.training_class.course)

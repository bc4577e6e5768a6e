"""Manage courses, their rules, lessons and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

import audit
from access.checks import require
from core import clock
from core.actors import Actor
from core.errors import InvalidInput
from core.states import lock
from courses.enums import QuestionKind
from courses.grants import EDIT_BANK, EDIT_COURSE
from courses.models import CompletionRule, Course, Lesson, Question, QuestionOption

COURSE_FIELDS = frozenset(
    {
        "code",
        "title",
        "summary",
        "occupation",
        "level",
        "hours_theory",
        "hours_practice",
        "hours_online",
        "fee",
        "contact",
    }
)


def _plain(obj: Any, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(obj, name) for name in names}
    return {
        name: str(value) if isinstance(value, Model) else value for name, value in values.items()
    }


@transaction.atomic
def save_course(*, actor: Actor, org: Any, course: Course | None = None, **fields: Any) -> Course:
    """Make a course or change its facts. Needs `courses.edit_course` on the union in charge."""
    require(actor, EDIT_COURSE, org)
    unknown = set(fields) - COURSE_FIELDS
    if unknown:
        raise TypeError(f"no such fields: {sorted(unknown)}")
    names = sorted(fields)
    before = None
    if course is not None:
        course = lock(course)
        require(actor, EDIT_COURSE, course.org)
        before = _plain(course, names)
    course = course or Course()
    course.org = org
    for name, value in fields.items():
        setattr(course, name, value)
    course.full_clean()
    course.save()
    audit.record(
        "courses.course_saved",
        actor=actor,
        target=course,
        before=before,
        after=_plain(course, names),
    )
    return course


@transaction.atomic
def add_rule(
    *,
    actor: Actor,
    course: Course,
    attendance_share: Decimal,
    pass_marks: Mapping[str, str],
    lesson_hours: Decimal = Decimal(0),
    valid_from: date | None = None,
    source: str = "",
    certificate_early: bool = False,
    reading_beat_seconds: int = 20,
    reading_idle_seconds: int = 120,
) -> CompletionRule:
    """Add a version of the completion rule. Classes that have opened keep theirs."""
    course = lock(course)
    require(actor, EDIT_COURSE, course.org)
    last = CompletionRule.objects.filter(course=course).order_by("-version").first()
    start = valid_from or clock.today()
    rule = CompletionRule(
        course=course,
        version=last.version + 1 if last else 1,
        attendance_share=attendance_share,
        lesson_hours=lesson_hours,
        pass_marks=dict(pass_marks),
        valid_from=start,
        source=source,
        certificate_early=certificate_early,
        reading_beat_seconds=reading_beat_seconds,
        reading_idle_seconds=reading_idle_seconds,
    )
    rule.full_clean()
    rule.save()
    audit.record(
        "courses.rule_added",
        actor=actor,
        target=rule,
        after={
            "version": rule.version,
            "attendance_share": str(attendance_share),
            "lesson_hours": str(lesson_hours),
            "pass_marks": rule.pass_marks,
            "reading_beat_seconds": reading_beat_seconds,
            "reading_idle_seconds": reading_idle_seconds,
        },
    )
    return rule


def current_rule(course: Course) -> CompletionRule | None:
    """Return the newest version in force today."""
    return (
        CompletionRule.objects.filter(course=course, valid_from__lte=clock.today())
        .order_by("-version")
        .first()
    )


@transaction.atomic
def save_lesson(
    *, actor: Actor, course: Course, number: int, title: str, hours: Decimal, min_seconds: int
) -> Lesson:
    """Make lesson *number* of a course or change it."""
    course = lock(course)
    require(actor, EDIT_COURSE, course.org)
    lesson = Lesson.objects.filter(course=course, number=number).first() or Lesson(
        course=course, number=number
    )
    lesson.title, lesson.hours, lesson.min_seconds = title, hours, min_seconds
    lesson.full_clean()
    lesson.save()
    audit.record(
        "courses.course_saved",
        actor=actor,
        target=lesson,
        after={"lesson": number, "title": title, "hours": str(hours)},
    )
    return lesson


@transaction.atomic
def save_question(
    *,
    actor: Actor,
    course: Course,
    options: Sequence[tuple[str, bool]] = (),
    question: Question | None = None,
    **fields: Any,
) -> Question:
    """Add a question to the bank or change it. *options* are (text, right) in order. Sittings
    already begun keep what they froze.
    """
    course = lock(course)
    require(actor, EDIT_BANK, course.org)
    question = question or Question()
    question.course = course
    for name, value in fields.items():
        setattr(question, name, value)
    question.full_clean()
    check_options(question.kind, options)
    question.save()
    QuestionOption.objects.filter(question=question).delete()
    for position, (text, is_right) in enumerate(options):
        option = QuestionOption(question=question, position=position, text=text, is_right=is_right)
        option.full_clean(exclude=["public_id"])
        option.save()
    audit.record(
        "courses.question_saved",
        actor=actor,
        target=question,
        after={"kind": question.kind, "topic": question.topic, "options": len(options)},
    )
    return question


def check_options(kind: str, options: Sequence[tuple[str, bool]]) -> None:
    """Raise unless the options fit the kind of question. The admin form asks the same function."""
    texts = [text.strip() for text, _is_right in options]
    rights = sum(is_right for _text, is_right in options)
    if kind == QuestionKind.NUMBER:
        if options:
            raise InvalidInput(
                "options_not_wanted", _("A number question has no options. Remove them.")
            )
        return
    if len(options) < 2 or len(set(texts)) != len(texts):
        raise InvalidInput("options_too_few", _("Enter at least two options with different texts."))
    if kind == QuestionKind.MULTIPLE:
        if rights < 2:
            raise InvalidInput(
                "options_right",
                _(
                    "A multiple choice question needs at least two correct options. If "
                    "there is only one, use single choice."
                ),
            )
    elif rights != 1:
        raise InvalidInput("options_right", _("Mark exactly one option as correct."))
    if kind == QuestionKind.TRUE_FALSE and len(options) != 2:
        raise InvalidInput("options_two", _("A true-or-false question has exactly two options."))

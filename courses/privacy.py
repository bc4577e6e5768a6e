"""Declare the personal data in training, which of it blocks erasure, and what stays."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    Seen,
    blocks_erasure,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
    keeps_on_erasure,
)
from courses.enums import ClassState, EnrolmentState
from courses.models import Enrolment
from people.models import Person

declare_keeping(
    "training",
    label=gettext_lazy("Training records"),
    why=gettext_lazy(
        "Class files with attendance and marks are the organiser's archives. Certificates "
        "are based on them."
    ),
)
_class = partial(
    PersonalField,
    Category.TRAINING,
    ProcessingPurpose.TRAINING,
    Basis.DUTY,
    "training",
    seen_by=Seen.STAFF,
)
_own = _class(export=False)

declare_personal_fields(
    "courses.Enrolment",
    {
        "person": _own,
        **{
            name: _class()
            for name in (
                "training_class",
                "state",
                "employer",
                "union",
                "enrolled_at",
                "decided_at",
                "announced_at",
            )
        },
        "decision": _class(label=gettext_lazy("basis of the result")),
    },
    person="person",
)
declare_personal_fields(
    "courses.Attendance",
    {
        "enrolment": _own,
        "device": _class(),
        **{name: _class() for name in ("session", "method", "at", "hours", "reason")},
    },
    person="enrolment__person",
)
declare_acting_staff("courses.Attendance", "recorded_by", "confirmed_by")
declare_not_personal("courses.Attendance", "challenge")
declare_personal_fields(
    "courses.SpotAnswer",
    {"enrolment": _own, **{name: _class() for name in ("spot_check", "answered_at", "same_phone")}},
    person="enrolment__person",
)
declare_acting_staff("courses.SpotCheck", "asked_by")
declare_personal_fields(
    "courses.LessonProgress",
    {"quiz_right": _own, **{name: _class() for name in ("lesson", "seconds", "completed_at")}},
    person="enrolment__person",
)
declare_personal_fields(
    "courses.ReadingLease",
    dict.fromkeys(("person", "progress", "device", "taken_at", "counted_to"), _own),
    person="person",
)
declare_personal_fields(
    "courses.Attempt",
    {
        **{
            name: _class()
            for name in ("exam", "number", "state", "started_at", "submitted_at", "mark", "receipt")
        },
        "paper": _own,
    },
    person="enrolment__person",
)
declare_not_personal("courses.Attempt", "seed", "key")
declare_personal_fields(
    "courses.AnswerOp",
    {
        **{name: _class() for name in ("place", "value", "raw", "received_at")},
        **dict.fromkeys(("device", "page", "problem"), _own),
    },
    person="attempt__enrolment__person",
)
declare_personal_fields(
    "courses.LateDecision",
    {name: _class() for name in ("accepted", "reason", "mark_before", "mark_after")},
    person="attempt__enrolment__person",
)
declare_acting_staff("courses.LateDecision", "decided_by")
declare_personal_fields(
    "courses.PartMark",
    {**{name: _class() for name in ("part", "mark", "reason")}, "assessor": _class(export=False)},
    person="enrolment__person",
)
declare_acting_staff("courses.PartMark", "recorded_by")
declare_personal_fields("courses.TrainingClass", {"teacher": _class(export=False)})
declare_acting_staff("courses.TrainingClass", "filed_by", "approved_by")
declare_personal_fields("courses.Course", {"contact": _class(export=False, seen_by=Seen.PUBLIC)})


def _open_classes(person: Person) -> list[str]:
    over = [ClassState.FINISHED, ClassState.ARCHIVED, ClassState.CANCELLED]
    running = [
        EnrolmentState.APPLIED,
        EnrolmentState.WAITLISTED,
        EnrolmentState.OFFERED,
        EnrolmentState.ADMITTED,
        EnrolmentState.ATTENDING,
        EnrolmentState.ELIGIBLE,
    ]
    rows = (
        Enrolment.objects.filter(person=person, state__in=running)
        .exclude(training_class__state__in=over)
        .order_by("pk")
    )
    return [
        _("The class “%(title)s” isn't over. Leave the class, or wait until it ends.")
        % {"title": title}
        for title in rows.values_list("training_class__course__title", flat=True)
    ]


def _stays(person: Person) -> list[str]:
    count = Enrolment.objects.filter(person=person).count()
    if not count:
        return []
    words = ngettext(
        "Your %(count)s class stays in the organiser's files under a pseudonym, with "
        "attendance and marks.",
        "Your %(count)s classes stay in the organiser's files under a pseudonym, with "
        "attendance and marks.",
        count,
    )
    return [words % {"count": count}]


blocks_erasure("courses", _open_classes)
keeps_on_erasure("courses", _stays)

declare_not_personal("courses.Course", "code", "title", "summary")
declare_not_personal("courses.CompletionRule", "pass_marks", "source")
declare_not_personal("courses.Lesson", "title")
declare_not_personal("courses.Question", "topic", "text", "explanation", "unit")
declare_not_personal("courses.QuestionOption", "public_id", "text")
declare_not_personal("courses.Exam", "title", "per_topic")
declare_not_personal("courses.TrainingClass", "code", "name", "timetable", "venue", "change_notice")
declare_not_personal("courses.ClassSession", "title", "venue", "secret")
declare_not_personal("courses.CourseIndexPage", "summary")
declare_not_personal("courses.CoursePage", "summary", "cover_alt", "result")
declare_not_personal("courses.LessonPage", "summary")

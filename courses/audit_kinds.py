"""Declare the kinds of audit rows that training writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind
from audit.words import register_field
from core.templatetags.craft import long_day

register_audit_kind("courses.course_saved", label=_("Course saved"))
register_audit_kind("courses.rule_added", label=_("Completion rule added"))
register_audit_kind("courses.question_saved", label=_("Question saved"))
register_audit_kind("courses.class_saved", label=_("Class saved"))
register_audit_kind("courses.class_moved", label=_("Class status changed"))
register_audit_kind("courses.session_saved", label=_("Session saved"))
register_audit_kind("courses.session_cancelled", label=_("Session cancelled"))
register_audit_kind("courses.enrolled", label=_("Enrolled"))
register_audit_kind("courses.waitlisted", label=_("Added to the waiting list"))
register_audit_kind("courses.offered", label=_("Free place offered"))
register_audit_kind("courses.offer_accepted", label=_("Free place accepted"))
register_audit_kind("courses.offer_lapsed", label=_("Free place not accepted in time"))
register_audit_kind("courses.applied", label=_("Applied for a class"))
register_audit_kind("courses.admitted", label=_("Admitted by the class head"))
register_audit_kind("courses.refused", label=_("Application refused"))
register_audit_kind("courses.dropped", label=_("Removed from the class list"))
register_audit_kind(
    "courses.queue_closed", label=_("Waiting list closed because the class has started")
)
register_audit_kind("courses.spot_check_asked", label=_("Spot check started"))
register_audit_kind("courses.spot_check_answered", label=_("Spot check answered"))
register_audit_kind("courses.withdrawn", label=_("Withdrawn from a class"))
register_audit_kind("courses.enrolment_set_aside", label=_("Duplicate enrolment set aside"))
register_audit_kind("courses.checked_in", label=_("Checked in"))
register_audit_kind("courses.check_in_recorded", label=_("Attendance added by staff"))
register_audit_kind("courses.check_in_confirmed", label=_("Added attendance confirmed"))
register_audit_kind("courses.lesson_completed", label=_("Lesson completed"))
register_audit_kind("courses.exam_saved", label=_("Exam saved"))
register_audit_kind("courses.attempt_started", label=_("Exam started"))
register_audit_kind("courses.attempt_submitted", label=_("Exam submitted"))
register_audit_kind("courses.attempt_collected", label=_("Exam collected when time ran out"))
register_audit_kind("courses.late_answers_decided", label=_("Late answers reviewed"))
register_audit_kind("courses.mark_recorded", label=_("Mark recorded"))
register_audit_kind("courses.completion_decided", label=_("Completion assessed"))
register_audit_kind("courses.roster_exported", label=_("Roster exported"))


def name_enrolments(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return enrolments by primary key as “class, enrolled on a day”, in one query. This is enough
    to tell two of one class apart, and gives no person's name.
    """
    rows = apps.get_model("courses.Enrolment").objects.filter(
        pk__in=[one for one in ids if isinstance(one, int)]
    )
    return {
        row.pk: gettext("%(class)s, enrolled on %(day)s")
        % {"class": row.training_class, "day": long_day(row.created_at)}
        for row in rows.select_related("training_class__course")
    }


def name_rules(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return completion rules by primary key as “course, version”. One query."""
    rows = apps.get_model("courses.CompletionRule").objects.filter(
        pk__in=[one for one in ids if isinstance(one, int)]
    )
    return {row.pk: str(row) for row in rows.select_related("course")}


# What the keys of before/after are called on the screens.
for _key, _label in {
    "class": pgettext_lazy("in the record", "Class"),
    "queue": pgettext_lazy("in the record", "Waiting list"),
    "sitting": pgettext_lazy("in the record", "Sitting"),
    "answered": pgettext_lazy("in the record", "Answered"),
    "late": pgettext_lazy("in the record", "Late"),
    "accepted": pgettext_lazy("in the record", "Accepted"),
    "facts": pgettext_lazy("in the record", "Basis"),
    "scanned": pgettext_lazy("in the record", "By check-in code"),
    "options": pgettext_lazy("in the record", "Number of options"),
    "clashes": pgettext_lazy("in the record", "Clashes confirmed"),
    "asked": pgettext_lazy("in the record", "People checked"),
}.items():
    register_field(_key, _label, of="courses.")
register_field("lesson", pgettext_lazy("in the record", "Online lesson"), of="courses.course_saved")
register_field(
    "rule",
    pgettext_lazy("in the record", "Completion rule"),
    names=name_rules,
    of="courses.completion_decided",
)
register_field(
    "counts",
    pgettext_lazy("in the record", "Enrolment kept"),
    names=name_enrolments,
    of="courses.enrolment_set_aside",
)

"""Declare the kinds of audit rows that training writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.registry import register
from audit.words import register_field
from core.templatetags.craft import long_day

register("courses.course_saved", label=_("Course saved"))
register("courses.rule_added", label=_("Completion rule added"))
register("courses.question_saved", label=_("Question saved"))
register("courses.class_saved", label=_("Class saved"))
register("courses.class_moved", label=_("Class moved on"))
register("courses.session_saved", label=_("Session saved"))
register("courses.session_cancelled", label=_("Session cancelled"))
register("courses.enrolled", label=_("Enrolled"))
register("courses.waitlisted", label=_("Put on the waiting list"))
register("courses.offered", label=_("Freed seat offered"))
register("courses.offer_accepted", label=_("Freed seat accepted"))
register("courses.offer_lapsed", label=_("Freed seat not accepted in time"))
register("courses.applied", label=_("Applied for a class"))
register("courses.admitted", label=_("Admitted by the class head"))
register("courses.refused", label=_("Application refused"))
register("courses.dropped", label=_("Taken off the class list"))
register("courses.queue_closed", label=_("Queue closed, the class has begun"))
register("courses.spot_check_asked", label=_("Spot check asked"))
register("courses.spot_check_answered", label=_("Spot check answered"))
register("courses.withdrawn", label=_("Withdrawn from a class"))
register("courses.enrolment_set_aside", label=_("Second enrolment of one person set aside"))
register("courses.checked_in", label=_("Checked in"))
register("courses.check_in_recorded", label=_("Presence entered by hand"))
register("courses.check_in_confirmed", label=_("Presence confirmed"))
register("courses.lesson_completed", label=_("Lesson completed"))
register("courses.exam_saved", label=_("Exam saved"))
register("courses.attempt_started", label=_("Exam started"))
register("courses.attempt_submitted", label=_("Exam handed in"))
register("courses.attempt_collected", label=_("Exam collected at the end of time"))
register("courses.late_answers_decided", label=_("Late answers decided"))
register("courses.mark_recorded", label=_("Mark recorded"))
register("courses.completion_decided", label=_("Completion decided"))
register("courses.roster_exported", label=_("Roster exported"))


def name_enrolments(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return enrolments by primary key as “class, enrolled on a day”, in one query. This is enough
    to tell two of one class apart, and gives no person's name.
    """
    rows = apps.get_model("courses.Enrolment").objects.filter(pk__in=[one for one in ids if isinstance(one, int)])
    return {
        row.pk: gettext("%(class)s, enrolled on %(day)s") % {"class": row.training_class, "day": long_day(row.created_at)}
        for row in rows.select_related("training_class__course")
    }


def name_rules(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return completion rules by primary key as “course, version”. One query."""
    rows = apps.get_model("courses.CompletionRule").objects.filter(pk__in=[one for one in ids if isinstance(one, int)])
    return {row.pk: str(row) for row in rows.select_related("course")}


# What the keys of before/after are called on the screens.
for _key, _label in {
    "class": pgettext_lazy("in the record", "Class"),
    "queue": pgettext_lazy("in the record", "Waiting list"),
    "sitting": pgettext_lazy("in the record", "Sitting"),
    "answered": pgettext_lazy("in the record", "Answered"),
    "late": pgettext_lazy("in the record", "Late"),
    "accepted": pgettext_lazy("in the record", "Accepted"),
    "facts": pgettext_lazy("in the record", "Facts"),
    "scanned": pgettext_lazy("in the record", "By the code on the wall"),
    "options": pgettext_lazy("in the record", "Number of options"),
    "clashes": pgettext_lazy("in the record", "Clashes confirmed"),
    "asked": pgettext_lazy("in the record", "People asked"),
}.items():
    register_field(_key, _label, of="courses.")
register_field("lesson", pgettext_lazy("in the record", "Lesson"), of="courses.course_saved")
register_field("rule", pgettext_lazy("in the record", "Completion rule"), names=name_rules, of="courses.completion_decided")
register_field("counts", pgettext_lazy("in the record", "Enrolment that counts"), names=name_enrolments, of="courses.enrolment_set_aside")

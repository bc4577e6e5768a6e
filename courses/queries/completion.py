"""Where trainees stand against the rule of their class: facts gathered in a fixed number of queries, judged by the pure rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.enums import AttemptState, CheckInMethod, ExamPart, SessionState
from courses.models import Attempt, Attendance, Enrolment, LessonProgress, PartMark, TrainingClass
from courses.rules import completion

COUNTS = ~Q(method=CheckInMethod.MANUAL) | Q(confirmed_by__isnull=False)


def standings(training_class: TrainingClass, enrolments: Iterable[Enrolment]) -> dict[int, completion.Standing]:
    """Return enrolment pk -> standing, in five queries whatever the size of the class."""
    ids = [enrolment.pk for enrolment in enrolments]
    rule = training_class.rule.as_rule()
    sessions = list(training_class.sessions.all())
    attended: dict[int, set[int]] = defaultdict(set)
    for enrolment_id, session_id in Attendance.objects.filter(COUNTS, enrolment__in=ids).values_list("enrolment_id", "session_id"):
        attended[enrolment_id].add(session_id)
    lessons: dict[int, Decimal] = defaultdict(Decimal)
    done = LessonProgress.objects.filter(enrolment__in=ids, completed_at__isnull=False)
    for enrolment_id, hours in done.values_list("enrolment_id", "lesson__hours"):
        lessons[enrolment_id] += hours
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    sat = Attempt.objects.filter(enrolment__in=ids, mark__isnull=False).exclude(state=AttemptState.RUNNING)
    for enrolment_id, part, mark in sat.values_list("enrolment_id", "exam__part", "mark"):
        marks[enrolment_id][part] = max(marks[enrolment_id].get(part, Decimal(0)), mark or Decimal(0))
    # A person's mark outranks the computer's: the newest version of it stands.
    for enrolment_id, part, mark in (
        PartMark.objects.filter(enrolment__in=ids).order_by("version").values_list("enrolment_id", "part", "mark")
    ):
        marks[enrolment_id][part] = mark
    return {
        pk: completion.stand(
            rule=rule,
            sessions=[
                completion.SessionFact(
                    session.hours, attended=session.pk in attended[pk], cancelled=session.state == SessionState.CANCELLED
                )
                for session in sessions
            ],
            lesson_hours=lessons[pk],
            marks=dict(marks[pk]),
        )
        for pk in ids
    }


def standing(enrolment: Enrolment) -> completion.Standing:
    """Return one trainee's standing."""
    return standings(enrolment.training_class, [enrolment])[enrolment.pk]


def plain(number: Decimal) -> str:
    """Return a number as people write it: 60, 59.5."""
    return f"{number.normalize():f}"


def sentence(missing: completion.Missing) -> str:
    """Say one missing part in words a worker can act on."""
    if missing.code == "attendance":
        lack = int(missing.needed - missing.have)
        return ngettext(
            "%(have)s sessions attended, %(needed)s needed: one more.",
            "%(have)s sessions attended, %(needed)s needed: %(lack)s more.",
            lack,
        ) % {"have": plain(missing.have), "needed": plain(missing.needed), "lack": lack}
    if missing.code == "lessons":
        return _("%(have)s of %(needed)s online hours read.") % {"have": plain(missing.have), "needed": plain(missing.needed)}
    part = ExamPart(missing.part).label
    if missing.code == "exam_not_taken":
        return _("%(part)s: not taken yet; %(needed)s points are enough.") % {"part": part, "needed": plain(missing.needed)}
    return _("%(part)s: %(have)s points, %(needed)s needed.") % {"part": part, "have": plain(missing.have), "needed": plain(missing.needed)}


def as_facts(standing_: completion.Standing) -> dict[str, Any]:
    """Return the standing as JSON for the decision kept on the enrolment."""
    return {
        "sessions": standing_.sessions,
        "attended": standing_.attended,
        "attendance_percent": str(standing_.attendance_percent),
        "session_hours": str(standing_.session_hours),
        "lesson_hours": str(standing_.lesson_hours),
        "marks": {part: None if mark is None else str(mark) for part, mark in standing_.marks.items()},
        "missing": [
            {"code": item.code, "part": item.part, "needed": str(item.needed), "have": str(item.have)} for item in standing_.missing
        ],
    }

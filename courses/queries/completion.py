"""Assess trainees by the rule of their class. Facts are gathered in a fixed number of queries and
judged by the pure rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.enums import CLOSED_STATES, CheckInMethod, EnrolmentState, ExamPart, SessionState
from courses.models import (
    Attempt,
    Attendance,
    ClassSession,
    Enrolment,
    LessonProgress,
    PartMark,
    TrainingClass,
)
from courses.rules import completion

COUNTS = ~Q(method=CheckInMethod.MANUAL) | Q(confirmed_by__isnull=False)


def assess_enrolments(
    training_class: TrainingClass, enrolments: Iterable[Enrolment]
) -> dict[int, completion.CompletionStanding]:
    """Return enrolment pk -> standing, in five queries whatever the size of the class."""
    ids = [enrolment.pk for enrolment in enrolments]
    rule = training_class.rule.as_rule()
    sessions = list(training_class.sessions.all())
    attended: dict[int, dict[int, Attendance]] = defaultdict(dict)
    for row in Attendance.objects.filter(COUNTS, enrolment__in=ids):
        attended[row.enrolment_id][row.session_id] = row
    lessons: dict[int, Decimal] = defaultdict(Decimal)
    lesson_days: dict[int, list[date]] = defaultdict(list)
    done = LessonProgress.objects.filter(enrolment__in=ids, completed_at__isnull=False)
    for enrolment_id, hours, completed_at in done.values_list(
        "enrolment_id", "lesson__hours", "completed_at"
    ):
        lessons[enrolment_id] += hours
        if completed_at is not None:
            lesson_days[enrolment_id].append(timezone.localdate(completed_at))
    marks: dict[int, dict[str, Decimal]] = defaultdict(dict)
    # A mark that late answers may still change counts once it is settled.
    sat = Attempt.objects.filter(enrolment__in=ids, mark__isnull=False, settled_at__isnull=False)
    for enrolment_id, part, mark in sat.values_list("enrolment_id", "exam__part", "mark"):
        marks[enrolment_id][part] = max(
            marks[enrolment_id].get(part, Decimal(0)), mark or Decimal(0)
        )
    # A person's mark outranks the computer's: the newest version of it stands.
    for enrolment_id, part, mark in (
        PartMark.objects.filter(enrolment__in=ids)
        .order_by("version")
        .values_list("enrolment_id", "part", "mark")
    ):
        marks[enrolment_id][part] = mark
    return {
        pk: completion.assess_completion(
            rule=rule,
            sessions=[_session_fact(session, attended[pk].get(session.pk)) for session in sessions],
            lesson_hours=lessons[pk],
            marks=dict(marks[pk]),
            lesson_days=lesson_days[pk],
        )
        for pk in ids
    }


def _session_fact(session: ClassSession, presence: Attendance | None) -> completion.SessionFact:
    cancelled = session.state == SessionState.CANCELLED
    if presence is None:
        return completion.SessionFact(session.hours, attended=False, cancelled=cancelled)
    day = completion.day_present(
        signed_in=timezone.localdate(presence.at),
        by_code=presence.method == CheckInMethod.CODE,
        session=timezone.localdate(session.starts_at),
    )
    return completion.SessionFact(presence.hours, attended=True, cancelled=cancelled, day=day)


def with_teaching_over(enrolments: QuerySet[Enrolment], now: datetime) -> QuerySet[Enrolment]:
    """Return those of *enrolments* whose class has no session ahead or under way, was closed by
    the office, or needn't be waited for.

    The last is what the completion rule of the class says (`certificate_early`).
    """
    return enrolments.filter(teaching_over(now, to_class="training_class"))


def teaching_over(now: datetime, *, to_class: str = "") -> Q:
    """Return the same as a condition on classes, or on what leads to a class by the field
    *to_class*.
    """
    field = f"{to_class}__" if to_class else ""
    ahead = ClassSession.objects.filter(
        training_class=OuterRef(to_class or "pk"), state=SessionState.PLANNED, ends_at__gt=now
    )
    return (
        Q(**{f"{field}state__in": CLOSED_STATES})
        | Q(**{f"{field}rule__certificate_early": True})
        | ~Q(Exists(ahead))
    )


def passed_unannounced(now: datetime) -> QuerySet[Enrolment]:
    """Return passed enrolments whose class is over and of which the people who issue certificates
    haven't been told yet.
    """
    return with_teaching_over(
        Enrolment.objects.filter(state=EnrolmentState.PASSED, announced_at=None), now
    )


def assess_enrolment(enrolment: Enrolment) -> completion.CompletionStanding:
    """Return one trainee's standing."""
    return assess_enrolments(enrolment.training_class, [enrolment])[enrolment.pk]


def format_plain_number(number: Decimal) -> str:
    """Return a number as people write it, such as 60 or 59.5."""
    return f"{number.normalize():f}"


def describe_missing_part(missing: completion.Missing) -> str:
    """Say one missing part in words a worker can act on."""
    if missing.code == "attendance":
        lack = int(missing.needed - missing.have)
        return ngettext(
            "You attended %(have)s sessions. %(needed)s are required, so one more is missing.",
            "You attended %(have)s sessions. %(needed)s are required, so %(lack)s more are "
            "missing.",
            lack,
        ) % {
            "have": format_plain_number(missing.have),
            "needed": format_plain_number(missing.needed),
            "lack": lack,
        }
    if missing.code == "lessons":
        return _("%(have)s of %(needed)s online hours completed.") % {
            "have": format_plain_number(missing.have),
            "needed": format_plain_number(missing.needed),
        }
    part = ExamPart(missing.part).label
    if missing.code == "exam_not_taken":
        return _("%(part)s: no final mark yet. The pass mark is %(needed)s points.") % {
            "part": part,
            "needed": format_plain_number(missing.needed),
        }
    return _("%(part)s: %(have)s points. The pass mark is %(needed)s points.") % {
        "part": part,
        "have": format_plain_number(missing.have),
        "needed": format_plain_number(missing.needed),
    }


def missing_sentences(facts: Mapping[str, Any]) -> list[str]:
    """Return in words what the facts of a decision (see `as_facts`) say is missing."""
    return [
        describe_missing_part(
            completion.Missing(
                item["code"], Decimal(item["needed"]), Decimal(item["have"]), item["part"]
            )
        )
        for item in facts.get("missing", ())
    ]


def as_facts(standing_: completion.CompletionStanding) -> dict[str, Any]:
    """Return the standing as JSON for the decision kept on the enrolment."""
    return {
        "sessions": standing_.sessions,
        "attended": standing_.attended,
        "attendance_percent": str(standing_.attendance_percent),
        "session_hours": str(standing_.session_hours),
        "lesson_hours": str(standing_.lesson_hours),
        "marks": {
            part: None if mark is None else str(mark) for part, mark in standing_.marks.items()
        },
        "first_day": standing_.first_day.isoformat() if standing_.first_day else None,
        "last_day": standing_.last_day.isoformat() if standing_.last_day else None,
        "missing": [
            {
                "code": item.code,
                "part": item.part,
                "needed": str(item.needed),
                "have": str(item.have),
            }
            for item in standing_.missing
        ],
    }

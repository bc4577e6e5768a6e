"""Say what merging two persons does to training. Enrolments move along, and of two in one class
people choose the one that counts.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from courses.enums import EnrolmentState
from courses.models import Enrolment, ReadingLease
from courses.workflows.enrolment import set_aside_double_enrolment
from people.merging import Doubled, Reference, register_reference


def name_class(row: Enrolment) -> str:
    """Return the class as people know it."""
    return _("Class “%(name)s”") % {"name": row.training_class}


def describe_enrolment(row: Enrolment) -> str:
    """Return the state, presence and lessons of an enrolment."""
    sessions = row.attendances.count()
    lessons = row.progress.filter(completed_at__isnull=False).count()
    parts = [
        str(EnrolmentState(row.state).label),
        ngettext("present at %(count)s session", "present at %(count)s sessions", sessions)
        % {"count": sessions}
        if sessions
        else "",
        ngettext("%(count)s lesson completed", "%(count)s lessons completed", lessons)
        % {"count": lessons}
        if lessons
        else "",
    ]
    return pgettext("between facts", ", ").join(filter(None, parts))


def counts_as_enrolment(row: Enrolment) -> bool:
    """Say whether an enrolment is more than an application that was withdrawn."""
    return row.state not in {
        EnrolmentState.WITHDRAWN,
        EnrolmentState.REFUSED,
        EnrolmentState.MERGED,
    }


def end_reading(_keep: Any, gone: Any, _picks: Any) -> int:
    """Delete the record of which page is being read. It lives for a minute, and the person who
    stays has their own.
    """
    ReadingLease.objects.filter(person=gone).delete()
    return 0


register_reference(
    Reference("courses.ReadingLease", "person", gettext_lazy("lesson being read"), move=end_reading)
)
register_reference(
    Reference(
        "courses.Enrolment",
        "person",
        gettext_lazy("enrolments"),
        together=("training_class",),
        doubled=Doubled(
            name_class,
            describe_enrolment,
            set_aside_double_enrolment,
            counts_already=counts_as_enrolment,
        ),
    )
)

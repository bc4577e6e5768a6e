"""Export a roster, with a right, a stamp and a record."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import audit
from access.checks import require
from core.states import lock
from courses.grants import EXPORT_ROSTER
from courses.models import TrainingClass
from courses.queries.completion import plain
from courses.queries.learning import roster
from courses.rendering import roster_xlsx


@transaction.atomic
def export_roster(*, actor: Any, training_class: TrainingClass) -> bytes:
    """Return the roster as xlsx, stamped with who exported it and when. The export is recorded."""
    training_class = lock(training_class)
    require(actor, EXPORT_ROSTER, training_class)
    rows = roster(training_class)
    head = [
        _("Line no."),
        pgettext("person", "Name"),
        _("Union on that day"),
        _("Employer on that day"),
        _("State"),
        pgettext("class", "Sessions"),
        _("Attendance"),
        _("Online hours"),
        _("Exam"),
        _("Enrolled"),
    ]
    table = [
        [
            str(number),
            row.enrolment.person.name,
            row.enrolment.union.name if row.enrolment.union else "",
            row.enrolment.employer.name if row.enrolment.employer else "",
            str(row.enrolment.get_state_display()),
            f"{row.standing.attended}/{row.standing.sessions}",
            f"{row.standing.attendance_percent}%",
            plain(row.standing.lesson_hours),
            " / ".join("–" if mark is None else plain(mark) for mark in row.standing.marks.values()),
            timezone.localtime(row.enrolment.enrolled_at).strftime("%Y-%m-%d %H:%M"),
        ]
        for number, row in enumerate(rows, start=1)
    ]
    stamp = _("%(class)s · exported by %(user)s at %(when)s · for this class only, don't pass on") % {
        "class": training_class.name,
        "user": getattr(actor, "audit_label", ""),
        "when": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
    }
    audit.record("courses.roster_exported", actor=actor, target=training_class, after={"rows": len(rows)})
    return roster_xlsx(title=training_class.name, stamp=stamp, head=head, rows=table)

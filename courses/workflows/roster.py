"""Export a roster, with a right, a stamp and a record."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import audit
from access.checks import require
from core import clock
from core.actors import Actor
from core.states import lock
from courses.grants import EXPORT_ROSTER
from courses.models import TrainingClass
from courses.queries.completion import format_plain_number
from courses.queries.learning import list_roster_rows
from courses.rendering import roster_xlsx


@transaction.atomic
def export_roster(*, actor: Actor, training_class: TrainingClass) -> bytes:
    """Return the roster as xlsx, stamped with who exported it and when. The export is recorded."""
    training_class = lock(training_class)
    require(actor, EXPORT_ROSTER, training_class)
    rows = list_roster_rows(training_class)
    head = [
        _("Row no."),
        pgettext("person", "Name"),
        _("Union at enrolment"),
        _("Employer at enrolment"),
        _("State"),
        pgettext("class", "Sessions"),
        _("Attendance rate"),
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
            format_plain_number(row.standing.lesson_hours),
            " / ".join(
                "–" if mark is None else format_plain_number(mark)
                for mark in row.standing.marks.values()
            ),
            timezone.localtime(row.enrolment.enrolled_at).strftime("%Y-%m-%d %H:%M"),
        ]
        for number, row in enumerate(rows, start=1)
    ]
    stamp = _(
        "%(class)s · exported by %(user)s at %(when)s · for use in this class only, please "
        "don't share"
    ) % {
        "class": training_class.name,
        "user": getattr(actor, "audit_label", ""),
        "when": clock.local_now().strftime("%Y-%m-%d %H:%M"),
    }
    audit.record(
        "courses.roster_exported", actor=actor, target=training_class, after={"rows": len(rows)}
    )
    return roster_xlsx(title=training_class.name, stamp=stamp, head=head, rows=table)

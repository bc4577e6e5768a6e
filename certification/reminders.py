"""Remind holders a month and a week before a certificate runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from certification.enums import CertificateState
from certification.models import Certificate
from notify.reminders import Reminder

DAYS = (30, 7)


def list_expiry_reminders(today: date) -> Iterator[Reminder]:
    """Yield the reminders of *today*."""
    days = [today + timedelta(days=ahead) for ahead in DAYS]
    rows = Certificate.objects.filter(
        state=CertificateState.ISSUED, valid_until__in=days, person__user__isnull=False
    )
    for row in rows.select_related("person__user").order_by("pk").iterator(chunk_size=500):
        context = {
            "title": row.title,
            "number": row.number,
            "certificate": str(row.public_id),
            "until": row.valid_until,
        }
        if (
            row.person is not None and row.person.user is not None
        ):  # the query says so; types do not know
            yield Reminder(
                "certification.expires", row.person.user, context, str(row.public_id), row
            )

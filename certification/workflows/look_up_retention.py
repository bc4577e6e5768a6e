"""Delete look-ups after the retention period.

One fact about a record from paper is kept, which is that somebody has relied on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from certification.models import HistoricRecord, LookUp
from core import clock

CHUNK = 2000


def _cut() -> datetime | None:
    return (
        clock.now() - timedelta(days=settings.LOOK_UP_DAYS) if settings.LOOK_UP_DAYS > 0 else None
    )


def is_look_up_purge_due() -> bool:
    """Say whether a look-up is older than the retention period. This is what the sweeper asks.
    Only the oldest row is read.
    """
    cut = _cut()
    oldest = LookUp.objects.order_by("pk").values_list("at", flat=True).first() if cut else None
    return bool(cut and oldest and oldest < cut)


def delete_expired_look_ups() -> int:
    """Delete the look-ups older than `CRAFTPATH_LOOK_UP_DAYS`, of every kind, and return how many
    were deleted.

    Rows are nearly in the order of their time, so the oldest are read from the front, without an
    index on the time. It is safe to run twice.
    """
    gone = 0
    while (cut := _cut()) and (done := _purge_oldest(cut)):
        gone += done
    return gone


@transaction.atomic
def _purge_oldest(cut: datetime) -> int:
    oldest = LookUp.objects.order_by("pk").values_list("pk", "at", "certificate_id")[:CHUNK]
    old = [(key, certificate) for key, at, certificate in oldest if at < cut]
    papers = {certificate for _key, certificate in old if certificate}
    HistoricRecord.objects.filter(certificate_id__in=papers, was_checked=False).update(
        was_checked=True
    )
    LookUp.objects.filter(pk__in=[key for key, _certificate in old]).delete()
    return len(old)

"""Look-ups that were kept long enough go. What they proved about a record from paper stays: that somebody has relied on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from certification.models import HistoricRecord, LookUp
from core import clock

CHUNK = 2000


def _cut() -> datetime | None:
    return clock.now() - timedelta(days=settings.LOOK_UP_DAYS) if settings.LOOK_UP_DAYS > 0 else None


def purge_is_due() -> bool:
    """Say whether a look-up is older than the site keeps them (the sweeper's question). Reads the oldest row only."""
    cut = _cut()
    oldest = LookUp.objects.order_by("pk").values_list("at", flat=True).first() if cut else None
    return bool(cut and oldest and oldest < cut)


def purge_look_ups() -> int:
    """Delete the look-ups older than `CRAFTPATH_LOOK_UP_DAYS`, whoever asked and however, and return how many went.

    Rows are nearly in the order of their time, so the oldest are read from the front, without an index on the time. Safe to run twice.
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
    HistoricRecord.objects.filter(certificate_id__in=papers, was_checked=False).update(was_checked=True)
    LookUp.objects.filter(pk__in=[key for key, _certificate in old]).delete()
    return len(old)

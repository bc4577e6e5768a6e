"""Queries of the audit log."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import Archive, Check, Event, Link
from core import clock

NIGHT = time(2, 30)  # Beijing time; the full check runs once after it
LATE = timedelta(hours=50)  # no full check for so long: the worker isn't running


def has_unsealed_events() -> bool:
    """Say whether events have come since the last sealing.

    The sweeper asks this. It costs two look-ups at the ends of two indexes.
    """
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return False
    sealed = Link.objects.order_by("-pk").values_list("event_id", flat=True).first()
    return newest > (sealed or 0)


def list_events_about(target: models.Model) -> QuerySet[Event]:
    """Return the events about *target*, newest first."""
    return (
        Event.objects.filter(target_type=target._meta.label, target_id=str(target.pk))
        .select_related("actor")
        .order_by("-pk")
    )


def timeline_page(
    target: models.Model, *, below: int | None = None, size: int = 20
) -> tuple[list[Event], int | None]:
    """Return up to *size* events about *target* below the row number *below*, and the number to go
    on from.

    The number is None if these are the last. It takes one query, whatever the number of rows.
    """
    found = list_events_about(target).filter(pk__lt=below) if below else list_events_about(target)
    rows = list(found[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def find_last_audit_check(*, full: bool = False) -> Check | None:
    """Return the newest check, or the newest full one."""
    checks = Check.objects.filter(scope=Check.Scope.FULL) if full else Check.objects.all()
    return checks.order_by("-pk").first()


def last_archive() -> Archive | None:
    """Return the archive that ends where the chain in the database begins."""
    return Archive.objects.order_by("-last_link").first()


def full_check_due(now: datetime | None = None) -> bool:
    """Say whether no full check has run since the hour of the last night (02:30 Beijing time)."""
    local = timezone.localtime(now)
    night = timezone.make_aware(datetime.combine(local.date(), NIGHT))
    if local < night:
        night -= timedelta(days=1)
    return (
        not Check.objects.filter(scope=Check.Scope.FULL, at__gte=night).exists()
        and Event.objects.exists()
    )


def new_check_due() -> bool:
    """Say whether events have been sealed since the last check, if that was at least an hour ago."""
    last = find_last_audit_check()
    if last is None or last.at > clock.now() - timedelta(hours=1):
        return False
    return Link.objects.filter(pk__gt=last.last_link).exists()


def report_audit_health() -> str:
    """Return `fault` if the last check found one, `late` if the last full check is older than 50
    hours, and an empty string otherwise.
    """
    last = find_last_audit_check()
    if last is not None and last.fault:
        return "fault"
    full = find_last_audit_check(full=True)
    if full is not None and full.at < clock.now() - LATE:
        return "late"
    return ""


def keep_until(now: datetime | None = None) -> datetime:
    """Return the moment before which rows may be archived, which is whole months back as
    `settings.AUDIT_MONTHS` says.
    """
    local = timezone.localtime(now)
    months = local.year * 12 + local.month - 1 - settings.AUDIT_MONTHS
    return local.replace(
        year=months // 12, month=months % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
    )

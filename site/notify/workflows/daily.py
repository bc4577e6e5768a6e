"""The work done once a day, which is sending reminders and deleting messages that were kept long
enough.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import clock
from notify import registry, reminders
from notify.models import DailyRun, Message
from notify.workflows.sending import write_messages

log = structlog.get_logger("craftpath.notify")
NAME = "notify.daily"
NOT_BEFORE = time(8, 0)
CHUNK = 2000


def is_daily_work_due() -> bool:
    """Say whether today's work is still to be done, which the sweeper asks."""
    now = clock.local_now()
    return (
        now.time() >= NOT_BEFORE
        and not DailyRun.objects.filter(name=NAME, day__gte=now.date()).exists()
    )


def run_daily_work(today: date | None = None) -> int:
    """Do the day's work, and return how many reminders are new.

    It is safe to run it twice, by two workers, or to interrupt it.
    """
    today = today or clock.today()
    written = write_reminders(today)
    delete_old_messages(today)
    DailyRun.objects.update_or_create(name=NAME, defaults={"day": today})
    return written


def write_reminders(today: date) -> int:
    """Ask every provider, and write the reminders of *today*. An error in one provider doesn't
    stop the others.
    """
    written = 0
    for name, provider in reminders.list_reminder_providers().items():
        try:
            for reminder in provider(today):
                with transaction.atomic():
                    written += write_messages(
                        reminder.kind,
                        to=reminder.to,
                        context=reminder.context,
                        about=reminder.about,
                        key=f"{reminder.key}:{today.isoformat()}",
                    )
        except Exception:
            log.exception("reminders_failed", provider=name)
    return written


def delete_old_messages(today: date) -> int:
    """Delete messages that are older than the operator keeps them, and return how many were
    deleted.

    Mandatory messages that nobody has read yet stay.
    """
    if settings.MESSAGE_DAYS <= 0:
        return 0
    before = timezone.make_aware(
        datetime.combine(today - timedelta(days=settings.MESSAGE_DAYS), time())
    )
    mandatory = [kind.key for kind in registry.list_message_kinds() if kind.mandatory]
    gone = 0
    while True:
        old = Message.objects.filter(created_at__lt=before).exclude(
            kind__in=mandatory, read_at=None
        )
        numbers = list(old.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not numbers:
            return gone
        Message.objects.filter(pk__in=numbers).delete()
        gone += len(numbers)

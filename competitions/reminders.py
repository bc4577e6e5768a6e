"""Remind competitors and judges each morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q

from competitions.enums import EntryState, EventState
from competitions.models import Entry, Event, Judge
from notify.reminders import Reminder
from people.models import User

TOLD = (EventState.OPEN, EventState.DRAWN, EventState.SCORING)


def list_event_reminders(today: date) -> Iterator[Reminder]:
    """Return the reminders of *today*, which are about competitions that begin tomorrow."""
    for event in Event.objects.filter(state__in=TOLD, starts_on=today + timedelta(days=1)).order_by(
        "pk"
    ):
        entries = Entry.objects.filter(event=event, state=EntryState.QUALIFIED)
        people = User.objects.filter(
            Q(person__in=entries.values("person"))
            | Q(pk__in=Judge.objects.filter(event=event).values("user"))
        ).order_by("pk")
        context = {"title": event.title, "event": str(event.public_id), "venue": event.venue}
        yield Reminder("competitions.starts_tomorrow", people, context, str(event.public_id), event)

"""List what competitions ask of a person today, which is entries, marking, and decisions of a
second person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.queries import permitted
from competitions import grants
from competitions.enums import (
    OUT_OF_FIELD,
    EntryState,
    EventState,
    TwoPersonRequestKind,
    TwoPersonRequestState,
)
from competitions.models import Entry, Event, TwoPersonRequest
from competitions.queries.judging import judge_desk
from competitions.queries.vacancies import events_short_of_judges
from core.actors import account_id
from core.templatetags.craft import day
from core.todos import Asker, Meeting, Todo

AT_MOST = 10


def of_competitor(asker: Asker) -> Iterator[Todo]:
    """Return the entered competitions that lie ahead or whose results aren't out. Takes one query."""
    if asker.person is None:
        return
    today = timezone.localdate(asker.now)
    entries = (
        Entry.objects.filter(
            person=asker.person.pk,
            event__starts_on__gte=today,
            state__in=[EntryState.SUBMITTED, EntryState.QUALIFIED],
        )
        .exclude(event__state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        .select_related("event__org")
        .order_by("event__starts_on", "pk")
    )
    for entry in entries:
        event = entry.event
        waits = entry.state == EntryState.SUBMITTED
        yield Todo(
            title=event.title,
            text=" · ".join(
                part
                for part in (
                    str(entry.get_state_display()),
                    _("starts on %(date)s") % {"date": day(event.starts_on)},
                    event.venue,
                )
                if part
            ),
            by=_("waiting for %(org)s") % {"org": event.org} if waits else "",
            href=reverse("competitions:detail", args=[event.public_id]),
            act=_("View"),
            due=event.starts_on,
            meeting=_days(event),
        )


def _days(event: Event) -> Meeting:
    """Return the days of a competition, from eight in the morning, because our data doesn't hold
    the hour that its papers state.
    """
    start, end = (
        timezone.make_aware(datetime.combine(on, at))
        for on, at in ((event.starts_on, time(8)), (event.ends_on, time(18)))
    )
    return Meeting(
        key=f"event-{event.public_id}",
        title=event.title,
        starts_at=start,
        ends_at=end,
        place=event.venue,
    )


def of_judge(asker: Asker) -> Iterator[Todo]:
    """Return the marking that waits for a judge, one line for each module. Takes one query."""
    for module in judge_desk(asker.user).modules:
        if module.done < len(module.sheets):
            yield Todo(
                title=f"{module.event} · {module.code} {module.name}",
                text=_("%(done)s of %(all)s score sheets signed")
                % {"done": module.done, "all": len(module.sheets)},
                href=reverse("competitions:desk"),
                act=_("Mark"),
                urgent=True,
            )


def list_requests_to_decide(asker: Asker) -> Iterator[Todo]:
    """Return requests of colleagues that this person may decide. Corrections of results go to the
    people who confirm results. Takes one query.
    """
    events = Event.objects.exclude(state=EventState.CANCELLED)
    of_results = Q(kind=TwoPersonRequestKind.CORRECT)
    waiting = (
        TwoPersonRequest.objects.filter(state=TwoPersonRequestState.WAITING)
        .filter(
            (~of_results & Q(event__in=permitted(asker.user, grants.WITNESS, events)))
            | (of_results & Q(event__in=permitted(asker.user, grants.CONFIRM, events)))
        )
        .exclude(asked_by=account_id(asker.user))
        .select_related("event", "asked_by")
        .order_by("asked_at")
    )
    for row in waiting[:AT_MOST]:
        yield Todo(
            title=_("Decision needed: %(what)s") % {"what": row.get_kind_display()},
            text=f"{row.event.title} · {row.reason}",
            by=str(row.asked_by),
            href=reverse("competitions:decide", args=[row.event.public_id, row.public_id]),
            act=_("Decide"),
            urgent=True,
        )


def of_vacancies(asker: Asker) -> Iterator[Todo]:
    """Return sheets that lost their judge and wait for a substitute. Takes one query."""
    for event in events_short_of_judges(asker.user)[:AT_MOST]:
        vacant: int = getattr(event, "vacant", 0)
        yield Todo(
            title=ngettext(
                "Appoint a substitute judge for %(count)s score sheet",
                "Appoint a substitute judge for %(count)s score sheets",
                vacant,
            )
            % {"count": vacant},
            text=event.title,
            href=reverse("competitions:substitutes", args=[event.public_id]),
            act=_("Appoint a substitute"),
            urgent=True,
        )


def of_manager(asker: Asker) -> Iterator[Todo]:
    """Return entries to examine, and events under way that this person helps to run. Takes one
    query.
    """
    states = [
        EventState.OPEN, EventState.DRAWN, EventState.SCORING, EventState.LOCKED, EventState.PROVISIONAL, EventState.CONFIRMED,
    ]  # fmt: skip
    events = (
        permitted(asker.user, grants.VIEW, Event.objects.filter(state__in=states))
        .select_related("org")
        .annotate(
            entered=Count("entries", filter=~Q(entries__state__in=OUT_OF_FIELD)),
            submitted=Count("entries", filter=Q(entries__state=EntryState.SUBMITTED)),
        )
        .order_by("starts_on", "pk")
    )
    for event in events[:AT_MOST]:
        href = reverse("competitions:office", args=[event.public_id])
        if event.state == EventState.OPEN and event.submitted:
            count = ngettext(
                "%(count)s entry to review", "%(count)s entries to review", event.submitted
            ) % {"count": event.submitted}
            yield Todo(
                title=event.title,
                text=count,
                href=reverse("competitions:entries", args=[event.public_id]),
                act=_("Review"),
                due=event.registration_ends_on or event.starts_on,
            )
            continue
        people = ngettext("%(count)s competitor", "%(count)s competitors", event.entered) % {
            "count": event.entered
        }
        yield Todo(
            title=event.title,
            text=f"{event.get_state_display()} · {people}",
            href=href,
            act=_("Go to the competition office"),
            due=event.starts_on,
        )

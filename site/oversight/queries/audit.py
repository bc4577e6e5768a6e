"""Find rows of the audit log.

Pages follow (time, number), so the thousandth page costs no more than the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from access.queries import codenames_of
from audit import registry
from audit.models import Event
from core.actors import Actor
from oversight.audit_kinds import READING

PAGE = 50
MAX_ACCOUNTS = 50
MAX_NEIGHBOURS = 50


def holds_audit_right(user: Actor, codename: str) -> bool:
    """Say whether *user* holds *codename* today. Superusers don't hold it automatically, because
    the log watches them too.
    """
    return bool(getattr(user, "is_active", False)) and codename in codenames_of(user)


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for. Empty fields narrow nothing.

    *accounts* holds primary keys of accounts. *since* and *to* are whole days in Beijing time.
    """

    since: date | None = None
    to: date | None = None
    accounts: tuple[int, ...] | None = None
    who: str = ""
    kind: str = ""
    type: str = ""
    object: str = ""
    request: str = ""
    address: str = ""
    text: str = ""
    reading: bool = False

    def as_plain(self) -> dict[str, Any]:
        """Return the search as plain values for a job's payload."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in plain.items()
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Search:
        """Return the search from a job's payload."""
        days = {
            key: date.fromisoformat(plain[key]) if plain.get(key) else None
            for key in ("since", "to")
        }
        accounts = plain.get("accounts")
        return cls(**{**plain, **days, "accounts": None if accounts is None else tuple(accounts)})

    def used(self) -> list[str]:
        """Return the names of the fields that narrow the search."""
        return [
            one.name
            for one in fields(self)
            if getattr(self, one.name) not in ("", None, False) and one.name != "accounts"
        ]


def search_events(search: Search) -> QuerySet[Event]:
    """Return the rows that fit *search*, newest first."""
    rows = Event.objects.order_by("-at", "-pk")
    if search.since:
        rows = rows.filter(at__gte=_midnight(search.since))
    if search.to:
        rows = rows.filter(at__lt=_midnight(search.to + timedelta(days=1)))
    if search.accounts is not None:
        rows = (
            rows.filter(actor__in=search.accounts)
            if len(search.accounts) != 1
            else rows.filter(actor=search.accounts[0])
        )
    elif search.who:
        rows = rows.filter(actor=None, actor_label=search.who)
    exact = {
        "kind": search.kind,
        "target_type": search.type,
        "target_id": search.object,
        "request_number": search.request,
        "address": search.address,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if search.request:
        rows = rows.exclude(request_number="")  # said again, since the index holds the others alone
    if search.text:
        rows = rows.filter(reason__icontains=search.text)
    if not search.reading and search.kind not in READING:
        rows = rows.exclude(kind__in=READING)
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows, with the marks from which the next older and the next newer page start. An empty
    mark means that there is none.
    """

    rows: list[Event]
    older: str
    newer: str


def write_page_mark(event: Event) -> str:
    """Return a row's place in the order as text for an address."""
    return f"{event.at.isoformat()}_{event.pk}"


def read_page_mark(mark: str) -> tuple[datetime, int] | None:
    """Return the place that *mark* stands for, or None if it isn't a mark."""
    moment, _line, number = mark.partition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (
        (at, int(number))
        if at
        and timezone.is_aware(at)
        and number.isascii()
        and number.isdigit()
        and len(number) < 19
        else None
    )


def page_of(
    rows: QuerySet[Event], *, older_than: str = "", newer_than: str = "", size: int = PAGE
) -> AuditPage:
    """Return one page of *rows* (as `search_events` returns them) before or after a mark. One
    query.
    """
    below, above = read_page_mark(older_than), read_page_mark(newer_than)
    rows = rows.select_related("actor")
    if above:
        at, pk = above
        found = list(
            rows.filter(at__gte=at).exclude(at=at, pk__lte=pk).order_by("at", "pk")[: size + 1]
        )
        more = len(found) > size
        shown = found[:size][::-1]
        return AuditPage(
            shown,
            write_page_mark(shown[-1]) if shown else "",
            write_page_mark(shown[0]) if more else "",
        )
    if below:
        at, pk = below
        rows = rows.filter(at__lte=at).exclude(at=at, pk__gte=pk)
    found = list(rows[: size + 1])
    shown = found[:size]
    return AuditPage(
        shown,
        write_page_mark(shown[-1]) if len(found) > size else "",
        write_page_mark(shown[0]) if shown and below else "",
    )


def accounts_named(text: str) -> tuple[int, ...]:
    """Return at most fifty accounts whose user name is *text* or whose display name contains it."""
    users = (
        get_user_model()
        .objects.filter(Q(username=text) | Q(display_name__contains=text))
        .order_by("pk")
    )
    return tuple(users.values_list("pk", flat=True)[:MAX_ACCOUNTS])


def list_events_of_request(event: Event) -> list[Event]:
    """Return the rows of the same request, in order, or an empty list if no request caused
    *event*.
    """
    if not event.request_number:
        return []
    rows = (
        Event.objects.filter(request_number=event.request_number)
        .exclude(request_number="")
        .select_related("actor")
        .order_by("pk")
    )
    return list(rows[:MAX_NEIGHBOURS])


def count_events_by_kind(since: date, to: date) -> list[tuple[str, int]]:
    """Return how many rows of each kind there are in a period, most first."""
    rows = _between(since, to).values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return [(kind, n) for kind, n in rows]


def count_events_by_day(since: date, to: date) -> list[tuple[date, int]]:
    """Return how many rows there are for each day of a period, days without any too, newest first."""
    rows = (
        _between(since, to)
        .annotate(day=TruncDate("at"))
        .values_list("day")
        .annotate(n=Count("pk"))
        .order_by("day")
    )
    counts = dict(rows)
    days = [to - timedelta(days=n) for n in range((to - since).days + 1)]
    return [(day, counts.get(day, 0)) for day in days]


def _between(since: date, to: date) -> QuerySet[Event]:
    return Event.objects.filter(
        at__gte=_midnight(since), at__lt=_midnight(to + timedelta(days=1))
    ).order_by()


def object_types() -> list[str]:
    """Return the models that rows can be about, which are those of our own apps that Django knows."""
    from django.apps import apps  # slow import

    ours = {kind.key.partition(".")[0] for kind in registry.list_audit_kinds()}
    return sorted(model._meta.label for model in apps.get_models() if model._meta.app_label in ours)

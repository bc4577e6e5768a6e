"""List what waits for a person. Each app registers its own tasks in `AppConfig.ready()`, and the
person's home page gathers and sorts them.

A provider is asked only if the person holds one of its codenames (or it names none), so a home page
costs what its owner's roles cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils import timezone

from core import clock
from core.actors import Actor


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when. *person* is None for an account without a person, *held* are the
    codenames held anywhere today.

    *roles* are the role assignments behind them, or None where the page hasn't read them.
    """

    user: Actor
    person: models.Model | None
    held: frozenset[str]
    now: datetime
    roles: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A time and a place to be at, for the calendar. *key* stays the same when the time changes."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. *by* names who waits for it or asked for it, *due* is its deadline (a day
    means the end of that day).
    """

    title: str
    href: str
    act: str
    text: str = ""
    by: str = ""
    due: datetime | date | None = None
    urgent: bool = False
    meeting: Meeting | None = None


Provider = Callable[[Asker], Iterable[Todo]]
_providers: dict[str, tuple[Provider, frozenset[str]]] = {}


def register_todos(key: str, provider: Provider, *, codenames: Iterable[str] = ()) -> None:
    """Ask *provider* for people who hold one of *codenames*, or for everybody if there are none.
    The same key again replaces it.
    """
    _providers[key] = (provider, frozenset(codenames))


def gather_todos(asker: Asker) -> list[Todo]:
    """Return what waits for *asker*, urgent things first, then by deadline, and things without a
    deadline last.
    """
    everything = bool(getattr(asker.user, "is_superuser", False))
    found = [
        todo
        for provider, codenames in _providers.values()
        if everything or not codenames or codenames & asker.held
        for todo in provider(asker)
    ]
    return sorted(found, key=_order)


def _order(todo: Todo) -> tuple[bool, bool, datetime]:
    return (
        not todo.urgent,
        todo.due is None,
        get_due_moment(todo.due) if todo.due else clock.now(),
    )


def get_due_moment(due: datetime | date) -> datetime:
    """Return *due* as a moment. A day ends at its midnight, in the site's own time."""
    if isinstance(due, datetime):
        return due
    return timezone.make_aware(datetime.combine(due, time.max))

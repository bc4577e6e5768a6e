"""Events for programs, which say what happened in fields.

Domains declare and publish them. The higher app `api` subscribes and delivers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event, such as `certificate.revoked`. *sample* holds its fields as the
    documentation shows them.
    """

    key: str
    label: Label
    sample: Mapping[str, Any]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ProgramEvent:
    """One event for the programs of *scope* (an employer or a union). The same *kind* and *key*
    reach an endpoint once.

    *data* holds plain JSON values: the fields of the event, then `subject`, `text` and `url` in
    words.
    """

    kind: str
    key: str
    at: datetime
    scope: models.Model
    data: Mapping[str, Any]


_kinds: dict[str, EventKind] = {}
_subscribers: list[Callable[[ProgramEvent], Any]] = []


def register_event(
    key: str, *, label: Label, sample: Mapping[str, Any], hidden: bool = False
) -> EventKind:
    """Declare the kind *key*. A *hidden* kind, such as a test, isn't offered for choice."""
    return _kinds.setdefault(key, EventKind(key, label, sample, hidden))


def list_event_kinds() -> list[EventKind]:
    """Return the kinds that programs choose from, by key."""
    return [_kinds[key] for key in sorted(_kinds) if not _kinds[key].hidden]


def find_event_kind(key: str) -> EventKind | None:
    """Return the kind *key*, or None, because an old event may be of a kind that no longer exists."""
    return _kinds.get(key)


def subscribe_to_events(subscriber: Callable[[ProgramEvent], Any]) -> None:
    """Give *subscriber* every event, in the transaction of the act that published it."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def publish_event(event: ProgramEvent) -> None:
    """Give *event* to every subscriber. Raises `LookupError` for an undeclared kind.

    Call it inside the transaction of the act, because nothing leaves the site before the commit.
    Raises `TransactionManagementError` outside of one.
    """
    if event.kind not in _kinds:
        msg = f"kind of event {event.kind!r} is not declared"
        raise LookupError(msg)
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "publish_event() needs the transaction of the deed"
        )
    for subscriber in _subscribers:
        subscriber(event)

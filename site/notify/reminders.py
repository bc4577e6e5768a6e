"""Reminders, for which each app says once a day who should be reminded of what.

The date is part of the key, so each reminder is sent once a day. An app registers `provider(today)`
in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder, with the arguments of `notify.send_message`. The day is added to the key."""

    kind: str
    to: Any
    context: Mapping[str, Any]
    key: str
    about: Any = None


Provider = Callable[[date], Iterable[Reminder]]
_providers: dict[str, Provider] = {}


def register_reminder_provider(name: str, provider: Provider) -> None:
    """Call *provider* every day. A second registration under the same name replaces the first."""
    _providers[name] = provider


def list_reminder_providers() -> dict[str, Provider]:
    """Return the providers by name."""
    return dict(_providers)

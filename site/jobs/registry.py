"""Which function does which kind of work; registered by the apps when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.models import Job, JobItem

    Handler = Callable[[JobItem], dict[str, Any] | None]
    Finished = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of batch: *handler* does one item and must be safe to run twice; *on_finished* is called after the last one."""

    key: str
    handler: Handler
    on_finished: Finished | None = None
    lease_seconds: int = 120


_kinds: dict[str, Kind] = {}


def register(key: str, handler: Handler, *, on_finished: Finished | None = None, lease_seconds: int = 120) -> None:
    """Declare how items of the kind *key* are done."""
    _kinds[key] = Kind(key, handler, on_finished, lease_seconds)


def get(key: str) -> Kind:
    """Return the kind *key*; an undeclared one is a programming mistake."""
    return _kinds[key]


def known() -> list[str]:
    """Return the declared kinds."""
    return sorted(_kinds)

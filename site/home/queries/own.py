"""A person's own page: record, what waits, places, roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from home.queries.shelf import Certificate, Row, Stage


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What `/me/` shows to one account."""

    eyebrow: str
    title: str
    under: str
    tags: tuple[tuple[str, str], ...]
    is_worker: bool
    stages: tuple[Stage, ...]
    todos: tuple[Row, ...]
    desks: tuple[Row, ...]
    timeline: tuple[Row, ...]
    certificates: tuple[Certificate, ...]
    roles: tuple[Row, ...]


def own_page(user: Any) -> OwnPage:
    """Return what `/me/` shows to *user*."""
    return OwnPage("", str(user), "", (), False, (), (), (), (), (), ())

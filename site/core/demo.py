"""Load the demo's data. Each app registers a loader and the command runs them in order. Loaders go
through the workflows and may run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class World:
    """What one loader leaves for the next, which is accounts by key, the unions and persons. See
    `access.demo` for what it puts in.
    """

    users: dict[str, Any] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)
    employers: list[Any] = field(default_factory=list)
    persons: list[Any] = field(default_factory=list)
    say: Callable[[str], None] = print


Loader = Callable[[World], None]
_loaders: dict[str, tuple[int, Any, Loader]] = {}


def register_demo(key: str, label: Any, loader: Loader, *, order: int) -> None:
    """Declare *loader*. A lower *order* runs first (10 ground, 20 content, 30 domains, 40 what
    follows from them).
    """
    _loaders[key] = (order, label, loader)


def list_demo_loaders() -> list[tuple[Any, Loader]]:
    """Return (label, loader) in order."""
    return [
        (label, loader)
        for _order, label, loader in sorted(_loaders.values(), key=lambda row: row[0])
    ]

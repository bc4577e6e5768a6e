"""Ask what depends on a record of another domain, such as certificates on a result. The owner of
the record asks before it changes.

The domain above registers a provider for the kind of record it builds on. The domain below shows
what comes back and imports nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.actors import Actor


@dataclass(frozen=True, slots=True)
class Dependent:
    """One thing that depends on the record *key*, with its name, its state and its address. `url`
    is empty for people who may not open it.
    """

    key: str
    title: str
    state: str
    tone: str = ""
    url: str = ""


Provider = Callable[[Sequence[str], Any], Sequence[Dependent]]
_providers: dict[str, dict[str, Provider]] = {}


def register_dependents(kind: str, name: str, provider: Provider) -> None:
    """Let *provider* answer for records of *kind*. It is called with their keys and the viewer. A
    second call with the same *name* replaces the first.
    """
    _providers.setdefault(kind, {})[name] = provider


def dependents_of(kind: str, keys: Sequence[str], viewer: Actor) -> list[Dependent]:
    """Return everything that rests on the records *keys* of *kind*, as *viewer* may see it."""
    if not keys:
        return []
    return [row for provider in _providers.get(kind, {}).values() for row in provider(keys, viewer)]

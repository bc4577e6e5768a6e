"""Who stands above whom, by the tree and by the links beside it, together: no union may stand above itself."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def leads_to(start: Key, goal: Key, above: Mapping[Key, Collection[Key]]) -> bool:
    """Say whether, climbing from *start* by *above* (each to those directly above it), one comes to *goal*. Start counts."""
    seen: set[Key] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            todo.extend(above.get(here, ()))
    return False

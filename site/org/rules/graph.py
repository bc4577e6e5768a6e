"""Decide which union is above which, by the tree and the links beside it together. No union may be
above itself.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def leads_to(start: Key, goal: Key, above: Mapping[Key, Collection[Key]]) -> bool:
    """Say whether climbing from *start* reaches *goal*. *above* gives for each those directly
    above it. *start* itself counts.
    """
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

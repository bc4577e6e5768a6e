"""The lock of a person, held wherever a rule spans several of their rows.

Its place in the lock order is documented in `core.locks`.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.locks import hold_rows
from people.models import Person


def hold_persons(person_ids: Iterable[int], *, wait: bool = True) -> set[int]:
    """Lock these persons until the surrounding transaction ends, and return the keys that were
    locked.

    Without *wait* these may be fewer.
    """
    return hold_rows(Person.objects.filter(pk__in=set(person_ids)), wait=wait)

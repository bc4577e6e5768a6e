"""Pure rules of the hash chain, which say what a digest covers, how the chain is made, and what is
wrong with one that doesn't fit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

GENESIS = "0" * 64
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

ROW_CHANGED = "row_changed"
LINK_CHANGED = "link_changed"
ROW_MISSING = "row_missing"
ORDER_CHANGED = "order_changed"
END_CUT = "end_cut"
REWRITTEN = "rewritten"
UNSEALED = "unsealed"
HEAD_CHANGED = "head_changed"
UNGUARDED = "unguarded"
ARCHIVE_MISSING = "archive_missing"
ARCHIVE_CHANGED = "archive_changed"


def event_digest(fields: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of *fields* in canonical JSON, which has sorted keys, no spaces and
    UTF-8.
    """
    return digest_of_text(encode_canonical_json(fields))


def encode_canonical_json(value: Any) -> str:
    """Return *value* in canonical JSON."""
    return _CANONICAL.encode(value)


def digest_of_text(text: str) -> str:
    """Return the SHA-256 (hex) of a canonical JSON *text*."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def next_link(previous: str, digest: str) -> str:
    """Return the chain value after *previous* for an event with *digest*."""
    return hashlib.sha256(f"{previous}{digest}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One link as it is stored, with its number, its value and its event's number.

    *stored* is the digest stored with the event (None if there is no such row). *computed* is the
    digest computed again.
    """

    link: int
    value: str
    event: int
    stored: str | None
    computed: str | None


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first fault found, with its kind and the event and link (or the name of a trigger or
    file) where it shows.
    """

    kind: str
    event: int | None = None
    link: int | None = None
    name: str = ""


@dataclass(slots=True)
class Walk:
    """A walk along the chain from *head* (after link number *last*).

    When it ends or finds a fault, its fields hold what it has seen. *anchors* are chain values by
    link number, as noted outside the database. Each of them must be met.
    """

    head: str = GENESIS
    last: int = 0
    anchors: Mapping[int, str] = field(default_factory=dict)
    steps: int = 0

    def first_fault(self, steps: Iterable[ChainStep]) -> ChainFault | None:
        """Return the first fault among *steps* (in the order of their links), or None.

        It never holds more than two steps in memory.
        """
        ahead = sorted(number for number in self.anchors if number > self.last)
        passed = 0
        for step, following in _with_next(steps):
            kind = self._judge(step, following)
            if kind:
                return ChainFault(kind, step.event, step.link)
            if passed < len(ahead) and ahead[passed] < step.link:
                # Links that were noted are gone, and the chain went on from before them.
                return ChainFault(END_CUT, step.event, ahead[passed])
            while passed < len(ahead) and ahead[passed] == step.link:
                passed += 1
            self.head, self.last, self.steps = step.value, step.link, self.steps + 1
            if self.anchors.get(step.link, step.value) != step.value:
                return ChainFault(REWRITTEN, step.event, step.link)
        return ChainFault(END_CUT, None, ahead[passed]) if passed < len(ahead) else None

    def _judge(self, step: ChainStep, following: ChainStep | None) -> str:
        if step.stored is None:
            return ROW_MISSING
        if step.computed != step.stored:
            return ROW_CHANGED
        expected = next_link(self.head, step.stored)
        if step.value == expected:
            return ""
        gap = step.link - self.last > 1
        if following is None or following.stored is None:
            return ROW_MISSING if gap else LINK_CHANGED
        if next_link(self.head, following.stored) in (step.value, following.value):
            return ORDER_CHANGED
        if following.value == next_link(step.value, following.stored):
            # What comes after fits this value: it is the old one. So something before it is gone,
            # or row and digest were rewritten.
            return ROW_MISSING if gap else ROW_CHANGED
        return (
            LINK_CHANGED
            if not gap or following.value == next_link(expected, following.stored)
            else ROW_MISSING
        )


def _with_next(steps: Iterable[ChainStep]) -> Iterator[tuple[ChainStep, ChainStep | None]]:
    held: ChainStep | None = None
    for step in steps:
        if held is not None:
            yield held, step
        held = step
    if held is not None:
        yield held, None

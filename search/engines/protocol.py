"""What an engine takes and gives. Everything above speaks these few shapes, so the two engines
answer alike.

Fields of an indexed document (all tokens made by `search.analysis`, whitespace between them):

| field | tokens | order kept | |---|---|---| | `title` | the title | yes | | `alias` | keywords and
other names | yes | | `text` | title, keywords, codes, summary, body | yes | | `title_chars`,
`chars` | single characters, parts of mixed words | no | | `pinyin` | readings of title and
keywords, from each character on | no | | `code` | codes without hyphens | no | | `whole`,
`whole_alias` | title, each keyword: letters, digits and Chinese only, as one token | no | | `kind`,
`access`, `facets` | exact values; a facet as `name=value` | no |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

# Raise when fields or their analysis change: indexes of another version are rebuilt, not read.
SCHEMA_VERSION = 2
PHRASE_FIELDS = ("title", "alias", "text")
BAG_FIELDS = ("title_chars", "chars", "pinyin", "code")
VALUE_FIELDS = ("kind", "access", "facets", "whole", "whole_alias")
MAX_FACET_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Indexed:
    """One document ready for an engine. `payload` is stored and returned unchanged, `stamp` is a
    digest of everything else.
    """

    id: str
    kind: str
    fields: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    day: int
    payload: Mapping[str, Any]
    stamp: str


class QueryNode:
    """A condition."""


@dataclass(frozen=True, slots=True)
class Everything(QueryNode):
    """Any document."""


@dataclass(frozen=True, slots=True)
class Term(QueryNode):
    """The condition that *token* occurs in *field*."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class OneOf(QueryNode):
    """The condition that one of *tokens* occurs in *field*."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern(QueryNode):
    """A token of *field* matches *pattern* whole. The pattern may use letters and digits, `.`,
    `|`, `(`, `)` and `*` only.
    """

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Phrase(QueryNode):
    """The condition that *tokens* occur in *field* one after the other."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All(QueryNode):
    """Every one of *nodes* holds."""

    nodes: tuple[QueryNode, ...]


@dataclass(frozen=True, slots=True)
class Some(QueryNode):
    """At least one of *nodes* holds."""

    nodes: tuple[QueryNode, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A question, with what must hold (no score), what adds points, and which facets narrow it.

    `kinds` narrows the hits but not the counts of kinds, so each chip can say what it would show.
    """

    must: QueryNode
    points: Sequence[tuple[QueryNode, float]] = ()
    weighed: QueryNode | None = None  # scored by the engine's own BM25, for order within a tier
    access: tuple[str, ...] | None = None  # None: no restriction (superuser)
    kinds: tuple[str, ...] = ()
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    offset: int = 0
    size: int = 20
    count: bool = True

    def filters(self, *, kinds: bool = True) -> list[QueryNode]:
        """Return the conditions that narrow, the access filter first."""
        out: list[QueryNode] = []
        if self.access is not None:
            out.append(OneOf("access", self.access))
        out += [
            OneOf("facets", tuple(f"{name}={value}" for value in values))
            for name, values in self.facets
        ]
        if kinds and self.kinds:
            out.append(OneOf("kind", self.kinds))
        return out


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """An answer of an engine, with the stored payloads in order, the total number, and the number
    of documents for each kind and for each `name=value` facet.
    """

    payloads: tuple[Mapping[str, Any], ...] = ()
    total: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, int] = field(default_factory=dict)


# Gives batches of documents; called when the engine is ready to take them, and again if it must
# begin anew.
Batches = Callable[[], Iterable[Sequence[Indexed]]]


class Engine(Protocol):
    """An index that can be asked, written and rebuilt. Every method may raise `EngineDown`, every
    writing one `EngineBusy`.
    """

    name: str

    def search(self, request: Request) -> EngineAnswer:
        """Answer *request*."""

    def write(self, documents: Sequence[Indexed], gone: Sequence[str], *, version: int) -> None:
        """Put *documents* in and take the ids *gone* out, durable and visible on return.

        *version* is a time in ns taken before the rows were read: an older reading never replaces a
        newer one.
        """

    def rebuild(self, batches: Batches) -> int:
        """Build a new index from *batches* beside the old one, change over in one step, and return
        the number of documents.
        """

    def version(self) -> int | None:
        """Return the `SCHEMA_VERSION` the index was built with, None where there is no index."""

    def stamps(self) -> dict[str, str]:
        """Return the stamp of every document by id (for the drift check)."""

    def close(self) -> None:
        """Release handles. The next call opens them again."""

"""Use Elasticsearch 8 through `elasticsearch.dsl`. Any stock cluster will do, because the analysis
is ours and Elasticsearch only splits at spaces.

Readers use the alias `<prefix>-search`. A rebuild fills a new index under the alias
`<prefix>-search-next`, which takes every flush of that time as well, and then swaps. Documents
carry the time their row was read as external version. The latest reading wins on both, whatever the
order of arrival, so workers on many hosts need no lock.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.dsl import Index, Q, Search
from elasticsearch.dsl import Mapping as DslMapping
from elasticsearch.dsl.query import Query
from elasticsearch.helpers import scan, streaming_bulk

from core import clock
from search.engines.protocol import (
    BAG_FIELDS,
    MAX_FACET_VALUES,
    PHRASE_FIELDS,
    SCHEMA_VERSION,
    VALUE_FIELDS,
    All,
    Batches,
    EngineAnswer,
    Everything,
    Indexed,
    OneOf,
    Pattern,
    Phrase,
    QueryNode,
    Request,
    Some,
    Term,
)
from search.errors import EngineBusy, EngineDown

ASK_SECONDS = 5
WRITE_SECONDS = 60
STALE_BUILD_SECONDS = 6 * 3600  # a rebuild that died is cleared away by the next one after this


def _mapping() -> DslMapping:
    mapping = DslMapping()
    mapping.meta("dynamic", "strict")
    mapping.meta("_meta", params={"version": SCHEMA_VERSION})
    for name in PHRASE_FIELDS:
        mapping.field(name, "text", analyzer="whitespace", index_options="positions")
    for name in BAG_FIELDS:
        mapping.field(name, "text", analyzer="whitespace", index_options="docs", norms=False)
    for name in VALUE_FIELDS:
        mapping.field(name, "keyword", doc_values=name in {"kind", "facets"})
    mapping.field("day", "long")
    mapping.field("stamp", "keyword", index=False, doc_values=True)
    mapping.field("payload", "object", enabled=False)
    return mapping


class ElasticEngine:
    """The engine used in production."""

    name = "elasticsearch"

    def __init__(self, url: str, prefix: str) -> None:
        self.url = url
        self.alias = f"{prefix}-search"
        self.next = f"{prefix}-search-next"
        self._client: Elasticsearch | None = None

    @property
    def client(self) -> Elasticsearch:
        """The connection of this process."""
        if self._client is None:
            self._client = Elasticsearch(
                self.url, request_timeout=ASK_SECONDS, max_retries=1, retry_on_timeout=False
            )
        return self._client

    @property
    def patient(self) -> Elasticsearch:
        """The same connection for work on whole indexes, which a busy cluster takes its time over."""
        return self.client.options(request_timeout=WRITE_SECONDS)

    def close(self) -> None:
        """Close the connections. The next call opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    # -- reading

    def search(self, request: Request) -> EngineAnswer:
        """Answer *request*."""
        must = Q(
            "bool",
            filter=[_compiled(node) for node in [request.must, *request.filters(kinds=False)]],
        )
        scored = [
            Q("constant_score", filter=_compiled(node), boost=points)
            for node, points in request.points
        ]
        if request.weighed is not None:
            scored.append(_compiled(request.weighed))
        search = Search(using=self.client, index=self.alias).query(
            Q("bool", filter=[must], should=scored)
        )
        if request.kinds:
            search = search.post_filter(_compiled(OneOf("kind", request.kinds)))
        search = search.sort(*(["_score", "-day"] if scored else ["-day"])).source(["payload"])
        search = search.extra(track_total_hits=True)[request.offset : request.offset + request.size]
        if request.count:
            search.aggs.bucket("kinds", "terms", field="kind", size=MAX_FACET_VALUES)
            narrowed = search.aggs.bucket(
                "narrow",
                "filter",
                filter=_compiled(OneOf("kind", request.kinds)) if request.kinds else Q("match_all"),
            )
            narrowed.bucket("facets", "terms", field="facets", size=MAX_FACET_VALUES)
        with _away_is_down():
            try:
                answer = search.execute().to_dict()
            except NotFoundError:
                return EngineAnswer()  # never built: nothing to find
        payloads = tuple(hit["_source"]["payload"] for hit in answer["hits"]["hits"])
        total = answer["hits"]["total"]["value"]
        if not request.count:
            return EngineAnswer(payloads, total)
        groups = answer["aggregations"]
        return EngineAnswer(
            payloads, total, _counts(groups["kinds"]), _counts(groups["narrow"]["facets"])
        )

    def version(self) -> int | None:
        """Return the version of the index behind the alias, None where there is none."""
        with _away_is_down():
            try:
                held = self.client.indices.get_mapping(index=self.alias)
            except NotFoundError:
                return None
        return min(
            int(index["mappings"].get("_meta", {}).get("version", 0)) for index in held.values()
        )

    def stamps(self) -> dict[str, str]:
        """Return the stamp of every document by id."""
        with _away_is_down():
            try:
                return {
                    hit["_id"]: hit["_source"]["stamp"]
                    for hit in scan(self.client, index=self.alias, _source=["stamp"], size=5000)
                }
            except NotFoundError:
                return {}

    # -- writing

    def write(self, documents: Sequence[Indexed], gone: Sequence[str], *, version: int) -> None:
        """Write to the index in use, and to the one being built if there is one."""
        with _away_is_down():
            if not self.client.indices.exists_alias(name=self.alias):
                self._create_first()
            # The one being built first: if the aliases are swapped in between, the second write
            # reaches it under its new name.
            if self.client.indices.exists_alias(name=self.next):
                self._bulk(self.next, documents, gone, version, refresh=True)
            self._bulk(self.alias, documents, gone, version, refresh=True)

    def rebuild(self, batches: Batches) -> int:
        """Fill a new index and swap the alias. A second rebuild at the same time is refused with
        `EngineBusy`.
        """
        with _away_is_down():
            self._clear_stale()
            name = self._create(self.next)
        count = 0
        try:
            rows = iter(batches())
            while True:
                version = time.time_ns()  # before the rows of this batch are read
                documents = next(rows, None)
                if documents is None:
                    break
                with _away_is_down():
                    self._bulk(name, documents, (), version, refresh=False)
                count += len(documents)
            with _away_is_down():
                self.patient.indices.refresh(index=name)
                old = (
                    list(self.client.indices.get_alias(name=self.alias))
                    if self.client.indices.exists_alias(name=self.alias)
                    else []
                )
                actions: list[Any] = [
                    {"remove": {"index": index, "alias": self.alias}} for index in old
                ]
                actions += [
                    {"remove": {"index": name, "alias": self.next}},
                    {"add": {"index": name, "alias": self.alias, "is_write_index": True}},
                ]
                self.patient.indices.update_aliases(actions=actions)
        except BaseException:
            with _away_is_down(quiet=True):
                self._drop(name)
            raise
        with _away_is_down(quiet=True):
            for index in old:
                self._drop(index)
        return count

    def _drop(self, name: str) -> None:
        self.patient.indices.delete(index=name, ignore_unavailable=True)

    def _create(self, alias: str) -> str:
        """Create an empty index behind *alias* and return its name."""
        name = f"{self.alias}-{int(clock.timestamp())}-{uuid.uuid4().hex[:8]}"
        index = Index(name, using=self.patient)
        # gc_deletes: a deletion during a long rebuild must still outrank an older reading that
        # arrives later.
        index.settings(number_of_shards=1, auto_expand_replicas="0-1", gc_deletes="2h")
        index.mapping(_mapping())
        index.aliases(
            **{alias: {"is_write_index": True}}
        )  # in the same step: of two workers that begin at once, one is refused
        try:
            index.create()
        except TransportError:
            # It may come into being after we stopped waiting, and would pass for a rebuild that
            # runs.
            with _away_is_down(quiet=True):
                self._drop(name)
            raise
        return name

    def _create_first(self) -> None:
        """Create the first index, unless another worker did so a moment ago."""
        try:
            self._create(self.alias)
        except BadRequestError:
            if not self.client.indices.exists_alias(name=self.alias):
                raise

    def _clear_stale(self) -> None:
        """Remove what a dead rebuild left, and refuse while a live one runs."""
        if not self.client.indices.exists_alias(name=self.next):
            return
        for index in list(self.client.indices.get_alias(name=self.next)):
            age = clock.timestamp() - int(index.split("-")[-2])
            if age < STALE_BUILD_SECONDS:
                raise EngineBusy("the index is being rebuilt")
            self._drop(index)

    def _bulk(
        self,
        target: str,
        documents: Sequence[Indexed],
        gone: Sequence[str],
        version: int,
        *,
        refresh: bool,
    ) -> None:
        def actions() -> Iterator[dict[str, Any]]:
            common: dict[str, Any] = {
                "_index": target,
                "version": version,
                "version_type": "external_gte",
            }
            if target in {self.alias, self.next}:
                common["require_alias"] = (
                    True  # a missing one must not come into being as an index of that name
                )
            for document in documents:
                body: dict[str, Any] = {
                    **document.fields,
                    **{name: list(values) for name, values in document.values.items()},
                }
                body |= {"day": document.day, "stamp": document.stamp, "payload": document.payload}
                yield {**common, "_op_type": "index", "_id": document.id, "_source": body}
            for doc_id in gone:
                yield {**common, "_op_type": "delete", "_id": doc_id}

        for fine, item in streaming_bulk(
            self.patient, actions(), raise_on_error=False, refresh=refresh
        ):
            ((deed, answer),) = item.items()
            status = answer["status"]
            # 409: a newer reading is there already. 404: gone before, or the index being built has
            # just changed its name.
            expected = status == 409 or (
                status == 404 and (deed == "delete" or target == self.next)
            )
            if not fine and not expected:
                raise EngineDown(f"the cluster refused a document with status {status}")


def _compiled(node: QueryNode) -> Query:
    match node:
        case Everything():
            return Q("match_all")
        case Term(field, token):
            return Q("term", **{field: token})
        case OneOf(field, tokens):
            return Q("terms", **{field: list(tokens)})
        case Pattern(field, pattern):
            return Q("regexp", **{field: {"value": pattern, "flags": "NONE"}})
        case Phrase(field, tokens):
            if len(tokens) == 1:
                return Q("term", **{field: tokens[0]})
            return Q(
                "match_phrase", **{field: {"query": " ".join(tokens), "analyzer": "whitespace"}}
            )
        case All(nodes):
            return Q("bool", must=[_compiled(part) for part in nodes])
        case Some(nodes):
            return Q("bool", should=[_compiled(part) for part in nodes], minimum_should_match=1)
    raise TypeError(node)


def _counts(group: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in group["buckets"]}


@contextmanager
def _away_is_down(*, quiet: bool = False) -> Iterator[None]:
    """Turn the failure of a cluster that is away or refuses into `EngineDown`. With *quiet*,
    ignore it.
    """
    try:
        yield
    except (TransportError, ApiError) as error:
        if not quiet:
            raise EngineDown("Elasticsearch doesn't answer") from error

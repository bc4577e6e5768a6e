"""Use Tantivy on disk, with an index folder on this host, one writer at a time, and any number of
readers.

`current.json` names the index folder in use, so a rebuild changes over by replacing one small file.
A writer holds `write.lock` (released by the operating system when its process dies) and Tantivy's
own lock besides. The index can't be shared between hosts.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import tantivy
from tantivy import Query

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

FLUSH_HEAP = 32_000_000  # bytes; the writer of a few documents
REBUILD_HEAP = 128_000_000
TIE_MARGIN = 200
Answer = TypeVar("Answer")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stamp", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("payload", stored=True, tokenizer_name="raw", index_option="basic")
    for name in PHRASE_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in BAG_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in VALUE_FIELDS:
        builder.add_text_field(
            name, tokenizer_name="raw", index_option="basic", fast=name in {"kind", "facets"}
        )
    builder.add_unsigned_field("day", fast=True, indexed=True)
    return builder.build()


class TantivyEngine:
    """The engine used in the embedded form."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schema = _schema()
        self._open: tuple[str, tantivy.Index] | None = None
        self._guard = threading.Lock()

    # -- reading

    def search(self, request: Request) -> EngineAnswer:
        """Answer *request* from what is committed now."""
        return self._asked(lambda searcher: self._found(searcher, request), EngineAnswer())

    def stamps(self) -> dict[str, str]:
        """Return the stamp of every document by id."""

        def read(searcher: tantivy.Searcher) -> dict[str, str]:
            hits = searcher.search(Query.all_query(), limit=max(searcher.num_docs, 1)).hits
            documents = (searcher.doc(address) for _, address in hits)
            return {document["id"][0]: document["stamp"][0] for document in documents}

        return self._asked(read, {})

    def version(self) -> int | None:
        """Return the version of the index in use, None before the first."""
        pointer = self._pointer()
        return None if pointer is None else int(pointer["version"])

    def close(self) -> None:
        """Close the open index."""
        with self._guard:
            self._open = None

    def _pointer(self) -> dict[str, Any] | None:
        try:
            return dict(json.loads((self.folder / "current.json").read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise EngineDown("the search folder can't be read") from error

    def _asked(self, question: Callable[[tantivy.Searcher], Answer], nothing: Answer) -> Answer:
        """Ask the committed index, or return *nothing* where none was ever built. It asks once
        more if the index was replaced meanwhile.
        """
        for attempt in (1, 2):
            pointer = self._pointer()
            if pointer is None:
                return nothing
            if pointer["version"] != SCHEMA_VERSION:
                raise EngineDown("the index is of another version; run rebuild_index")
            try:
                with self._guard:
                    if self._open is None or self._open[0] != pointer["folder"]:
                        self._open = (
                            pointer["folder"],
                            tantivy.Index.open(str(self.folder / pointer["folder"])),
                        )
                    self._open[
                        1
                    ].reload()  # a searcher doesn't see commits of other processes by itself
                    searcher = self._open[1].searcher()
                return question(searcher)
            except (ValueError, OSError) as error:
                self.close()
                if attempt == 2:
                    raise EngineDown("the index can't be read; run rebuild_index") from error
        raise AssertionError  # the loop returns or raises

    def _found(self, searcher: tantivy.Searcher, request: Request) -> EngineAnswer:
        must = [
            (tantivy.Occur.Must, Query.const_score_query(self._compiled(node), 0.0))
            for node in [request.must, *request.filters(kinds=False)]
        ]
        everywhere = Query.boolean_query(must)
        narrow = everywhere
        if request.kinds:
            narrow = Query.boolean_query(
                [
                    (tantivy.Occur.Must, everywhere),
                    (tantivy.Occur.Must, self._silent(OneOf("kind", request.kinds))),
                ]
            )
        scored = [(tantivy.Occur.Must, narrow)]
        scored += [
            (tantivy.Occur.Should, Query.const_score_query(self._compiled(node), points))
            for node, points in request.points
        ]
        if request.weighed is not None:
            scored.append((tantivy.Occur.Should, self._compiled(request.weighed)))
        if request.points or request.weighed:
            # Tantivy leaves equal scores in the order of its files. The newer first is sorted here,
            # with a margin for the page's end.
            answer = searcher.search(
                Query.boolean_query(scored), limit=request.offset + request.size + TIE_MARGIN
            )
            days = searcher.fast_field_values("day", [address for _, address in answer.hits])
            ordered = sorted(
                zip(answer.hits, days, strict=True), key=lambda hit: (-hit[0][0], -(hit[1] or 0))
            )
            addresses = [
                hit[1] for hit, _ in ordered[request.offset : request.offset + request.size]
            ]
        else:
            answer = searcher.search(
                narrow, limit=request.size, offset=request.offset, order_by_field="day"
            )
            addresses = [address for _, address in answer.hits]
        payloads = tuple(json.loads(searcher.doc(address)["payload"][0]) for address in addresses)
        total = int(getattr(answer, "count", 0) or 0)
        if not request.count:
            return EngineAnswer(payloads, total)
        terms = {"terms": {"field": "facets", "size": MAX_FACET_VALUES}}
        kinds = {"terms": {"field": "kind", "size": MAX_FACET_VALUES}}
        if request.kinds:
            counted = searcher.aggregate(everywhere, {"kinds": kinds}) | searcher.aggregate(
                narrow, {"facets": terms}
            )
        else:
            counted = searcher.aggregate(everywhere, {"kinds": kinds, "facets": terms})
        buckets = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in counted[name]["buckets"]}
            for name in ("kinds", "facets")
        }
        return EngineAnswer(payloads, total, buckets["kinds"], buckets["facets"])

    def _silent(self, node: QueryNode) -> Query:
        return Query.const_score_query(self._compiled(node), 0.0)

    def _compiled(self, node: QueryNode) -> Query:
        match node:
            case Everything():
                return Query.all_query()
            case Term(field, token):
                return Query.term_query(
                    self._schema,
                    field,
                    token,
                    index_option="freq" if field in PHRASE_FIELDS else "basic",
                )
            case OneOf(field, tokens):
                return Query.term_set_query(self._schema, field, list(tokens))
            case Pattern(field, pattern):
                return Query.regex_query(self._schema, field, pattern)
            case Phrase(field, tokens):
                if len(tokens) == 1:  # Tantivy panics on a phrase of one word
                    return self._compiled(Term(field, tokens[0]))
                return Query.phrase_query(self._schema, field, list(tokens))
            case All(nodes):
                return Query.boolean_query(
                    [(tantivy.Occur.Must, self._compiled(part)) for part in nodes]
                )
            case Some(nodes):
                return Query.boolean_query(
                    [(tantivy.Occur.Should, self._compiled(part)) for part in nodes]
                )
        raise TypeError(node)

    # -- writing

    def write(self, documents: Sequence[Indexed], gone: Sequence[str], *, version: int) -> None:
        """Write in one commit. Raises `EngineBusy` while another process writes."""
        with self._writing():
            pointer = self._pointer()
            if pointer is None:
                pointer = {"folder": self._fresh_folder(), "version": SCHEMA_VERSION}
                with _damage_is_down():
                    tantivy.Index(self._schema, path=str(self.folder / pointer["folder"]))
                self._point(pointer["folder"])
            if pointer["version"] != SCHEMA_VERSION:
                raise EngineDown("the index is of another version; run rebuild_index")
            self._fill(pointer["folder"], FLUSH_HEAP, [documents], gone)

    def rebuild(self, batches: Batches) -> int:
        """Build a new folder, then point to it. Writers wait meanwhile, and their work stays in
        the outbox.
        """
        with self._writing():
            name = self._fresh_folder()
            try:
                count = self._fill(name, REBUILD_HEAP, batches(), (), fresh=True)
            except BaseException:
                shutil.rmtree(self.folder / name, ignore_errors=True)
                raise
            before = self._pointer_or_none()
            self._point(name)
            # The folder before this one stays for readers that opened it a moment ago; older ones
            # go.
            keep = {name, before["folder"] if before else ""}
            for old in self.folder.glob("index-*"):
                if old.name not in keep:
                    shutil.rmtree(old, ignore_errors=True)
        return count

    def _fill(
        self,
        folder: str,
        heap: int,
        batches: Iterable[Sequence[Indexed]],
        gone: Sequence[str],
        *,
        fresh: bool = False,
    ) -> int:
        """Write *batches* into the index in *folder* and remove *gone*, in one commit, all or
        nothing.
        """
        with _damage_is_down():
            path = str(self.folder / folder)
            index = tantivy.Index(self._schema, path=path) if fresh else tantivy.Index.open(path)
            writer = index.writer(heap_size=heap, num_threads=1)
        count = 0
        try:
            for documents in batches:  # reads rows: its errors are not the index's
                with _damage_is_down():
                    for document in documents:
                        if not fresh:
                            writer.delete_documents_by_term("id", document.id)
                        writer.add_document(self._document(document))
                        count += 1
            with _damage_is_down():
                for doc_id in gone:
                    writer.delete_documents_by_term("id", doc_id)
                writer.commit()
        except BaseException:
            with contextlib.suppress(ValueError):
                writer.rollback()
            raise
        finally:
            with contextlib.suppress(ValueError):
                writer.wait_merging_threads()  # gives Tantivy's lock back
        return count

    @staticmethod
    def _document(document: Indexed) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("id", document.id)
        made.add_text("stamp", document.stamp)
        made.add_text(
            "payload", json.dumps(document.payload, ensure_ascii=False, separators=(",", ":"))
        )
        for name, text in document.fields.items():
            if text:
                made.add_text(name, text)
        for name, values in document.values.items():
            for value in values:
                made.add_text(name, value)
        made.add_unsigned(
            "day", document.day
        )  # a keyword argument would add a signed number, which kills the writer's thread
        return made

    def _fresh_folder(self) -> str:
        name = f"index-{uuid.uuid4().hex}"
        (self.folder / name).mkdir(parents=True)
        return name

    def _pointer_or_none(self) -> dict[str, Any] | None:
        with contextlib.suppress(EngineDown):
            return self._pointer()
        return None

    def _point(self, name: str) -> None:
        """Make *name* the index in use, durably and in one step."""
        fresh = self.folder / f"current.{os.getpid()}.tmp"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"folder": name, "version": SCHEMA_VERSION}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / "current.json")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock of this folder. Raises `EngineBusy` at once when another process
        (or thread) has it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / "write.lock").open("w", encoding="utf-8")
        except OSError as error:
            raise EngineDown("the search folder can't be written") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineBusy("another process is writing to the index") from error
            yield


@contextlib.contextmanager
def _damage_is_down() -> Iterator[None]:
    """Turn Tantivy's errors (all `ValueError`) into ours."""
    try:
        yield
    except (ValueError, OSError) as error:
        if "LockBusy" in str(error):
            raise EngineBusy("another process is writing to the index") from error
        raise EngineDown("the index can't be written") from error

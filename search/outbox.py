"""Keep the index up to date. Changes are noted in their own transaction and written to the index
in batches afterwards.

A flush reads the rows again, so the order of changes and repeats don't matter, and a crash at any
point leaves the notes for the next flush.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import override

from core import clock
from search import registry
from search.engines import get_search_engine
from search.engines.protocol import SCHEMA_VERSION
from search.models import Pending

if TYPE_CHECKING:
    from search.base import Document
    from search.engines.protocol import Indexed

log = structlog.get_logger("craftpath.search")
BATCH = 500
PATIENCE = timedelta(seconds=3)
KEY_LENGTH = 64


def queue_changed_documents(
    what: models.Model | models.QuerySet[Any] | Iterable[models.Model],
) -> None:
    """Note in the caller's transaction that *what* changed. Models without a document are skipped."""
    if isinstance(what, models.QuerySet):
        kinds = [document.kind for document in registry.for_model(what.model)]
        if kinds:
            keys = what.order_by().values_list("pk", flat=True)
            queue_document_keys(
                (kind, pk) for pk in keys.iterator(chunk_size=2000) for kind in kinds
            )
        return
    rows = [what] if isinstance(what, models.Model) else what
    queue_document_keys(
        (document.kind, row.pk) for row in rows for document in registry.for_model(type(row))
    )


def queue_document_keys(pairs: Iterable[tuple[str, Any]]) -> None:
    """Note *pairs* of kind and key, and schedule a flush for when the transaction commits."""
    rows = [Pending(kind=kind, object_pk=str(pk)[:KEY_LENGTH]) for kind, pk in pairs]
    if not rows:
        return
    Pending.objects.bulk_create(rows, batch_size=1000)
    schedule_flush()


def schedule_flush() -> None:
    """Start a flush after commit, once for a transaction. A broker that is away is no error,
    because the sweeper starts one again.
    """
    connection = transaction.get_connection()
    if not any(function is _ring_now for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(_ring_now, robust=True)


def _ring_now() -> None:
    from search.tasks import flush as task  # slow import: tasks import this module

    task.delay()


@dataclass(frozen=True, slots=True)
class Flushed:
    """The outcome of one flush, which is the numbers of documents written, documents removed and
    notes left.
    """

    written: int = 0
    removed: int = 0
    left: int = 0


def flush_outbox(*, limit: int = 20_000) -> Flushed:
    """Write what is noted to the index, at most *limit* notes. Raises `EngineBusy` or `EngineDown`
    with the notes kept.

    An index of another version (after an upgrade) is rebuilt first.
    """
    written = removed = done = 0
    if not Pending.objects.exists():
        return Flushed()
    if get_search_engine().version() not in {None, SCHEMA_VERSION}:
        rebuild_search_index()
    while done < limit:
        version = time.time_ns()  # before anything is read: see `Engine.write`
        notes = list(Pending.objects.order_by("pk").values_list("pk", "kind", "object_pk")[:BATCH])
        if not notes:
            break
        documents, gone = read_documents((kind, key) for _, kind, key in notes)
        get_search_engine().write(documents, gone, version=version)
        Pending.objects.filter(pk__in=[pk for pk, _, _ in notes]).delete()
        written += len(documents)
        removed += len(gone)
        done += len(notes)
    return Flushed(written, removed, Pending.objects.count())


def is_flush_overdue() -> bool:
    """Say whether a note has waited so long that its own flush must have been lost. The sweeper
    asks this.
    """
    return Pending.objects.filter(touched_at__lt=clock.now() - PATIENCE).exists()


def read_documents(pairs: Iterable[tuple[str, str]]) -> tuple[list[Indexed], list[str]]:
    """Read rows as they are now, and return the documents to write and the ids of those that no
    longer belong in the index.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for kind, key in pairs:
        wanted[kind].add(key)
    documents: list[Indexed] = []
    for kind, keys in wanted.items():
        document = registry.get_registered_document(kind)
        if document is not None:
            documents += build_documents(document, document.queryset().filter(pk__in=keys))
    here = {document.id for document in documents}
    gone = sorted(
        f"{kind}:{key}"
        for kind, keys in wanted.items()
        for key in keys
        if f"{kind}:{key}" not in here
    )
    return documents, gone


def build_documents(document: Document[Any], rows: Iterable[models.Model]) -> list[Indexed]:
    """Return *rows* as documents. A row that can't be read is left out and logged, because it must
    not stop the others.
    """
    out = []
    for row in rows:
        try:
            with override(settings.LANGUAGE_CODE):
                out.append(document.indexed(row))
        except Exception:
            log.exception("document_unreadable", kind=document.kind, pk=str(row.pk))
    return out


def iterate_all_documents() -> Iterator[list[Indexed]]:
    """Yield all documents of all kinds in batches. Each batch is read when it is needed."""
    for document in registry.list_registered_documents():
        last: Any = None
        while True:
            rows = document.queryset().order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows[:BATCH])
            if not batch:
                break
            last = batch[-1].pk
            yield build_documents(document, batch)


def count_all_rows() -> int:
    """Return how many rows `iterate_all_documents` reads."""
    return sum(document.queryset().count() for document in registry.list_registered_documents())


def rebuild_search_index(
    *, watch: Callable[[Iterable[list[Indexed]]], Iterable[list[Indexed]]] = iter
) -> int:
    """Build a new index beside the old one, change over, and return the number of documents.
    *watch* may show progress.
    """
    return get_search_engine().rebuild(lambda: watch(iterate_all_documents()))


@dataclass(frozen=True, slots=True)
class IndexDrift:
    """How the index differs from the rows, with the ids it lacks, the ids it has too many, and the
    ids it holds in an older state.
    """

    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self.missing or self.surplus or self.stale)


def compare_index(
    *, watch: Callable[[Iterable[list[Indexed]]], Iterable[list[Indexed]]] = iter
) -> IndexDrift:
    """Compare the index with the rows, leaving out what the outbox still holds."""
    held = get_search_engine().stamps()
    right = {
        document.id: document.stamp
        for batch in watch(iterate_all_documents())
        for document in batch
    }
    noted = {
        f"{kind}:{key}" for kind, key in Pending.objects.values_list("kind", "object_pk").distinct()
    }
    return IndexDrift(
        missing=tuple(sorted(right.keys() - held.keys() - noted)),
        surplus=tuple(sorted(held.keys() - right.keys() - noted)),
        stale=tuple(
            sorted(one for one in right.keys() & held.keys() - noted if right[one] != held[one])
        ),
    )


def queue_index_repair(found: IndexDrift) -> None:
    """Note everything that *found* lists. The next flush puts it right."""
    written = (*found.missing, *found.surplus, *found.stale)
    keys = (one.partition(":") for one in written)
    queue_document_keys((kind, key) for kind, _colon, key in keys)

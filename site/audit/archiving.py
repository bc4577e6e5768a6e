"""Archive files, into which old rows leave the database.

They are packed JSON lines with the chain values before, at and after every row. A file can be
verified alone, because `check_audit --archive FILE` needs no database. The database deletes the
rows only because an `Archive` row, whose content it has compared with the chain, covers them
(migration 0004). The chain goes on from that row's end value.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.core.files import File
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

import audit
from audit import rules
from audit.checking import find_chain_start
from audit.models import Archive, Event, Link
from audit.queries import keep_until
from audit.rules import ChainFault, ChainStep, Walk
from audit.workflows import COVERED, SEAL_LOCK, collect_covered_fields
from core import locks
from core.actors import Actor
from core.errors import DomainError

FORMAT = "craftpath-audit-1"
ROWS_A_FILE = 100_000
PIECE = 2000


@dataclass(frozen=True, slots=True)
class ArchiveProof:
    """What an archive file says and whether it holds.

    It has the number of rows, the first and last link, the chain values at the start and the end,
    and the first fault.
    """

    events: int
    first_link: int
    last_link: int
    start_value: str
    end_value: str
    fault: ChainFault | None


def count_archivable_events(now: datetime | None = None) -> int:
    """Return how many rows are old enough to be archived."""
    return Event.objects.filter(at__lt=keep_until(now), link__isnull=False).count()


@transaction.atomic
def archive_oldest_events(
    *, actor: Actor, limit: int = ROWS_A_FILE, now: datetime | None = None
) -> Archive | None:
    """Move the oldest rows, at most *limit* of them, into one file, and return its `Archive` row.

    It returns None if nothing is old enough. It walks along the chain and stops before the first
    row that is too young. A faulty chain is never archived.
    """
    locks.acquire_named_lock(SEAL_LOCK)
    start = find_chain_start()
    walk = Walk(head=start.head, last=start.last)
    with tempfile.TemporaryFile() as draft:
        written = _write(draft, walk, keep_until(now), limit)
        if written is None:
            return None
        first, oldest, newest = written
        draft.seek(0)
        digest = hashlib.file_digest(draft, "sha256").hexdigest()
        draft.seek(0)
        wanted = f"audit/{timezone.localtime(oldest):%Y-%m}-{first}-{walk.last}.jsonl.gz"
        # Written before the rows go: if the transaction fails after this, a file too many is left
        # and no row is lost.
        name = storages["private"].save(wanted, File(draft))
    row = Archive(
        first_link=first,
        last_link=walk.last,
        events=walk.steps,
        start_value=start.head,
        end_value=walk.head,
        oldest_at=oldest,
        newest_at=newest,
        name=name,
        sha256=digest,
    )
    row.save()
    links = Link.objects.filter(pk__lte=walk.last)
    events = Event.objects.filter(pk__in=links.values("event_id"))
    events._raw_delete(
        events.db
    )  # the database judges; Django's collector would load every row first
    links._raw_delete(links.db)
    audit.record(
        "audit.archived",
        actor=actor,
        target=row,
        after={
            "rows": row.events,
            "from": row.oldest_at,
            "to": row.newest_at,
            "name": row.name,
            "sha256": row.sha256,
        },
    )
    return row


def _write(
    draft: IO[bytes], walk: Walk, before: datetime, limit: int
) -> tuple[int, datetime, datetime] | None:
    """Write the rows older than *before* to *draft* while walking along them.

    Returns the first link and the oldest and newest moment, or None if there were no such rows.
    Raises `DomainError` if the chain has a fault.
    """
    moments: list[datetime] = []
    first = 0

    def lines(packed: Any) -> Iterator[ChainStep]:
        nonlocal first
        for link, value, row in _old_rows(walk.last, before, limit):
            stored, fields = row[1], row[2:]
            if not first:
                first = link
                head = {"format": FORMAT, "first_link": link, "start_value": walk.head}
                packed.write((json.dumps(head) + "\n").encode())
            said = dict(zip(COVERED, fields, strict=True)) | {
                "event": row[0],
                "digest": stored,
                "link": link,
                "value": value,
            }
            said["at"] = fields[0].isoformat()
            packed.write(
                (json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n").encode(
                    "utf-8", "surrogatepass"
                )
            )
            moments[:] = [min([*moments[:1], fields[0]]), max([*moments[1:], fields[0]])]
            yield ChainStep(
                link, value, row[0], stored, rules.event_digest(collect_covered_fields(*fields))
            )

    with gzip.GzipFile(fileobj=draft, mode="wb", mtime=0) as packed:
        fault = walk.first_fault(lines(packed))
    if fault is not None:
        raise DomainError(
            "audit_faulty",
            _(
                "The audit log has a problem at row %(event)s. Run check_audit and resolve "
                "the problem first. Nothing was archived."
            )
            % {"event": fault.event},
        )
    return (first, moments[0], moments[-1]) if first else None


def _old_rows(
    after: int, before: datetime, limit: int
) -> Iterator[tuple[int, str, tuple[Any, ...]]]:
    left = limit
    while left > 0:
        links = list(
            Link.objects.filter(pk__gt=after)
            .order_by("pk")
            .values_list("pk", "event_id", "value")[: min(PIECE, left)]
        )
        if not links:
            return
        rows = {
            row[0]: row
            for row in Event.objects.filter(pk__in=[one[1] for one in links]).values_list(
                "pk", "digest", *COVERED
            )
        }
        for pk, event, value in links:
            row = rows.get(event)
            if row is not None and row[2] >= before:
                return
            yield pk, value, row if row is not None else (event, None, *_EMPTY)
        after, left = links[-1][0], left - len(links)


_EMPTY = (
    datetime(1970, 1, 1, tzinfo=timezone.get_fixed_timezone(0)),
    "",
    None,
    "",
    "",
    "",
    None,
    None,
    "",
    "",
    None,
    "",
)


def verify_archive_file(source: BinaryIO) -> ArchiveProof:
    """Verify an archive file alone, each row against its digest and each link against the one
    before.

    Raises `ValueError` if it isn't an archive of the audit log.
    """
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        head = json.loads(next(iter(packed)))
        if head.get("format") != FORMAT:
            msg = "not an archive of the record"
            raise ValueError(msg)
        walk = Walk(head=str(head["start_value"]), last=int(head["first_link"]) - 1)
        fault = walk.first_fault(_steps(packed))
    return ArchiveProof(
        walk.steps, int(head["first_link"]), walk.last, str(head["start_value"]), walk.head, fault
    )


def _steps(packed: Any) -> Iterator[ChainStep]:
    for line in packed:
        said = json.loads(line)
        at = parse_datetime(said["at"])
        fields = [said[name] for name in COVERED]
        digest = rules.event_digest(collect_covered_fields(at, *fields[1:])) if at else ""
        yield ChainStep(said["link"], said["value"], said["event"], said["digest"], digest)


def compare_archive_file(path: Path) -> ChainFault | None:
    """Verify the file at *path*, compare it with its row in this database, and return the fault or
    None.

    A file of which this database has no row is only verified.
    """
    with path.open("rb") as source:
        try:
            proof = verify_archive_file(source)
        except (OSError, ValueError, KeyError, StopIteration, EOFError):
            return ChainFault(rules.ARCHIVE_CHANGED, name=path.name)
        source.seek(0)
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if proof.fault:
        return proof.fault
    row = Archive.objects.filter(first_link=proof.first_link).first()
    if row is None:
        return None
    same = (row.last_link, row.events, row.end_value, row.sha256) == (
        proof.last_link,
        proof.events,
        proof.end_value,
        digest,
    )
    return None if same else ChainFault(rules.ARCHIVE_CHANGED, None, proof.first_link, path.name)

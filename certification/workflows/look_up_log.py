"""Log look-ups by code without slowing the request down (ADR 38).

A line goes to a journal at once and a row to the database soon after, each exactly once.
"""

from __future__ import annotations

import os
import secrets
import threading
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import close_old_connections, transaction

from certification.models import Certificate, LookUp
from core.journal import Journal, read_lines

log = structlog.get_logger("craftpath.look_ups")
CHUNK = 500
WRITTEN_WITHIN_SECONDS = 60
TAKEN_OVER_AFTER_SECONDS = 10.0
_NOTHING = "-"


def open_look_up_journal() -> Journal:
    """Return the journal of this process."""
    return _journal_of(os.getpid(), settings.LOOK_UP_JOURNAL)


@cache
def _journal_of(_process: int, folder: Path) -> Journal:
    return Journal(folder)


def new_look_up_id(at: datetime) -> uuid.UUID:
    """Return a public identifier that tells when it was made (UUID version 7, RFC 9562).

    By it, a look-up that isn't a row yet can be told from one that was deleted.
    """
    milliseconds = int(at.timestamp() * 1000)
    return uuid.UUID(
        int=milliseconds << 80
        | 7 << 76
        | secrets.randbits(12) << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )


def is_look_up_being_written(public_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a look-up without a row may still be in the journal of another machine."""
    return (
        public_id.version == 7
        and 0 <= now.timestamp() * 1000 - (public_id.int >> 80) < WRITTEN_WITHIN_SECONDS * 1000
    )


def log_look_up(look_up: LookUp) -> None:
    """Log a look-up that isn't saved. It becomes a line of the journal, or a row if the disk takes
    no line.
    """
    fields = (
        look_up.public_id.hex,
        f"{look_up.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}",
        look_up.way,
        look_up.answer,
        str(look_up.certificate_id or _NOTHING),
        look_up.writing or _NOTHING,
        look_up.reference,
        look_up.address_hash or _NOTHING,
    )
    try:
        open_look_up_journal().append(" ".join(fields))
    except OSError as error:
        log.warning("look_up_kept_as_a_row", error=type(error).__name__)
        look_up.save(force_insert=True)
        return
    if settings.LOOK_UP_DRAIN_SECONDS > 0:
        _ring()


def drain_look_up_journal() -> int:
    """Turn the lines in the journal of this machine into rows, and return how many lines there
    were.

    Two processes that drain don't disturb each other. A segment is removed after its rows are
    committed, also if the caller has a transaction of its own. A process that dies between the two
    leaves the segment for the next one, which inserts no public identifier twice.
    """
    journal, drained = open_look_up_journal(), 0
    with journal.only_one_drains() as alone:
        if not alone:
            return 0
        for path in journal.seal():
            lines, damaged = read_lines(path)
            rows = [row for row in map(_row_of, lines) if row is not None]
            for begin in range(0, len(rows), CHUNK):
                _insert_once(rows[begin : begin + CHUNK])
            if damaged or len(rows) < len(lines):
                log.warning(
                    "look_ups_not_readable",
                    segment=path.name,
                    lines=damaged + len(lines) - len(rows),
                )
            transaction.on_commit(partial(path.unlink, missing_ok=True))
            drained += len(rows)
    return drained


def _row_of(line: str) -> LookUp | None:
    try:
        public_id, at, way, answer, certificate, writing, reference, hashed = line.split(" ")
        return LookUp(
            public_id=uuid.UUID(public_id),
            at=datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC),
            way=way,
            answer=answer,
            certificate_id=None if certificate == _NOTHING else int(certificate),
            writing="" if writing == _NOTHING else writing,
            reference=reference,
            address_hash="" if hashed == _NOTHING else hashed,
        )
    except ValueError:
        return None


@transaction.atomic
def _insert_once(rows: Iterable[LookUp]) -> None:
    rows = list(rows)
    there = set(
        Certificate.objects.filter(pk__in={row.certificate_id for row in rows}).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        if row.certificate_id not in there:
            row.certificate_id = None
    LookUp.objects.bulk_create(rows, ignore_conflicts=True)


def has_overdue_look_ups() -> bool:
    """Say whether there are lines that their web process should have drained. This is what the
    sweeper asks.

    That process died, or nothing drains there.
    """
    return open_look_up_journal().has_lines(older_than=TAKEN_OVER_AFTER_SECONDS)


class _Drainer:
    """A thread of a web process that drains shortly after something was written. It sleeps while
    nothing is.
    """

    def __init__(self) -> None:
        self.written = threading.Event()
        threading.Thread(target=self._loop, name="craftpath-look-ups", daemon=True).start()

    def _loop(self) -> None:
        pause = threading.Event()
        while self.written.wait():
            pause.wait(settings.LOOK_UP_DRAIN_SECONDS)
            self.written.clear()
            try:
                close_old_connections()
                drain_look_up_journal()
            except Exception as error:  # noqa: BLE001 - the journal keeps the lines; the next turn, or a worker, takes them
                log.warning("look_ups_not_drained", error=type(error).__name__)
                self.written.set()
            finally:
                close_old_connections()


@cache
def _drainer_of(_process: int) -> _Drainer:
    return _Drainer()


def _ring() -> None:
    _drainer_of(os.getpid()).written.set()

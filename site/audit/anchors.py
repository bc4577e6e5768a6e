"""Anchors of the hash chain, which note its head outside the database.

Each is a line of JSON in a file that the database's users can't reach. Anybody who cuts off the end
of the chain, or rewrites it whole, can't make it fit what was noted here. The same is written to
the log (which goes where the operator collects logs) and to the printable head certificate, so
paper is the third copy.

A second file beside it holds the newest head alone. It is replaced after every sealing, which is a
minute after the event at the latest. After a backup is restored the files are ahead of the
database. Move both aside, keep them, and let the next check begin new ones.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog
from django.conf import settings
from django.utils.dateparse import parse_datetime

from core import clock

log = structlog.get_logger("craftpath.audit")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One note about the head of the chain.

    It holds the time, the number and value of the last link, how many links there were, and the
    fault found (or an empty string).
    """

    at: datetime
    link: int
    head: str
    events: int
    fault: str = ""


def newest_file() -> Path:
    """Return the path of the file with the newest head, which is beside the file of all anchors."""
    return settings.AUDIT_ANCHORS.with_name(f"{settings.AUDIT_ANCHORS.stem}.newest.json")


def append_anchor(*, link: int, head: str, events: int, fault: str = "") -> None:
    """Append an anchor to the file and to the log.

    A file that can't be written is logged as an error and never stops the recorded action.
    """
    line = _line(link, head, events, fault)
    if fault:
        log.error("audit_fault", link=link, head=head, fault=fault)
    else:
        log.info("audit_anchor", link=link, head=head, events=events)
    try:
        settings.AUDIT_ANCHORS.parent.mkdir(parents=True, exist_ok=True)
        with settings.AUDIT_ANCHORS.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("audit_anchor_lost", error=type(error).__name__)


def write_newest_anchor(*, link: int, head: str, events: int) -> None:
    """Replace the newest head in its file, and write it to the log.

    The file is replaced by one rename, so a reader never sees half of it.
    """
    log.info("audit_head", link=link, head=head)
    place = newest_file()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", dir=place.parent, prefix=place.name, delete=False, encoding="utf-8"
        ) as file:
            file.write(_line(link, head, events, ""))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(place)
    except OSError as error:
        log.error("audit_anchor_lost", error=type(error).__name__)


def _line(link: int, head: str, events: int, fault: str) -> str:
    return json.dumps(
        {
            "at": clock.now().isoformat(),
            "link": link,
            "head": head,
            "events": events,
            "fault": fault,
        }
    )


def read_newest_anchor() -> Anchor | None:
    """Return the anchor written after the last sealing, or None."""
    try:
        return _parse(newest_file().read_text(encoding="utf-8"))
    except OSError:
        return None


def _parse(line: str) -> Anchor | None:
    try:
        said = json.loads(line)
        at = parse_datetime(said["at"])
        return (
            None
            if at is None
            else Anchor(
                at,
                int(said["link"]),
                str(said["head"]),
                int(said["events"]),
                str(said.get("fault", "")),
            )
        )
    except (ValueError, KeyError, TypeError):
        return None


def read_anchors() -> Iterator[Anchor]:
    """Yield the anchors, oldest first.

    An incomplete line (from a disk that was full) is skipped.
    """
    try:
        with settings.AUDIT_ANCHORS.open(encoding="utf-8") as file:
            for line in file:
                if anchor := _parse(line):
                    yield anchor
    except FileNotFoundError:
        return


def read_last_anchor() -> Anchor | None:
    """Return the last anchor of the file of all anchors, or None."""
    return next(iter(deque(read_anchors(), maxlen=1)), None)


def find_latest_anchor() -> Anchor | None:
    """Return the newest anchor of both files, or None."""
    return max(
        filter(None, (read_last_anchor(), read_newest_anchor())),
        key=lambda anchor: anchor.at,
        default=None,
    )

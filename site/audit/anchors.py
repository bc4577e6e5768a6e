"""The chain's head, noted outside the database: a line of JSON each time, in a file that the database's users can't reach.

Who cuts off the end of the chain, or rewrites it whole, can't make it fit what was noted here. The same is said to the log (which
goes where the operator collects logs) and stands on the printable head certificate: paper is the third copy.
Beside it lies a second file with the newest head alone, written anew after every sealing (a minute after the deed at the latest).
After restoring a backup the files know more than the database: put both aside, keep them, and let the next check begin new ones.
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
    """What was noted: when, the number and value of the last link, how many links there were, and the fault found (or empty)."""

    at: datetime
    link: int
    head: str
    events: int
    fault: str = ""


def newest_file() -> Path:
    """Return where the newest head is noted, beside the file of all."""
    return settings.AUDIT_ANCHORS.with_name(f"{settings.AUDIT_ANCHORS.stem}.newest.json")


def note(*, link: int, head: str, events: int, fault: str = "") -> None:
    """Append a line to the file and to the log. A file that can't be written is an error in the log, never one of the deed."""
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


def mark(*, link: int, head: str, events: int) -> None:
    """Write the newest head in place of the one before (one rename: a reader never sees half of it), and to the log."""
    log.info("audit_head", link=link, head=head)
    place = newest_file()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=place.parent, prefix=place.name, delete=False, encoding="utf-8") as file:
            file.write(_line(link, head, events, ""))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(place)
    except OSError as error:
        log.error("audit_anchor_lost", error=type(error).__name__)


def _line(link: int, head: str, events: int, fault: str) -> str:
    return json.dumps({"at": clock.now().isoformat(), "link": link, "head": head, "events": events, "fault": fault})


def newest() -> Anchor | None:
    """Return what was noted after the last sealing."""
    try:
        return _parse(newest_file().read_text(encoding="utf-8"))
    except OSError:
        return None


def _parse(line: str) -> Anchor | None:
    try:
        said = json.loads(line)
        at = parse_datetime(said["at"])
        return None if at is None else Anchor(at, int(said["link"]), str(said["head"]), int(said["events"]), str(said.get("fault", "")))
    except (ValueError, KeyError, TypeError):
        return None


def read() -> Iterator[Anchor]:
    """Yield what was noted, oldest first; half a line (a disk that was full) is passed over."""
    try:
        with settings.AUDIT_ANCHORS.open(encoding="utf-8") as file:
            for line in file:
                if anchor := _parse(line):
                    yield anchor
    except FileNotFoundError:
        return


def last() -> Anchor | None:
    """Return the newest line of the file."""
    return next(iter(deque(read(), maxlen=1)), None)


def latest() -> Anchor | None:
    """Return the newest of both files."""
    return max(filter(None, (last(), newest())), key=lambda anchor: anchor.at, default=None)

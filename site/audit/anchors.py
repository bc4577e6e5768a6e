"""The chain's head, noted outside the database: a line of JSON each time, in a file that the database's users can't reach.

Who cuts off the end of the chain, or rewrites it whole, can't make it fit what was noted here. The same is said to the log (which
goes where the operator collects logs) and stands on the printable head certificate: paper is the third copy.
After restoring a backup the file knows more than the database: put it aside, keep it, and let the next check begin a new one.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

log = structlog.get_logger("craftpath.audit")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was noted: when, the number and value of the last link, how many links there were, and the fault found (or empty)."""

    at: datetime
    link: int
    head: str
    events: int
    fault: str = ""


def note(*, link: int, head: str, events: int, fault: str = "") -> None:
    """Append a line to the file and to the log. A file that can't be written is an error in the log, never one of the deed."""
    now = timezone.now()
    line = json.dumps({"at": now.isoformat(), "link": link, "head": head, "events": events, "fault": fault})
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


def read() -> Iterator[Anchor]:
    """Yield what was noted, oldest first; half a line (a disk that was full) is passed over."""
    try:
        with settings.AUDIT_ANCHORS.open(encoding="utf-8") as file:
            for line in file:
                try:
                    said = json.loads(line)
                    at = parse_datetime(said["at"])
                    if at is not None:
                        yield Anchor(at, int(said["link"]), str(said["head"]), int(said["events"]), str(said.get("fault", "")))
                except (ValueError, KeyError, TypeError):
                    continue
    except FileNotFoundError:
        return


def last() -> Anchor | None:
    """Return the newest one."""
    return next(iter(deque(read(), maxlen=1)), None)

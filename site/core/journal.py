"""Keep an append-only journal on the local disk. Its rows may reach the database a moment later,
and they survive the death of the process.

A line is in the kernel's hands when `Journal.append` returns, so SIGKILL of the process loses none
and only a crash of the machine may lose the last seconds. Each process writes a segment of its own.
A drainer seals a segment first, so that its writer begins another, and a sealed one never changes.
A drainer that dies leaves sealed segments for the next one, which may read the same lines again.
Lines carry an identifier and are inserted once.
"""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

log = structlog.get_logger("craftpath.journal")
OPEN, SEALED = ".open", ".sealed"
SEALED_MODE = stat.S_IRUSR
EMPTY_FOR_SECONDS = 600


class Journal:
    """The segments in *folder*, and the one that this process writes. It is safe for threads.
    After a fork, make another (`os.getpid()` as a key).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._segment = -1

    def append(self, record: str) -> None:
        """Append *record* (one line, no line break). Raises `OSError` if it can't be kept whole."""
        data = record.encode()
        line = b"%08x %s\n" % (zlib.crc32(data), data)
        with self._lock:
            if self._segment < 0:
                self._begin_segment()
            fcntl.flock(self._segment, fcntl.LOCK_EX)
            try:
                if stat.S_IMODE(os.fstat(self._segment).st_mode) == SEALED_MODE:
                    self._begin_segment()  # closing the old one lets go of its lock
                    fcntl.flock(self._segment, fcntl.LOCK_EX)
                written = os.write(self._segment, line)
            finally:
                fcntl.flock(self._segment, fcntl.LOCK_UN)
            if written != len(line):
                msg = f"only {written} of {len(line)} bytes fitted"
                raise OSError(msg)

    def _begin_segment(self) -> None:
        old = self._segment
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{time.time_ns():020d}-{uuid.uuid4().hex}{OPEN}"
        self._segment = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        if old >= 0:
            os.close(old)

    @contextmanager
    def only_one_drains(self) -> Iterator[bool]:
        """Yield whether this is the only drainer on this machine. The next one's turn comes when
        the block ends or the process dies.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "drain.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def has_lines(self, *, older_than: float = 0.0) -> bool:
        """Say whether lines wait that were begun *older_than* seconds ago. Reads the folder only."""
        return any(
            size > 0 and time.time() - at >= older_than for _path, size, at in self._segments()
        )

    def seal(self) -> list[Path]:
        """Seal every segment that holds lines and return the sealed ones, oldest first. Empty
        segments that nobody uses are deleted.
        """
        for path, size, at in self._segments():
            if path.suffix == OPEN and (size > 0 or time.time() - at > EMPTY_FOR_SECONDS):
                _seal(path)
        return [path for path, _size, _at in self._segments() if path.suffix == SEALED]

    def _segments(self) -> list[tuple[Path, int, float]]:
        found = []
        with suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith((OPEN, SEALED)):
                    with suppress(FileNotFoundError):  # another one drained it meanwhile
                        found.append(
                            (Path(entry.path), entry.stat().st_size, int(entry.name[:20]) / 1e9)
                        )
        return sorted(found)


def _seal(path: Path) -> None:
    with suppress(FileNotFoundError):
        segment = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(segment, fcntl.LOCK_EX)  # its writer holds this for microseconds
            os.fchmod(segment, SEALED_MODE)
            if os.fstat(segment).st_size:
                path.rename(path.with_suffix(SEALED))
            else:
                path.unlink()
        finally:
            os.close(segment)


def read_lines(path: Path) -> tuple[list[str], int]:
    """Return the whole records of a sealed segment in their order, and how many lines are torn or
    damaged.

    The death of a machine, or a full disk, can leave a line torn: its answer was never given, or
    the row was written another way.
    """
    records, damaged = [], 0
    for line in path.read_bytes().split(b"\n"):
        if not line:
            continue
        sum_, _blank, data = line.partition(b" ")
        try:
            whole = len(sum_) == 8 and int(sum_, 16) == zlib.crc32(data)
            records.append(data.decode()) if whole else None
        except ValueError:
            whole = False
        damaged += not whole
    return records, damaged

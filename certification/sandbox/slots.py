"""How many files may be examined at once on this machine, whatever the number of web processes.

A slot is a locked file (flock). The kernel frees the lock when its process ends, however it ends,
so no slot is ever lost. The files are empty.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from certification.sandbox.errors import SandboxBusy


@contextmanager
def take_slot(count: int, folder: Path) -> Iterator[int]:
    """Hold one of the *count* slots in *folder*, and yield its number. Raises `SandboxBusy` at
    once if none is free. Never waits.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(count):
        handle = os.open(
            folder / f"slot-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        try:
            yield number
        finally:
            os.close(handle)  # frees the lock
        return
    raise SandboxBusy


def find_slot_folder(root: Path) -> Path:
    """Return the folder for the slots of the installation at *root*.

    It is the same for each of its processes, and differs for another user.
    """
    name = hashlib.sha256(f"{root}:{os.getuid()}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"craftpath-sandbox-{name}"

"""The text of a checkpoint, which holds origin, size and root (C2SP tlog-checkpoint).

Ours has no extension lines. Those in checkpoints of others are kept.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from certification.tlog import hashes
from certification.tlog.notes import NoteError

_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint states, which is that the log *origin* has *size* entries under *root*."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        lines = [
            self.origin,
            str(self.size),
            base64.b64encode(self.root).decode(),
            *self.extensions,
        ]
        return "\n".join(lines) + "\n"


def parse_checkpoint(text: str) -> TreeHead:
    """Parse *text*, the text of a note without its signatures, as a checkpoint. Raises `NoteError`
    if it isn't one.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        msg = "a checkpoint has an origin, a size and a root"
        raise NoteError(msg)
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        msg = "the size of a checkpoint is a number"
        raise NoteError(msg)
    try:
        value = base64.b64decode(root, validate=True)
    except ValueError as error:
        msg = "the root of a checkpoint is base64"
        raise NoteError(msg) from error
    head = TreeHead(origin, int(size), value, tuple(lines[3:-1]))
    if len(value) != hashes.SIZE or head.text != text:
        msg = "the root of a checkpoint is 32 bytes"
        raise NoteError(msg)
    return head

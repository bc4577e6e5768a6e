"""A proof that goes with its document, with index, inclusion proof and signed checkpoint in one
text (C2SP tlog-proof@v1, `.tlog-proof`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certification.tlog import checkpoint, hashes, proofs
from certification.tlog.checkpoint import TreeHead
from certification.tlog.notes import MOST_BYTES, NoteError, VerifiedNote, Verifier, open_note

FIRST = "c2sp.org/tlog-proof@v1"
MOST_STEPS = 63
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof that was parsed but not verified. *note* is its signed checkpoint, as written."""

    index: int
    steps: tuple[bytes, ...]
    note: str
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What a proof shows, which is that the entry has position *index* in *head*. *opened* says
    who signed the checkpoint.
    """

    index: int
    head: TreeHead
    opened: VerifiedNote


def write_proof_text(
    *, index: int, steps: Sequence[bytes], note: str, extra: bytes | None = None
) -> str:
    """Return the proof as text."""
    return write_proof_lines(
        index=index, lines=[write_proof_step(step) for step in steps], note=note, extra=extra
    )


def write_proof_step(step: bytes) -> str:
    """Return one hash of a proof as its line. Proofs of neighbouring entries share most of these
    lines.
    """
    return base64.b64encode(step).decode()


def write_proof_lines(
    *, index: int, lines: Sequence[str], note: str, extra: bytes | None = None
) -> str:
    """Return the proof as text from hashes that were already written as *lines*."""
    head = [FIRST] if extra is None else [FIRST, f"extra {base64.b64encode(extra).decode()}"]
    return "\n".join([*head, f"index {index}", *lines]) + "\n\n" + note


def parse_proof_text(text: str | bytes) -> TlogProof:
    """Parse a proof. Raises `NoteError` if it isn't one."""
    if len(text) > MOST_BYTES:
        msg = "the proof is too long"
        raise NoteError(msg)
    try:
        written = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        msg = "the proof isn't UTF-8"
        raise NoteError(msg) from error
    upper, gap, note = written.partition("\n\n")
    lines = upper.split("\n")
    if not gap or lines.pop(0) != FIRST:
        msg = f"a proof begins with {FIRST}"
        raise NoteError(msg)
    extra = (
        _bytes(lines.pop(0).removeprefix("extra "))
        if lines and lines[0].startswith("extra ")
        else None
    )
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None:
        msg = "a proof names the place of its entry"
        raise NoteError(msg)
    steps = tuple(_bytes(line) for line in lines)
    if len(steps) > MOST_STEPS or any(len(step) != hashes.SIZE for step in steps):
        msg = "the steps of a proof are hashes of 32 bytes"
        raise NoteError(msg)
    return TlogProof(int(match[1]), steps, note, extra)


def verify_proof_text(text: str | bytes, entry: bytes, known: Iterable[Verifier]) -> ProvenEntry:
    """Verify that the proof *text* shows the bytes *entry*, and return what it proves.

    *known* are the trusted keys. The log's own key, named like the log, must be among them and must
    have signed. Raises `NoteError`, which says what is wrong.
    """
    proof = parse_proof_text(text)
    opened = open_note(proof.note, known)
    head = checkpoint.parse_checkpoint(opened.note.text)
    if head.origin not in {key.name for key in opened.by}:
        msg = "the log itself didn't sign its head"
        raise NoteError(msg)
    if not proofs.verify_inclusion(
        hashes.hash_leaf(entry), proof.index, head.size, proof.steps, head.root
    ):
        msg = "the entry doesn't stand in the signed log"
        raise NoteError(msg)
    return ProvenEntry(proof.index, head, opened)


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        msg = "that isn't base64"
        raise NoteError(msg) from error
    if base64.b64encode(data).decode() != text:
        msg = "base64 can be written one way only"
        raise NoteError(msg)
    return data

"""Verify a PDF of unknown origin. Did we sign it, and is what we signed unchanged?

What can be told from the bytes is checked first. Everything else happens in a process of the
sandbox (ADR 37) with limited memory and time. A deflate bomb, a file nested ten thousand deep, a
page tree with a cycle or a cross-reference table of millions of rows ends that process, and the
file is refused as too complex.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from certification.sandbox.client import sandbox

SECONDS = sandbox.limits.seconds
LARGEST = 20 << 20  # bytes: ours have a tenth of a megabyte; a photo may be heavy
_ENDS = re.compile(rb"%%EOF\r?\n?")
_MOST_ENDS = 3
__all__ = [
    "LARGEST",
    "SECONDS",
    "PdfCause",
    "PdfJudgement",
    "find_file_ends",
    "verify_pdf_signature",
]


class PdfCause(StrEnum):
    """The finding about a PDF."""

    GENUINE = "genuine"
    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"
    CHANGED = "changed"
    """The signed bytes are not those that were signed."""
    ADDED_TO = "added_to"
    """Something was written behind what we signed: another revision, an overlay."""
    SEVERAL_PARTS = "several_parts"
    """A signed file in several parts or with several signatures, which none of ours is."""
    FOREIGN = "foreign"
    """A signature by somebody else, whatever name it bears."""
    INCOMPLETE = "incomplete"
    """Signed by us, but without the three attachments of a certificate."""


@dataclass(frozen=True, slots=True)
class PdfJudgement:
    """What was found. Number and signer are given for a genuine file only, because nothing in any
    other file can be trusted.

    *attachments* of a file that isn't genuine only tell whether somebody put ours into it. *codes*
    is what the QR codes on the pages of a file that isn't signed by us say, with None for a code
    that can't be read.
    """

    cause: PdfCause
    number: str = ""
    signer: bytes = b""
    """The certificate (DER) that signed."""
    attachments: dict[str, bytes] = field(default_factory=dict)
    codes: tuple[str | None, ...] = ()

    @property
    def genuine(self) -> bool:
        """Return whether we signed what is in the file."""
        return self.cause is PdfCause.GENUINE


def verify_pdf_signature(data: bytes, trusted: Iterable[bytes]) -> PdfJudgement:
    """Return whether *data* is signed with one of the *trusted* certificates (DER, of our document
    keys, old ones too).

    Whole certificates are compared, so one with the same names is foreign. It takes at most
    `SECONDS`. Raises `SandboxBusy` at once if no process of the sandbox is free, and
    `SandboxInterrupted` if it was ended from outside.
    """
    if cause := _at_sight(data):
        return PdfJudgement(cause)
    known = set(trusted)
    answer = sandbox.examine(data, trusted=sorted(hashlib.sha256(one).hexdigest() for one in known))
    try:
        return _judgement(answer, known)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # an answer of a process that a hostile file may have taken over
        return PdfJudgement(PdfCause.TOO_COMPLEX)


def find_file_ends(data: bytes) -> list[int]:
    """Return the positions where *data* may have ended before something was appended, in order and
    at most a few.
    """
    found: list[int] = []
    for number, match in enumerate(_ENDS.finditer(data)):
        if number == _MOST_ENDS:
            break
        eof = match.start() + len(b"%%EOF")
        found += [place for place in range(eof, match.end() + 1) if place < len(data)]
    return found


def _at_sight(data: bytes) -> PdfCause | None:
    """Return why *data* is refused unread, or None.

    A file without a signature may have any number of parts, because it may be a scan.
    """
    if len(data) > LARGEST:
        return PdfCause.TOO_LARGE
    if not data.startswith(b"%PDF-"):
        return PdfCause.NOT_PDF
    if b"%%EOF" not in data[-1024:]:
        return PdfCause.DAMAGED
    signatures = data.count(b"/ByteRange")
    if signatures and (signatures > 1 or data.count(b"startxref") > 1 or data.count(b"%%EOF") > 1):
        return PdfCause.SEVERAL_PARTS
    return None


def _judgement(answer: dict[str, Any], known: set[bytes]) -> PdfJudgement:
    cause = PdfCause(answer["cause"] or PdfCause.GENUINE)
    codes = tuple(str(one["text"]) or None for one in answer.get("codes", ()))
    if cause is not PdfCause.GENUINE:
        if cause is PdfCause.ENCRYPTED and answer.get("drawn"):
            cause = (
                PdfCause.UNSIGNED
            )  # a password only against changes: the pages can be looked at like any other
        return PdfJudgement(cause, attachments=_decoded(answer.get("borrowed", {})), codes=codes)
    signer = base64.b64decode(answer["signer"])
    if signer not in known:
        return PdfJudgement(PdfCause.FOREIGN)
    return PdfJudgement(PdfCause.GENUINE, str(answer["number"]), signer, _decoded(answer["files"]))


def _decoded(files: dict[str, str]) -> dict[str, bytes]:
    try:
        return {str(name): base64.b64decode(content) for name, content in files.items()}
    except binascii.Error as error:
        raise ValueError from error

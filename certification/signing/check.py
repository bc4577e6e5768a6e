"""Judge a PDF that a stranger hands in: is it, byte for byte, one that we signed?

Size and first bytes are looked at before anything is read. Everything else happens in a child process (`examiner`) that may use so
much memory and processor time and no more, with a wall clock held by us: a deflate bomb, a file nested ten thousand deep, a page
tree that bites its tail or a cross-reference table of millions of rows ends that process, and the file is refused as too complex.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

LARGEST = 20 << 20  # bytes: ours have a tenth of a megabyte; a photo may be heavy
MEGABYTES, PROCESSOR_SECONDS, SECONDS = 640, 8, 15
_ROOT = Path(__file__).resolve().parents[2]


class Cause(StrEnum):
    """What is to be said of a file."""

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
    """Something was written behind what was signed: another revision, an overlay."""
    FOREIGN = "foreign"
    """An intact signature by somebody else, whatever name it bears."""
    INCOMPLETE = "incomplete"
    """Signed by us, but without the three attachments of a certificate."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found. Number, attachments and signer are given for a genuine file only: nothing of another is to be believed."""

    cause: Cause
    number: str = ""
    signer: bytes = b""
    """The certificate (DER) that signed."""
    sha256: str = ""
    attachments: dict[str, bytes] = field(default_factory=dict)

    @property
    def genuine(self) -> bool:
        """Return whether we signed these very bytes."""
        return self.cause is Cause.GENUINE


def judge(data: bytes, trusted: Iterable[bytes]) -> Judgement:
    """Return whether *data* is a certificate signed with one of the *trusted* certificates (DER, of our document keys, old ones too).

    Compares whole certificates, so one that bears the same names is foreign. Takes half a second, at most `SECONDS`.
    """
    if len(data) > LARGEST:
        return Judgement(Cause.TOO_LARGE)
    if not data.startswith(b"%PDF-"):
        return Judgement(Cause.NOT_PDF)
    if b"%%EOF" not in data[-1024:]:
        return Judgement(Cause.DAMAGED)
    answer = _examined(data)
    if answer is None:
        return Judgement(Cause.TOO_COMPLEX)
    if cause := answer["cause"]:
        return Judgement(Cause(cause))
    signer = base64.b64decode(answer["signer"])
    if signer not in set(trusted):
        return Judgement(Cause.FOREIGN)
    files = {name: base64.b64decode(content) for name, content in answer["files"].items()}
    return Judgement(Cause.GENUINE, answer["number"], signer, answer["sha256"], files)


def _examined(data: bytes) -> dict[str, Any] | None:
    """Return the examiner's answer, or None if it gave none within its limits."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module and two numbers
            [sys.executable, "-m", "certification.signing.examiner", str(MEGABYTES), str(PROCESSOR_SECONDS)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        return None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None

"""The part of `check` that opens a stranger's file: a program of its own, so that a file made to exhaust it ends only itself.

It takes away its own rights first: address space, processor time and files it may write. Reads the file from standard input,
answers one line of JSON. Run as `python -m certification.signing.examiner MEGABYTES SECONDS`; needs neither settings nor database.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import resource
import sys
from typing import Any

ATTACHMENTS = ("credential.json", "credential.jwt", "register.tlog-proof")
REPORT = ("verification-report.jwt",)
_KNOWN = {*ATTACHMENTS, *REPORT}
_LARGEST_ATTACHMENT = 1 << 20


class _Found(Exception):
    """A reason to refuse the file; the argument is the cause."""


def examine(data: bytes) -> dict[str, Any]:
    """Return what is found in *data*: `cause`, and for an intact signature the certificate, attachments and the title's number."""
    try:
        return _examine(data)
    except _Found as found:
        return {"cause": str(found)}
    except (MemoryError, RecursionError):
        return {"cause": "too_complex"}
    except Exception:  # noqa: BLE001 - a broken file may raise anything in a reader of files, and nothing depends on which
        return {"cause": "damaged"}


def _examine(data: bytes) -> dict[str, Any]:
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow import: after the limits are set
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity  # slow import: after the limits are set

    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        raise _Found("encrypted")
    signatures = reader.embedded_signatures
    if not signatures:
        raise _Found("unsigned")
    signature = signatures[0]
    _whole(data, [int(number) for number in signature.byte_range])
    if len(signatures) != 1 or reader.total_revisions != 1:
        raise _Found("added_to")
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", actual_digest=signature.compute_digest())
    if not (intact and valid):
        raise _Found("changed")
    files = _attachments(reader)
    title = str(reader.trailer["/Info"]["/Title"])
    return {
        "cause": "",
        "signer": base64.b64encode(signature.signer_cert.dump()).decode(),
        "number": title.rpartition(" ")[2],
        "files": {name: base64.b64encode(content).decode() for name, content in files.items()},
    }


def _whole(data: bytes, ranges: list[int]) -> None:
    """Raise `_Found` unless the signature covers all of *data* but its own hexadecimal value."""
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:
        raise _Found("changed")
    opening, closing, length = ranges[1:]
    if closing + length < len(data):
        raise _Found("added_to")
    hole = data[opening:closing]
    if closing + length > len(data) or hole[:1] != b"<" or hole[-1:] != b">" or hole[1:-1].strip(b"0123456789abcdefABCDEF"):
        raise _Found("changed")


def _attachments(reader: Any) -> dict[str, bytes]:
    """Return the three files a certificate carries, or the one of a verification report.

    Raises `_Found` if one is absent, twice there, or far too large.
    """
    names: Any = reader.root
    for key in ("/Names", "/EmbeddedFiles", "/Names"):
        if key not in names:
            raise _Found("incomplete")
        names = names[key]  # follows a reference, which `get` does not
    found: dict[str, bytes] = {}
    for index in range(0, min(len(names), 32), 2):
        name, content = str(names[index]), names[index + 1]["/EF"]["/F"].data
        if name in _KNOWN:
            if name in found or len(content) > _LARGEST_ATTACHMENT:
                raise _Found("incomplete")
            found[name] = content
    if set(found) not in (set(ATTACHMENTS), set(REPORT)):
        raise _Found("incomplete")
    return found


def main(megabytes: int, seconds: int) -> None:
    """Limit this process, read, examine, answer."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        data = sys.stdin.buffer.read()
        answer = examine(data)
        answer["sha256"] = hashlib.sha256(data).hexdigest()
    except MemoryError:
        answer = {"cause": "too_complex"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""Open a PDF of unknown origin. Who signed it, is the signature intact and over the whole file,
what is attached?
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import io
from typing import Any

ATTACHMENTS = ("credential.json", "credential.jwt", "register.tlog-proof")
REPORT = ("verification-report.jwt",)
_KNOWN = {*ATTACHMENTS, *REPORT}
_LARGEST_ATTACHMENT = 1 << 20
_MOST_NAMES = 32


class _Found(Exception):
    """A reason to refuse the file. The argument is the cause."""


def load_pdf_libraries() -> None:
    """Import what `examine` may need, including what pyHanko and Python would import late."""
    import asn1crypto.cms  # noqa: F401  # slow import: in the server, before it forks
    from cryptography.hazmat.primitives import hashes  # slow import: as above
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: F401  # slow import: as above
    from pyhanko.pdf_utils import crypt, filters, misc, reader, xref  # noqa: F401  # slow import: as above
    from pyhanko.sign.validation import generic_cms  # noqa: F401  # slow import: as above

    ec.ECDSA(hashes.SHA256())  # its first instance imports what it needs
    padding.PKCS1v15()
    for name in ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "cp1252", "idna"):
        codecs.lookup(name)


def examine_pdf(data: bytes, trusted: list[str]) -> dict[str, Any]:
    """Return `cause`, and for an intact file signed by one of *trusted* also `signer`, `number`
    and `files`. See `sandbox.examine`.
    """
    try:
        return _examine(data, trusted)
    except _Found as found:
        return {"cause": str(found)}
    except (MemoryError, RecursionError):
        return {"cause": "too_complex"}
    except Exception:  # noqa: BLE001 - a broken file may raise anything in a reader of files, and nothing depends on which
        return {"cause": "damaged"}


def _examine(data: bytes, trusted: list[str]) -> dict[str, Any]:
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow import: loaded by the server
    from pyhanko.sign.validation.generic_cms import (
        validate_sig_integrity,
    )  # slow import: loaded by the server

    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        raise _Found("encrypted")
    signatures = reader.embedded_signatures
    if not signatures:
        return {"cause": "unsigned", "borrowed": _encoded(_loose_attachments(reader))}
    ours = [
        one for one in signatures if hashlib.sha256(one.signer_cert.dump()).hexdigest() in trusted
    ]
    if not ours:
        return {"cause": "foreign", "borrowed": _encoded(_loose_attachments(reader))}
    signature = ours[0]
    _whole(data, [int(number) for number in signature.byte_range])
    if len(signatures) != 1 or reader.total_revisions != 1:
        raise _Found("added_to")
    intact, valid = validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        "data",
        actual_digest=signature.compute_digest(),
    )
    if not (intact and valid):
        raise _Found("changed")
    files = _attachments(reader)
    if set(files) not in (set(ATTACHMENTS), set(REPORT)):
        raise _Found("incomplete")
    return {
        "cause": "",
        "signer": base64.b64encode(signature.signer_cert.dump()).decode(),
        "number": str(reader.trailer["/Info"]["/Title"]).rpartition(" ")[2],
        "files": _encoded(files),
    }


def _whole(data: bytes, ranges: list[int]) -> None:
    """Raise `_Found` unless the signature covers all of *data* but its own hexadecimal value."""
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:
        raise _Found("changed")
    opening, closing, length = ranges[1:]
    if closing + length < len(data):
        raise _Found("added_to")
    hole = data[opening:closing]
    if (
        closing + length > len(data)
        or hole[:1] != b"<"
        or hole[-1:] != b">"
        or hole[1:-1].strip(b"0123456789abcdefABCDEF")
    ):
        raise _Found("changed")


def _attachments(reader: Any) -> dict[str, bytes]:
    """Return the attachments with names of ours. Raises `_Found` if there are none, or one occurs
    twice or is far too large.
    """
    names: Any = reader.root
    for key in ("/Names", "/EmbeddedFiles", "/Names"):
        if key not in names:
            raise _Found("incomplete")
        names = names[key]  # follows a reference, which `get` does not
    found: dict[str, bytes] = {}
    for index in range(0, min(len(names), _MOST_NAMES), 2):
        name, content = str(names[index]), names[index + 1]["/EF"]["/F"].data
        if name in _KNOWN:
            if name in found or len(content) > _LARGEST_ATTACHMENT:
                raise _Found("incomplete")
            found[name] = content
    return found


def _loose_attachments(reader: Any) -> dict[str, bytes]:
    """Return what `_attachments` does, or nothing where it raises anything, because such a file
    isn't trusted in any case.
    """
    try:
        return _attachments(reader)
    except Exception:  # noqa: BLE001 - a broken file may raise anything
        return {}


def _encoded(files: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files.items()}

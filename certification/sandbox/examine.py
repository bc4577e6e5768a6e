"""Examine a file by the kind its first bytes show. This runs in a process that may be ended at any
moment.
"""

from __future__ import annotations

from typing import Any

from certification.sandbox import pdf, pictures

_DRAWN = frozenset({"unsigned", "foreign", "damaged", "encrypted"})
"""What isn't signed by us may still show a certificate: a scan, or a page that a browser printed into a file."""


def load_readers() -> None:
    """Import everything that may be needed, because a process for a file can't open files any
    more.
    """
    pdf.load_pdf_libraries()
    pictures.load_picture_libraries()


def examine_file(data: bytes, *, trusted: list[str]) -> dict[str, Any]:
    """Return what *data* is, as plain values. *trusted* are the SHA-256 (hexadecimal) of the
    certificates we sign with.

    `cause` is empty for a PDF that one of *trusted* signed as a whole and whose signature is
    intact. Then `signer` (DER in base 64), `number` and `files` (name to base 64) are given.
    `cause` is `picture` for a picture that could be decoded. Anything else is the reason for a
    refusal, and then `borrowed` holds the attachments with names of ours in a PDF that isn't signed
    by us. `codes` is what the QR codes say on a picture, or on the pages of such a PDF (see
    `pictures`).
    """
    try:
        if not data.startswith(b"%PDF-"):
            return pictures.examine_picture(data)
        found = pdf.examine_pdf(data, trusted)
        # Damaged and with a signature: an answer by the code on it would hide that somebody damaged
        # a signed file.
        if found["cause"] in _DRAWN and not (found["cause"] == "damaged" and b"/ByteRange" in data):
            found |= pictures.examine_pages(data)
    except (MemoryError, RecursionError):
        return {"cause": "too_complex"}
    return found

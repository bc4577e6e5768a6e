"""The press of this process: which key signs, with or without a timestamp."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from certification.keys import DocumentKey
from certification.rendering.classes import Press
from certification.rendering.pdf import renderer
from certification.signing.stamped import TimestampStamper


def press(key: DocumentKey) -> Press:
    """Return the press that signs with *key*. It remembers its layout classes from one certificate to the next."""
    return _press(os.getpid(), key, settings.TIMESTAMP_URL)


@lru_cache(maxsize=2)
def _press(_process: int, key: DocumentKey, timestamp_url: str) -> Press:
    if timestamp_url:
        roots = [key.chain[-1], *_roots(settings.TIMESTAMP_ROOTS)]
        return Press(renderer(), stamper=TimestampStamper.of_url(key, timestamp_url, trusted=roots))
    return Press(renderer(), signer=key)


def _roots(path: str) -> list[bytes]:
    """Return the certificates (DER) that the timestamp service's own stand under."""
    if not path:
        return []
    return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(Path(path).read_bytes())]

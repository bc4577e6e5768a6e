"""Provide the press of this process, with the key that signs and with or without a timestamp."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from certification.keys import DocumentKey, list_own_crls
from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import get_renderer
from certification.signing.stamped import PadesLtSigner

logger = logging.getLogger(__name__)


def get_certificate_press(key: DocumentKey) -> CertificatePrinter:
    """Return the press that signs with *key*. It keeps its layout classes from one certificate to
    the next.
    """
    return _press(os.getpid(), key, settings.TIMESTAMP_URL)


@lru_cache(maxsize=2)
def _press(_process: int, key: DocumentKey, timestamp_url: str) -> CertificatePrinter:
    if timestamp_url:
        roots = [key.chain[-1], *_certificates(settings.TIMESTAMP_ROOTS)]
        files: list[str] = settings.TIMESTAMP_LISTS
        stamper = PadesLtSigner.of_url(
            key,
            timestamp_url,
            trusted=roots,
            lists=lambda: [*list_own_crls(key.chain[-1]), *_lists(files)],
            fetch=not files,
        )
        return CertificatePrinter(get_renderer(), stamper=stamper)
    return CertificatePrinter(get_renderer(), signer=key)


def _certificates(path: str) -> list[bytes]:
    """Return the certificates (DER) in the PEM file *path*, the roots of the timestamp service. An
    empty path gives none.
    """
    if not path:
        return []
    return [
        one.public_bytes(Encoding.DER)
        for one in x509.load_pem_x509_certificates(Path(path).read_bytes())
    ]


def _lists(paths: Iterable[str]) -> list[bytes]:
    """Return the revocation lists (DER) in the files *paths*, which are PEM or DER.

    One that can't be read is left out, and the signature then shows that it is missing.
    """
    found = []
    for path in paths:
        try:
            data = Path(path).read_bytes()
            one = (
                x509.load_pem_x509_crl(data)
                if data.startswith(b"-----")
                else x509.load_der_x509_crl(data)
            )
        except (OSError, ValueError) as error:
            logger.warning("a revocation list can't be read: %s (%s)", path, type(error).__name__)
            continue
        found.append(one.public_bytes(Encoding.DER))
    return found

"""PAdES baseline LT: the signature, a timestamp of an independent service, and what is needed to validate them in years to come.

By pyHanko, in one revision: the file is written anew with the document security store beside the signature, so that poppler and
OpenSSL find the whole file signed. Some hundred milliseconds and a network round trip for each document. If the service is down
that is an error: a certificate is never silently issued at a lower level.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import algos, crl, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certification.signing.errors import StampServiceDown
from certification.signing.pades import FIELD, DocumentSigner, Signed

TIMEOUT = 20  # seconds that the service may take


class _Signer(signers.Signer):
    """Our document key as pyHanko wants it."""

    def __init__(self, signer: DocumentSigner) -> None:
        chain = [x509.Certificate.load(der) for der in signer.chain]
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        rsa = chain[0].public_key.algorithm == "rsa"
        super().__init__(
            signing_cert=chain[0],
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa" if rsa else "sha256_ecdsa"}),
        )
        self._key = signer
        self._longest = (chain[0].public_key.bit_size + 7) // 8 if rsa else 72

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature of *data*; a dry run measures its length only."""
        if digest_algorithm != "sha256":
            raise ValueError("documents are signed over SHA-256")
        return bytes(self._longest) if dry_run else self._key.sign_digest(hashlib.sha256(data).digest())


class TimestampStamper:
    """Signs at level LT. `timestamper` is a pyHanko time stamper; `trusted` are the roots (DER) of our chain and of the service."""

    def __init__(
        self,
        signer: DocumentSigner,
        timestamper: timestamps.TimeStamper,
        *,
        trusted: Sequence[bytes],
        revocations: Sequence[bytes] = (),
    ) -> None:
        """Keep the parts; *revocations* are lists (DER) to keep in the file for later validation."""
        self._signer, self._timestamper = _Signer(signer), timestamper
        self._trusted = [x509.Certificate.load(der) for der in trusted]
        self._lists = [crl.CertificateList.load(der) for der in revocations]
        self._lock = threading.Lock()

    @classmethod
    def of_url(cls, signer: DocumentSigner, url: str, *, trusted: Sequence[bytes], revocations: Sequence[bytes] = ()) -> TimestampStamper:
        """Return the stamper of the service at *url* (RFC 3161 over HTTP)."""
        return cls(signer, timestamps.HTTPTimeStamper(url, timeout=TIMEOUT), trusted=trusted, revocations=revocations)

    def stamp(self, pdf: bytes, *, at: datetime) -> Signed:
        """Return *pdf*, which must not be signed yet, signed. *at* is what the file says; the timestamp is the service's.

        Raises `StampServiceDown` if the service gives no usable answer.
        """
        writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)), writer_kwargs={"stream_xrefs": False})
        context = ValidationContext(trust_roots=self._trusted, crls=self._lists, allow_fetching=False, revocation_mode="soft-fail")
        details: dict[str, Any] = {
            "field_name": FIELD,
            "md_algorithm": "sha256",
            "subfilter": fields.SigSeedSubFilter.PADES,
            "certify": True,
            "docmdp_permissions": fields.MDPPerm.NO_CHANGES,
            "embed_validation_info": True,
            "validation_context": context,
            "dss_settings": DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
        }
        signer = signers.PdfSigner(signers.PdfSignatureMetadata(**details), self._signer, timestamper=self._timestamper)
        try:
            with self._lock:  # the time stamper keeps an answer for measuring
                made = asyncio.run(signer.async_sign_pdf(writer)).getvalue()
        except (timestamps.TimestampRequestError, OSError, TimeoutError) as error:
            raise StampServiceDown.no_answer() from error
        digest = hashlib.sha256(made).hexdigest()
        return Signed(made, digest, hashlib.sha256(pdf).hexdigest())

"""PAdES baseline LT, which is the signature, a timestamp of an independent service, and what is
needed to validate them in years to come.

It is made by pyHanko in one revision. The file is written anew with the document security store
beside the signature, so that poppler and OpenSSL find the whole file signed. This takes some
hundred milliseconds and a network round trip for each document. If the service is down, or one
certificate behind the signature or the timestamp has no revocation list or answer to keep in the
file, that is an error. A certificate is never silently issued at a lower level, and nothing is
called LT that isn't.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, crl, tsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter, copy_into_new_writer
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certification.signing.errors import ChainRefused, RevocationListsMissing, TimestampServiceDown
from certification.signing.pades import FIELD, DocumentSigner, SignedPdf

TIMEOUT = 20  # seconds that the service may take
PAUSE = 15.0  # seconds in which a service that gave no answer isn't asked again: a batch would wait for it once for each certificate
FRESH = (
    6 * 3600.0
)  # seconds that revocation lists, and what is known of the service's own certificate, are kept


class _Signer(signers.Signer):
    """Our document key in the form that pyHanko needs."""

    def __init__(self, signer: DocumentSigner) -> None:
        chain = [x509.Certificate.load(der) for der in signer.chain]
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        rsa = chain[0].public_key.algorithm == "rsa"
        super().__init__(
            signing_cert=chain[0],
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_rsa" if rsa else "sha256_ecdsa"}
            ),
        )
        self._key = signer
        self._longest = (chain[0].public_key.bit_size + 7) // 8 if rsa else 72

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """Return the signature of *data*. A dry run only measures its length."""
        if digest_algorithm != "sha256":
            raise ValueError("documents are signed over SHA-256")
        return (
            bytes(self._longest)
            if dry_run
            else self._key.sign_digest(hashlib.sha256(data).digest())
        )


class _PdfSigner(signers.PdfSigner):
    """PyHanko's signer of files, for PDF/A-3, which is PDF 1.7 and nothing later (ISO 19005-3,
    6.1.2).
    """

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Declare PAdES in PDF 1.7 only.

        For a P-256 key pyHanko would declare PDF 2.0 (ISO/TS 32002) and write that header.
        """
        pdf_out.register_extension(ESIC_EXTENSION_1)


class TimestampService(RequestsHTTPTimeStamper):
    """A timestamp service over HTTP (RFC 3161).

    Its answers are checked, and a service that gave none isn't asked again for a while.
    """

    def __init__(self, url: str) -> None:
        """Keep *url*, the address of the service."""
        super().__init__(url, timeout=TIMEOUT)
        self._silent_until = 0.0

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return the timestamp of *message_digest*.

        Raises `TimestampRequestError` if there is no answer, or one about something else.
        """
        if time.monotonic() < self._silent_until:
            raise timestamps.TimestampRequestError("the service was silent a moment ago")
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            if not _speaks_of(token, message_digest):
                raise timestamps.TimestampRequestError(
                    "the timestamp is about something else, or its signature is broken"
                )
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as error:  # bytes of a stranger, taken apart lazily
            self._silent_until = time.monotonic() + PAUSE
            raise timestamps.TimestampRequestError("no usable answer") from error
        return token


def _speaks_of(token: cms.ContentInfo, digest: bytes) -> bool:
    signed = token["content"]
    said = signed["encap_content_info"]["content"]
    info: tsp.TSTInfo = said.parsed
    (signer,) = signed["signer_infos"]
    known = {
        (one.chosen.issuer.dump(), one.chosen.serial_number): one.chosen
        for one in signed["certificates"]
    }
    sid = signer["sid"].chosen
    certificate = known[sid["issuer"].dump(), sid["serial_number"].native]
    own = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(said)).digest()
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", actual_digest=own)
    return bool(info["message_imprint"]["hashed_message"].native == digest and intact and valid)


def _run(work: Coroutine[Any, Any, io.BytesIO]) -> io.BytesIO:
    """Return the result of *work*. If the calling thread already runs an event loop, *work* runs
    in a thread of its own.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(asyncio.run, work).result()


class PadesLtSigner:
    """Signs at level LT.

    *timestamper* makes a pyHanko time stamper. *trusted* are the roots (DER) of our chain and of
    the service.
    """

    def __init__(
        self,
        signer: DocumentSigner,
        timestamper: Callable[[], timestamps.TimeStamper],
        *,
        trusted: Sequence[bytes],
        lists: Callable[[], Sequence[bytes]] = tuple,
        fetch: bool = False,
    ) -> None:
        """Keep the parts.

        *lists* returns revocation lists (DER). With *fetch* those that the certificates point to
        are fetched too.
        """
        self._signer, self._timestamper, self._lists, self._fetch = (
            _Signer(signer),
            timestamper,
            lists,
            fetch,
        )
        self._trusted = [x509.Certificate.load(der) for der in trusted]
        self._lock = threading.Lock()
        self._renew_at = 0.0
        self._parts: Any = None

    @classmethod
    def of_url(
        cls,
        signer: DocumentSigner,
        url: str,
        *,
        trusted: Sequence[bytes],
        lists: Callable[[], Sequence[bytes]] = tuple,
        fetch: bool = False,
    ) -> PadesLtSigner:
        """Return the signer that uses the timestamp service at *url* (RFC 3161 over HTTP)."""
        service = TimestampService(url)
        return cls(signer, lambda: service, trusted=trusted, lists=lists, fetch=fetch)

    def stamp(self, pdf: bytes, *, at: datetime) -> SignedPdf:
        """Return *pdf*, which must not be signed yet, signed. *at* is what the file says, the
        timestamp is the service's.

        Raises `TimestampServiceDown` if the service gives no usable answer,
        `RevocationListsMissing` if a certificate behind the signature or timestamp has no fresh
        revocation list or answer, and `ChainRefused` if one is revoked or leads to no trusted root.
        """
        writer = copy_into_new_writer(
            PdfFileReader(io.BytesIO(pdf)), writer_kwargs={"stream_xrefs": False}
        )
        with self._lock:  # the time stamper keeps an answer for measuring
            try:
                made = _run(self._signed(writer)).getvalue()
            except (timestamps.TimestampRequestError, OSError, TimeoutError) as error:
                raise TimestampServiceDown.no_answer() from error
            except (SigningError, ValidationError, PathBuildingError) as error:
                self._renew_at = 0.0  # the next attempt fetches anew
                raise _refusal(error) from error
        digest = hashlib.sha256(made).hexdigest()
        return SignedPdf(made, digest, hashlib.sha256(pdf).hexdigest())

    async def _signed(self, writer: Any) -> io.BytesIO:
        timestamper, lists, fetchers = self._fresh()
        context = ValidationContext(
            trust_roots=self._trusted,
            crls=lists,
            allow_fetching=self._fetch,
            fetchers=fetchers,
            revocation_mode="require",
        )
        details: dict[str, Any] = {
            "field_name": FIELD,
            "md_algorithm": "sha256",
            "subfilter": fields.SigSeedSubFilter.PADES,
            "certify": True,
            "docmdp_permissions": fields.MDPPerm.NO_CHANGES,
            "embed_validation_info": True,
            "validation_context": context,
            "dss_settings": DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        }
        signer = _PdfSigner(
            signers.PdfSignatureMetadata(**details), self._signer, timestamper=timestamper
        )
        made: io.BytesIO = await signer.async_sign_pdf(writer)
        return made

    def _fresh(self) -> tuple[Any, list[Any], Any]:
        """Return time stamper, lists and fetchers.

        They are renewed after a while, because lists expire and a service changes its certificate.
        """
        if time.monotonic() >= self._renew_at:
            timestamper = self._timestamper()
            timestamper._dummy_response_cache.clear()
            timestamper._certs.clear()
            lists = [crl.CertificateList.load(der) for der in self._lists()]
            fetchers = (
                RequestsFetcherBackend(per_request_timeout=TIMEOUT).get_fetchers()
                if self._fetch
                else None
            )
            self._parts = (timestamper, lists, fetchers)
            self._renew_at = time.monotonic() + FRESH
        found: tuple[Any, list[Any], Any] = self._parts
        return found


def _refusal(error: BaseException) -> Exception:
    """Return the exception for *error*, or for what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RevokedError):
            return ChainRefused.revoked()
        if isinstance(cause, InsufficientRevinfoError):
            return RevocationListsMissing.absent()
        cause = cause.__cause__
    return ChainRefused.untrusted()

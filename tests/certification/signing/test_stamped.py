"""Signatures with a timestamp, by a service over HTTP with a root and a revocation list of its
own.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import crl, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    SignatureCoverageLevel,
    validate_pdf_signature,
)

from certification.rendering.classes import CertificatePrinter, PrintedCertificate
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData
from certification.signing import stamped
from certification.signing.check import PdfCause, verify_pdf_signature
from certification.signing.errors import ChainRefused, RevocationListsMissing, TimestampServiceDown
from certification.signing.stamped import PadesLtSigner
from tests.certification.signing.pki import AT, Signer, der, signer
from tests.certification.signing.stamp_service import StampService, revocation_list, serving
from tests.certification.signing.test_pades import ATTACHED

Make = Callable[..., PrintData]


@pytest.fixture
def service() -> Iterator[StampService]:
    with serving() as one:
        yield one


def lists_of(one: Signer) -> Callable[[], list[bytes]]:
    return lambda: [crl.CertificateList.load(_der(revocation_list(one.root_key, one.root))).dump()]


def _der(pem: bytes) -> bytes:
    from cryptography import x509 as c

    return c.load_pem_x509_crl(pem).public_bytes(Encoding.DER)


def stamper_of(one: Signer, service: StampService, **changes: Any) -> PadesLtSigner:
    details: dict[str, Any] = {
        "trusted": [one.chain[1], der(service.root)],
        "lists": lists_of(one),
        "fetch": True,
    }
    return PadesLtSigner.of_url(one, service.url, **(details | changes))


def printed(renderer: Renderer, face: PrintData, stamper: PadesLtSigner) -> PrintedCertificate:
    return CertificatePrinter(renderer, stamper=stamper).print(face, ATTACHED, at=AT)


def as_long_term(pdf: bytes, one: Signer, service: StampService) -> Any:
    """Judge *pdf* with what is in it alone: nothing is fetched, and every certificate needs its
    list.
    """
    roots = [x509.Certificate.load(one.chain[1]), x509.Certificate.load(der(service.root))]
    reader = PdfFileReader(io.BytesIO(pdf))
    store = DocumentSecurityStore.read_dss(reader)
    contexts = [
        store.as_validation_context({"trust_roots": roots, "revocation_mode": "require"})
        for _each in "st"
    ]
    return validate_pdf_signature(
        reader.embedded_signatures[0], contexts[0], ts_validation_context=contexts[1]
    )


def test_timestamped_certificate_is_one_revision_that_proves_itself_for_years(
    renderer: Renderer, face: Make, tmp_path: Path, service: StampService
) -> None:
    one = signer()
    made = printed(renderer, face(), stamper_of(one, service))
    assert made.level == "LT"
    status = as_long_term(made.pdf, one, service)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity.intact
    assert status.timestamp_validity.trusted
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        kept = [
            crl.CertificateList.load(bytes(stream.read_bytes()))
            for stream in document.Root.DSS.CRLs
        ]
        assert {one["tbs_cert_list"]["issuer"].native["common_name"] for one in kept} == {
            "Root",
            "Timestamp root",
        }
        assert len(document.Root.DSS.Certs) >= 3
        with document.open_metadata() as data:
            assert data.pdfa_status == "3U"
    assert PdfFileReader(io.BytesIO(made.pdf)).total_revisions == 1
    path = tmp_path / "signed.pdf"
    path.write_bytes(made.pdf)
    assert (
        "Total document signed"
        in subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    )
    assert verify_pdf_signature(made.pdf, [one.chain[0]]).cause is PdfCause.GENUINE


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_timestamped_certificate_is_pdf_1_7_as_the_archive_format_asks(
    renderer: Renderer, face: Make, service: StampService, kind: str
) -> None:
    """ISO 19005-3, 6.1.2. With a P-256 key it was `%PDF-2.0`."""
    made = printed(renderer, face(), stamper_of(signer(kind), service))
    assert made.pdf.startswith(b"%PDF-1.7\n")
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        assert document.pdf_version == "1.7"
        assert set(document.Root.Extensions.keys()) == {"/ESIC"}
        assert document.Root.Extensions.ESIC.BaseVersion == "/1.7"


def test_lists_are_fetched_once_for_many_certificates(
    renderer: Renderer, face: Make, service: StampService
) -> None:
    stamper = stamper_of(signer(), service)
    for _certificate in range(3):
        printed(renderer, face(), stamper)
    assert (service.lists_given, service.asked) == (
        1,
        1 + 3,
    )  # one more to see how long an answer is


def test_lists_from_files_need_nothing_fetched(
    renderer: Renderer, face: Make, service: StampService
) -> None:
    one = signer()
    both = stamper_of(
        one, service, fetch=False, lists=lambda: [*lists_of(one)(), _der(service.list)]
    )
    made = printed(renderer, face(), both)
    assert (made.level, service.lists_given) == ("LT", 0)
    assert as_long_term(made.pdf, one, service).bottom_line


@pytest.mark.parametrize("mood", ["error", "portal", "garbage", "other"])
def test_service_without_a_usable_answer_is_an_error_and_not_a_lower_level(
    renderer: Renderer, face: Make, service: StampService, mood: str
) -> None:
    service.mood = mood
    with pytest.raises(TimestampServiceDown):
        printed(renderer, face(), stamper_of(signer(), service))


def test_silent_service_is_left_alone_for_a_moment(
    renderer: Renderer, face: Make, service: StampService, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(stamped.time, "monotonic", lambda: now)
    stamper = stamper_of(signer(), service)
    service.mood = "error"
    for _certificate in range(5):
        with pytest.raises(TimestampServiceDown):
            printed(renderer, face(), stamper)
    assert service.asked == 1
    service.mood, now = "well", now + stamped.PAUSE + 1
    assert printed(renderer, face(), stamper).level == "LT"


def test_certificate_without_a_list_waits_for_one(
    renderer: Renderer, face: Make, service: StampService
) -> None:
    one = signer()
    with pytest.raises(RevocationListsMissing):  # ours points to no list
        printed(renderer, face(), stamper_of(one, service, lists=tuple))
    with pytest.raises(RevocationListsMissing):  # the service's isn't fetched
        printed(renderer, face(), stamper_of(one, service, fetch=False))
    service.list_days = -1
    with pytest.raises(RevocationListsMissing):  # an old one is none
        printed(renderer, face(), stamper_of(one, service))


def test_list_that_comes_later_is_taken(
    renderer: Renderer, face: Make, service: StampService
) -> None:
    stamper = stamper_of(signer(), service)
    service.list_days = -1
    with pytest.raises(RevocationListsMissing):
        printed(renderer, face(), stamper)
    service.list_days = 7
    assert printed(renderer, face(), stamper).level == "LT"


def test_revoked_service_and_unknown_root_are_for_the_operator(
    renderer: Renderer, face: Make, service: StampService
) -> None:
    with pytest.raises(ChainRefused) as caught:
        printed(renderer, face(), stamper_of(signer(), service, trusted=[signer().chain[1]]))
    assert caught.value.code == "signer_untrusted"
    service.revoked = (service.certificate,)
    with pytest.raises(ChainRefused) as caught:
        printed(renderer, face(), stamper_of(signer(), service))
    assert caught.value.code == "signer_revoked"

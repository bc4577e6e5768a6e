from __future__ import annotations

import hashlib
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import Attached, Renderer
from certification.rendering.print_data import PrintData
from certification.signing.pades import PadesSigner
from tests.certification.signing.pki import AT, Signer, make_key, signer

Make = Callable[..., PrintData]
ATTACHED = [
    Attached("credential.json", b'{"a":1}', "credential", "Data"),
    Attached("credential.jwt", b"a.b.c", "credential", "Alternative"),
    Attached("register.tlog-proof", b"proof", "proof", "Supplement"),
]


def by_pyhanko(pdf: bytes, one: Signer) -> Any:
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(one.root.public_bytes(Encoding.DER))],
        allow_fetching=False,
    )
    return validate_pdf_signature(signature, context)


def printed(renderer: Renderer, face: PrintData, one: Signer, way: str) -> bytes:
    press = CertificatePrinter(renderer, signer=one, pays_from=1 if way == "class" else 100)
    press.plan([face])
    made = press.print(face, ATTACHED, at=AT)
    assert (made.way, made.level) == (way, "B"), made.why
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    return made.pdf


@pytest.mark.parametrize("way", ["class", "full"])
@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_signature_judged_by_three_strangers_is_valid_for_the_whole_file(
    renderer: Renderer, face: Make, tmp_path: Path, kind: str, way: str
) -> None:
    one = signer(kind)
    pdf = printed(renderer, face(), one, way)

    status = by_pyhanko(pdf, one)
    assert status.bottom_line
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok

    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "Sep 26 2026" in told

    reader = PdfFileReader(io.BytesIO(pdf))
    signature = reader.embedded_signatures[0]
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert reader.total_revisions == 1
    start, first, second, rest = (int(number) for number in signature.byte_range)
    message = bytes.fromhex(pdf[first + 1 : second - 1].decode())
    (tmp_path / "cms").write_bytes(message)
    (tmp_path / "content").write_bytes(pdf[start:first] + pdf[second : second + rest])
    (tmp_path / "root.pem").write_bytes(one.root.public_bytes(Encoding.PEM))
    answer = subprocess.run(
        [
            "openssl",
            "cms",
            "-verify",
            "-cades",
            "-inform",
            "DER",
            "-in",
            "cms",
            "-content",
            "content",
            "-binary",
            "-CAfile",
            "root.pem",
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_catalog_says_that_no_change_is_permitted(renderer: Renderer, face: Make) -> None:
    with pikepdf.open(io.BytesIO(printed(renderer, face(), signer(), "class"))) as document:
        value = document.Root.AcroForm.Fields[0].V
        assert document.Root.Perms.DocMDP.objgen == value.objgen
        assert document.Root.AcroForm.SigFlags == 3
        assert str(value.M) == "D:20260926123000+08'00'"
        assert value.Reference[0].TransformParams.P == 1
        assert document.pages[0].Annots[0].F == 132


def test_hole_is_no_larger_than_the_signature_may_be() -> None:
    seal = PadesSigner(signer())
    lengths = {len(seal.message(bytes([index]) * 32)) for index in range(40)}
    assert seal.room == 2 * (max(len(seal._message(72)[0]), *lengths))
    assert seal.room / 2 - min(lengths) <= 8


def test_all_but_the_signature_is_the_same_at_every_signing(renderer: Renderer, face: Make) -> None:
    made = [
        renderer.render(face(), variant="pdf/a-3u", seal=PadesSigner(signer()), at=AT)
        for _ in range(2)
    ]
    assert made[0].unsigned_sha256 == made[1].unsigned_sha256
    assert made[0].sha256 != made[1].sha256  # this signer's ECDSA is not deterministic


def test_other_curve_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    one = Signer()
    from tests.certification.signing.pki import certify, der

    one.chain = [der(certify(ec.generate_private_key(ec.SECP384R1()), "x"))]
    with pytest.raises(ValueError, match="P-256 or RSA"):
        PadesSigner(one)


def test_signing_without_a_moment_or_zone_is_a_mistake_of_the_caller(
    renderer: Renderer, face: Make
) -> None:
    with pytest.raises(ValueError, match="moment"):
        renderer.render(face(), seal=PadesSigner(signer()))
    with pytest.raises(ValueError, match="zone"):
        PadesSigner(signer()).dictionary(AT.replace(tzinfo=None))


def test_real_key_of_the_ring_fits_the_protocol() -> None:
    from certification.keys.document import DocumentKey

    one = signer()
    assert not isinstance(one.key, type(make_key("rsa")))
    assert PadesSigner(DocumentKey("pdf-1", tuple(one.chain), one.key)).message(
        bytes(32)
    ) == PadesSigner(DocumentKey("pdf-1", tuple(one.chain), one.key)).message(bytes(32))

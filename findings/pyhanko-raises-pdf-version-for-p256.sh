#!/usr/bin/env bash
# Signing a PDF 1.7 file with a P-256 key makes pyHanko write %PDF-2.0 as its header when it writes the file anew, which PDF/A-3 forbids.
#
# ISO 19005-3, 6.1.2: the header of a PDF/A-3 file is %PDF-1.n. pyHanko declares the extension ISO/TS 32002 (elliptic curves) for such a
# signature and raises the version with it; with an RSA key the same calls leave the header alone. A certificate of a union that is made as
# PDF/A-3 and signed with the more modern key is then no archive file any more, although signing is the only thing that was done to it.
#
# Seen on 2026-11-30 with pyHanko 0.38.0: RSA %PDF-1.7, P-256 %PDF-2.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyhanko==0.38.0 pyhanko-certvalidator==0.33.0 cryptography==50.0.2 pypdf==6.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import datetime
import io

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfWriter


def blank_page() -> bytes:
    """Return a PDF 1.7 of one empty page."""
    writer, target = PdfWriter(), io.BytesIO()
    writer.pdf_header = "%PDF-1.7"
    writer.add_blank_page(200, 200)
    writer.write(target)
    return target.getvalue()


def signer_with(key) -> signers.SimpleSigner:
    """Return a signer with *key* and a certificate that it gave itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    begin = datetime.datetime(2026, 1, 1)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begin).not_valid_after(begin + datetime.timedelta(days=3650)).sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )


def header_after_signing(key) -> str:
    """Return the first line of the file that is written anew and signed with *key* in one revision."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(blank_page())))
    metadata = signers.PdfSignatureMetadata(field_name="Signature", subfilter=fields.SigSeedSubFilter.PADES)
    signed = signers.sign_pdf(writer, metadata, signer=signer_with(key))
    return signed.getvalue().splitlines()[0].decode("ascii")


before = blank_page().splitlines()[0].decode("ascii")
seen = {
    "RSA-2048": header_after_signing(rsa.generate_private_key(65537, 2048)),
    "P-256": header_after_signing(ec.generate_private_key(ec.SECP256R1())),
}
print(f"before signing: {before}")
for name, header in seen.items():
    print(f"signed with {name}: {header}")
assert (before, seen["RSA-2048"], seen["P-256"]) == ("%PDF-1.7", "%PDF-1.7", "%PDF-2.0"), "it has changed"
print("still so")
PYTHON

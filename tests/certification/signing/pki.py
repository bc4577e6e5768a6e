"""Keys and certificates made for a test: our own root and signers, a foreign one of the same
names, a timestamp service.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
AT = datetime.datetime(2026, 9, 26, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def make_key(kind: str = "p256") -> Key:
    return (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "p256"
        else rsa.generate_private_key(65537, 2048)
    )


def certify(
    key: Key,
    name: str,
    *,
    by: tuple[Key, x509.Certificate] | None = None,
    ca: bool = False,
    tsa: bool = False,
    list_at: str = "",
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "某市总工会"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if tsa:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    if list_at:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_at)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(by[0] if by else key, hashes.SHA256())


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@dataclass
class Signer:
    """A document signer with a root of its own."""

    kind: str = "p256"
    chain: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root_key, self.key = make_key(), make_key(self.kind)
        self.root = certify(self.root_key, "Root", ca=True)
        self.chain = [
            der(certify(self.key, "Certificate signature", by=(self.root_key, self.root))),
            der(self.root),
        ]

    def sign_digest(self, digest: bytes, /) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        return self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


@cache
def signer(kind: str = "p256") -> Signer:
    return Signer(kind)

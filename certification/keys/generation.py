"""Generate keys, for the embedded form and for rotation. Files are readable by their owner only
and never overwritten.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings

from core import clock
from core.keys import read_or_make

ROOT = "document-root.pem"
_ROOT_YEARS, _LEAF_YEARS, _LIST_DAYS = 30, 12, 30


def create_key_file(path: Path, make: Callable[[], str]) -> None:
    """Write what *make* returns to *path* unless the file exists."""
    read_or_make(path, make)


def generate_ed25519_pem() -> str:
    """Return a new Ed25519 key."""
    return _pem(ed25519.Ed25519PrivateKey.generate())


def generate_p256_pem() -> str:
    """Return a new P-256 key."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def generate_document_pem(folder: Path) -> str:
    """Return a new P-256 key with a certificate under the site's own root, which is made at the
    first call.

    The root stays while the signing keys change. A personnel department imports it once and trusts
    every certificate.
    """
    data = read_or_make(folder / ROOT, _root_pem).encode()
    root, root_key = x509.load_pem_x509_certificate(data), load_pem_private_key(data, None)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = {
        "digital_signature": True,
        "content_commitment": True,
        "key_cert_sign": False,
        "crl_sign": False,
    }
    leaf = _certificate(
        _name("Certificate signature"),
        root.subject,
        key,
        root_key,
        years=_LEAF_YEARS,
        ca=False,
        usage=usage,
    )
    return _pem(key) + "".join(one.public_bytes(Encoding.PEM).decode() for one in (leaf, root))


def make_root_crl(folder: Path, root: bytes) -> bytes | None:
    """Return a fresh revocation list (DER) of the site's own root, or None if *root* (DER) isn't
    that root.

    The list is always empty. It is embedded in files that are to be verified in years, because a
    reader could find out nowhere else that our key wasn't revoked.
    """
    try:
        data = (folder / ROOT).read_bytes()
        own, key = x509.load_pem_x509_certificates(data)[0], load_pem_private_key(data, None)
    except (OSError, ValueError, IndexError):
        return None
    if own.public_bytes(Encoding.DER) != root:
        return None
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - our own root, made below
    now = clock.now().replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(own.subject)
        .last_update(now - datetime.timedelta(hours=1))
        .next_update(now + datetime.timedelta(days=_LIST_DAYS))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                own.public_key()  # type: ignore[arg-type]  # an EC key all the same
            ),
            critical=False,
        )
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _root_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Certificate root")
    usage = {
        "digital_signature": False,
        "content_commitment": False,
        "key_cert_sign": True,
        "crl_sign": True,
    }
    return (
        _pem(key)
        + _certificate(name, name, key, key, years=_ROOT_YEARS, ca=True, usage=usage)
        .public_bytes(Encoding.PEM)
        .decode()
    )


def _name(what: str) -> x509.Name:
    host = urlsplit(settings.BASE_URL).netloc
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.SITE_NAME[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{what} {host}"[:64]),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: object,
    *,
    years: int,
    ca: bool,
    usage: dict[str, bool],
) -> x509.Certificate:
    now = clock.now().replace(microsecond=0)
    assert isinstance(by, ec.EllipticCurvePrivateKey)  # noqa: S101 - our own root, made above
    others = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(
            now - datetime.timedelta(hours=1)
        )  # a reader's clock may go a little behind ours
        .not_valid_after(now + datetime.timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **others), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
        .sign(by, hashes.SHA256())
    )


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

"""The key of the PDF signature, with the certificates that a PDF reader builds its trust on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from certification.keys.errors import NoKey

DocumentPrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A P-256 or RSA key. `chain` holds DER certificates, the signer's first, the root last."""

    kid: str
    chain: tuple[bytes, ...]
    private: DocumentPrivateKey

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256 *digest*, in DER for P-256 and PKCS#1 v1.5 for RSA.

        It is the same each time (RFC 6979).
        """
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(
                digest, ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
            )
        return self.private.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))

    @classmethod
    def from_pem(cls, kid: str, path: Path) -> DocumentKey:
        """Read a file with the key and its certificates, the signer's first. Raises `NoKey`."""
        try:
            data = path.read_bytes()
            return cls._of(
                kid,
                load_pem_private_key(data, None),
                x509.load_pem_x509_certificates(data),
                path.name,
            )
        except (ValueError, TypeError, OSError) as error:
            raise NoKey.unreadable(path.name) from error

    @classmethod
    def from_pkcs12(cls, path: Path, password: str) -> DocumentKey:
        """Read a PKCS#12 file as certificate authorities hand it out. Raises `NoKey`."""
        try:
            key, leaf, others = load_key_and_certificates(
                path.read_bytes(), password.encode() or None
            )
        except (ValueError, TypeError, OSError) as error:
            raise NoKey.unreadable(path.name) from error
        if leaf is None:
            raise NoKey.unreadable(path.name)
        return cls._of(
            f"pdf-{leaf.fingerprint(hashes.SHA256()).hex()[:16]}",
            key,
            [leaf, *order_chain(leaf, others)],
            path.name,
        )

    @classmethod
    def _of(cls, kid: str, key: object, chain: list[x509.Certificate], name: str) -> DocumentKey:
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or not chain:
            raise NoKey.unreadable(name)
        if isinstance(key, ec.EllipticCurvePrivateKey) and not isinstance(key.curve, ec.SECP256R1):
            raise NoKey.unreadable(name)
        if chain[0].public_key() != key.public_key():
            raise NoKey.unreadable(name)
        return cls(kid, tuple(one.public_bytes(Encoding.DER) for one in chain), key)


def order_chain(leaf: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return *others* in the order in which each signs the one before it. Certificates that don't
    belong to the chain are left out.
    """
    ordered: list[x509.Certificate] = []
    current = leaf
    while current.issuer != current.subject:
        above = next(
            (one for one in others if one.subject == current.issuer and one not in ordered), None
        )
        if above is None:
            break
        ordered.append(above)
        current = above
    return ordered

"""Public keys as credentials write them, which is a multicodec prefix and base58btc with a leading
z.
"""

from __future__ import annotations

import base64

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certification.credentials.errors import NotGenuine

_ED25519 = b"\xed\x01"
_P256 = b"\x80\x24"

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


def encode_multikey(key: PublicKey) -> str:
    """Return *key* (Ed25519 or P-256) as a Multikey's `publicKeyMultibase`."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return (
            "z"
            + base58.b58encode(_ED25519 + key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        )
    return (
        "z"
        + base58.b58encode(
            _P256 + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        ).decode()
    )


def decode_multikey(text: str) -> PublicKey:
    """Parse *text* as a Multikey's `publicKeyMultibase`. Raises `NotGenuine`."""
    try:
        data = base58.b58decode(text[1:]) if text[:1] == "z" else b""
        if data[:2] == _ED25519:
            return ed25519.Ed25519PublicKey.from_public_bytes(data[2:])
        if data[:2] == _P256:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotGenuine("key") from error
    raise NotGenuine("key")


def to_jwk(key: PublicKey) -> dict[str, str]:
    """Return *key* as a JSON Web Key (RFC 7517), EC P-256 or OKP Ed25519 (RFC 8037)."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(key.public_bytes_raw())}
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(numbers.x.to_bytes(32, "big")),
        "y": _base64url(numbers.y.to_bytes(32, "big")),
    }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

"""Public keys as credentials write them: multicodec prefix, base58btc, a leading z."""

from __future__ import annotations

import base58
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certification.credentials.errors import NotGenuine

_ED25519 = b"\xed\x01"
_P256 = b"\x80\x24"

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


def encode(key: PublicKey) -> str:
    """Return *key* (Ed25519 or P-256) as a Multikey's `publicKeyMultibase`."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "z" + base58.b58encode(_ED25519 + key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    return "z" + base58.b58encode(_P256 + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)).decode()


def decode(text: str) -> PublicKey:
    """Return the key that *text* writes. Raises `NotGenuine`."""
    try:
        data = base58.b58decode(text[1:]) if text[:1] == "z" else b""
        if data[:2] == _ED25519:
            return ed25519.Ed25519PublicKey.from_public_bytes(data[2:])
        if data[:2] == _P256:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotGenuine("key") from error
    raise NotGenuine("key")

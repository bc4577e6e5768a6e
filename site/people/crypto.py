"""Encryption of identity numbers, with AES-GCM under keys outside the database, and keyed hashes
for look-up.

The newest key encrypts, any listed key decrypts. While two keys are listed, every row keeps two
hashes, `number_hash` under the oldest key and `newest_hash` under the newest. So a number is found
and stays unique, whichever of the two a process or a row knows already (see
`rotate_identity_keys`). The keys are in `CRAFTPATH_IDENTITY_KEYS` in production. In the embedded
form they are in a file made on first start.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.keys import read_or_make

# 1: version, nonce, text. 2: version, four bytes that name the key, nonce, text.
UNNAMED_KEY, NAMED_KEY = b"\x01", b"\x02"
KEY_NAME_BYTES = 4


def make_identity_key() -> str:
    """Return a new 256-bit key as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


@lru_cache(maxsize=4)
def _keys(listed: tuple[str, ...]) -> tuple[bytes, ...]:
    if not listed:
        listed = tuple(
            read_or_make(settings.KEY_FOLDER / "identity-keys", make_identity_key).split()
        )
    keys = tuple(base64.urlsafe_b64decode(key) for key in listed)
    if any(len(key) != 32 for key in keys):
        msg = "each identity key must be 32 bytes in base64"
        raise ValueError(msg)
    return keys


def load_identity_keys() -> tuple[bytes, ...]:
    """Return the identity keys, newest first.

    Raises `ValueError` if a key isn't 32 bytes long.
    """
    return _keys(tuple(settings.IDENTITY_KEYS))


@lru_cache(maxsize=16)
def _derived(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(key)


def _name(key: bytes) -> bytes:
    return _derived(key, b"craftpath key name", KEY_NAME_BYTES)


def key_name() -> str:
    """Return the name (8 hex digits) of the key that encrypts now.

    The name reveals nothing about the key.
    """
    return _name(load_identity_keys()[0]).hex()


def key_name_of(blob: bytes) -> str:
    """Return the name of the key *blob* was encrypted with, or an empty string for rows written
    before keys had names.
    """
    blob = bytes(blob)
    return blob[1 : 1 + KEY_NAME_BYTES].hex() if blob[:1] == NAMED_KEY else ""


def encrypt_text(text: str, *, bound_to: str) -> bytes:
    """Return *text* encrypted with the newest key.

    *bound_to* (the row's identity) must be given again to decrypt it.
    """
    key, nonce = load_identity_keys()[0], secrets.token_bytes(12)
    return (
        NAMED_KEY
        + _name(key)
        + nonce
        + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())
    )


def decrypt_text(blob: bytes, *, bound_to: str) -> str:
    """Return the text of *blob*.

    Raises `cryptography.exceptions.InvalidTag` if it was tampered with or moved to another row, or
    if no listed key fits.
    """
    blob = bytes(blob)
    named = blob[:1] == NAMED_KEY
    start = 1 + KEY_NAME_BYTES if named else 1
    for key in load_identity_keys():
        if named and _name(key) != blob[1:start]:
            continue
        try:
            return (
                AESGCM(key)
                .decrypt(blob[start : start + 12], blob[start + 12 :], bound_to.encode())
                .decode()
            )
        except InvalidTag:
            continue
    raise InvalidTag


def _hash(key: bytes, kind: str, number: str) -> str:
    return hmac.new(
        _derived(key, b"craftpath identity look-up", 32), f"{kind}:{number}".encode(), sha256
    ).hexdigest()


def look_up_hash(kind: str, number: str) -> str:
    """Return the keyed hash (hex) of *number* of *kind* under the oldest listed key.

    It can't be guessed without the key.
    """
    return _hash(load_identity_keys()[-1], kind, number)


def newest_hash(kind: str, number: str) -> str:
    """Return the keyed hash under the newest key.

    With one key listed it equals `look_up_hash`.
    """
    return _hash(load_identity_keys()[0], kind, number)


def every_hash(kind: str, number: str) -> list[str]:
    """Return the keyed hashes under every listed key, which a look-up searches for."""
    return [_hash(key, kind, number) for key in load_identity_keys()]

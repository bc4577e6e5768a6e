"""Identity numbers at rest: AES-GCM with keys outside the database, and a keyed hash for look-up.

The newest key encrypts, any listed key decrypts (rotation). The hash key is derived from the oldest key, so that
adding a key doesn't lose anyone. `CRAFTPATH_IDENTITY_KEYS` in production; a file made on first start in the embedded form.
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

VERSION = b"\x01"


def make_key() -> str:
    """Return a new 256-bit key as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


@lru_cache(maxsize=4)
def _keys(listed: tuple[str, ...]) -> tuple[bytes, ...]:
    if not listed:
        listed = tuple(read_or_make(settings.KEY_FOLDER / "identity-keys", make_key).split())
    keys = tuple(base64.urlsafe_b64decode(key) for key in listed)
    if any(len(key) != 32 for key in keys):
        msg = "each identity key must be 32 bytes in base64"
        raise ValueError(msg)
    return keys


def keys() -> tuple[bytes, ...]:
    """Return the keys, newest first."""
    return _keys(tuple(settings.IDENTITY_KEYS))


def encrypt(text: str, *, bound_to: str) -> bytes:
    """Return *text* encrypted with the newest key; *bound_to* (the row's identity) must be given again to read it."""
    nonce = secrets.token_bytes(12)
    return VERSION + nonce + AESGCM(keys()[0]).encrypt(nonce, text.encode(), bound_to.encode())


def decrypt(blob: bytes, *, bound_to: str) -> str:
    """Return the text of *blob*; raises `cryptography.exceptions.InvalidTag` if it was tampered with or moved to another row."""
    blob = bytes(blob)
    for key in keys():
        try:
            return AESGCM(key).decrypt(blob[1:13], blob[13:], bound_to.encode()).decode()
        except InvalidTag:
            continue
    raise InvalidTag


def look_up_hash(kind: str, number: str) -> str:
    """Return the keyed hash (hex) under which *number* of *kind* is found; without the key it can't be guessed."""
    hash_key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"craftpath identity look-up").derive(keys()[-1])
    return hmac.new(hash_key, f"{kind}:{number}".encode(), sha256).hexdigest()

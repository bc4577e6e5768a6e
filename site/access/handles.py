"""A random-looking identifier of an account, for use in addresses.

It reveals nothing, can't be enumerated and needs no column. It is one block of AES over the
account's number under a key of the site, so only this site can make or read it.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

MARK = b"account\0"  # eight bytes that must come out again: an invented identifier is found out


def _cipher() -> Cipher[modes.ECB]:
    key = hashlib.sha256(b"access.handles\0" + settings.SECRET_KEY.encode()).digest()
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - a single block, each plaintext once


def handle_of(account: int) -> UUID:
    """Return the identifier of the account numbered *account*."""
    encryptor = _cipher().encryptor()
    return UUID(bytes=encryptor.update(MARK + account.to_bytes(8, "big")) + encryptor.finalize())


def account_of(handle: UUID) -> int | None:
    """Return the number of the account, or None if this site never issued *handle*."""
    decryptor = _cipher().decryptor()
    block = decryptor.update(handle.bytes) + decryptor.finalize()
    return int.from_bytes(block[8:], "big") if block[:8] == MARK else None

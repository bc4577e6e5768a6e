"""Keys and logs for the tests of the register; a log written down as RFC 6962 says it, slowly."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certification.tlog import hashes, notes, tiles

ORIGIN = "certs.example.cn/register"


@dataclass
class Key:
    """A `NoteSigner` with a generated key."""

    name: str = ORIGIN
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self):
        return self.secret.public_key().public_bytes_raw()

    @property
    def key_hash(self):
        return notes.key_hash(self.name, self.public)

    @property
    def verifier(self):
        return notes.Verifier(self.name, self.public)

    def sign(self, data):
        return self.secret.sign(data)


def mth(entries):
    """MTH of RFC 6962, section 2.1."""
    n = len(entries)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(n)
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m, entries):
    """PATH of 2.1.1."""
    n = len(entries)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m, entries):
    """PROOF of 2.1.2."""
    return [] if m in {0, len(entries)} else subproof(m, entries, True)


def subproof(m, entries, b):
    n = len(entries)
    if m == n:
        return [] if b else [mth(entries)]
    k = split(n)
    if m <= k:
        return [*subproof(m, entries[:k], b), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def log_of(batches):
    """Return (tiles, entries) after *batches* were appended one by one."""
    kept, entries = {}, []
    for batch in batches:
        partial = {place: kept[place] for place in tiles.list_partial_tiles(len(entries))}
        kept |= tiles.grow_tiles(len(entries), partial, [hashes.hash_leaf(data) for data in batch])
        entries += batch
    return kept, entries

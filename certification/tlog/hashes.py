"""Merkle hashes (RFC 6962, section 2.1).

A leaf is prefixed with 00 and a node with 01, so that neither can be passed off as the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

SIZE = 32
"""Bytes of one hash."""
EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without entries."""


def hash_leaf(data: bytes) -> bytes:
    """Return the leaf hash of the entry *data*."""
    return sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above *left* and *right*."""
    return sha256(b"\x01" + left + right).digest()


def hash_full_subtree(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a full subtree over *hashes*, whose number is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def fold_subtrees(subtrees: Iterable[bytes]) -> bytes:
    """Return the root over full *subtrees* that are side by side, largest first (the ragged right
    edge of a tree).
    """
    row = list(subtrees)
    if not row:
        return EMPTY_ROOT
    above = row.pop()
    while row:
        above = hash_node(row.pop(), above)
    return above

"""Which position of a status list a certificate gets. It is computed from the serial number and
reveals nothing about it.

The computation is a permutation of the positions, keyed by the list's own secret. No two serials
share a position and none need be remembered, and who knows one position knows neither how many
certificates there are nor which came before. It is a Feistel network over 18 bits. A result beyond
the list is put through again (cycle walking), which keeps it a permutation.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

LENGTH = 131_072
_HALF = 9
_MASK = (1 << _HALF) - 1
_ROUNDS = 6


def compute_status_index(serial: int, secret: bytes) -> int:
    """Return the position (0 … 131071) of certificate *serial* (0 … 131071) in the list with
    *secret*.

    Raises `ValueError` for a serial beyond the list.
    """
    if not 0 <= serial < LENGTH:
        raise ValueError(serial)
    value = _permuted(serial, secret)
    while value >= LENGTH:
        value = _permuted(value, secret)
    return value


def _permuted(value: int, secret: bytes) -> int:
    left, right = value >> _HALF, value & _MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _round(turn, right, secret)
    return left << _HALF | right


@lru_cache(
    maxsize=2 * (_ROUNDS << _HALF)
)  # all there is of two lists: in a batch each is asked for again and again
def _round(turn: int, half: int, secret: bytes) -> int:
    digest = hmac.digest(secret, bytes([turn]) + half.to_bytes(2, "big"), hashlib.sha256)
    return int.from_bytes(digest[:2], "big") & _MASK

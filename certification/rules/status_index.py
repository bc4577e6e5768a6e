"""Which place of a status list a certificate gets: the serial number goes in, a place that tells nothing about it comes out.

A permutation of the places, keyed by the list's own secret: no two serials share a place, none need be remembered, and who knows one
place knows neither how many certificates there are nor which came before. A Feistel network over 18 bits; a result beyond the list is
sent through again (cycle walking), which keeps it a permutation.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

LENGTH = 131_072
_HALF = 9
_MASK = (1 << _HALF) - 1
_ROUNDS = 6


def place(serial: int, secret: bytes) -> int:
    """Return the place (0 … 131071) of the *serial*-th certificate (0 … 131071) in the list with *secret*."""
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


@lru_cache(maxsize=2 * (_ROUNDS << _HALF))  # all there is of two lists: in a batch each is asked for again and again
def _round(turn: int, half: int, secret: bytes) -> int:
    digest = hmac.digest(secret, bytes([turn]) + half.to_bytes(2, "big"), hashlib.sha256)
    return int.from_bytes(digest[:2], "big") & _MASK

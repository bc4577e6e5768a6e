"""Draw blind numbers, randomly, in secret, and so that the draw can be checked later.

The draw is decided by a seed alone. Before scoring only the commitment is shown, which is a hash
over the seed and the entries, so that nobody can change the draw afterwards. After unsealing the
seed is shown too, and anyone can repeat the draw with these few lines.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

VERSION = "craftpath-draw-1"
SEED_BYTES = 32
SMALLEST_FIELD = 3


class DrawError(ValueError):
    """The draw cannot be made. `code` is `too_few` or `repeated`."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def make_draw_seed() -> str:
    """Return a fresh seed of 256 bits from the system's random source, as hexadecimal text."""
    return secrets.token_hex(SEED_BYTES)


def compute_draw_commitment(seed: str, entries: Sequence[str]) -> str:
    """Return the hash that fixes *seed* and the *entries* in their order of entry without giving
    the seed away.
    """
    return hashlib.sha256("\n".join([VERSION, seed, *entries]).encode()).hexdigest()


def draw_blind_numbers(seed: str, entries: Sequence[str]) -> dict[str, int]:
    """Return a blind number (1 to n) for each of *entries*, given in their order of entry.

    The numbers never follow the order of entry, forwards or backwards: such a draw would tell more
    than it hides, so it is drawn again. With fewer than three entries nothing can be hidden:
    `DrawError("too_few")`.
    """
    if len(entries) < SMALLEST_FIELD:
        raise DrawError("too_few", count=len(entries), minimum=SMALLEST_FIELD)
    if len(set(entries)) != len(entries):
        raise DrawError("repeated")
    key = bytes.fromhex(seed)
    in_order = list(entries)
    turn = 0
    while True:
        mixed = sorted(
            entries,
            key=lambda entry: hmac.new(
                key, f"{VERSION}|{turn}|{entry}".encode(), hashlib.sha256
            ).digest(),
        )
        if mixed not in (in_order, in_order[::-1]):
            return {entry: number for number, entry in enumerate(mixed, start=1)}
        turn += 1


def verify_draw(
    seed: str, entries: Sequence[str], committed: str, numbers: Mapping[str, int]
) -> bool:
    """Say whether *seed* and *entries* give the commitment that was shown and the *numbers* that
    were used.
    """
    return hmac.compare_digest(
        compute_draw_commitment(seed, entries), committed
    ) and draw_blind_numbers(seed, entries) == dict(numbers)

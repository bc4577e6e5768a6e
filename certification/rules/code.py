"""The code in the QR code: 16 characters of Crockford's base 32, read back kindly."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def read(text: str) -> str:
    """Return the code that *text* writes, with O read as 0 and I and L as 1; anything else comes back as it is, and matches nothing."""
    tidy = text.strip().upper().translate(_READ_AS)
    return tidy if len(tidy) == LENGTH and all(sign in ALPHABET for sign in tidy) else text

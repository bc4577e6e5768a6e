"""The content of our log entries, which is canonical JSON about one credential, status list or key.

An entry holds its fingerprint and the day, and nothing about a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# Of records taken over from paper (ADR 27): "import" when they appear, "compare" when a sample of
# their sheet was held against the originals (about the whole sheet), "withdraw" when their import
# was undone.
KINDS = frozenset(
    {
        "issue",
        "revoke",
        "suspend",
        "reinstate",
        "supersede",
        "statuslist",
        "key",
        "import",
        "compare",
        "withdraw",
    }
)
VERSION = 1
_LEAF = re.compile(
    rb'\{"c":"([0-9a-f]{64})","d":"(\d{4}-\d{2}-\d{2})",(?:"n":([2-9]|[1-9]\d{1,8}),)?"t":"(%s)","v":%d\}'
    % ("|".join(sorted(KINDS)).encode(), VERSION)
)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A log entry that was read. *about* is the SHA-256 of the credential, status list or key it
    is about.

    The same can happen to the same certificate twice a day (suspended, valid again, suspended).
    *nth* makes the second one another entry and not a repetition.
    """

    kind: str
    about: bytes
    day: date
    nth: int = 1


def write_leaf(kind: str, about: bytes, day: date, nth: int = 1) -> bytes:
    """Return the entry as it is hashed, with keys in alphabetical order and no spaces (RFC 8785).

    `n` is written only from the second time a day on. Raises `ValueError` for an unknown kind or a
    fingerprint that isn't 32 bytes.
    """
    if kind not in KINDS or len(about) != 32 or nth < 1:
        msg = "an entry has a known kind and a fingerprint of 32 bytes"
        raise ValueError(msg)
    again = f'"n":{nth},' if nth > 1 else ""
    return f'{{"c":"{about.hex()}","d":"{day.isoformat()}",{again}"t":"{kind}","v":{VERSION}}}'.encode()


def parse_leaf(data: bytes) -> Leaf | None:
    """Return the entry in *data*, or None if it isn't one of ours in exactly this form."""
    match = _LEAF.fullmatch(data)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match[2].decode())
    except ValueError:
        return None
    return Leaf(match[4].decode(), bytes.fromhex(match[1].decode()), day, int(match[3] or 1))


def parse_fingerprint(text: str) -> bytes | None:
    """Return the 32 bytes that *text* writes in hexadecimal, in any spacing and case, or None."""
    tidy = re.sub(r"[\s:·\-]", "", text).lower().removeprefix("sha256")
    return bytes.fromhex(tidy) if _HEX.fullmatch(tidy) else None

"""Digests that a browser and the server compute alike. The browser's half is `static/js/sha256.js`.

Canonical JSON: objects with their keys sorted by UTF-16 code units, no blanks, texts escaped as
JavaScript's `JSON.stringify` escapes them (RFC 8785 without its numbers), UTF-8. Decimals travel as
texts: a number would lose its places.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

LARGEST = 2**53 - 1  # the largest whole number that JavaScript tells from its neighbours
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def digest_canonical_json(value: Any) -> str:
    """Return SHA-256 of *value* in canonical JSON, as 64 small hexadecimal digits. Raises as
    `write_canonical_json` does.
    """
    return hashlib.sha256(write_canonical_json(value).encode()).hexdigest()


def write_canonical_json(value: Any) -> str:
    """Return *value* as canonical JSON.

    *value* is a text, a whole number within ±(2^53 - 1), a truth value, None, or a list or mapping
    of these. Raises `TypeError` for anything else and `ValueError` for a number out of range.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _write_text(value)
    if isinstance(value, int):
        if abs(value) > LARGEST:
            msg = "the number is too large for a browser; write it as a text"
            raise ValueError(msg)
        return str(int(value))
    if isinstance(value, Mapping):
        entries = sorted(
            value.items(), key=lambda entry: entry[0].encode("utf-16-be", "surrogatepass")
        )
        return (
            "{"
            + ",".join(f"{_write_text(key)}:{write_canonical_json(held)}" for key, held in entries)
            + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join(map(write_canonical_json, value)) + "]"
    msg = f"{type(value).__name__} has no canonical form; write decimals as texts"
    raise TypeError(msg)


def _write_text(text: str) -> str:
    """Return *text* as a JSON string. Half a surrogate pair is escaped, as browsers do."""
    return _LONE_SURROGATE.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(str(text), ensure_ascii=False)
    )

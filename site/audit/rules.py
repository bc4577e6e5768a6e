"""Pure digests of the record: what is covered, and how the chain is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def event_digest(fields: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of *fields* in canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def next_link(previous: str, digest: str) -> str:
    """Return the chain value after *previous* for an event with *digest*."""
    return hashlib.sha256(f"{previous}{digest}".encode("ascii")).hexdigest()

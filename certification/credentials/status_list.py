"""Bitstring Status Lists (W3C, 1.0), with one bit for each certificate.

The lists are so long that a position in one tells nothing about a certificate.
"""

from __future__ import annotations

import base64
import gzip
import io
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from certification.credentials import linked_data
from certification.credentials.errors import NotGenuine
from certification.credentials.timestamps import format_utc_moment

LENGTH = 131_072
"""Places in a list: the least that the standard allows, so that a single certificate hides among many."""


def encode_status_list(places: Iterable[int], *, length: int = LENGTH) -> str:
    """Return the list in which the bits at *places* are set, as `encodedList`, which is gzip in
    base64url with a leading u.

    The bytes are the same each time.
    """
    bits = bytearray(length // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return (
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 6, mtime=0)).rstrip(b"=").decode()
    )


def is_status_bit_set(encoded: str, place: int, *, length: int = LENGTH) -> bool:
    """Return whether the bit at *place* of *encoded* is set. Raises `NotGenuine` for a list that
    isn't one.
    """
    try:
        data = base64.b64decode(
            encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True
        )
        with gzip.open(io.BytesIO(data)) as file:
            bits = file.read(length // 8 + 1)  # never more than one list, whatever was sent
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise NotGenuine("status_list") from error
    if encoded[:1] != "u" or len(bits) != length // 8 or not 0 <= place < length:
        raise NotGenuine("status_list")
    return bool(bits[place // 8] & 0x80 >> place % 8)


def build_status_list_credential(
    *,
    address: str,
    issuer: str,
    purpose: str,
    encoded: str,
    valid_from: datetime,
    valid_until: datetime,
) -> dict[str, Any]:
    """Return the unsigned credential that publishes a list. *purpose* is revocation or suspension."""
    return {
        "@context": [linked_data.CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": format_utc_moment(valid_from),
        "validUntil": format_utc_moment(valid_until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }

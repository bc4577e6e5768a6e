"""The code in the QR code, which is 16 characters of Crockford's base 32, read leniently."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LONGEST_ADDRESS = 2000
_PATH = re.compile(r"/v/([^/]+)/?", re.ASCII | re.IGNORECASE)
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def normalise_certificate_code(text: str) -> str:
    """Return the code that *text* writes, with O read as 0 and I and L as 1.

    Anything else is returned as it is, and matches nothing.
    """
    tidy = text.strip().upper().translate(_READ_AS)
    return tidy if len(tidy) == LENGTH and all(sign in ALPHABET for sign in tidy) else text


def parse_code_address(text: str) -> tuple[str, str] | None:
    """Return host and code of the address in a QR code, or None for anything else.

    The host is in lower case, with the port if there is one. The part behind the # is the token for
    checking without a network. The code isn't looked up here.
    """
    if len(text) > LONGEST_ADDRESS or not text.isprintable():
        return None
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    host = parts.netloc.lower()
    path = _PATH.fullmatch(parts.path)
    if parts.scheme.lower() not in {"http", "https"} or not host or path is None or parts.query:
        return None
    tidy = normalise_certificate_code(path[1])
    return (host, tidy) if len(tidy) == LENGTH and all(sign in ALPHABET for sign in tidy) else None


def parse_web_host(text: str) -> str:
    """Return the host of the web address in a QR code, or an empty string for anything else.

    The host is in lower case, with the port if there is one.
    """
    if len(text) > LONGEST_ADDRESS or not text.isprintable():
        return ""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme.lower() in {"http", "https"} else ""

"""Sign webhooks as the Standard Webhooks specification says (standardwebhooks.com, version 1.0.0)."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

PREFIX = "whsec_"


def secret_text(secret: bytes) -> str:
    """Return *secret* (24 to 64 bytes) as it is shown to people."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def secret_bytes(text: str) -> bytes:
    """Return the bytes behind a shown secret."""
    return base64.b64decode(text.removeprefix(PREFIX))


def sign_webhook(secret: bytes, *, number: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature` for *body* under the message *number* at *timestamp*
    (seconds since 1970).
    """
    content = f"{number}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, content, sha256).digest()).decode("ascii")


def build_webhook_headers(
    secret: bytes, *, number: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the three headers a receiver checks."""
    return {
        "webhook-id": number,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_webhook(secret, number=number, timestamp=timestamp, body=body),
    }

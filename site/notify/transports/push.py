"""Send web push messages, encrypted for the browser (RFC 8291) and signed by the site (VAPID, RFC
8292), through the guarded POST.

`http_ece` encrypts and `py_vapid` signs. All that pywebpush would add is a POST through requests,
which can't be kept from private addresses and redirects.
"""

from __future__ import annotations

import base64
import json
import secrets
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from core import clock
from core.keys import read_or_make
from notify.models import PushSubscription
from notify.transports import http
from notify.transports.parcel import NotTaken, Parcel

SECONDS = 3 * 24 * 3600  # how long a push service keeps it for a phone that is off
LONGEST = 600  # characters of text; a payload must stay below 4,096 bytes


def make_push_key() -> str:
    """Return a new private key (32 bytes, URL-safe base64 without padding)."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _encoded(number.to_bytes(32, "big"))


def private_key() -> str:
    """Return the site's key, which is the setting or the file made on first use."""
    return settings.VAPID_KEY or read_or_make(settings.KEY_FOLDER / "vapid-key", make_push_key)


@lru_cache(maxsize=2)
def _signer(key: str) -> Vapid02:
    return Vapid02.from_raw(key.encode("ascii"))


def public_key() -> str:
    """Return what a browser needs to subscribe (65 bytes, URL-safe base64 without padding)."""
    point = _signer(private_key()).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return _encoded(point)


def encrypt_for_browser(content: bytes, *, p256dh: str, auth: str) -> bytes:
    """Return *content* so that only the browser with these keys can read it. Raises `ValueError`
    for unusable keys.
    """
    body: bytes = http_ece.encrypt(
        content,
        salt=secrets.token_bytes(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode_base64url(p256dh),
        auth_secret=decode_base64url(auth),
        version="aes128gcm",
    )
    return body


def build_push_payload(parcel: Parcel) -> bytes:
    """Return what the browser's service worker shows."""
    piece = parcel.pieces[0]
    shown = {
        "title": piece.subject,
        "body": piece.text[:LONGEST],
        "url": f"/messages/{piece.number}/",
        "tag": str(parcel.number),
        "lang": parcel.language,
    }
    return json.dumps(shown, ensure_ascii=False).encode()


def send_push_parcel(parcel: Parcel) -> None:
    """Send to one browser, or raise `NotTaken`."""
    subscription = PushSubscription.objects.filter(public_id=parcel.address).first()
    if subscription is None:
        raise NotTaken("the browser is no longer subscribed", again=False, gone=True)
    address = urlsplit(subscription.endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}",
        "exp": int(clock.timestamp()) + 12 * 3600,
    }
    try:
        body = encrypt_for_browser(
            build_push_payload(parcel), p256dh=subscription.p256dh, auth=subscription.auth
        )
    except (ValueError, http_ece.ECEException):
        raise NotTaken("the browser's keys can't be used", again=False, gone=True) from None
    headers = {
        **_signer(private_key()).sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(SECONDS),
        "Urgency": "high" if parcel.pieces[0].urgent else "normal",
        # The same for every try: the service replaces what it still holds instead of showing it
        # twice.
        "Topic": parcel.number.hex,
    }
    status = http.post_guarded(subscription.endpoint, body=body, headers=headers).status
    if status in (404, 410):
        raise NotTaken("the browser is no longer subscribed", again=False, gone=True)
    if not 200 <= status < 300:
        raise NotTaken(f"the push service answered {status}", again=status == 429 or status >= 500)


def decode_base64url(text: str) -> bytes:
    """Return the bytes of URL-safe base64, padded or not."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")

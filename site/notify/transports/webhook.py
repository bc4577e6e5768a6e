"""Webhooks, signed as the Standard Webhooks specification says."""

from __future__ import annotations

import json
import time

from django.conf import settings

from notify.models import WebhookEndpoint
from notify.rules import webhooks
from notify.transports import http
from notify.transports.parcel import NotTaken, Parcel, Piece


def body_of(piece: Piece) -> bytes:
    """Return the payload: type, time and what the inbox shows."""
    content = {
        "type": piece.kind,
        "timestamp": piece.written_at.isoformat(),
        "data": {
            "message": str(piece.number),
            "subject": piece.subject,
            "text": piece.text,
            "url": f"{settings.BASE_URL}{piece.link}" if piece.link else "",
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def hand_over(parcel: Parcel) -> None:
    """Post to one endpoint; raises `NotTaken`."""
    endpoint = WebhookEndpoint.objects.filter(public_id=parcel.address).first()
    if endpoint is None or not endpoint.active:
        raise NotTaken("the webhook is switched off", again=False, gone=endpoint is None)
    body = body_of(parcel.pieces[0])
    signed = webhooks.headers(
        webhooks.secret_bytes(endpoint.secret), number=f"msg_{parcel.number.hex}", timestamp=int(time.time()), body=body
    )
    status = http.post(endpoint.url, body=body, headers={"Content-Type": "application/json", **signed}).status
    if status == 410:
        raise NotTaken("the other side answered 410: it wants no more", again=False, gone=True)
    if not 200 <= status < 300:
        raise NotTaken(f"the other side answered {status}", again=True)

"""Deliver events to webhooks. A delivery is claimed under a lease, posted outside any transaction,
and settled. Each endpoint gets one at a time, in order.

The next event of an endpoint waits until the one before it is accepted or given up, so a program
sees changes in the order they happened. Delivery is at least once, and a duplicate (from a worker
that died after the other side had answered) carries the same `webhook-id`.
"""

from __future__ import annotations

import json
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from api import webhooks
from api.models import WebhookDelivery
from core import clock
from notify.enums import DeliveryState
from notify.program_events import find_event_kind
from notify.rules import timing
from notify.rules import webhooks as signing
from notify.transports import http
from notify.transports.parcel import NotTaken

log = structlog.get_logger("craftpath.api")
LEASE = timedelta(seconds=120)
KEPT_DAYS = 30
VERSION = 1
"""Of the schema. Fields may be added under one version; a field that goes or changes its meaning makes the next."""


def has_waiting_deliveries() -> bool:
    """Say whether any delivery is due now. The sweeper asks this."""
    return _claimable(clock.now()).exists()


def _claimable(now: datetime) -> QuerySet[WebhookDelivery]:
    open_rows = WebhookDelivery.objects.filter(settled_at=None)
    before = open_rows.filter(endpoint=OuterRef("endpoint"), pk__lt=OuterRef("pk"))
    ready = Q(state=DeliveryState.QUEUED, due_at__lte=now) | Q(
        state=DeliveryState.LEASED, leased_until__lt=now
    )
    return open_rows.filter(ready, ~Exists(before))


def deliver_waiting(*, seconds: float | None = None) -> int:
    """Deliver until nothing is due, or *seconds* are over, and return how many tries were made."""
    ends = None if seconds is None else time.monotonic() + seconds
    tries = 0
    while ends is None or time.monotonic() < ends:
        delivery = claim_delivery()
        if delivery is None:
            break
        send_delivery(delivery)
        tries += 1
    return tries


def claim_delivery(*, now: datetime | None = None) -> WebhookDelivery | None:
    """Take the next delivery under a lease by one conditional UPDATE, or None."""
    now = now or clock.now()
    for _try in range(20):
        head = _claimable(now).order_by("due_at", "pk").first()
        if head is None:
            return None
        lease = uuid.uuid4()
        held = WebhookDelivery.objects.filter(
            pk=head.pk, state=head.state, lease=head.lease, attempts=head.attempts
        )
        if held.update(
            state=DeliveryState.LEASED,
            lease=lease,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
        ):
            return WebhookDelivery.objects.select_related(
                "endpoint__employer", "endpoint__org"
            ).get(pk=head.pk)
    return None


def send_delivery(delivery: WebhookDelivery) -> None:
    """Post one leased delivery and record what the other side answered."""
    endpoint, answer = delivery.endpoint, None
    try:
        if not endpoint.active:
            _settle(delivery, DeliveryState.DROPPED, reason="the webhook is switched off")
            return
        answer = _post(delivery)
        if answer == 410:
            raise NotTaken("the other side answered 410: it wants no more", again=False, gone=True)
        if not 200 <= answer < 300:
            raise NotTaken(f"the other side answered {answer}", again=True)
    except NotTaken as error:
        _not_taken(delivery, error, answer)
    except Exception as error:  # a fault of ours must not stop those behind it
        log.exception("webhook_failed", delivery=delivery.pk, attempt=delivery.attempts)
        _not_taken(delivery, NotTaken(type(error).__name__, again=True), None)
    else:
        _settle(delivery, DeliveryState.DONE, answer=answer)
        webhooks.note_success(endpoint)


def _post(delivery: WebhookDelivery) -> int:
    body = write_delivery_body(delivery)
    now = clock.now()
    number, stamp = f"msg_{delivery.public_id.hex}", int(now.timestamp())
    signed = [
        signing.sign_webhook(
            signing.secret_bytes(secret), number=number, timestamp=stamp, body=body
        )
        for secret in delivery.endpoint.secrets_at(now)
    ]
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(signed),
    }
    return http.post_guarded(
        delivery.endpoint.url, body=body, headers={"Content-Type": "application/json", **headers}
    ).status


def write_delivery_body(delivery: WebhookDelivery) -> bytes:
    """Return the payload, with kind, time, version of the schema, the webhook's owner, and the
    fields of the event.
    """
    owner = delivery.endpoint.scope
    content = _envelope(
        kind=delivery.kind,
        at=timezone.localtime(delivery.at).isoformat(timespec="seconds"),
        number=delivery.public_id,
        owner={
            "type": "employer" if delivery.endpoint.employer_id else "union",
            "id": str(owner.public_id),
            "name": str(owner),
        },
        data=_in_documented_order(delivery.kind, delivery.data),
    )
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _envelope(
    *, kind: str, at: str, number: uuid.UUID, owner: dict[str, str], data: Any
) -> dict[str, Any]:
    return {
        "type": kind,
        "timestamp": at,
        "version": VERSION,
        "id": f"msg_{number.hex}",
        "owner": owner,
        "data": data,
    }


def _in_documented_order(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return *data* in the order in which the documentation lists its members, because PostgreSQL
    keeps the members of an object in an order of its own.
    """
    known = find_event_kind(kind)
    names = [name for name in known.sample if name in data] if known else []
    return {name: data[name] for name in names} | data


def sample_body() -> str:
    """Return a payload as the documentation shows it, built by the same code as real ones."""
    kind = find_event_kind("certificate.revoked")
    if kind is None:
        return ""
    number = uuid.UUID("8e1a52b7-5f0c-4d2e-9c1a-7b3d4e5f6a70")
    owner = {
        "type": "employer",
        "id": "3b1f7c52-0d64-4a58-9b7e-2f4d6c8a1e93",
        "name": "示例机械有限公司",
    }
    sample = _envelope(
        kind=kind.key, at=kind.sample["at"], number=number, owner=owner, data=dict(kind.sample)
    )
    return json.dumps(sample, ensure_ascii=False, indent=1)


def _not_taken(delivery: WebhookDelivery, error: NotTaken, answer: int | None) -> None:
    now = clock.now()
    again = error.again and delivery.attempts < timing.MAX_ATTEMPTS
    if again:
        due_at = now + timing.wait_before_retry(delivery.attempts)
        _settle(delivery, DeliveryState.QUEUED, reason=error.reason, answer=answer, due_at=due_at)
    else:
        _settle(delivery, DeliveryState.DEAD, reason=error.reason, answer=answer)
    webhooks.note_failure(delivery.endpoint, reason=error.reason, gone=error.gone, now=now)


def _settle(
    delivery: WebhookDelivery,
    state: str,
    *,
    reason: str = "",
    answer: int | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Write the outcome of a leased delivery. Returns False if the lease was lost, in which case
    the other holder's outcome counts.
    """
    changes: dict[str, Any] = {
        "state": state,
        "reason": reason[:200],
        "answer": answer,
        "lease": None,
        "leased_until": None,
    }
    changes |= {"settled_at": clock.now()} if due_at is None else {"due_at": due_at}
    return bool(
        WebhookDelivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(**changes)
    )


def list_old_deliveries(cutoff: datetime) -> QuerySet[WebhookDelivery]:
    """Return the deliveries settled before *cutoff*, whose log is of no use any more."""
    return WebhookDelivery.objects.filter(settled_at__lt=cutoff).order_by("pk")

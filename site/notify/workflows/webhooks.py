"""Webhooks: an account's own, so that they never tell more than that account may know."""

from __future__ import annotations

import secrets
import uuid
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

import audit
from core.states import lock
from notify import registry
from notify.enums import Channel
from notify.errors import AddressRefused, TooManyWebhooks
from notify.models import Delivery, Message, WebhookEndpoint
from notify.rules import webhooks as signing
from notify.transports import http
from notify.transports.parcel import NotTaken
from notify.workflows.ringing import ring
from notify.workflows.sending import send
from notify.workflows.waiting import drop, wait_again

LIMIT = 5
FAILURES = 20  # in a row, then it is switched off
PING = "notify.webhook_ping"
SITE = SimpleNamespace(pk=None, audit_label="system")  # `access.SYSTEM` stands above


@transaction.atomic
def add(*, actor: Any, name: str, url: str, kinds: list[str]) -> WebhookEndpoint:
    """Add a webhook for *actor*'s own messages of *kinds* (none listed: all). Raises `AddressRefused`, `TooManyWebhooks`."""
    if WebhookEndpoint.objects.select_for_update().filter(owner_id=actor.pk).count() >= LIMIT:
        raise TooManyWebhooks(LIMIT)
    endpoint = WebhookEndpoint(owner=actor, name=name, url=_allowed(url), kinds=sorted(set(kinds)))
    endpoint.set_secret(signing.secret_text(secrets.token_bytes(32)))
    endpoint.full_clean()
    endpoint.save()
    audit.record("notify.webhook_added", actor=actor, target=endpoint, after={"kinds": endpoint.kinds})
    return endpoint


@transaction.atomic
def change(*, actor: Any, endpoint: WebhookEndpoint, name: str, url: str, kinds: list[str], active: bool) -> WebhookEndpoint:
    """Change a webhook; switching it on again forgets its failures."""
    endpoint = lock(endpoint)
    before = {"kinds": endpoint.kinds, "active": endpoint.active}
    endpoint.name, endpoint.url, endpoint.kinds = name, _allowed(url), sorted(set(kinds))
    if active and not endpoint.active:
        endpoint.failures, endpoint.disabled_at = 0, None
    endpoint.active = active
    endpoint.full_clean()
    endpoint.save()
    audit.record(
        "notify.webhook_changed", actor=actor, target=endpoint, before=before, after={"kinds": endpoint.kinds, "active": endpoint.active}
    )
    return endpoint


@transaction.atomic
def new_secret(*, actor: Any, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Give the webhook a new secret; the old one is worth nothing from now on."""
    endpoint = lock(endpoint)
    endpoint.set_secret(signing.secret_text(secrets.token_bytes(32)))
    endpoint.save(update_fields=["secret_encrypted", "updated_at"])
    audit.record("notify.webhook_changed", actor=actor, target=endpoint, after={"secret": "new"})
    return endpoint


@transaction.atomic
def remove(*, actor: Any, endpoint: WebhookEndpoint) -> None:
    """Remove a webhook; what still waits for it is dropped."""
    endpoint = lock(endpoint)
    audit.record("notify.webhook_removed", actor=actor, target=endpoint)
    _drop(str(endpoint.public_id))
    endpoint.delete()


@transaction.atomic
def ping(*, actor: Any, endpoint: WebhookEndpoint) -> Delivery:
    """Queue a test for one webhook; it appears in no inbox."""
    kind = registry.get(PING)
    message = Message.objects.create(
        kind=kind.key,
        key=uuid.uuid4().hex,
        recipient_id=endpoint.owner_id,
        language="zh-hans",
        subject=str(kind.subject),
        text=str(kind.text),
        in_inbox=False,
    )
    delivery = Delivery.objects.create(
        message=message,
        recipient_id=endpoint.owner_id,
        channel=Channel.WEBHOOK,
        address=str(endpoint.public_id),
        due_at=timezone.now(),
    )
    transaction.on_commit(ring)
    return delivery


@transaction.atomic
def resend(*, actor: Any, delivery: Delivery) -> bool:
    """Send a settled delivery again under its old number; False if it is on its way anyway."""
    won = wait_again(delivery)
    if won:
        transaction.on_commit(ring)
    return won


def worked(public_id: str) -> None:
    """Forget the failures of a webhook that answered well."""
    WebhookEndpoint.objects.filter(public_id=public_id).exclude(failures=0).update(failures=0)


def failed(public_id: str, *, reason: str, gone: bool = False) -> None:
    """Count a failure; after twenty in a row, or when the other side wants no more, switch the webhook off and tell its owner."""
    WebhookEndpoint.objects.filter(public_id=public_id, active=True).update(failures=F("failures") + 1)
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update().select_related("owner").filter(public_id=public_id, active=True).first()
        if endpoint is None or not (gone or endpoint.failures >= FAILURES):
            return
        endpoint.active, endpoint.disabled_at = False, timezone.now()
        endpoint.save(update_fields=["active", "disabled_at", "updated_at"])
        _drop(public_id)
        audit.record("notify.webhook_disabled", actor=SITE, target=endpoint, after={"failures": endpoint.failures}, reason=reason)
        send(
            "notify.webhook_off",
            to=endpoint.owner,
            context={"name": endpoint.name, "webhook": str(endpoint.public_id)},
            about=endpoint,
            key=f"{public_id}:{endpoint.disabled_at.isoformat()}",
        )


def _drop(address: str) -> None:
    drop(channel=Channel.WEBHOOK, address=address, reason="the webhook is switched off")


def _allowed(url: str) -> str:
    try:
        _tls, host, port, _path = http.checked(url)
        if http.is_literal(host):
            http.resolve(host, port)
    except NotTaken as error:
        raise AddressRefused(error.reason) from None
    return url

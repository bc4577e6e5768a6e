"""Add, change, test and remove webhooks of employers and unions. Events become rows for them in
the transaction of the action.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

import audit
import notify
from access import SYSTEM
from access.checks import require
from access.queries.where import who_may
from api.grants import KEEP_WEBHOOKS
from api.models import WebhookDelivery, WebhookEndpoint
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.states import lock
from notify.enums import DeliveryState
from notify.errors import AddressRefused
from notify.program_events import ProgramEvent, list_event_kinds
from notify.rules import webhooks as signing
from notify.transports import http
from notify.transports.parcel import NotTaken
from org.models import Employer, OrgUnit

MOST = 5
DEAD_AFTER = timedelta(days=3)
"""Without one delivery taken for so long, an endpoint is switched off and its owner's people are told."""
FORMER_SECRET_FOR = timedelta(hours=24)
PING = "webhook.test"
SETTLED = (DeliveryState.DONE, DeliveryState.DEAD, DeliveryState.DROPPED)


@transaction.atomic
def add_webhook(
    *, actor: Actor, scope: Employer | OrgUnit, name: str, url: str, kinds: list[str]
) -> WebhookEndpoint:
    """Add a webhook of *scope* for the *kinds* of events, or for all if none are listed. Needs
    `api.keep_webhooks` on the scope.

    Raises `AddressRefused`, and `DomainError` if there are too many.
    """
    scope = lock(scope)
    require(actor, KEEP_WEBHOOKS, scope)
    owned = {"employer": scope} if isinstance(scope, Employer) else {"org": scope}
    if WebhookEndpoint.objects.filter(**owned).count() >= MOST:
        raise DomainError(
            "too_many_webhooks",
            _("There are already %(most)s webhooks. Remove one that you no longer need.")
            % {"most": MOST},
        )
    endpoint = WebhookEndpoint(
        name=name,
        url=_allowed(url),
        kinds=_known(kinds),
        added_by_id=getattr(actor, "pk", None),
        **owned,
    )
    endpoint.set_secret(_new_secret())
    endpoint.full_clean()
    endpoint.save()
    audit.record("api.webhook_added", actor=actor, target=endpoint, after={"kinds": endpoint.kinds})
    return endpoint


@transaction.atomic
def change_webhook(
    *, actor: Actor, endpoint: WebhookEndpoint, name: str, url: str, kinds: list[str], active: bool
) -> WebhookEndpoint:
    """Change a webhook. Switching it on again resets its failures. Needs `api.keep_webhooks` on
    its owner.
    """
    endpoint = _held(actor, endpoint)
    before = {"kinds": endpoint.kinds, "active": endpoint.active}
    endpoint.name, endpoint.url, endpoint.kinds = name, _allowed(url), _known(kinds)
    if active and not endpoint.active:
        endpoint.failing_since, endpoint.disabled_at = None, None
    endpoint.active = active
    endpoint.full_clean()
    endpoint.save()
    if not active:
        drop_waiting(endpoint)
    after = {"kinds": endpoint.kinds, "active": endpoint.active}
    audit.record("api.webhook_changed", actor=actor, target=endpoint, before=before, after=after)
    return endpoint


@transaction.atomic
def rotate_secret(*, actor: Actor, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Give the webhook a new secret. For a day deliveries are signed with the previous one as
    well, so that the other side can follow.
    """
    endpoint = _held(actor, endpoint)
    endpoint.set_secret(_new_secret(), former_until=clock.now() + FORMER_SECRET_FOR)
    endpoint.save(
        update_fields=["secret_encrypted", "former_secret_encrypted", "former_until", "updated_at"]
    )
    audit.record("api.webhook_changed", actor=actor, target=endpoint, after={"secret": "new"})
    return endpoint


@transaction.atomic
def remove_webhook(*, actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Remove a webhook with its log. Deliveries that wait for it aren't sent any more."""
    endpoint = _held(actor, endpoint)
    audit.record("api.webhook_removed", actor=actor, target=endpoint)
    endpoint.delete()


@transaction.atomic
def send_test(*, actor: Actor, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a test for one webhook, after what waits for it."""
    endpoint = _held(actor, endpoint)
    now = clock.now()
    subject = _("Test of your webhook")
    text = _(
        "If you can read this, the address works. Verify the signature as described in the "
        "Standard Webhooks specification."
    )
    data = {
        "at": timezone.localtime(now).isoformat(timespec="seconds"),
        "subject": subject,
        "text": text,
    }
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, kind=PING, key=uuid.uuid4().hex, at=now, data=data, due_at=now
    )
    transaction.on_commit(schedule_delivery)
    return delivery


@transaction.atomic
def send_again(*, actor: Actor, delivery: WebhookDelivery) -> bool:
    """Send a settled delivery again under its old number. Returns False if it is on its way
    anyway.
    """
    _held(actor, delivery.endpoint)
    settled = WebhookDelivery.objects.filter(pk=delivery.pk, state__in=SETTLED)
    won = settled.update(
        state=DeliveryState.QUEUED,
        attempts=0,
        reason="",
        answer=None,
        due_at=clock.now(),
        settled_at=None,
    )
    if won:
        transaction.on_commit(schedule_delivery)
    return bool(won)


def queue_event(event: ProgramEvent) -> int:
    """Write a delivery of *event* for each endpoint that wants it, in the transaction of the
    action, and return how many. Takes two queries.
    """
    wanted = [
        row
        for row in WebhookEndpoint.objects.filter(_owned_by(event.scope), active=True)
        if not row.kinds or event.kind in row.kinds
    ]
    if not wanted:
        return 0
    now = clock.now()
    rows = [
        WebhookDelivery(
            endpoint=row,
            kind=event.kind,
            key=event.key,
            at=event.at,
            data=dict(event.data),
            due_at=now,
        )
        for row in wanted
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(schedule_delivery)
    return len(rows)


def _owned_by(scope: Any) -> Q:
    if isinstance(scope, Employer):
        return Q(employer=scope)
    step = OrgUnit.steplen
    return Q(org__path__in=[scope.path[:end] for end in range(step, len(scope.path) + 1, step)])


def note_success(endpoint: WebhookEndpoint) -> None:
    """Reset the failures of an endpoint that accepted a delivery."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(
        failing_since=None
    )


@transaction.atomic
def note_failure(endpoint: WebhookEndpoint, *, reason: str, gone: bool, now: datetime) -> None:
    """Note a failure. After three days of failures alone, or when the other side wants no more,
    switch the endpoint off and tell its people.
    """
    row = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint.pk, active=True).first()
    if row is None:
        return
    row.failing_since = row.failing_since or now
    if not gone and now - row.failing_since < DEAD_AFTER:
        row.save(update_fields=["failing_since", "updated_at"])
        return
    row.active, row.disabled_at = False, now
    row.save(update_fields=["active", "failing_since", "disabled_at", "updated_at"])
    drop_waiting(row)
    audit.record(
        "api.webhook_disabled",
        actor=SYSTEM,
        target=row,
        after={"failing_since": row.failing_since},
        reason=reason,
    )
    people = [held.assignment.user for held in who_may(KEEP_WEBHOOKS, row.scope)]
    context = {"name": row.name, "owner": str(row.scope), "webhook": str(row.public_id)}
    notify.send_message(
        "api.webhook_off",
        to=people,
        context=context,
        about=row,
        key=f"{row.public_id}:{now.isoformat()}",
    )


def drop_waiting(endpoint: WebhookEndpoint) -> int:
    """Drop what waits for *endpoint* and return how many."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.QUEUED)
    return waiting.update(
        state=DeliveryState.DROPPED,
        reason=gettext_noop("the webhook is turned off"),
        settled_at=clock.now(),
    )


def schedule_delivery() -> None:
    """Start the worker's task. A broker that is down undoes nothing, since the sweeper finds the
    rows.
    """
    import structlog  # slow import
    from celery import current_app  # slow import

    try:
        current_app.send_task("api.deliver_webhooks")
    except Exception as error:  # noqa: BLE001 - the rows are there; the sweeper rings too
        structlog.get_logger("craftpath.api").warning("bell_failed", error=type(error).__name__)


def _held(actor: Actor, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    endpoint = lock(endpoint)
    require(actor, KEEP_WEBHOOKS, endpoint.scope)
    return endpoint


def _new_secret() -> str:
    return signing.secret_text(secrets.token_bytes(32))


def _known(kinds: list[str]) -> list[str]:
    wanted = sorted(set(kinds))
    if set(wanted) - {kind.key for kind in list_event_kinds()}:
        sentence = _("Choose from the listed kinds of events.")
        raise InvalidInput("unknown_kind", sentence, fields={"kinds": sentence})
    return wanted


def _allowed(url: str) -> str:
    try:
        _tls, host, port, _path = http.parse_target_url(url)
        if http.is_literal_address(host):
            http.resolve_host(host, port)
    except NotTaken as error:
        raise AddressRefused(error.reason) from None
    return url

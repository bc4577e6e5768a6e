"""Register and remove browsers that want web push."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction

from core.actors import Actor
from notify.enums import MessageChannel
from notify.errors import SubscriptionRefused
from notify.models import PushSubscription
from notify.transports import http, push
from notify.transports.parcel import NotTaken
from notify.workflows.waiting import drop_waiting_deliveries
from people.accounts import require_account

LIMIT = 10


@transaction.atomic
def subscribe_browser(
    *, actor: Actor, endpoint: str, p256dh: str, auth: str, device: str = ""
) -> PushSubscription:
    """Let one browser of *actor* get messages.

    A browser belongs to the account that subscribed last. The oldest browsers beyond ten are
    removed. Raises `SubscriptionRefused` for keys or addresses that can't be used. The host name is
    looked up only when something is sent.
    """
    try:
        http.parse_target_url(endpoint)
        usable = (
            len(endpoint) <= 2000
            and len(push.decode_base64url(p256dh)) == 65
            and len(push.decode_base64url(auth)) == 16
        )
        push.encrypt_for_browser(b"", p256dh=p256dh, auth=auth)
    except (NotTaken, ValueError):
        usable = False
    if not usable:
        raise SubscriptionRefused
    account = require_account(actor)
    subscription, _made = PushSubscription.objects.update_or_create(
        endpoint_hash=hash_of(endpoint),
        defaults={
            "user": account,
            "endpoint": endpoint,
            "p256dh": p256dh,
            "auth": auth,
            "device": device[:100],
        },
    )
    kept = (
        PushSubscription.objects.filter(user=account)
        .order_by("-updated_at", "-pk")
        .values_list("pk", flat=True)[:LIMIT]
    )
    PushSubscription.objects.filter(user=account).exclude(pk__in=list(kept)).delete()
    return subscription


@transaction.atomic
def unsubscribe_browser(*, actor: Actor, subscription: PushSubscription) -> None:
    """Remove one browser of *actor*, and drop its waiting deliveries."""
    PushSubscription.objects.filter(pk=subscription.pk, user_id=actor.pk).delete()
    _drop(str(subscription.public_id))


def forget_browser(public_id: str) -> None:
    """Remove a browser that the push service no longer knows, and drop its waiting deliveries."""
    PushSubscription.objects.filter(public_id=public_id).delete()
    _drop(public_id)


def _drop(address: str) -> None:
    drop_waiting_deliveries(
        channel=MessageChannel.PUSH, address=address, reason="the browser is no longer subscribed"
    )


def hash_of(endpoint: str) -> str:
    """Return the hash under which an endpoint is unique."""
    return sha256(endpoint.encode()).hexdigest()

"""Claim deliveries under a lease, hand them over outside any transaction, and record the outcome.

A claim is one conditional UPDATE on the rows' own columns, so two workers never hold one row. Each
message is written once, and each parcel is handed over at least once. A duplicate can only come
from a worker that ended or lost its lease after the other side had taken the parcel and before that
was written down. Such a duplicate carries the same Message-ID, webhook-id or push topic as the
first.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.db.models import F
from django.urls import reverse

from core import clock
from notify import registry
from notify.enums import DeliveryState, MessageChannel
from notify.links import unsubscribe_path
from notify.models import Delivery, Settings
from notify.queries.deliveries import list_claimable_deliveries
from notify.queries.wishes import hours_of
from notify.registry import MessageKind
from notify.rendering import edited_texts, render_message, sms_values
from notify.rules import timing
from notify.transports import mail, push, sms
from notify.transports.parcel import NotTaken, Parcel, Piece
from notify.workflows.subscriptions import forget_browser
from notify.workflows.waiting import NO_CONSENT
from people.privacy_enums import ConsentPurpose
from people.privacy_queries import accounts_agreed

log = structlog.get_logger("craftpath.notify")
LEASE = timedelta(seconds=120)
LARGEST_BUNDLE = 50

HandOver = Callable[[Parcel], None]
TRANSPORTS: dict[str, HandOver] = {
    MessageChannel.MAIL: mail.send_mail_parcel,
    MessageChannel.SMS: sms.send_sms_parcel,
    MessageChannel.PUSH: push.send_push_parcel,
}


def deliver_waiting_parcels(*, seconds: float | None = None) -> int:
    """Hand over what may leave until nothing is left, or until *seconds* are over, and return how
    many parcels were handled.
    """
    ends = None if seconds is None else time.monotonic() + seconds
    handled = 0
    while ends is None or time.monotonic() < ends:
        held = claim_parcel()
        if not held:
            break
        deliver_parcel(held)
        handled += 1
    return handled


def claim_parcel(*, now: datetime | None = None) -> list[Delivery]:
    """Claim the rows of the next parcel under one lease, in the order they were written, or return
    an empty list.

    A parcel is one row, or all waiting rows of a collected mail to one address. Once made up, it
    keeps its number and its rows, so a later try finds the same parcel.
    """
    now = now or clock.now()
    for _try in range(20):
        head = list_claimable_deliveries(now).order_by("due_at", "pk").first()
        if head is None:
            return []
        lease = uuid.uuid4()
        leased: dict[str, Any] = {
            "state": DeliveryState.LEASED,
            "lease": lease,
            "leased_until": now + LEASE,
            "attempts": F("attempts") + 1,
        }
        if head.bundle is None:
            numbers = _alike(head, now) if head.bundled else [head.pk]
            won = Delivery.objects.filter(
                pk__in=numbers, state=DeliveryState.QUEUED, bundle=None
            ).update(bundle=uuid.uuid4(), **leased)
        else:
            won = Delivery.objects.filter(
                bundle=head.bundle, state=head.state, lease=head.lease, attempts=head.attempts
            ).update(**leased)
        if won:
            return list(
                Delivery.objects.filter(lease=lease)
                .select_related("message", "recipient")
                .order_by("pk")
            )
    return []


def _alike(head: Delivery, now: datetime) -> list[int]:
    rows = Delivery.objects.filter(
        recipient_id=head.recipient_id, channel=head.channel, address=head.address, bundled=True, bundle=None,
        state=DeliveryState.QUEUED, due_at__lte=now,
    )  # fmt: skip
    return list(rows.order_by("pk").values_list("pk", flat=True)[:LARGEST_BUNDLE])


def deliver_parcel(held: list[Delivery]) -> None:
    """Hand over one leased parcel, and record the outcome."""
    first = held[0]
    if not first.recipient.is_active:
        record_parcel_outcome(held, DeliveryState.DROPPED, reason="the account is closed")
        return
    if first.channel == MessageChannel.SMS and not accounts_agreed(
        [first.recipient], ConsentPurpose.SMS
    ):
        record_parcel_outcome(held, DeliveryState.DROPPED, reason=NO_CONSENT)
        return
    try:
        if first.attempts > timing.MAX_ATTEMPTS:
            raise NotTaken("too many tries", again=False)
        TRANSPORTS[first.channel](build_parcel(held))
    except NotTaken as error:
        _not_taken(held, error)
    except Exception as error:  # a fault of ours must not stop the parcels behind it
        log.exception(
            "delivery_failed", delivery=first.pk, channel=first.channel, attempt=first.attempts
        )
        _not_taken(held, NotTaken(type(error).__name__, again=True))
    else:
        record_parcel_outcome(held, DeliveryState.DONE)


def build_parcel(held: list[Delivery]) -> Parcel:
    """Return the parcel of the rows *held*, with the texts of their channel."""
    first = held[0]
    kinds = {
        delivery.message.kind: registry.find_message_kind(delivery.message.kind)
        for delivery in held
    }
    edited = {key: edited_texts(key) for key in kinds}
    single = kinds[first.message.kind] if len(kinds) == 1 else None
    url = ""
    if first.channel == MessageChannel.MAIL and not (single and single.always(MessageChannel.MAIL)):
        url = _absolute(
            unsubscribe_path(
                first.recipient_id,
                first.message.kind if len(kinds) == 1 else "",
                MessageChannel.MAIL,
            )
        )
    return Parcel(
        number=first.bundle or first.public_id,
        address=first.address,
        recipient=first.recipient,
        language=first.message.language,
        pieces=tuple(
            _piece(delivery, kinds[delivery.message.kind], edited[delivery.message.kind])
            for delivery in held
        ),
        unsubscribe_url=url,
        settings_url=_absolute(reverse("notify:preferences")),
    )


def _piece(delivery: Delivery, kind: MessageKind | None, edited: Any) -> Piece:
    message = delivery.message
    subject, text, values = message.subject, message.text, {}
    if kind is not None:
        try:
            subject, text = render_message(
                kind,
                message.context,
                language=message.language,
                channel=delivery.channel,
                edited=edited,
            )
            if delivery.channel == MessageChannel.SMS:
                values = sms_values(kind, message.context, language=message.language)
        except (
            KeyError
        ):  # written by an older version with other values: the words of the inbox are there
            log.warning("words_of_the_inbox_used", kind=message.kind)
    return Piece(
        number=message.public_id,
        kind=message.kind,
        subject=subject,
        text=text,
        link=message.link,
        written_at=message.created_at,
        urgent=bool(kind and kind.urgent),
        security=bool(kind and kind.security),
        sms_template=kind.sms_template if kind else "",
        sms_values=tuple(sorted(values.items())),
    )


def _not_taken(held: list[Delivery], error: NotTaken) -> None:
    first = held[0]
    again = error.again and first.attempts < timing.MAX_ATTEMPTS
    if again:
        record_parcel_outcome(
            held, DeliveryState.QUEUED, reason=error.reason, due_at=_next_try(first)
        )
    else:
        record_parcel_outcome(held, DeliveryState.DEAD, reason=error.reason)
    log.info(
        "not_taken",
        channel=first.channel,
        delivery=first.pk,
        attempt=first.attempts,
        again=again,
        reason=error.reason,
    )
    if first.channel == MessageChannel.PUSH and error.gone:
        forget_browser(first.address)


def _next_try(delivery: Delivery) -> datetime:
    kind = registry.find_message_kind(delivery.message.kind)
    hours = hours_of(Settings.objects.filter(user_id=delivery.recipient_id).first() or Settings())
    return timing.compute_due_time(
        clock.now() + timing.wait_before_retry(delivery.attempts),
        hours,
        urgent=bool(kind and kind.urgent),
        bundled=False,
    )


def record_parcel_outcome(
    held: list[Delivery], state: str, *, reason: str = "", due_at: datetime | None = None
) -> bool:
    """Write what became of a leased parcel.

    Returns False if the lease was lost in the meantime. What the other holder writes then counts.
    """
    changes: dict[str, Any] = {
        "state": state,
        "reason": reason[:200],
        "lease": None,
        "leased_until": None,
    }
    if due_at is not None:
        changes["due_at"] = due_at
    else:
        changes["settled_at"] = clock.now()
    lease = held[0].lease
    return bool(
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in held], lease=lease).update(
            **changes
        )
    )


def _absolute(path: str) -> str:
    return urljoin(f"{settings.BASE_URL}/", path.lstrip("/"))

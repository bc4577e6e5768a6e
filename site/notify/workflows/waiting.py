"""Drop deliveries that no worker holds, or queue them again.

Like a claim (`delivering`), each is one conditional UPDATE on the rows' own columns. The first to
come decides, a worker or the person who no longer wants the message, and the other finds nothing to
change.
"""

from __future__ import annotations

from typing import Any

from core import clock
from core.actors import Actor
from notify.enums import DeliveryState, MessageChannel
from notify.models import Delivery
from people.models import Person
from people.privacy_enums import ConsentPurpose

NO_CONSENT = "no consent to SMS"
SETTLED = (DeliveryState.DONE, DeliveryState.DEAD, DeliveryState.DROPPED)


def drop_waiting_deliveries(*, reason: str, **which: Any) -> int:
    """Drop the waiting deliveries that meet the conditions *which*, and return how many there are.

    The conditions may only be on what never changes in a row. Leased deliveries still go out.
    """
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED, **which)
    return waiting.update(state=DeliveryState.DROPPED, reason=reason[:200], settled_at=clock.now())


def drop_waiting_sms(person: Person, purpose: str, _actor: Actor) -> None:
    """Drop the SMS that wait for *person*, in the transaction in which the consent to SMS is
    withdrawn.
    """
    if purpose == ConsentPurpose.SMS and person.user_id:
        drop_waiting_deliveries(
            recipient_id=person.user_id, channel=MessageChannel.SMS, reason=NO_CONSENT
        )


def requeue_delivery(delivery: Delivery) -> bool:
    """Queue a delivery again that was handed over, given up or dropped, as if it were new.

    Returns False if it is waiting or on its way already.
    """
    settled = Delivery.objects.filter(pk=delivery.pk, state__in=SETTLED)
    return bool(
        settled.update(
            state=DeliveryState.QUEUED,
            attempts=0,
            reason="",
            due_at=clock.now(),
            settled_at=None,
        )
    )

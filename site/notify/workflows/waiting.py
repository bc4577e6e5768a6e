"""Deliveries nobody holds: let them go, or put them back to wait.

Like a claim (`delivering`), each is one conditional UPDATE on the rows' own columns: whoever comes first, a worker or the person
who wants no more, decides, and the other finds nothing to change.
"""

from __future__ import annotations

from typing import Any

from core import clock
from notify.enums import Channel, DeliveryState
from notify.models import Delivery
from people.privacy_enums import ConsentPurpose

NO_CONSENT = "no consent to SMS"
SETTLED = (DeliveryState.DONE, DeliveryState.DEAD, DeliveryState.DROPPED)


def drop(*, reason: str, **which: Any) -> int:
    """Let go of the waiting deliveries *which* (conditions on what never changes in a row); return how many. Leased ones go their way."""
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED, **which)
    return waiting.update(state=DeliveryState.DROPPED, reason=reason[:200], settled_at=clock.now())


def let_go_of_sms(person: Any, purpose: str, _actor: Any) -> None:
    """Let go of the SMS that wait for *person*, in the transaction in which the consent to them is withdrawn."""
    if purpose == ConsentPurpose.SMS and person.user_id:
        drop(recipient_id=person.user_id, channel=Channel.SMS, reason=NO_CONSENT)


def wait_again(delivery: Delivery) -> bool:
    """Put a settled delivery back to wait, as new; False if it waits or is on its way anyway."""
    settled = Delivery.objects.filter(pk=delivery.pk, state__in=SETTLED)
    return bool(settled.update(state=DeliveryState.QUEUED, attempts=0, reason="", due_at=clock.now(), settled_at=None))

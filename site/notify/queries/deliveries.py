"""What waits to leave the site."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from core import clock
from notify.enums import DeliveryState
from notify.models import Delivery


def claimable(now: datetime) -> QuerySet[Delivery]:
    """Return what may leave at *now*: queued and due, or under a lease that ran out."""
    return Delivery.objects.filter(Q(state=DeliveryState.QUEUED, due_at__lte=now) | Q(state=DeliveryState.LEASED, leased_until__lt=now))


def waiting() -> bool:
    """Say whether anything may leave now (the sweeper's question)."""
    return claimable(clock.now()).exists()


def counts(user: Any) -> dict[str, int]:
    """Return how many deliveries of *user* are in which state; one query."""
    return dict(Delivery.objects.filter(recipient_id=user.pk).values_list("state").annotate(n=Count("pk")).order_by())

"""Read the deliveries that wait to leave the site."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from core import clock
from core.actors import Actor
from notify.enums import DeliveryState
from notify.models import Delivery


def list_claimable_deliveries(now: datetime) -> QuerySet[Delivery]:
    """Return the deliveries that may leave at *now*, which are queued and due, or under a lease
    that has run out.
    """
    return Delivery.objects.filter(
        Q(state=DeliveryState.QUEUED, due_at__lte=now)
        | Q(state=DeliveryState.LEASED, leased_until__lt=now)
    )


def has_claimable_deliveries() -> bool:
    """Say whether anything may leave now, which the sweeper asks."""
    return list_claimable_deliveries(clock.now()).exists()


def count_deliveries_by_state(user: Actor) -> dict[str, int]:
    """Return how many deliveries of *user* are in each state. One query."""
    return dict(
        Delivery.objects.filter(recipient_id=user.pk)
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by()
    )

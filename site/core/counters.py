"""Take numbers without gaps and without duplicates from a locked row."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from core.models import NamedCounter


def take_counter_numbers(name: str, how_many: int = 1) -> range:
    """Return the next *how_many* numbers of the counter *name*, starting at 1.

    Must run in a transaction: if that rolls back, the numbers are free again. A number once
    committed never returns.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("take() needs a transaction")
    if not NamedCounter.objects.filter(name=name).update(value=F("value") + how_many):
        NamedCounter.objects.get_or_create(name=name)
        NamedCounter.objects.filter(name=name).update(value=F("value") + how_many)
    last = NamedCounter.objects.values_list("value", flat=True).get(name=name)
    return range(last - how_many + 1, last + 1)

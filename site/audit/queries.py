"""Reads of the record."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from audit.models import Event


def unsealed() -> bool:
    """Say whether events wait for their place in the chain."""
    return Event.objects.filter(link=None).exists()


def timeline(target: models.Model) -> QuerySet[Event]:
    """Return what was done to *target*, newest first."""
    return Event.objects.filter(target_type=target._meta.label, target_id=str(target.pk)).select_related("actor").order_by("-pk")


def timeline_page(target: models.Model, *, below: int | None = None, size: int = 20) -> tuple[list[Event], int | None]:
    """Return up to *size* rows about *target* below the row number *below*, and the number to go on from (None: these are the last).

    One query, whatever the number of rows.
    """
    found = timeline(target).filter(pk__lt=below) if below else timeline(target)
    rows = list(found[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None

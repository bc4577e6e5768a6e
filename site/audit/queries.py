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

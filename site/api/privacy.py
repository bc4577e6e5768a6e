"""Declare the personal data of keys, kept answers and webhooks."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from api.delivering import KEPT_DAYS as DELIVERIES_KEPT_DAYS
from api.delivering import forget_old
from api.models import KeptAnswer
from core.personal import Basis, Category, Field, Purpose, Seen, acted, declare, keeping, not_personal

KEPT_DAYS = 1


def _old(cutoff: datetime) -> Any:
    return KeptAnswer.objects.filter(at__lt=cutoff).order_by("pk")


keeping(
    "api_answers",
    label=_("Replies to programs"),
    why=_("A program may repeat a request that got lost on the way; after a day nobody repeats."),
    days=KEPT_DAYS,
    due=_old,
    purge=lambda cutoff: _old(cutoff).delete()[0],
)
_answer = partial(Field, Category.CERTIFICATE, Purpose.PROOF, Basis.CONTRACT, "api_answers", export=False, seen_by=Seen.STAFF)
declare("api.KeptAnswer", {"body": _answer()})
not_personal("api.KeptAnswer", "request_key", "request_hash")
not_personal("api.ApiKey", "name", "prefix", "secret_hash", "scopes")
acted("api.ApiKey", "owner")
keeping(
    "webhook_deliveries",
    label=_("Log of webhooks"),
    why=_("Shows an employer what its program was told and what it answered, for as long as a fault is looked for."),
    days=DELIVERIES_KEPT_DAYS,
    due=forget_old,
    purge=lambda cutoff: forget_old(cutoff).delete()[0],
)
_told = partial(Field, Category.CERTIFICATE, Purpose.PROOF, Basis.CONTRACT, "webhook_deliveries", export=False, seen_by=Seen.STAFF)
declare("api.WebhookDelivery", {"data": _told(), "reason": _told()})
not_personal("api.WebhookDelivery", "kind", "key")
not_personal("api.WebhookEndpoint", "name", "url", "kinds", "secret_encrypted", "former_secret_encrypted")
acted("api.WebhookEndpoint", "added_by")

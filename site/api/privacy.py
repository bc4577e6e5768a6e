"""Declare the personal data of keys, kept answers and webhooks."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from api.delivery import KEPT_DAYS as DELIVERIES_KEPT_DAYS
from api.delivery import list_old_deliveries
from api.models import KeptAnswer
from core.personal import (
    Basis,
    Category,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)

KEPT_DAYS = 1


def _old(cutoff: datetime) -> Any:
    return KeptAnswer.objects.filter(at__lt=cutoff).order_by("pk")


declare_keeping(
    "api_answers",
    label=_("API replies"),
    why=_(
        "A program may repeat a request whose reply was lost. After a day repeats no longer happen."
    ),
    days=KEPT_DAYS,
    due=_old,
    purge=lambda cutoff: _old(cutoff).delete()[0],
)
_answer = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.CONTRACT,
    "api_answers",
    export=False,
    seen_by=Seen.STAFF,
)
declare_personal_fields("api.KeptAnswer", {"body": _answer()})
declare_not_personal("api.KeptAnswer", "request_key", "request_hash")
declare_not_personal("api.ApiKey", "name", "prefix", "secret_hash", "scopes")
declare_acting_staff("api.ApiKey", "owner")
declare_keeping(
    "webhook_deliveries",
    label=_("Webhook log"),
    why=_(
        "Shows an employer what was sent to its program and what the program replied. Kept "
        "as long as needed to find a fault."
    ),
    days=DELIVERIES_KEPT_DAYS,
    due=list_old_deliveries,
    purge=lambda cutoff: list_old_deliveries(cutoff).delete()[0],
)
_told = partial(
    PersonalField,
    Category.CERTIFICATE,
    ProcessingPurpose.PROOF,
    Basis.CONTRACT,
    "webhook_deliveries",
    export=False,
    seen_by=Seen.STAFF,
)
declare_personal_fields("api.WebhookDelivery", {"data": _told(), "reason": _told()})
declare_not_personal("api.WebhookDelivery", "kind", "key")
declare_not_personal(
    "api.WebhookEndpoint", "name", "url", "kinds", "secret_encrypted", "former_secret_encrypted"
)
declare_acting_staff("api.WebhookEndpoint", "added_by")

"""Read keys (an account's own, the one a request carries, and for whom one may be made) and
webhooks of the same employers and unions.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from access.checks import is_allowed
from access.queries import permitted
from api.grants import KEEP_KEYS, KEEP_WEBHOOKS
from api.models import ApiKey, WebhookDelivery, WebhookEndpoint
from core import clock
from core.actors import Actor
from org.models import Employer, OrgUnit

MARK = "cp_"


def hash_secret(secret: str) -> str:
    """Return the hash under which a secret is stored. 256 random bits need no salt and no slow
    hash.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def keys_of(user: Actor) -> QuerySet[ApiKey]:
    """Return the keys *user* made, newest first. One query."""
    return ApiKey.objects.filter(owner_id=user.pk).select_related("employer", "org").order_by("-pk")


def scopes_of(user: Actor, codename: str = KEEP_KEYS) -> dict[str, Employer | OrgUnit]:
    """Return for whom *user* may do *codename*, which is employers and the topmost unions. Takes
    two queries.
    """
    found: dict[str, Employer | OrgUnit] = {
        f"employer-{one.public_id}": one
        for one in permitted(user, codename, Employer.objects.order_by("pk"))[:20]
    }
    tops: list[OrgUnit] = []
    for unit in permitted(user, codename, OrgUnit.objects.order_by("path")):
        if not tops or not unit.path.startswith(tops[-1].path):
            tops.append(unit)
    return found | {f"union-{one.public_id}": one for one in tops}


def key_of(text: str) -> ApiKey | None:
    """Return the key that *text* is, if it is valid today and its owner still has the right. Takes
    two queries, and the time they take reveals nothing.
    """
    if not text.startswith(MARK) or len(text) > 100 or not text.isascii():
        return None
    prefix = text[: len(MARK) + 8]
    row = ApiKey.objects.select_related("owner", "employer", "org").filter(prefix=prefix).first()
    if (
        not hmac.compare_digest(row.secret_hash if row else "0" * 64, hash_secret(text))
        or row is None
    ):
        return None
    scope: Any = row.employer or row.org
    if (
        not row.counts_on(clock.today())
        or not row.owner.is_active
        or not is_allowed(row.owner, KEEP_KEYS, scope)
    ):
        return None
    return row


def webhooks_of(user: Actor) -> QuerySet[WebhookEndpoint]:
    """Return the webhooks of the employers and unions for which *user* may keep them, by owner.
    One query.
    """
    employers = permitted(user, KEEP_WEBHOOKS, Employer.objects.all()).values("pk")
    unions = permitted(user, KEEP_WEBHOOKS, OrgUnit.objects.all()).values("pk")
    rows = WebhookEndpoint.objects.filter(Q(employer__in=employers) | Q(org__in=unions))
    return rows.select_related("employer", "org").order_by("employer__name", "org__path", "pk")


def webhook_of(user: Actor, public_id: UUID) -> WebhookEndpoint | None:
    """Return a webhook that *user* may keep, or None."""
    return webhooks_of(user).filter(public_id=public_id).first()


def deliveries_of(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """Return what went to *endpoint*, newest first."""
    return WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-pk")

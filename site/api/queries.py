"""Keys: an account's own, the one a request carries, for whom one may be made."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from access.checks import allowed
from access.queries import permitted
from api.grants import KEEP_KEYS
from api.models import ApiKey
from org.models import Employer, OrgUnit

MARK = "cp_"


def digest(secret: str) -> str:
    """Return the hash under which a secret is kept: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keys_of(user: Any) -> QuerySet[ApiKey]:
    """Return the keys *user* made, newest first. One query."""
    return ApiKey.objects.filter(owner_id=user.pk).select_related("employer", "org").order_by("-pk")


def scopes_of(user: Any) -> dict[str, Employer | OrgUnit]:
    """Return for whom *user* may make keys: employers, and the topmost unions. Two queries."""
    found: dict[str, Employer | OrgUnit] = {
        f"employer-{one.public_id}": one for one in permitted(user, KEEP_KEYS, Employer.objects.order_by("pk"))[:20]
    }
    tops: list[OrgUnit] = []
    for unit in permitted(user, KEEP_KEYS, OrgUnit.objects.order_by("path")):
        if not tops or not unit.path.startswith(tops[-1].path):
            tops.append(unit)
    return found | {f"union-{one.public_id}": one for one in tops}


def key_of(text: str) -> ApiKey | None:
    """Return the key that *text* is, if it counts today and its owner still has the right. Two queries; the time tells nothing."""
    if not text.startswith(MARK) or len(text) > 100 or not text.isascii():
        return None
    prefix = text[: len(MARK) + 8]
    row = ApiKey.objects.select_related("owner", "employer", "org").filter(prefix=prefix).first()
    if not hmac.compare_digest(row.secret_hash if row else "0" * 64, digest(text)) or row is None:
        return None
    scope: Any = row.employer or row.org
    if not row.counts_on(timezone.localdate()) or not row.owner.is_active or not allowed(row.owner, KEEP_KEYS, scope):
        return None
    return row

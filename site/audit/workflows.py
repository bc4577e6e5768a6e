"""Writes of the record: one row a deed, in the caller's transaction; sealing afterwards, without a global lock on every write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from audit import context, registry, rules
from audit.models import Event, Link
from core import locks

SEAL_LOCK = "audit.seal"


def record(
    kind: str,
    *,
    actor: Any,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write one audit row: *actor* (a user, or `access.SYSTEM`) did *kind* to *target*.

    Must run inside the transaction of the deed, so that neither exists without the other. Costs one INSERT.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record() needs the transaction of the deed")
    registry.get(kind)
    where = context.current()
    event = Event(
        at=timezone.now(),
        kind=kind,
        actor_id=getattr(actor, "pk", None),
        actor_label=str(getattr(actor, "audit_label", "") or "anonymous")[:150],
        target_type=target._meta.label,
        target_id=str(target.pk),
        before=_plain(before),
        after=_plain(after),
        reason=reason[:500],
        request_number=where.request_number,
        address=where.address,
        source=where.source,
    )
    event.digest = rules.event_digest(digest_fields(event))
    event.save()


def digest_fields(event: Event) -> dict[str, Any]:
    """Return what the digest of *event* covers: everything but the digest and the row number."""
    return {
        "at": event.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "actor": event.actor_id,
        "actor_label": event.actor_label,
        "target": [event.target_type, event.target_id],
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "request": event.request_number,
        "address": event.address,
        "source": event.source,
    }


def _plain(value: Mapping[str, Any] | None) -> Any:
    return None if value is None else json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


@transaction.atomic
def seal(limit: int = 10_000) -> int:
    """Chain the events written since the last call; return how many. Safe to run anywhere, at any time, twice."""
    locks.take(SEAL_LOCK)
    last = Link.objects.order_by("-pk").values_list("value", flat=True).first() or rules.GENESIS
    links = []
    for pk, digest in Event.objects.filter(link=None).order_by("pk").values_list("pk", "digest")[:limit]:
        last = rules.next_link(last, digest)
        links.append(Link(event_id=pk, value=last))
    Link.objects.bulk_create(links, batch_size=1000)
    return len(links)


def first_fault() -> int | None:
    """Return the number of the first event whose row or chain link doesn't fit, or None if all is in order."""
    last = rules.GENESIS
    for link in Link.objects.select_related("event").order_by("pk").iterator(chunk_size=2000):
        event = link.event
        last = rules.next_link(last, event.digest)
        if rules.event_digest(digest_fields(event)) != event.digest or last != link.value:
            return int(event.pk)
    return None

"""Writes of the audit log, with one row for each action in the caller's transaction.

Sealing follows later, so no write needs a global lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from audit import context, heads, registry, rules
from audit.models import Archive, Event, Link, Tally
from core import clock, locks
from core.actors import Actor
from core.bulk_values import JsonWriter, insert_values

SEAL_LOCK = "audit.seal"
LATE_COMMITS = timedelta(days=2)
log = structlog.get_logger("craftpath.audit")
_JSON = DjangoJSONEncoder(ensure_ascii=False)
_PLAIN = {str, int, bool, type(None)}


def write_event(
    kind: str,
    *,
    actor: Actor,
    target: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write one audit event, which says that *actor* (a user, or `access.SYSTEM`) did *kind* to
    *target*.

    It must run inside the transaction of the action, so that neither exists without the other. It
    costs one INSERT.
    """
    write_events(kind, actor=actor, deeds=[(target, before, after)], reason=reason)


Target = models.Model | tuple[type[models.Model], Any]
"""What a deed was done to: a row, or its model and primary key."""

Deed = tuple[Target, Mapping[str, Any] | None, Mapping[str, Any] | None]


def write_events(kind: str, *, actor: Actor, deeds: Iterable[Deed], reason: str = "") -> None:
    """Write an event for each of *deeds* (target, before, after), in which the same actor did the
    same to many objects.

    It costs one INSERT. Raises `TransactionManagementError` outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "audit.record() needs the transaction of the deed"
        )
    registry.get_audit_kind(kind)
    where = context.get_current_origin()
    at, actor_id = clock.now(), getattr(actor, "pk", None)
    label = str(getattr(actor, "audit_label", "") or "anonymous")[:150]
    reason = reason[:500]
    rows: list[tuple[Any, ...]] = []
    digest_of: _Digests | None = None
    deeds = list(
        deeds
    )  # kept, so that objects that several deeds share are known by their identity
    shared: tuple[Any, Any] | None = None
    earlier = later = None
    for target, before, after in deeds:
        model, pk = target if isinstance(target, tuple) else (target, target.pk)
        if shared is None or before is not shared[0]:
            earlier = _plain(before)
        if shared is None or before is not shared[0] or after is not shared[1]:
            later = _plain(_written_alike(before, after))
        shared = before, after
        fields = (
            at, kind, actor_id, label, model._meta.label, str(pk), earlier, later,
            reason, where.request_number, where.address, where.source,
        )  # fmt: skip
        if not rows:
            digest = rules.event_digest(collect_covered_fields(*fields))
        else:
            if digest_of is None or digest_of.target_type != fields[4]:
                digest_of = _Digests(collect_covered_fields(*fields))
            digest = digest_of(*fields[5:8])
        rows.append((*fields, digest))
    insert_values(Event, (*COVERED, "digest"), rows)


class _Digests:
    """Digests of events that differ only in the number of their target and in what was before and
    after.
    """

    def __init__(self, fields: dict[str, Any]) -> None:
        self.target_type = fields["target"][0]
        marks = [uuid4().hex for _part in range(3)]
        text = rules.encode_canonical_json(
            {
                **fields,
                "target": [self.target_type, marks[0]],
                "before": marks[1],
                "after": marks[2],
            }
        )
        self._pieces = []
        for mark in (
            marks[2],
            marks[1],
            marks[0],
        ):  # in the order of the alphabet: after, before, target
            piece, text = text.split(f'"{mark}"')
            self._pieces.append(piece)
        self._pieces.append(text)
        self._before, self._after = (
            JsonWriter(rules.encode_canonical_json),
            JsonWriter(rules.encode_canonical_json),
        )

    def __call__(self, target_id: str, before: Any, after: Any) -> str:
        """Return what `rules.event_digest` returns."""
        first, second, third, last = self._pieces
        written_id = (
            f'"{target_id}"'
            if target_id.isascii() and target_id.isalnum()
            else rules.encode_canonical_json(target_id)
        )
        return rules.digest_of_text(
            f"{first}{self._after(after)}{second}{self._before(before)}{third}{written_id}{last}"
        )


def digest_fields(event: Event) -> dict[str, Any]:
    """Return what the digest of *event* covers, which is everything but the digest and the row
    number.
    """
    return collect_covered_fields(
        event.at,
        event.kind,
        event.actor_id,
        event.actor_label,
        event.target_type,
        event.target_id,
        event.before,
        event.after,
        event.reason,
        event.request_number,
        event.address,
        event.source,
    )


COVERED = (
    "at", "kind", "actor_id", "actor_label", "target_type", "target_id", "before", "after", "reason", "request_number", "address", "source",
)  # fmt: skip


def collect_covered_fields(
    at: datetime,
    kind: str,
    actor_id: int | None,
    actor_label: str,
    target_type: str,
    target_id: str,
    before: Any,
    after: Any,
    reason: str,
    request_number: str,
    address: str | None,
    source: str,
) -> dict[str, Any]:
    """Return the fields of a row, in the order of `COVERED`, as the digest reads them."""
    return {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": kind,
        "actor": actor_id,
        "actor_label": actor_label,
        "target": [target_type, target_id],
        "before": before,
        "after": after,
        "reason": reason,
        "request": request_number,
        "address": address,
        "source": source,
    }


def _written_alike(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return *after* with every value that equals the one before written like that one.

    One moment in two time zones, and 4.0 beside 4.00, are equal but differ as text. They would
    appear as changes otherwise.
    """
    if not before or not after:
        return after
    return {
        key: before[key] if key in before and _are_equal(before[key], value) else value
        for key, value in after.items()
    }


def _are_equal(old: Any, new: Any) -> bool:
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _plain(value: Mapping[str, Any] | None) -> Any:
    """Return *value* as it comes back from the database."""
    if value is None or all(one.__class__ in _PLAIN for one in value.values()):
        return None if value is None else dict(value)
    return json.loads(_JSON.encode(value))


def seal_events(limit: int = 10_000, *, after: int = 0) -> int:
    """Chain the events written since the last call and return how many.

    It is safe to run anywhere, at any time and twice. *after* skips events up to this number (for a
    caller that has just sealed them). A transaction may commit after a later one was sealed, so the
    last two days are looked through, not only what is newer than the last link. An older row is
    left for the check to report.
    """
    with transaction.atomic():
        locks.acquire_named_lock(SEAL_LOCK)
        newest = Link.objects.order_by("-pk").values_list("pk", "value", "event__at").first()
        last, value, since = newest or (*_chain_start(), None)
        waiting = Event.objects.filter(link=None, pk__gt=after)
        if since is not None:
            waiting = waiting.filter(at__gte=min(since, clock.now()) - LATE_COMMITS)
        head, end = heads.read_head(), (last, value)
        links = []
        for pk, digest in waiting.order_by("pk").values_list("pk", "digest")[:limit]:
            value = rules.next_link(value, digest)
            links.append(Link(event_id=pk, value=value))
        if not links:
            return 0
        Link.objects.bulk_create(links, batch_size=1000)
        # A head that doesn't fit stays as it is, so that the check finds it: work goes on, nothing
        # is covered up.
        if head is not None and heads.is_signed_here(head) and (head.last_link, head.value) == end:
            heads.advance_head(head, links=len(links), last_link=links[-1].pk, value=value)
        else:
            log.error("audit_head_differs", link=last)
        _strike_out()
        return len(links)


def _strike_out() -> None:
    """Delete the tallies whose events are sealed as they were written.

    The database checks each of them.
    """
    as_written = Event.objects.filter(
        pk=models.OuterRef("pk"), digest=models.OuterRef("digest"), link__isnull=False
    )
    tallies = Tally.objects.filter(models.Exists(as_written))
    tallies._raw_delete(tallies.db)


def seal_all() -> int:
    """Chain all pending events in steps and return how many rows were chained."""
    count, after = 0, 0
    while done := seal_events(after=after):
        count += done
        after = Link.objects.order_by("-pk").values_list("event_id", flat=True)[0]
    return count + seal_events()


def _chain_start() -> tuple[int, str]:
    return Archive.objects.order_by("-last_link").values_list("last_link", "end_value").first() or (
        0,
        rules.GENESIS,
    )

"""Record in the audit log who looks at the audit log."""

from __future__ import annotations

from typing import Any

from django.db import transaction

import audit
from access.checks import missing_right_error
from audit.models import Event
from core.actors import Actor
from oversight.grants import VIEW_EVENTS
from oversight.queries.audit import Search, holds_audit_right


@transaction.atomic
def note_search(*, actor: Actor, search: Search) -> None:
    """Record which fields *actor* searched by, with the kind, type, period and accounts.

    The words, numbers and addresses that were typed are never recorded.
    """
    if not holds_audit_right(actor, VIEW_EVENTS):
        raise missing_right_error(VIEW_EVENTS)
    after: dict[str, Any] = {"fields": search.used()}
    for name in ("kind", "type", "since", "to"):
        if value := getattr(search, name):
            after[name] = value
    if search.accounts:
        after["accounts"] = list(search.accounts)
    audit.record("oversight.audit_searched", actor=actor, target=actor, after=after)


@transaction.atomic
def note_event_read(*, actor: Actor, event: Event) -> None:
    """Record that *actor* opened one row."""
    if not holds_audit_right(actor, VIEW_EVENTS):
        raise missing_right_error(VIEW_EVENTS)
    audit.record("oversight.audit_read", actor=actor, target=event)

"""The tag `{% timeline object %}`, which shows the audit events about one object on its own page.

People who may see the object's page may see these events, because the page checks the right before
it uses this tag (a worker's page passes only the worker's own objects). Request number and address
are shown only to the audit administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.db import models
from django.http import QueryDict

from audit import words
from audit.models import Event
from audit.queries import timeline_page

register = template.Library()
PARAMETER = "record"
OPEN = 5  # rows in sight; the rest of the page is folded
AUDIT_PLACE = "audit"  # the working place of the audit administrator (`oversight` registers it)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One audit event in words."""

    event: Event
    label: str
    who: str
    type: str
    changes: list[words.RecordChange]


def describe_events(events: Iterable[Event]) -> list[TimelineEntry]:
    """Return *events* in words."""
    rows = list(events)
    changes = words.describe_changes(rows)
    return [
        TimelineEntry(
            event,
            words.kind_label(event.kind),
            words.actor_name(event),
            words.type_label(event.target_type),
            changes[event.pk],
        )
        for event in rows
    ]


@register.inclusion_tag("audit/timeline.html", takes_context=True)
def timeline(
    context: Mapping[str, Any],
    target: models.Model,
    title: str = "",
    size: int = 20,
    details: bool | None = None,
    fold: bool = False,
) -> dict[str, Any]:
    """Show the audit events about *target*, with one query for the rows and one for each kind of
    name in them.

    *details* (request number, address) are shown by default only to people who work at the audit
    desk. *fold* closes the whole section.
    """
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    asked = query.get(PARAMETER, "")
    below = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    events, more = timeline_page(target, below=below, size=size)
    rows = describe_events(events)
    if more:
        query[PARAMETER] = str(more)
    if details is None:
        details = any(place.key == AUDIT_PLACE for place in context.get("working_places") or ())
    older = f"?{query.urlencode()}#record" if more else ""
    query.pop(PARAMETER, None)
    return {
        "title": title,
        "shown": rows[:OPEN] if not below else rows,
        "folded": rows[OPEN:] if not below else [],
        "older": older,
        "newest": f"?{query.urlencode()}#record" if below else "",
        "details": details,
        "fold": fold and not below,
    }

"""Make search documents of competitions. They describe the event, never who competes in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from competitions import grants
from competitions.enums import PUBLIC_STATES, EventState, SchemeState
from competitions.models import Event, Module, Scheme
from search.base import EVERYONE, Document, Visibility, allow_scope_holders
from search.registry import register_document


def _event_of_scheme(row: Scheme) -> Iterable[Model]:
    return [row.event]


@register_document
class EventDocument(Document[Event]):
    """A competition, found by title, occupation, code, host and the modules of its frozen scheme."""

    kind = "competition"
    label = _("Competition")
    model = "competitions.Event"
    tone = "honour"
    order = 20
    codenames = (grants.VIEW,)
    watches = {"competitions.Scheme": _event_of_scheme}

    def queryset(self) -> QuerySet[Event]:
        """Return every competition that takes place."""
        return Event.objects.exclude(state=EventState.CANCELLED).select_related("occupation", "org")

    def title(self, row: Event) -> str:
        """Return the title."""
        return row.title

    def summary(self, row: Event) -> str:
        """Return the summary."""
        return row.summary

    def body(self, row: Event) -> str:
        """Return host, venue and the names of the modules."""
        modules = Module.objects.filter(
            scheme__event=row, scheme__state=SchemeState.FROZEN
        ).order_by("position")
        return " ".join([row.org.name, row.venue, *modules.values_list("name", flat=True)])

    def keywords(self, row: Event) -> Iterable[str]:
        """Return occupation and its other names."""
        return [row.occupation.name, *row.occupation.aliases.split()] if row.occupation else []

    def codes(self, row: Event) -> Iterable[str]:
        """Return the occupation code and the number of the technical file."""
        return [
            code
            for code in (row.occupation.code if row.occupation else "", row.technical_file)
            if code
        ]

    def facets(self, row: Event) -> Mapping[str, Any]:
        """Return occupation and year."""
        return {
            "occupation": row.occupation.name if row.occupation else "",
            "year": row.starts_on.year,
        }

    def date(self, row: Event) -> Any:
        """Return the first day."""
        return row.starts_on

    def url(self, row: Event) -> str:
        """Return the event's page."""
        return f"/competitions/{row.public_id}/"

    def visibility(self, row: Event) -> Visibility:
        """Let everyone find an announced event, and only the people who run it find one in
        preparation.
        """
        return (
            EVERYONE
            if row.state in PUBLIC_STATES
            else allow_scope_holders(grants.VIEW, row, org=row.org)
        )

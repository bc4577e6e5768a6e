"""Show a person's competitions on the page at the office (`people.panels`). Marks and places are
shown by the result pages alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from competitions.models import Entry
from core.actors import Actor
from core.templatetags.craft import TONES, until
from people import panels
from people.models import Person


def list_entry_lines(person: Person, _viewer: Actor) -> Sequence[panels.PanelLine]:
    """Return the entries of *person*, newest first. One query."""
    entries = (
        Entry.objects.filter(person=person)
        .select_related("event")
        .order_by("-event__starts_on", "-pk")
    )
    return [
        panels.PanelLine(
            entry.event.title,
            until(entry.event.starts_on, entry.event.ends_on),
            str(entry.get_state_display()),
            TONES.get(entry.state, ""),
        )
        for entry in entries
    ]


panels.register_panel("competitions", _("Competitions"), list_entry_lines, order=20)

"""What merging two persons does to competitions: entries move along; the same competition twice is in the way."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competitions.models import Draw, Entry
from people import rotation
from people.merging import Reference, register


def _same_event(row: Entry) -> str:
    return _("Both records are entered in the competition “%(name)s”. A person enters once: settle that with the organisers first.") % {
        "name": row.event
    }


def _bound_to(draw: Draw) -> str:
    return f"competitions.draw:{draw.event.public_id}"


register(Reference("competitions.Entry", "person", gettext_lazy("entries"), together=("event",), says=_same_event))
rotation.register("competitions.Draw", "seed_encrypted", bound_to=_bound_to)

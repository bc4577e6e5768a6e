"""Say what merging two persons does to competitions. Entries move along, and of two entries in one
competition people choose one.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from competitions.enums import OUT_OF_FIELD, EntryState
from competitions.models import Draw, Entry
from competitions.workflows.entry import may_be_set_aside, set_aside_double_entry
from people import rotation
from people.merging import Doubled, Reference, register_reference


def name_event(row: Entry) -> str:
    """Return the competition as people know it."""
    return _("Competition “%(name)s”") % {"name": row.event}


def describe_entry(row: Entry) -> str:
    """Return the state of an entry and for whom it competes, and nothing about its blind number."""
    return pgettext("between facts", ", ").join(
        filter(None, [str(EntryState(row.state).label), str(row.employer or "")])
    )


def counts_as_entry(row: Entry) -> bool:
    """Say whether an entry takes part."""
    return row.state not in OUT_OF_FIELD


def say_both_compete(row: Entry) -> str:
    """Return the sentence for two entries of which neither can be set aside."""
    return _(
        "Both records compete in “%(name)s” under a blind number. The chief judge must take "
        "one of the two numbers out before the records can be merged."
    ) % {"name": row.event}


def _bound_to(draw: Draw) -> str:
    return f"competitions.draw:{draw.event.public_id}"


register_reference(
    Reference(
        "competitions.Entry",
        "person",
        gettext_lazy("entries"),
        together=("event",),
        says=say_both_compete,
        doubled=Doubled(
            name_event, describe_entry, set_aside_double_entry, may_be_set_aside, counts_as_entry
        ),
    )
)
rotation.register_secret_column("competitions.Draw", "seed_encrypted", bound_to=_bound_to)

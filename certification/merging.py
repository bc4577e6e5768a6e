"""Merge the certificates and honours of two persons.

They move to the record that stays. Of two entries of one honour people choose one. Nothing printed
changes. Certificates of both records stay as they are, also if both have one for the same thing.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from certification.models import Honour
from certification.workflows.honour import set_aside_double_honour
from people.merging import Doubled, Reference, register_plain_references, register_reference


def name_honour(row: Honour) -> str:
    """Return the name of the honour, with its title and year."""
    return _("Honour “%(title)s” of %(year)s") % {"title": row.title, "year": row.year}


def describe_honour(row: Honour) -> str:
    """Return what an entry of an honour has on record.

    It names the union, says whether the honour is public, and gives the number of its certificate.
    """
    parts = [
        str(row.org),
        pgettext("honour", "public") if row.published_on else pgettext("honour", "not public"),
        _("certificate %(number)s") % {"number": row.certificate.number} if row.certificate else "",
    ]
    return pgettext("between facts", ", ").join(filter(None, parts))


register_plain_references("certification.Certificate", ["person"], gettext_lazy("certificates"))
register_plain_references(
    "certification.HistoricRow", ["person"], gettext_lazy("rows waiting to be imported")
)
register_reference(
    Reference(
        "certification.Honour",
        "person",
        gettext_lazy("honours"),
        together=("title", "year"),
        is_in_force={"set_aside_for": None},
        doubled=Doubled(name_honour, describe_honour, set_aside_double_honour),
    )
)

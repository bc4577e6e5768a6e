"""What merging two persons does to certificates and honours: they move along; nothing printed changes."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.models import Honour
from people.merging import Reference, plain, register


def _same_honour(row: Honour) -> str:
    return _("Both records hold the honour “%(title)s” of %(year)s. One of the two entries must be withdrawn first.") % {
        "title": row.title,
        "year": row.year,
    }


plain("certification.Certificate", ["person"], gettext_lazy("certificates"))
plain("certification.HistoricRow", ["person"], gettext_lazy("rows of papers in waiting"))
register(Reference("certification.Honour", "person", gettext_lazy("honours"), together=("title", "year"), says=_same_honour))

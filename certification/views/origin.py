"""Where a record comes from, in words.

A record taken over from paper never looks as if it had been issued and signed here (ADR 27).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.enums import Provenance
from certification.views.answers import Said
from core.templatetags.craft import long_day

if TYPE_CHECKING:
    from certification.models import Certificate

TAGS = {
    Provenance.ARCHIVE: gettext_lazy("from paper, sample compared"),
    Provenance.LIST: gettext_lazy("from paper, not compared"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is said about a record from paper.

    *tag* says it in two words, *sentence* says from whom and when, *rests_on* what it is based on.
    """

    tag: str
    sentence: str
    rests_on: str
    compared: bool


def origin_of(certificate: Certificate | None) -> Origin | None:
    """Return what is said about *certificate*, or None for one that was issued here (or for None)."""
    if certificate is None or not certificate.of_paper:
        return None
    provenance = Provenance(certificate.provenance)
    compared = provenance == Provenance.ARCHIVE
    if compared:
        rests_on = _(
            "A second officer compared a sample of the same list with the originals on %(day)s. Ask to see the paper if in doubt."
        ) % {"day": long_day(certificate.provenance_on)}
    else:
        rests_on = _("It stands on a list alone and was not compared with the original: ask to see the paper.")
    sentence = _("This record was taken over from %(issuer)s's paper records on %(day)s; Craftpath did not issue it.") % {
        "issuer": certificate.issuer_name,
        "day": long_day(timezone.localdate(certificate.created_at)),
    }
    return Origin(tag_of(provenance), sentence, rests_on, compared)


def tag_of(provenance: str) -> str:
    """Return in two words where a record comes from, or "" for one issued here."""
    return str(TAGS[Provenance(provenance)]) if provenance in TAGS else ""


def toned(said: Said, provenance: str) -> Said:
    """Return *said* with a tone that fits *provenance*. Green is only for what we signed."""
    return replace(said, tone="info") if provenance in TAGS and said.tone == "ok" else said

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
from certification.views.answers import AnswerText
from core.templatetags.craft import long_day

if TYPE_CHECKING:
    from certification.models import Certificate

TAGS = {
    Provenance.ARCHIVE: gettext_lazy("from paper, sample compared"),
    Provenance.LIST: gettext_lazy("from paper, not compared"),
}


@dataclass(frozen=True, slots=True)
class PaperOrigin:
    """What is said about a record from paper.

    *tag* says it in two words, *sentence* says from whom and when, *rests_on* what it is based on.
    """

    tag: str
    sentence: str
    rests_on: str
    compared: bool


def origin_of(certificate: Certificate | None) -> PaperOrigin | None:
    """Return what is said about *certificate*, or None for one that was issued here (or for None)."""
    if certificate is None or not certificate.of_paper:
        return None
    provenance = Provenance(certificate.provenance)
    compared = provenance == Provenance.ARCHIVE
    if compared:
        rests_on = _(
            "A second officer compared a sample of the same list with the originals on "
            "%(day)s. If in doubt, ask to see the paper."
        ) % {"day": long_day(certificate.provenance_on)}
    else:
        rests_on = _(
            "It is based only on a list and wasn't compared with the original. Ask to see "
            "the paper."
        )
    sentence = _(
        "This record was imported from %(issuer)s's paper records on %(day)s. Craftpath did "
        "not issue it."
    ) % {
        "issuer": certificate.issuer_name,
        "day": long_day(timezone.localdate(certificate.created_at)),
    }
    return PaperOrigin(origin_tag(provenance), sentence, rests_on, compared)


def origin_tag(provenance: str) -> str:
    """Return in two words where a record comes from, or "" for one issued here."""
    return str(TAGS[Provenance(provenance)]) if provenance in TAGS else ""


def set_origin_tone(said: AnswerText, provenance: str) -> AnswerText:
    """Return *said* with a tone that fits *provenance*. Green is only for what we signed."""
    return replace(said, tone="info") if provenance in TAGS and said.tone == "ok" else said

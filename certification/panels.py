"""Show a person's certificates on their page in the office (`people.panels`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from certification import public
from core.actors import Actor
from core.templatetags.craft import TONES, long_day
from people import panels
from people.models import Person


def list_certificate_lines(person: Person, _viewer: Actor) -> Sequence[panels.PanelLine]:
    """Return the certificates of *person*, newest first."""
    return [
        panels.PanelLine(
            " · ".join(filter(None, (card.title, card.subject))),
            f"{card.number} · {long_day(card.issued_on)}",
            card.answer_label,
            "info" if card.from_paper and card.answer == "valid" else TONES.get(card.answer, ""),
        )
        for card in public.list_certificate_cards(person)
    ]


panels.register_panel("certification", _("Certificates"), list_certificate_lines, order=30)

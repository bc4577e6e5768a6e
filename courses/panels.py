"""Show a person's classes on the page at the office (`people.panels`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.templatetags.craft import TONES, until
from courses import public
from people import panels
from people.models import Person


def list_enrolment_lines(person: Person, _viewer: Actor) -> Sequence[panels.PanelLine]:
    """Return the classes of *person*, newest first."""
    return [
        panels.PanelLine(
            f"{card.course_title} · {card.class_name}",
            until(card.starts_on, card.ends_on),
            card.state_label,
            TONES.get(card.state, ""),
        )
        for card in public.enrolments_of(person)
    ]


panels.register_panel("courses", _("Training"), list_enrolment_lines, order=10)

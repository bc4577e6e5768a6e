"""Hold small pieces that several workflows need. None of them is a use case."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from competitions.enums import EventState, SchemeState
from competitions.errors import WrongMoment
from competitions.models import Draw, Event, Scheme
from core.actors import Actor
from people.crypto import decrypt_text, encrypt_text


def need_state(event: Event, *states: str) -> None:
    """Raise `WrongMoment` unless *event* is in one of *states*. The sentence names its state."""
    if event.state not in states:
        raise WrongMoment(
            "wrong_moment",
            _(
                "You can't do this while the competition's state is “%(state)s”. Reload the "
                "page and check again."
            )
            % {"state": event.get_state_display()},
            state=event.state,
        )


def require_event_reason(reason: str) -> str:
    """Return *reason* without surrounding blanks. Raises `WrongMoment` when nothing is left."""
    if not (kept := reason.strip()[:300]):
        raise WrongMoment("reason_needed", _("Give a short reason. It is kept with the record."))
    return kept


def frozen_scheme(event: Event) -> Scheme:
    """Return the scheme that counts. Raises `WrongMoment` while none is frozen."""
    scheme = Scheme.objects.filter(event=event, state=SchemeState.FROZEN).first()
    if scheme is None:
        raise WrongMoment(
            "scheme_not_frozen",
            _("No marking scheme has been frozen yet. Import one, check it and freeze it."),
        )
    return scheme


def encrypt_for_draw(draw_of: Event, text: str) -> bytes:
    """Return *text* encrypted for the draw of an event. It can be read for that event only."""
    return encrypt_text(text, bound_to=f"competitions.draw:{draw_of.public_id}")


def decrypt_for_draw(draw_of: Event, blob: bytes) -> str:
    """Return the text that `encrypt_for_draw` encrypted."""
    return decrypt_text(blob, bound_to=f"competitions.draw:{draw_of.public_id}")


def is_open(event: Event) -> bool:
    """Say whether the blind numbers of *event* are public, or the event never had a draw."""
    draw = Draw.objects.filter(event=event).only("state").first()
    return draw is None or draw.state == "opened"


def day_of(event: Event) -> date:
    """Return the day on which employers and unions are compared, which is the first day of the
    event.
    """
    return event.starts_on


def user_id(actor: Actor) -> int | None:
    """Return the account's key, or None for background work."""
    key = getattr(actor, "pk", None)
    return int(key) if key is not None else None


def person_id(actor: Actor) -> int:
    """Return the account's key. Background work has none and can't be one of two people."""
    key = user_id(actor)
    if key is None:
        msg = "this needs a person, not background work"
        raise TypeError(msg)
    return key


__all__ = [
    "EventState",
    "day_of",
    "decrypt_for_draw",
    "encrypt_for_draw",
    "frozen_scheme",
    "is_open",
    "need_state",
    "person_id",
    "require_event_reason",
    "user_id",
]

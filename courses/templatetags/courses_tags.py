"""Define small look-ups in dictionaries and sets that templates of training need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import template

from core import clock

register = template.Library()


@register.filter
def is_in(value: Any, values: Collection[str]) -> bool:
    """Say whether *value*, as text, is one of *values*."""
    return str(value) in values


@register.filter
def was_chosen(key: Any, chosen: Mapping[str, list[str]]) -> list[str]:
    """Return what was chosen under *key*."""
    return chosen.get(str(key), [])


@register.filter
def has(values: Collection[str], value: Any) -> bool:
    """Say whether *values* hold *value*, as text."""
    return str(value) in values


@register.filter
def in_groups(text: str, size: int = 8) -> str:
    """Return a long code in groups of *size*, so that it can be read out and breaks between them."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))


@register.simple_tag
def several(quiz: Any) -> bool:
    """Say whether a quiz block has more than one right answer."""
    return sum(bool(answer["correct"]) for answer in quiz["answers"]) > 1


@register.inclusion_tag("courses/parts/spot_slot.html", takes_context=True)
def spot_check_slot(context: Any) -> dict[str, Any]:
    """Draw the place where the button of a spot check appears, or nothing for people who aren't in
    a session now. Takes two queries at most.
    """
    from courses.queries import spot_check  # slow import
    from people.queries import person_of  # slow import

    request = context["request"]
    person = (
        context["spot_check_person"] if "spot_check_person" in context else person_of(request.user)
    )
    if person is None or not spot_check.is_in_session(person):
        return {"in_session": False}
    waiting = spot_check.find_waiting_spot_check(person)
    found: dict[str, Any] = {"in_session": True, "csrf_token": context.get("csrf_token")}
    if waiting is not None:
        tally = spot_check.SpotCheckTally(waiting.spot_check, (), clock.now())
        found |= {
            "spot_check": waiting.spot_check,
            "training_class": waiting.spot_check.session.training_class,
            "milliseconds": tally.milliseconds,
            "seconds": tally.seconds,
        }
    return found

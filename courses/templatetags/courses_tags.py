"""Small looks into dictionaries and sets that templates of training need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import template

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

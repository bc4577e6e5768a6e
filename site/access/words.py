"""Helpers for sentences."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def join_words(items: Iterable[str]) -> str:
    """Return *items* joined as people list them in the visitor's language."""
    return pgettext("between listed words", ", ").join(items)

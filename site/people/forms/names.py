"""The form field for names of people."""

from __future__ import annotations

from core.forms import CleanCharField
from core.text import CleanText
from people.rules.names import DOT, read_name
from people.workflows.person import HINTS


class NameField(CleanCharField):
    """A name as written on the document: kept to the code point but for what `people.rules.names` mends, which is told."""

    def clean_typed(self, text: str) -> CleanText:
        """Return what *text* becomes as a name."""
        name = read_name(text)
        return CleanText(name.text, name.hints, name.bad)

    def say(self, note: str, typed: str, kept: str) -> str:
        """Return the sentence about one mending."""
        return str(HINTS[DOT]) if note == DOT else super().say(note, typed, kept)

"""The form field for names of people."""

from __future__ import annotations

from core.forms import CleanCharField
from core.text import CleanText
from people.rules.names import DOT, read_name
from people.workflows.person import HINTS


class NameField(CleanCharField):
    """A name as written on the document.

    It is kept to the code point, except for what `people.rules.names` repairs. The user is told of
    each repair.
    """

    def clean_typed(self, text: str) -> CleanText:
        """Return what *text* becomes as a name."""
        name = read_name(text)
        return CleanText(name.text, name.hints, name.bad)

    def say(self, note: str, typed: str, kept: str) -> str:
        """Return the sentence about one repair."""
        return str(HINTS[DOT]) if note == DOT else super().say(note, typed, kept)

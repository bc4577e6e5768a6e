"""Provide the form field for every text that a person types, so that all forms decide about
characters in the same way (`core.text.clean_text`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import ngettext_lazy

from core.name_repair import UNWRITABLE, note_mending, say_mended
from core.text import CleanText, clean_query, clean_text, spell_out

# What a text field says about a length: Django's own sentences speak of a variable and don't say
# what to do.
LENGTH_MESSAGES: dict[str, Any] = {
    "max_length": ngettext_lazy(
        "This field can hold at most %(limit_value)d character, but the text has "
        "%(show_value)d. Shorten it.",
        "This field can hold at most %(limit_value)d characters, but the text has "
        "%(show_value)d. Shorten it.",
        "limit_value",
    ),
    "min_length": ngettext_lazy(
        "This field needs at least %(limit_value)d character, but the text has "
        "%(show_value)d. Make it longer.",
        "This field needs at least %(limit_value)d characters, but the text has "
        "%(show_value)d. Make it longer.",
        "limit_value",
    ),
}


class CleanCharField(forms.CharField):
    """A text that will be kept. What can be mended is mended and reported, what can't is refused
    in a sentence.
    """

    default_error_messages = LENGTH_MESSAGES

    def to_python(self, value: Any) -> Any:
        """Return the text as it is kept. Raises `ValidationError` naming the characters it can't
        be kept with.
        """
        text = super().to_python(value)
        if text is None or text in self.empty_values:
            return text
        cleaned = self.clean_typed(text)
        if cleaned.bad:
            raise ValidationError(
                UNWRITABLE, code="unwritable", params={"codes": spell_out(cleaned.bad)}
            )
        for note in cleaned.notes:
            note_mending(self.say(note, text, cleaned.text))
        return cleaned.text or self.empty_value

    def clean_typed(self, text: str) -> CleanText:
        """Return what *text* becomes. Line ends stay in boxes of several lines."""
        return clean_text(text, lines=isinstance(self.widget, forms.Textarea))

    def say(self, note: str, typed: str, kept: str) -> str:
        """Return the sentence about one mending."""
        return say_mended(note, label=self.label, typed=typed, kept=kept)


class QueryCharField(forms.CharField):
    """A text to look something up by. Nothing is kept, so what no text may hold is left out
    without a message.
    """

    default_error_messages = LENGTH_MESSAGES

    def to_python(self, value: Any) -> Any:
        """Return the text without what can't be searched for."""
        text = super().to_python(value)
        return (
            text
            if text is None or text in self.empty_values
            else clean_query(text, most=len(text)) or self.empty_value
        )


def clean_formfield(db_field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """Return the field of a model form for *db_field*. Plain texts get `CleanCharField`
    (`Meta.formfield_callback`).
    """
    if type(db_field) in (models.CharField, models.TextField) and not db_field.choices:
        kwargs.setdefault("form_class", CleanCharField)
    return db_field.formfield(**kwargs)

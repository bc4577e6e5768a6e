"""Define what programs send, field by field."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from core.name_repair import UNWRITABLE
from core.text import clean_text, spell_out

MOST_ROWS = 1000
PAGE, LARGEST_PAGE = 50, 200


class CleanSerializerField(serializers.CharField):
    """A text cleaned as forms clean it. Invisible characters are removed, and what no text may
    hold is refused in a sentence.
    """

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is kept."""
        text = super().to_internal_value(data)
        cleaned = clean_text(text)
        if cleaned.bad:
            raise serializers.ValidationError(
                str(UNWRITABLE) % {"codes": spell_out(cleaned.bad)}, code="unwritable"
            )
        return cleaned.text


def _text(most: int, **more: Any) -> serializers.CharField:
    return CleanSerializerField(
        max_length=most,
        error_messages={
            "required": gettext_lazy("This field is missing."),
            "blank": gettext_lazy("This field is empty."),
            "null": gettext_lazy("This field is empty."),
            "invalid": gettext_lazy("Send a string."),
            "max_length": gettext_lazy("At most {max_length} characters."),
        },
        **more,
    )


class Schema(serializers.Serializer):
    """An object whose refusals are our own sentences in both languages, because the library's
    catalogue isn't loaded.
    """

    default_error_messages = {
        "invalid": gettext_lazy("Send an object with the members listed in the documentation.")
    }


class NumberAndName(Schema):
    """A certificate as printed."""

    number = _text(60)
    name = _text(100)


class Verification(Schema):
    """Number and name, or the code of a QR code."""

    number = _text(60, required=False)
    name = _text(100, required=False)
    code = _text(200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept one of the two ways."""
        if set(attrs) not in ({"number", "name"}, {"code"}):
            raise serializers.ValidationError(_("Send either number and name, or code only."))
        return attrs


class Batch(Schema):
    """Up to 1,000 certificates."""

    rows = serializers.ListField(
        child=NumberAndName(),
        min_length=1,
        max_length=MOST_ROWS,
        error_messages={
            "required": gettext_lazy("This field is missing."),
            "min_length": gettext_lazy("Send at least one row."),
            "max_length": gettext_lazy(
                "At most {max_length} rows. Send the rest in a second request."
            ),
            "empty": gettext_lazy("Send at least one row."),
            "not_a_list": gettext_lazy("Send a list."),
        },
    )


def _count(default: int, most: int) -> serializers.IntegerField:
    return serializers.IntegerField(
        default=default,
        min_value=1,
        max_value=most,
        error_messages={
            "invalid": gettext_lazy("Send a number."),
            "null": gettext_lazy("Send a number."),
            "max_string_length": gettext_lazy("Send a number."),
            "min_value": gettext_lazy("At least {min_value}."),
            "max_value": gettext_lazy("At most {max_value}."),
        },
    )


class Page(Schema):
    """Which part of a list."""

    page = _count(1, 100_000)
    per_page = _count(PAGE, LARGEST_PAGE)


def read_by_schema(schema: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """Return *data* as *schema* says, or raise the problem that names each field."""
    given = schema(data=data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)

"""Render the texts of a message, shipped or edited, in the reader's language and with its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import override

from core.templatetags import craft
from core.text import mask_name
from notify.enums import MessageChannel
from notify.models import Template
from notify.registry import MessageKind
from notify.rules import discretion, placeholders

Edited = Mapping[tuple[str, str], tuple[str, str]]  # (language, channel) → subject, text


def edited_texts(kind: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the edited texts that replace the shipped texts of *kind*. One query."""
    rows = Template.objects.filter(kind=kind).values_list("language", "channel", "subject", "text")
    return {(language, channel): (subject, text) for language, channel, subject, text in rows}


def fill_message_text(text: str, context: Mapping[str, Any], language: str) -> str:
    """Return *text* with its placeholders filled. Dates are written as readers of *language* write
    them.
    """
    with override(language):
        return placeholders.fill_placeholders(text, context, _FORMS)


def _form(write: Any) -> placeholders.Form:
    def put(value: Any) -> str:
        when = value if isinstance(value, date) else _when(str(value))
        return str(write(when)) if when else str(value or "")

    return put


_FORMS = {"day": _form(craft.long_day), "moment": _form(craft.moment), "clock": _form(craft.clock)}


def _when(text: str) -> datetime | date | None:
    try:
        return parse_datetime(text) if len(text) > 10 else parse_date(text)
    except ValueError:
        return None


def render_message(
    kind: MessageKind, context: Mapping[str, Any], *, language: str, channel: str, edited: Edited
) -> tuple[str, str]:
    """Return subject and text of *kind* for *channel*.

    The edited text of the channel comes first, then the edited text for all channels, then the
    shipped one. Outside the inbox, names that the kind calls private are masked and identity
    numbers shortened.
    """
    with override(language):
        if channel == MessageChannel.INBOX:
            return _filled(*_inbox_texts(kind, language, edited), context)
        replaced = edited.get((language, channel)) or edited.get((language, ""))
        subject, text = replaced or (
            str(kind.subject),
            str(kind.sms if channel == MessageChannel.SMS else kind.text),
        )
        if (
            replaced
            and channel == MessageChannel.SMS
            and (language, MessageChannel.SMS.value) not in edited
        ):
            text = str(kind.sms)
        context = {
            name: mask_name(str(value)) if name in kind.private else value
            for name, value in context.items()
        }
        done = _filled(subject, text, context)
    return discretion.without_identity_numbers(done[0]), discretion.without_identity_numbers(
        done[1]
    )


def render_inbox_messages(
    kind: MessageKind, contexts: Sequence[Mapping[str, Any]], *, language: str, edited: Edited
) -> list[tuple[str, str]]:
    """Return for each of *contexts* what `render_message` returns for the inbox. The language is
    set only once.
    """
    with override(language):
        subject, text = _inbox_texts(kind, language, edited)
        return [_filled(subject, text, context) for context in contexts]


def _inbox_texts(kind: MessageKind, language: str, edited: Edited) -> tuple[str, str]:
    replaced = edited.get((language, MessageChannel.INBOX)) or edited.get((language, ""))
    return replaced or (str(kind.subject), str(kind.text))


def _filled(subject: str, text: str, context: Mapping[str, Any]) -> tuple[str, str]:
    return " ".join(placeholders.fill_placeholders(subject, context, _FORMS).split())[
        :300
    ], placeholders.fill_placeholders(text, context, _FORMS)


def sms_values(kind: MessageKind, context: Mapping[str, Any], *, language: str) -> dict[str, str]:
    """Return the parameters for the gateway's template, one for each placeholder of the shipped
    short text, as it is written there.
    """
    masked = {
        name: mask_name(str(value)) if name in kind.private else value
        for name, value in context.items()
    }
    text = _shipped(kind.sms, language)
    return {
        match[1]: discretion.without_identity_numbers(fill_message_text(match[0], masked, language))
        for match in placeholders.PLACEHOLDER.finditer(text)
    }


def _shipped(text: Any, language: str) -> str:
    with override(language):
        return str(text)


def render_message_for_programs(
    kind: MessageKind, context: Mapping[str, Any], *, language: str
) -> tuple[str, str]:
    """Return subject and text of *kind* as they leave the site by mail. Names that the kind calls
    private are masked.
    """
    return render_message(
        kind, context, language=language, channel=MessageChannel.MAIL, edited=edited_texts(kind.key)
    )

"""Kinds of messages, declared by each app's `notices.py` when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notify.enums import MessageChannel
from notify.rules import placeholders

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise
    Link = str | Callable[[Mapping[str, Any]], str]

DEFAULT_CHANNELS = frozenset({MessageChannel.INBOX, MessageChannel.MAIL, MessageChannel.PUSH})


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message.

    *subject*, *text* and *sms* hold `{name}` placeholders (`{until:moment}`, `{on:day}`). *link* is
    a path with placeholders, or a function of the context. *channels* are those used for a person
    who chose nothing. *urgent* ignores quiet hours and digests. *mandatory* can't be switched off
    in the inbox, and *security* can't be switched off at all. *private* names are written in full
    in the inbox only and masked outside. *sms* goes with *sms_template*, the code under which the
    operator registered it with the gateway. A kind without *sms* is never sent that way. *audience*
    is a word for the list of choices ("worker", "officer", "judge", "everyone").
    """

    key: str
    label: Text
    subject: Text
    text: Text
    link: Link = ""
    channels: frozenset[str] = DEFAULT_CHANNELS
    urgent: bool = False
    mandatory: bool = False
    security: bool = False
    audience: str = "everyone"
    sms: Text = ""
    sms_template: str = ""
    private: frozenset[str] = frozenset()
    sample: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Return the names that a context must have, which are those of the shipped texts and
        those of the sample.
        """
        link = (
            placeholders.list_placeholders(self.link) if isinstance(self.link, str) else frozenset()
        )
        texts = (str(self.subject), str(self.text), str(self.sms))
        return (
            frozenset(self.sample)
            | link
            | frozenset().union(*(placeholders.list_placeholders(text) for text in texts))
        )

    def always(self, channel: str) -> bool:
        """Say whether a person can't switch *channel* off for this kind."""
        if channel not in self.channels:
            return False
        return self.security or (self.mandatory and channel == MessageChannel.INBOX)

    def possible(self, channel: str) -> bool:
        """Say whether this kind can be sent through *channel* at all."""
        return channel != MessageChannel.SMS or bool(self.sms)


_kinds: dict[str, MessageKind] = {}


def register_message_kind(
    key: str,
    *,
    label: Text,
    subject: Text,
    text: Text,
    link: Link = "",
    channels: Iterable[str] = DEFAULT_CHANNELS,
    urgent: bool = False,
    mandatory: bool = False,
    security: bool = False,
    audience: str = "everyone",
    sms: Text = "",
    sms_template: str = "",
    private: Iterable[str] = (),
    sample: Mapping[str, Any] | None = None,
    hidden: bool = False,
) -> MessageKind:
    """Declare the kind *key* (`app.what_happened`) with the fields of `MessageKind`.

    Raises `ValueError` if the same key is declared twice with different texts or channels.
    """
    kind = MessageKind(
        key=key,
        label=label,
        subject=subject,
        text=text,
        link=link,
        channels=frozenset(channels),
        urgent=urgent or security,
        mandatory=mandatory or security,
        security=security,
        audience=audience,
        sms=sms,
        sms_template=sms_template,
        private=frozenset(private),
        sample=dict(sample or {}),
        hidden=hidden,
    )
    old = _kinds.setdefault(key, kind)
    if str(old.text) != str(text) or old.channels != kind.channels:
        msg = f"kind of message {key} is declared twice"
        raise ValueError(msg)
    return old


def get_message_kind(key: str) -> MessageKind:
    """Return the kind *key*. An undeclared kind is a programming mistake and raises `LookupError`."""
    try:
        return _kinds[key]
    except KeyError:
        msg = f"kind of message {key!r} is not declared in any notices.py"
        raise LookupError(msg) from None


def find_message_kind(key: str) -> MessageKind | None:
    """Return the kind *key*, or None, because an old message may be of a kind that no longer
    exists.
    """
    return _kinds.get(key)


def list_message_kinds() -> list[MessageKind]:
    """Return every declared kind that people can choose about, ordered by key."""
    return [_kinds[key] for key in sorted(_kinds) if not _kinds[key].hidden]

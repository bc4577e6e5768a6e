"""Write messages in the caller's transaction, once for each person and key.

The number of queries doesn't depend on the number of people.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import override

from core import clock, sms
from core.actors import Actor
from core.bulk_values import insert_values, keys_by
from notify import registry
from notify.enums import OUTSIDE, MessageChannel
from notify.models import Delivery, Message, PushSubscription
from notify.queries.wishes import KindPreferences, load_kind_preferences
from notify.registry import MessageKind
from notify.rendering import Edited, edited_texts, render_inbox_messages, render_message
from notify.rules import placeholders
from notify.transports import mail
from notify.workflows.wake_up import wake_delivery_worker
from people.models import Person
from people.privacy_enums import ConsentPurpose
from people.privacy_queries import accounts_agreed

CHUNK = 500


def write_messages(
    kind: str,
    *,
    to: Iterable[Any] | Any,
    context: Mapping[str, Any],
    key: str,
    about: models.Model | None = None,
) -> int:
    """Write a message of *kind* for each account of *to*, and return how many are new.

    *to* is an account or any number of them. None (a person without an account) and closed accounts
    are skipped. *context* holds the values of the kind's placeholders (text, numbers, dates). The
    same *kind* and *key* reach a person once, however often the caller runs. Deliveries outside the
    site are rows too, and leave after the commit.

    Raises `TransactionManagementError` outside a transaction, and `ValueError` if *context* lacks a
    value.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "notify.send() needs the transaction of the deed"
        )
    declared = registry.get_message_kind(kind)
    if missing := declared.names - set(context):
        msg = f"{kind} needs {', '.join(sorted(missing))} in its context"
        raise ValueError(msg)
    people = {
        user.pk: user for user in _each(to) if user is not None and user.pk and user.is_active
    }
    if not people:
        return 0
    edited = edited_texts(kind)
    now = clock.now()
    written = 0
    waiting = iter(people.values())
    while chunk := list(islice(waiting, CHUNK)):
        written += _send_to(chunk, declared, context, key=key, about=about, edited=edited, now=now)
    return written


def _each(to: Any) -> Iterable[Any]:
    return (to,) if to is None or isinstance(to, models.Model) else to


@dataclass(frozen=True, slots=True)
class PersonalMessage:
    """A message to one account, with its values, the key under which it is sent once, and what it
    is about.
    """

    to: Any
    context: Mapping[str, Any]
    key: str
    about: models.Model | None = None


def write_personal_messages(kind: str, notes: Iterable[PersonalMessage]) -> int:
    """Write a message of *kind* for each of *notes*, each with its own values, and return how many
    are new (see `write_messages`).

    There may be at most one note for each account. The number of queries is the same for every 500
    notes.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "notify.send_each() needs the transaction of the deed"
        )
    declared = registry.get_message_kind(kind)
    waiting = iter([note for note in notes if note.to.is_active])
    edited: Edited | None = None
    names = declared.names
    written, now = 0, clock.now()
    while chunk := list(islice(waiting, CHUNK)):
        edited = edited_texts(kind) if edited is None else edited
        people = [note.to for note in chunk]
        wanted = load_kind_preferences(declared, [user.pk for user in people])
        in_language: dict[str, list[PersonalMessage]] = {}
        for note in chunk:
            if missing := names - note.context.keys():
                msg = f"{kind} needs {', '.join(sorted(missing))} in its context"
                raise ValueError(msg)
            in_language.setdefault(wanted.language(note.to.pk), []).append(note)
        messages: list[_Row] = []
        for language, notes in in_language.items():
            plain = [plain_context(note.context, language) for note in notes]
            for note, context, texts in zip(
                notes,
                plain,
                render_inbox_messages(declared, plain, language=language, edited=edited),
                strict=True,
            ):
                messages.append(
                    _message(
                        note.to,
                        declared,
                        context,
                        texts,
                        wanted,
                        link=link_of(declared, note.context),
                        note=note,
                    )
                )
        written += _written(messages, people, wanted, now)
    return written


def _send_to(
    people: list[Any],
    kind: MessageKind,
    context: Mapping[str, Any],
    *,
    key: str,
    about: models.Model | None,
    edited: Edited,
    now: datetime,
) -> int:
    wanted = load_kind_preferences(kind, [user.pk for user in people])
    link = link_of(kind, context)
    plain: dict[str, dict[str, Any]] = {}
    texts: dict[str, tuple[str, str]] = {}
    for language in {wanted.language(user.pk) for user in people}:
        plain[language] = plain_context(context, language)
        texts[language] = render_message(
            kind, plain[language], language=language, channel=MessageChannel.INBOX, edited=edited
        )
    messages: list[_Row] = []
    for user in people:
        language = wanted.language(user.pk)
        note = PersonalMessage(user, context, key, about)
        messages.append(
            _message(user, kind, plain[language], texts[language], wanted, link=link, note=note)
        )
    return _written(messages, people, wanted, now)


_Row = tuple[Any, ...]
"""A message as the values of `_COLUMNS`: an instance of the model would cost more than its row in the database."""

_COLUMNS = (
    "public_id", "recipient", "kind", "key", "language", "context", "subject", "text", "link", "about_type", "about_id", "in_inbox",
)  # fmt: skip


def _message(
    user: Actor,
    kind: MessageKind,
    plain: dict[str, Any],
    texts: tuple[str, str],
    wanted: KindPreferences,
    *,
    link: str,
    note: PersonalMessage,
) -> _Row:
    about = note.about
    thing = ("", "") if about is None else (about._meta.label, str(about.pk))
    in_inbox = not kind.hidden and wanted.wants(user.pk, MessageChannel.INBOX)
    return (
        uuid.uuid4(),
        user.pk,
        kind.key,
        note.key,
        wanted.language(user.pk),
        plain,
        *texts,
        link,
        *thing,
        in_inbox,
    )


def _written(
    messages: Sequence[_Row], people: list[Any], wanted: KindPreferences, now: datetime
) -> int:
    """Insert *messages*, leaving out those that exist already, queue their deliveries, and return
    how many are new.
    """
    count = insert_values(Message, _COLUMNS, messages, ignore_conflicts=True)
    addresses = _addresses(people, wanted) if count else {}
    if addresses:  # the keys of the rows are needed for deliveries alone
        keys = keys_by(Message, "public_id", [public_id for public_id, *_rest in messages])
        fresh = [
            (keys[public_id], recipient)
            for public_id, recipient, *_rest in messages
            if public_id in keys
        ]
        _queue_deliveries(fresh, addresses, wanted, now=now)
    return count


def queue_deliveries(
    messages: Sequence[tuple[int, int]],
    people: list[Any],
    wanted: KindPreferences,
    *,
    now: datetime,
) -> int:
    """Queue the deliveries of *messages* outside the site, and return how many there are.

    *messages* are pairs of their key and the recipient's key.
    """
    addresses = _addresses(people, wanted)
    return _queue_deliveries(messages, addresses, wanted, now=now) if addresses else 0


def _queue_deliveries(
    messages: Sequence[tuple[int, int]],
    addresses: Mapping[tuple[int, str], list[str]],
    wanted: KindPreferences,
    *,
    now: datetime,
) -> int:
    rows = []
    for message, recipient in messages:
        for channel in OUTSIDE:
            for address in addresses.get((recipient, channel), ()):
                due_at, bundled = wanted.due(recipient, channel, now=now)
                rows.append((message, recipient, channel, address, due_at, bundled))
    if rows:
        insert_values(
            Delivery,
            ("message", "recipient", "channel", "address", "due_at", "bundled"),
            rows,
            ignore_conflicts=True,
        )
        transaction.on_commit(wake_delivery_worker)
    return len(rows)


def _addresses(people: list[Any], wanted: KindPreferences) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    ids = [user.pk for user in people]
    mailing = mail.can_send_mail()
    for user in people:
        if mailing and user.email and wanted.wants(user.pk, MessageChannel.MAIL):
            found[user.pk, MessageChannel.MAIL] = [user.email]
    texting = (
        [user for user in people if wanted.wants(user.pk, MessageChannel.SMS)]
        if sms.can_send_sms()
        else []
    )
    if texting:
        agreed = accounts_agreed(texting, ConsentPurpose.SMS)
        texting = [user for user in texting if user.pk in agreed]
    if texting:
        silent = [user.pk for user in texting if not user.phone]
        mobiles = (
            dict(
                Person.objects.filter(user__in=silent)
                .exclude(mobile="")
                .values_list("user_id", "mobile")
            )
            if silent
            else {}
        )
        for user in texting:
            if number := user.phone or mobiles.get(user.pk, ""):
                found[user.pk, MessageChannel.SMS] = [number]
    if pushed := [pk for pk in ids if wanted.wants(pk, MessageChannel.PUSH)]:
        browsers = PushSubscription.objects.filter(user__pk__among=pushed).order_by("pk")
        for user_id, public_id in browsers.values_list("user_id", "public_id"):
            found.setdefault((user_id, MessageChannel.PUSH), []).append(str(public_id))
    return found


def link_of(kind: MessageKind, context: Mapping[str, Any]) -> str:
    """Return the path that a message of *kind* leads to, or an empty string. Raises `ValueError`
    for a path that leaves the site.
    """
    link = (
        kind.link(context)
        if callable(kind.link)
        else placeholders.fill_placeholders(kind.link, context)
    )
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        msg = f"{kind.key} must link to a path of this site"
        raise ValueError(msg)
    return link[:500]


_PLAIN = {str, int, bool, type(None)}


def plain_context(context: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return *context* as plain JSON values. Texts to be translated become words of *language*."""
    if all(value.__class__ in _PLAIN for value in context.values()):
        return dict(context)
    with override(language):
        spoken = {
            name: str(value) if isinstance(value, Promise | uuid.UUID) else value
            for name, value in context.items()
        }
        plain: dict[str, Any] = json.loads(
            json.dumps(spoken, cls=DjangoJSONEncoder, ensure_ascii=False)
        )
    return plain

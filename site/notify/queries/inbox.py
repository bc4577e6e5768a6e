"""Read a person's own messages."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from core.actors import Actor
from notify.models import Delivery, Message

ALL, UNREAD, AWAY = "all", "unread", "away"
SHOWN = (ALL, UNREAD, AWAY)


def list_messages(user: Actor, *, show: str = ALL, words: str = "") -> QuerySet[Message]:
    """Return the messages of *user*, newest first.

    *show* chooses all in the inbox, the unread ones, or those put away. All of *words* must occur
    in a message.
    """
    rows = Message.objects.filter(recipient_id=user.pk, in_inbox=True).order_by("-pk")
    rows = rows.filter(archived_at__isnull=False) if show == AWAY else rows.filter(archived_at=None)
    if show == UNREAD:
        rows = rows.filter(read_at=None)
    for word in words.replace("\0", " ").split()[:8]:
        rows = rows.filter(Q(subject__icontains=word) | Q(text__icontains=word))
    return rows


def count_unread_messages(user: Actor | None) -> int:
    """Return how many messages in the inbox of *user* are unread. One query, from an index of the
    unread messages only.
    """
    if (
        user is None
        or not getattr(user, "is_authenticated", False)
        or getattr(user, "pk", None) is None
    ):
        return 0
    return Message.objects.filter(
        recipient_id=user.pk, in_inbox=True, read_at=None, archived_at=None
    ).count()


def find_own_message(user: Actor, public_id: Any) -> Message | None:
    """Return the message of *user*, or None. A message of another person is not found."""
    return Message.objects.filter(recipient_id=user.pk, in_inbox=True, public_id=public_id).first()


def list_message_deliveries(message: Message) -> QuerySet[Delivery]:
    """Return the deliveries by which *message* went outside the site."""
    return message.deliveries.order_by("pk")

"""What people do with their own messages."""

from __future__ import annotations

from django.db import transaction

from core import clock
from core.actors import Actor
from notify.models import Message


@transaction.atomic
def mark_read(*, actor: Actor, message: Message) -> None:
    """Mark *message* of *actor* as read."""
    Message.objects.filter(pk=message.pk, recipient_id=actor.pk, read_at=None).update(
        read_at=clock.now()
    )


@transaction.atomic
def mark_unread(*, actor: Actor, message: Message) -> None:
    """Mark *message* of *actor* as not read."""
    Message.objects.filter(pk=message.pk, recipient_id=actor.pk).update(read_at=None)


@transaction.atomic
def mark_all_read(*, actor: Actor) -> int:
    """Mark everything in *actor*'s inbox as read, and return how many messages were unread."""
    return Message.objects.filter(
        recipient_id=actor.pk, read_at=None, in_inbox=True, archived_at=None
    ).update(read_at=clock.now())


@transaction.atomic
def put_away(*, actor: Actor, message: Message) -> None:
    """Take *message* out of *actor*'s inbox. It is still found among the messages put away."""
    now = clock.now()
    Message.objects.filter(pk=message.pk, recipient_id=actor.pk, archived_at=None).update(
        archived_at=now
    )
    Message.objects.filter(pk=message.pk, recipient_id=actor.pk, read_at=None).update(read_at=now)


@transaction.atomic
def bring_back(*, actor: Actor, message: Message) -> None:
    """Put *message* back into *actor*'s inbox."""
    Message.objects.filter(pk=message.pk, recipient_id=actor.pk).update(archived_at=None)

"""Save what a person has chosen, and drop queued deliveries that are no longer wanted."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from core.actors import Actor, account_id
from notify import registry
from notify.enums import CHOSEN
from notify.models import Choice, Message, Settings
from notify.workflows.waiting import drop_waiting_deliveries
from people.accounts import require_account


@transaction.atomic
def save_channel_choices(
    *,
    actor: Actor,
    kinds: Iterable[str],
    channels: Iterable[str],
    wanted: Iterable[tuple[str, str]],
) -> int:
    """Save *wanted*, pairs of (kind, channel), as what *actor* gets of *kinds* through *channels*.
    Return how many differ from the defaults.

    Other kinds and channels stay as they are. What can't be switched off stays on, whatever the
    list says.
    """
    chosen, asked, ways = (
        set(wanted),
        set(kinds),
        [channel for channel in CHOSEN if channel in set(channels)],
    )
    rows = []
    Choice.objects.filter(user_id=account_id(actor), kind__in=asked, channel__in=ways).delete()
    for kind in registry.list_message_kinds():
        for channel in ways if kind.key in asked else ():
            if kind.always(channel) or not kind.possible(channel):
                continue
            on = (kind.key, str(channel)) in chosen
            if on != (channel in kind.channels):
                rows.append(
                    Choice(user_id=account_id(actor), kind=kind.key, channel=channel, wanted=on)
                )
                if not on:
                    _drop(actor.pk, kind.key, channel)
    Choice.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def switch_off_channel(*, actor: Actor, kind: str, channel: str) -> int:
    """Switch one kind off for *channel*, and return how many were switched off. An empty *kind*
    means all that can be switched off.
    """
    count = 0
    for declared in registry.list_message_kinds():
        if (
            kind not in ("", declared.key)
            or declared.always(channel)
            or not declared.possible(channel)
        ):
            continue
        Choice.objects.update_or_create(
            user=require_account(actor),
            kind=declared.key,
            channel=channel,
            defaults={"wanted": False},
        )
        _drop(actor.pk, declared.key, channel)
        count += 1
    return count


@transaction.atomic
def save_hours(*, actor: Actor, chosen: Settings) -> Settings:
    """Save hours, rhythm and language."""
    chosen.user = require_account(actor)
    chosen.full_clean()
    chosen.save()
    return chosen


def _drop(user_id: int, kind: str, channel: str) -> None:
    of_kind = Message.objects.filter(recipient_id=user_id, kind=kind)
    drop_waiting_deliveries(
        recipient_id=user_id,
        channel=channel,
        message__in=of_kind,
        reason="switched off by the person",
    )

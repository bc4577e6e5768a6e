"""Read what people have chosen about messages, for many people at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.utils import timezone

from core.actors import Actor
from notify.enums import CHOSEN, MessageChannel
from notify.models import Choice, PushSubscription, Settings
from notify.registry import MessageKind
from notify.rules import timing


def settings_of(user: Actor) -> Settings:
    """Return the hours and language of *user*, unsaved defaults where nothing was chosen."""
    return Settings.objects.filter(user_id=user.pk).first() or Settings(user_id=user.pk)


def browsers_of(user: Actor) -> QuerySet[PushSubscription]:
    """Return the browsers of *user* that get web push, the latest first."""
    return PushSubscription.objects.filter(user_id=user.pk).order_by("-updated_at")


def hours_of(chosen: Settings) -> timing.Hours:
    """Return *chosen* in the form that the timing rules take."""
    return timing.Hours(
        zone=timezone.get_default_timezone(),
        rhythm=chosen.rhythm,
        digest_hour=chosen.digest_hour,
        digest_weekday=chosen.digest_weekday,
        quiet=chosen.quiet,
        quiet_from=chosen.quiet_from,
        quiet_to=chosen.quiet_to,
    )


@dataclass(frozen=True, slots=True)
class KindPreferences:
    """The choices of some people about one kind."""

    kind: MessageKind
    hours: Mapping[int, Settings]
    words: Mapping[tuple[int, str], bool]

    def wants(self, user_id: int, channel: str) -> bool:
        """Say whether this person gets the kind through *channel*."""
        if not self.kind.possible(channel):
            return False
        if self.kind.always(channel):
            return True
        return self.words.get((user_id, channel), channel in self.kind.channels)

    def language(self, user_id: int) -> str:
        """Return the language this person reads."""
        chosen = self.hours.get(user_id)
        return chosen.language if chosen else str(django_settings.LANGUAGE_CODE)

    def due(self, user_id: int, channel: str, *, now: datetime) -> tuple[datetime, bool]:
        """Return when a message may leave through *channel*, and whether it joins a collected
        mail.
        """
        hours = hours_of(self.hours.get(user_id) or Settings())
        bundled = (
            channel == MessageChannel.MAIL and not self.kind.urgent and hours.rhythm != timing.NOW
        )
        at = timing.compute_due_time(now, hours, urgent=self.kind.urgent, bundled=bundled)
        return at, bundled


def load_kind_preferences(kind: MessageKind, user_ids: Collection[int]) -> KindPreferences:
    """Return the preferences of *user_ids* about *kind*. Two queries however many they are."""
    chosen = Choice.objects.filter(user__pk__among=user_ids, kind=kind.key)
    return KindPreferences(
        kind=kind,
        hours={row.user_id: row for row in Settings.objects.filter(user__pk__among=user_ids)},
        words={
            (user, channel): wanted
            for user, channel, wanted in chosen.values_list("user_id", "channel", "wanted")
        },
    )


def build_preference_table(
    user: Actor, kinds: Collection[MessageKind], channels: Collection[str] = CHOSEN
) -> list[dict[str, Any]]:
    """Return one row for each of *kinds*, with what *user* has chosen for each of *channels*. One
    query.
    """
    words = {
        (kind, channel): wanted
        for kind, channel, wanted in Choice.objects.filter(user_id=user.pk).values_list(
            "kind", "channel", "wanted"
        )
    }
    return [
        {
            "kind": kind,
            "channels": [
                {
                    "channel": channel,
                    "possible": kind.possible(channel),
                    "locked": kind.always(channel),
                    "on": kind.always(channel)
                    or (
                        kind.possible(channel)
                        and words.get((kind.key, channel), channel in kind.channels)
                    ),
                }
                for channel in channels
            ],
        }
        for kind in kinds
    ]

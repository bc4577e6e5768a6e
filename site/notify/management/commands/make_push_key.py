"""Print a key for web push."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from notify.transports.push import make_push_key


class Command(BaseCommand):
    help = (
        "Print a new key for CRAFTPATH_VAPID_KEY. Browsers that subscribed under another key "
        "must subscribe again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(make_push_key())

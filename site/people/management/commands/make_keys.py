"""Print new keys for a production site."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand

from people.crypto import make_identity_key


class Command(BaseCommand):
    """Print new keys with `manage.py make_keys`.

    The two lines are for the environment file. Nothing is stored here.
    """

    help = "Prints a signing key and an identity key as lines for the environment file."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        self.stdout.write(f"CRAFTPATH_SECRET_KEY={secrets.token_urlsafe(64)}")
        self.stdout.write(f"CRAFTPATH_IDENTITY_KEYS={make_identity_key()}")

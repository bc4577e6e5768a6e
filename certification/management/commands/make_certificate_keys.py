"""Make the keys that certificates are signed with, where there are none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certification.keys.key_store import generate_missing_keys
from certification.workflows.keys import load_announced_keys, require_address
from core.errors import DomainError


class Command(BaseCommand):
    """Make the keys and announce them."""

    help = (
        "Makes the keys certificates are signed with, where there are none yet, and announces "
        "their public halves. Back the folder up."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make and announce the keys, and print where they are."""
        folder = Path(settings.CERTIFICATE_KEY_FOLDER)
        try:
            require_address()  # the root certificate bears it
        except DomainError as error:
            raise CommandError(str(error)) from error
        made = generate_missing_keys(folder)
        load_announced_keys()
        self.stdout.write(
            f"{folder}: " + (", ".join(made) if made else "nothing to make, all keys are there")
        )

"""Make a newer key that signs from now on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access import SYSTEM
from certification.keys import KeyPurpose
from certification.workflows.keys import rotate_issuer_key
from core.errors import DomainError


class Command(BaseCommand):
    """Make a newer key for one purpose."""

    help = (
        "Makes a newer key for one purpose and announces it. What older keys signed stays "
        "verifiable; keep their files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the purpose as argument."""
        parser.add_argument("purpose", choices=[one.value for one in KeyPurpose])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rotate the key and print the name of the new one."""
        try:
            self.stdout.write(
                rotate_issuer_key(actor=SYSTEM, purpose=KeyPurpose(options["purpose"]))
            )
        except DomainError as error:
            raise CommandError(str(error)) from error

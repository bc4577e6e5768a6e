"""Write all identity numbers under the newest key."""

from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import NoAccount
from core.progress import progress_bar
from people.workflows.rotation import BATCH, count_stale_rows, rotate_identity_numbers

OPERATOR = NoAccount("command line")  # who has a shell on the server


class Command(BaseCommand):
    """Rotate the identity keys with `manage.py rotate_identity_keys [--check]`.

    The command can be resumed, and both keys stay valid meanwhile (site/docs/deploy.md).
    """

    help = (
        "Encrypts and hashes identity numbers under the first key of CRAFTPATH_IDENTITY_KEYS. "
        "Run again after an interruption."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--check",
            action="store_true",
            help="only say how many rows still need an older key; ends with 1 if any does",
        )
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or rewrite under a progress bar."""
        left = count_stale_rows()
        if options["check"]:
            for table, count in left.items():
                self.stdout.write(f"{table}: {count}")
            if any(left.values()):
                raise CommandError(
                    f"{sum(left.values())} rows still need an older key. Keep it listed, and run rotate_identity_keys."
                )
            self.stdout.write(
                "Every row is under the newest key. Older keys may be taken off the list."
            )
            return
        try:
            with progress_bar() as bar:
                task = bar.add_task("Identity numbers", total=sum(left.values()))
                for done in rotate_identity_numbers(actor=OPERATOR, batch=options["batch"]):
                    bar.advance(task, done)
        except InvalidTag as error:
            raise CommandError(
                "A row can't be opened with any listed key. List the key it was written "
                "with, too, and run this again."
            ) from error
        self.stdout.write(f"{sum(left.values())} rows written under the newest key.")

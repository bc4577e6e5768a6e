"""Recompute the public register and compare everything that was kept of it with the result."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from certification.queries.register import list_register_keys
from certification.tlog.notes import NoteError, read_vkey
from certification.workflows.register_check import recompute_register


class Command(BaseCommand):
    """Check the public register. On a difference the exit code is 1 and the message names the
    first one.
    """

    help = (
        "Recomputes the public register from its entries and compares tiles, state, every head "
        "ever signed and its signature."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            metavar="VKEY",
            help="a trusted key instead of those in the database",
        )
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a signed head kept elsewhere",
        )
        parser.add_argument("--no-row", action="store_true", help="keep no row of this check")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and print the result."""
        try:
            trusted = [read_vkey(text) for text in options["key"]] or list_register_keys()
        except NoteError as error:
            raise CommandError(f"--key: {error}") from error
        try:
            remembered = [path.read_text(encoding="utf-8") for path in options["head"]]
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--head: {error}") from error
        result = recompute_register(
            trusted=trusted, remembered=remembered, keep=not options["no_row"]
        )
        if result.fault:
            raise CommandError(result.fault)
        self.stdout.write(
            f"{result.size} entries and {result.heads} heads in order, {result.seconds:.1f} s"
        )

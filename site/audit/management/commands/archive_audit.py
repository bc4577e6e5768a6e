"""Move rows older than `CRAFTPATH_AUDIT_MONTHS` into sealed files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.archiving import archive_oldest_events, count_archivable_events
from audit.checking import Checker, seal_and_check
from audit.queries import keep_until
from core.errors import DomainError


class Command(BaseCommand):
    """Archive old rows with `manage.py archive_audit`.

    It checks the chain first. Each file is one transaction.
    """

    help = (
        "Moves audit events older than CRAFTPATH_AUDIT_MONTHS into sealed files in the private "
        "storage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how many rows are old enough"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Archive file by file."""
        if options["dry_run"]:
            self.stdout.write(
                f"{count_archivable_events()} audit events are older than {keep_until():%Y-%m-%d}"
            )
            return
        result = seal_and_check()
        if result.fault:
            raise CommandError("the record is not in order: run check_audit; nothing was archived")
        count = 0
        try:
            while row := archive_oldest_events(actor=Checker()):
                count += 1
                self.stdout.write(f"{row.name}: {row.events} audit events, SHA-256 {row.sha256}")
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} files written")

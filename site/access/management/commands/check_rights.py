"""Compare guardian's rows, scope groups and platform groups with the role assignments.

Run it as `manage.py check_rights [--mend]`.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.sync import find_rights_drift, repair_rights


class Command(BaseCommand):
    """Report what has drifted and, with `--mend`, repair it.

    It ends with an error if differences are left, so that a nightly job notices.
    """

    help = "Compare the groups and permission rows of rights with the role assignments."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--mend`."""
        parser.add_argument("--mend", action="store_true", help="put right what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, report the differences and repair them if asked to."""
        found = list(find_rights_drift())
        for fault in found:
            self.stdout.write(
                f"{fault.what} {fault.group}: missing {len(fault.missing)}, too many {len(fault.extra)}"
            )
        bosses = get_user_model().objects.filter(is_superuser=True, is_active=True).count()
        if bosses:
            self.stdout.write(
                f"{bosses} active superusers stand outside all roles: take the mark away once the three administrators work."
            )
        if found and options["mend"]:
            self.stdout.write(f"{repair_rights()} put right")
        elif found:
            msg = f"{len(found)} differences; run with --mend"
            raise CommandError(msg)
        else:
            self.stdout.write("rights are in order")

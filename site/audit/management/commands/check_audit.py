"""Seal what is new and check the whole chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.models import Event
from audit.workflows import first_fault, seal


class Command(BaseCommand):
    """`manage.py check_audit`: exit code 1 names the first row that was tampered with."""

    help = "Seals new audit events and checks the hash chain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the check."""
        while seal():
            pass
        fault = first_fault()
        if fault is not None:
            msg = f"audit event {fault} does not fit its digest or the chain"
            raise CommandError(msg)
        self.stdout.write(f"{Event.objects.count()} audit events in order")

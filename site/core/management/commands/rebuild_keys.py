"""Derive keys and orders of names again, or say which rows differ."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import derived
from core.progress import progress_bar

SHOWN = 10


class Command(BaseCommand):
    """`manage.py rebuild_keys` derives keys again. It is needed once after an upgrade that changes
    tables of characters or readings, and is safe to run again.
    """

    help = (
        "Derives look-up keys and orders of names again. With --check nothing is written; exit "
        "code 1 when rows differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--check`."""
        parser.add_argument("--check", action="store_true", help="Only say how many rows differ.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all models under one bar."""
        del args
        several = list(derived.all_derived())
        outcomes = []
        with progress_bar() as bar:
            task = bar.add_task("keys", total=len(several))
            for one in several:
                bar.update(task, description=f"keys: {one.model._meta.label}")
                outcomes.append(derived.check_derived(one, repair=not options["check"]))
                bar.advance(task)
        for outcome in outcomes:
            self.stdout.write(
                f"{outcome.label}: {outcome.rows} rows, {outcome.stale} {'differ' if options['check'] else 'derived again'}"
            )
        clashes = [f"{outcome.label} {key}" for outcome in outcomes for key in outcome.clashes]
        if clashes:
            msg = f"Another row has the same key already: {', '.join(clashes[:SHOWN])}. Compare the rows; nothing was changed in them."
            raise CommandError(msg)
        if options["check"] and any(outcome.stale for outcome in outcomes):
            msg = "Keys differ from what is derived today. Run `manage.py rebuild_keys`."
            raise CommandError(msg)

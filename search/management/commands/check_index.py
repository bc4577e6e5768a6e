"""Compare the search index with the rows it is made from."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import outbox
from search.errors import EngineDown
from search.management.commands.rebuild_index import show_document_progress

SHOWN = 10


class Command(BaseCommand):
    """`manage.py check_index` exits with code 1 when something differs. `--repair` notes it for
    the next flush.
    """

    help = "Compare the search index with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--repair`."""
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Note what differs in the outbox, so that the worker puts it right.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and print the differences."""
        del args
        try:
            drift = outbox.compare_index(watch=show_document_progress)
        except EngineDown as error:
            raise CommandError(f"The index can't be read: {error}.") from error
        if not drift:
            self.stdout.write("The index agrees with the database.")
            return
        for word, ids in (
            ("missing", drift.missing),
            ("surplus", drift.surplus),
            ("stale", drift.stale),
        ):
            if ids:
                more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
                self.stdout.write(f"{word}: {len(ids)} ({', '.join(ids[:SHOWN])}{more})")
        if options["repair"]:
            outbox.queue_index_repair(drift)
            self.stdout.write("Noted for the worker.")
            return
        raise CommandError(
            "The index differs from the database. Run check_index --repair, or rebuild_index."
        )

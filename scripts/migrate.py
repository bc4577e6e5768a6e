"""`manage.py migrate` with a bar; run as `.venv/bin/python -m scripts.migrate`."""

from __future__ import annotations

import os
from typing import Any

import django
from django.core.management import call_command
from django.core.management.commands.migrate import Command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scripts.terminal import Bar


def main() -> None:
    """Bring the database up to date."""
    bar = Bar("Database")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    django.setup()
    executor = MigrationExecutor(connection)
    total, count = len(executor.migration_plan(executor.loader.graph.leaf_nodes())), 0

    class WithBar(Command):
        def migration_progress_callback(
            self, action: str, migration: Any = None, fake: bool = False
        ) -> None:
            nonlocal count
            if action == "apply_success":
                count += 1
                bar.advance_to(count / total if total else 1, str(migration))

    if total:
        call_command(WithBar(), verbosity=0, interactive=False, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    bar.done(f"{count} migrations" if count else "up to date")


if __name__ == "__main__":
    main()

"""Run waiting background work in this process, without a broker."""

from typing import Any

from django.core.management.base import BaseCommand

from core.progress import progress_bar
from jobs.queries import claimable
from jobs.runner import drain


class Command(BaseCommand):
    """Run `manage.py work`, which is for set-up and emergencies."""

    help = "Works until no batch item is waiting."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until no item is waiting, with a progress bar."""
        total = claimable().count()
        with progress_bar() as bar:
            task = bar.add_task("background work", total=total)
            while drain(seconds=1):
                bar.update(task, completed=max(total - claimable().count(), 0))
            bar.update(task, completed=total)

"""Run waiting background work in this process, without a broker."""

from typing import Any

from django.core.management.base import BaseCommand

from core.progress import progress_bar
from jobs.queries import list_claimable_items
from jobs.runner import run_waiting_items


class Command(BaseCommand):
    """Run `manage.py work`, which is for set-up and emergencies."""

    help = "Works until no batch item is waiting."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until no item is waiting, with a progress bar."""
        total = list_claimable_items().count()
        with progress_bar() as bar:
            task = bar.add_task("background work", total=total)
            while run_waiting_items(seconds=1):
                bar.update(task, completed=max(total - list_claimable_items().count(), 0))
            bar.update(task, completed=total)

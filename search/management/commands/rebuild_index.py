"""Build a new search index beside the one in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.progress import progress_bar
from search import outbox
from search.engines import get_search_engine
from search.engines.protocol import Indexed
from search.errors import EngineBusy, EngineDown


class Command(BaseCommand):
    """`manage.py rebuild_index` builds the index again. Searching goes on meanwhile, and changes
    wait in the outbox.
    """

    help = "Build the search index anew and change over to it in one step."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, with a progress bar."""
        del args, options
        try:
            count = outbox.rebuild_search_index(watch=show_document_progress)
            outbox.flush_outbox()
        except EngineBusy as error:
            raise CommandError(
                "Another process is writing to the index. Try again in a minute; the index "
                "in use is unharmed."
            ) from error
        except EngineDown as error:
            raise CommandError(
                f"The search engine ({get_search_engine().name}) doesn't answer: {error}."
            ) from error
        self.stdout.write(f"{count} documents in the {get_search_engine().name} index.")


def show_document_progress(batches: Iterable[list[Indexed]]) -> Iterator[list[Indexed]]:
    """Yield *batches* under a progress bar of documents."""
    with progress_bar() as bar:
        task = bar.add_task("documents", total=outbox.count_all_rows())
        for batch in batches:
            yield batch
            bar.advance(task, len(batch))

"""Help tests. `flush_index()` brings the index up to date in this process, and `empty_index()`
starts from nothing.
"""

from __future__ import annotations

from search import outbox
from search.engines import get_search_engine


def flush_index() -> outbox.Flushed:
    """Write everything noted so far, as the worker would."""
    return outbox.flush_outbox()


def empty_index() -> None:
    """Replace the index by an empty one."""
    get_search_engine().rebuild(lambda: iter(()))

"""Help tests. `flush_index()` brings the index up to date in this process, and `empty_index()`
starts from nothing.
"""

from __future__ import annotations

from search import outbox
from search.engines import engine


def flush() -> outbox.Flushed:
    """Write everything noted so far, as the worker would."""
    return outbox.flush()


def empty_index() -> None:
    """Replace the index by an empty one."""
    engine().rebuild(lambda: iter(()))

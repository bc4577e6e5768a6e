"""Draw progress bars for commands. A terminal gets a bar, other output a line at the start and the
end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")


def progress_bar(console: Console | None = None) -> Progress:
    """Return the one style of bar that all our commands use (a context manager of `rich`)."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console or Console(stderr=True),
    )


def track_progress(items: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Yield *items* under a progress bar called *description*."""
    with progress_bar() as bar:
        yield from bar.track(items, description=description, total=total)

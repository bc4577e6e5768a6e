"""Register which function does which kind of work. The apps call this when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobs.models import Job, JobItem

    Handler = Callable[[JobItem], dict[str, Any] | None]
    Chunk = Callable[[Sequence[JobItem]], Mapping[int, dict[str, Any] | Exception | None]]
    Finished = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of batch.

    *handler* does one item and must be safe to run twice. *on_finished* is called after the last
    item. *chunk* does up to *at_once* items of one batch together. It returns, for each item by its
    primary key, the result or the error that stopped it, and must be safe to run twice as well. An
    item that was tried before is done alone, so an item that kills its worker takes no other item
    with it (ADR 29).
    """

    key: str
    handler: Handler
    on_finished: Finished | None = None
    lease_seconds: int = 120
    chunk: Chunk | None = None
    at_once: int = 1


_kinds: dict[str, JobKind] = {}


def register_job_kind(
    key: str,
    handler: Handler,
    *,
    on_finished: Finished | None = None,
    lease_seconds: int = 120,
    chunk: Chunk | None = None,
    at_once: int = 1,
) -> None:
    """Declare how items of the kind *key* are done."""
    _kinds[key] = JobKind(key, handler, on_finished, lease_seconds, chunk, at_once if chunk else 1)


def get_job_kind(key: str) -> JobKind:
    """Return the kind *key*. An undeclared kind is a programming mistake and raises `KeyError`."""
    return _kinds[key]


def list_job_kinds() -> list[str]:
    """Return the declared kinds."""
    return sorted(_kinds)

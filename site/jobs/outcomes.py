"""Let the result of a lower app start work of a higher app.

The work is written as job rows in the same transaction, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.actors import Actor
from jobs.models import Job

_subscribers: dict[str, list[tuple[str, Any]]] = {}


def subscribe_to_outcome(outcome: str, kind: str, *, title: Any = "") -> None:
    """Let each *outcome* start a batch of *kind*, one item for each subject."""
    listed = _subscribers.setdefault(outcome, [])
    if kind not in [known for known, _title in listed]:
        listed.append((kind, title))


def announce_outcome(
    outcome: str, subjects: Iterable[str], *, actor: Actor, payload: dict[str, Any] | None = None
) -> list[Job]:
    """Start the batches that were subscribed to *outcome*, one item for each of *subjects*
    (identifiers).

    Call it inside the transaction of the act that led to the outcome.
    """
    from jobs.workflows import start_job  # slow import

    keys = list(subjects)
    return [
        start_job(
            kind=kind, keys=keys, actor=actor, title=str(title) or kind, payload=payload or {}
        )
        for kind, title in _subscribers.get(outcome, [])
    ]


def list_outcome_job_kinds() -> set[str]:
    """Return the kinds of batches that outcomes start, which nobody asked for by hand."""
    return {kind for listed in _subscribers.values() for kind, _title in listed}

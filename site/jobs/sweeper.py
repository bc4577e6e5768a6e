"""A thread in each worker's main process that starts tasks for waiting rows.

It finds work whose wake-up call was lost, leases that have run out and retries that are due. It
also starts the idle work that apps register, such as the search outbox and the audit seal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from celery.signals import worker_ready, worker_shutting_down

log = structlog.get_logger("craftpath.sweeper")


@dataclass(slots=True)
class Chore:
    """A task to send when it is due, at most once in *seconds*."""

    is_due: Callable[[], bool]
    seconds: float
    next_at: float = 0.0


SECONDS = 2.0
_chores: dict[str, Chore] = {}
_stop = threading.Event()


def register_sweeper_task(
    task_name: str, is_due: Callable[[], bool], *, seconds: float = 0.0
) -> None:
    """Send the Celery task *task_name* whenever *is_due* says so, at most once in *seconds*."""
    _chores[task_name] = Chore(is_due, seconds)


def send_due_tasks() -> list[str]:
    """Send every task that is due, and return the names of the tasks sent."""
    from celery import current_app as app  # slow import

    from jobs.queries import has_claimable_items  # slow import

    rung = []
    now = time.monotonic()
    for task_name, chore in {"jobs.pump": Chore(has_claimable_items, 0.0), **_chores}.items():
        if now >= chore.next_at and chore.is_due():
            chore.next_at = now + chore.seconds
            app.send_task(task_name)
            rung.append(task_name)
    return rung


@worker_ready.connect
def _start(**_: Any) -> None:
    threading.Thread(target=_loop, name="craftpath-sweeper", daemon=True).start()


@worker_shutting_down.connect
def _end(**_: Any) -> None:
    _stop.set()


def _loop() -> None:
    from django.db import close_old_connections, connection  # slow import

    while not _stop.wait(SECONDS):
        try:
            close_old_connections()
            send_due_tasks()
        except Exception as error:  # noqa: BLE001 - the sweeper must outlive any fault of a moment
            log.warning("sweep_failed", error=type(error).__name__)
    connection.close()

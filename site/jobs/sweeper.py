"""A thread in each worker's main process that rings for rows nobody was told about: lost bells, leases run out, retries due.

It also runs what apps register as idle work (the search outbox, the audit seal).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery.signals import worker_ready, worker_shutting_down

log = structlog.get_logger("craftpath.sweeper")
SECONDS = 2.0
_chores: dict[str, tuple[Callable[[], bool], str]] = {}
_stop = threading.Event()


def every_sweep(task_name: str, is_due: Callable[[], bool]) -> None:
    """Ring the Celery task *task_name* whenever *is_due* says so."""
    _chores[task_name] = (is_due, task_name)


def sweep() -> list[str]:
    """Ring for whatever is due; return the names of the tasks rung."""
    from celery import current_app as app  # slow import
    from jobs.queries import waiting  # slow import

    rung = []
    for is_due, task_name in [(waiting, "jobs.pump"), *_chores.values()]:
        if is_due():
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
            sweep()
        except Exception as error:  # noqa: BLE001 - the sweeper must outlive any fault of a moment
            log.warning("sweep_failed", error=type(error).__name__)
    connection.close()

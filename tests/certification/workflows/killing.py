"""Workers that are killed: forked from a process that has everything loaded, ended by SIGKILL in
the middle of their work.

A worker says each statement it has sent to the database, and is killed after a number of them drawn
by chance: where in the work that is doesn't depend on how busy the machine is.

Run by test_kills as `python -m tests.certification.workflows.killing DATABASE KILLS SEED`; the last
two workers live and finish.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from typing import Any

import django

STATEMENTS = 150
"""At most so many statements a worker may send before it is killed: about three chunks of the batch."""


def worker() -> tuple[int, int]:
    """Fork a worker that drains what is claimable; return its process id and where to read a byte
    for each statement.
    """
    from django.db import connection, connections

    connections.close_all()
    reading, writing = os.pipe()
    if (pid := os.fork()) != 0:
        os.close(writing)
        return pid, reading
    try:
        from jobs import runner

        def tell(execute: Any, *given: Any) -> Any:
            result = execute(*given)
            os.write(writing, b".")
            return result

        with connection.execute_wrapper(tell):
            runner.run_waiting_items()
    finally:
        os._exit(0)


def await_statements(reading: int, count: int) -> None:
    """Return when *count* statements were sent, or the worker has ended."""
    while count and (read := os.read(reading, count)):
        count -= len(read)


def expire() -> int:
    """Let the leases of dead workers run out at once; return how many items were in work."""
    from datetime import timedelta

    from django.utils import timezone

    from jobs.models import JobItem

    return JobItem.objects.filter(state="leased").update(
        leased_until=timezone.now() - timedelta(seconds=1)
    )


def main(name: str, kills: int, seed: int) -> None:
    """Kill *kills* workers, then let two finish."""
    django.setup()
    from certification.rendering.pdf import get_renderer
    from jobs.models import JobItem
    from tests.support import database

    database.use(name)
    get_renderer()  # fonts are read before the fork
    chance = random.Random(seed)
    in_work = 0
    for _kill in range(kills):
        pid, reading = worker()
        await_statements(reading, chance.randint(1, STATEMENTS))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)
        in_work += expire()
        JobItem.objects.update(not_before=None)
    done = JobItem.objects.filter(state="done").count()
    for pid, reading in [worker(), worker()]:
        while os.read(reading, 65_536):  # else the pipe fills and the worker waits
            pass
        os.waitpid(pid, 0)
    sys.stdout.write(f"{in_work} {done}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

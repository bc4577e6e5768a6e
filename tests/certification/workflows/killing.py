"""Workers that are killed: forked from a process that has everything loaded, ended by SIGKILL at a random moment of their work.

Run by test_kills as `python -m tests.certification.workflows.killing DATABASE KILLS SEED`; the last two workers live and finish.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import django


def worker() -> int:
    """Fork a worker that drains what is claimable; return its process id."""
    from django.db import connections

    connections.close_all()
    if (pid := os.fork()) != 0:
        return pid
    try:
        from jobs import runner

        runner.drain()
    finally:
        os._exit(0)


def expire() -> int:
    """Let the leases of dead workers run out at once; return how many items were in work."""
    from datetime import timedelta

    from django.utils import timezone

    from jobs.models import JobItem

    return JobItem.objects.filter(state="leased").update(leased_until=timezone.now() - timedelta(seconds=1))


def main(name: str, kills: int, seed: int) -> None:
    """Kill *kills* workers, then let two finish."""
    clock, cpu = time.perf_counter(), time.process_time()
    django.setup()
    from certification.rendering.pdf import renderer
    from jobs.models import JobItem
    from tests.support import database

    database.use(name)
    renderer()  # fonts are read before the fork
    # A machine that others use gives a worker a part of each second: kills come later by as much, so that work gets as far.
    slow = max(1.0, (time.perf_counter() - clock) / (time.process_time() - cpu))
    chance = random.Random(seed)
    in_work = 0
    for _kill in range(kills):
        pid = worker()
        time.sleep(chance.uniform(0.02, 1.6) * slow)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        in_work += expire()
        JobItem.objects.update(not_before=None)
    done = JobItem.objects.filter(state="done").count()
    for pid in [worker(), worker()]:
        os.waitpid(pid, 0)
    sys.stdout.write(f"{in_work} {done}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""What a certificate costs from its outcome to the holder's notice: queries and CPU time, one by one and as a batch, beside the printing.

The whole way is measured: job rows claimed and settled, number, credential, register, page by its layout class, signature, file,
status change, record of deeds, notice, and the word to the training class. Each holder has an account. Both ways are measured turn by
turn on the same database: SQLite, or PostgreSQL where DATABASE_URL names one.

Run: python -m tests.benchmarks.pipeline [CERTIFICATES]
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from datetime import date
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from tests.support.benchmark import pick_by_size

CERTIFICATES, TURNS = pick_by_size(small=(300, 2), large=(600, 3))
DECISION = {"session_hours": "40", "lesson_hours": "20", "marks": {"theory": "88", "practice": "91"}, "attendance_percent": "100"}


class Row(NamedTuple):
    """One way: CPU and clock milliseconds and queries a certificate, and how many times the cost of the first way it is."""

    way: str
    cpu_ms: float
    ms: float
    queries: float
    ratio: float


def build(count: int) -> list[str]:
    """Record *count* persons with accounts who have passed one class; return the keys of their enrolments."""
    from django.utils import timezone

    from courses.models import Enrolment
    from people.models import Person, User
    from tests.benchmarks.issuing import GIVEN, SURNAMES
    from tests.factories.courses import TrainingClassFactory

    batch, now = uuid.uuid4().hex[:8], timezone.now()
    names = [SURNAMES[n % 20] + GIVEN[n // 20 % len(GIVEN)] + GIVEN[n // 7 % len(GIVEN)] for n in range(count)]
    accounts = User.objects.bulk_create([User(username=f"{batch}-{n}", is_active=True) for n in range(count)], batch_size=500)
    persons = Person.objects.bulk_create(
        [Person(name=name, name_key=name, user=account) for name, account in zip(names, accounts, strict=True)], batch_size=500
    )
    group = TrainingClassFactory(starts_on=date(2026, 6, 1), ends_on=date(2026, 9, 20))
    rows = Enrolment.objects.bulk_create(
        [
            Enrolment(training_class=group, person=one, state="passed", decision=DECISION, enrolled_at=now, decided_at=now)
            for one in persons
        ],
        batch_size=500,
    )
    return [str(row.public_id) for row in rows]


def run(count: int = CERTIFICATES, turns: int = TURNS) -> list[Row]:
    """Measure on an open test database."""
    import access
    from certification.models import Certificate
    from certification.workflows import completion
    from jobs import runner, workflows
    from jobs.models import JobItem

    def one_by_one(keys: list[str]) -> None:
        workflows.start(kind=completion.JOB, keys=keys, actor=access.SYSTEM, title="one by one")
        while item := workflows.claim():
            runner.work(item)

    def in_batches(keys: list[str]) -> None:
        workflows.start(kind=completion.JOB, keys=keys, actor=access.SYSTEM, title="in batches")
        runner.drain()

    one_by_one(build(20))  # keys, fonts and layout classes are made
    spent: dict[str, list[float]] = {"one by one": [0, 0, 0], "in batches": [0, 0, 0]}
    each = max(1, count // turns)
    for _turn in range(turns):
        for way, issue in (("one by one", one_by_one), ("in batches", in_batches)):
            keys = build(each)
            cpu, clock = time.process_time(), time.perf_counter()
            with _counted() as counter:
                issue(keys)
            for index, value in enumerate((time.process_time() - cpu, time.perf_counter() - clock, counter.count)):
                spent[way][index] += value
    if Certificate.objects.exclude(state="issued").exists() or JobItem.objects.exclude(state="done").exists():
        msg = "something was not issued"
        raise RuntimeError(msg)
    whole = each * turns
    first = spent["one by one"][0]
    return [Row(way, cpu / whole * 1000, ms / whole * 1000, queries / whole, first / cpu) for way, (cpu, ms, queries) in spent.items()]


class _Counter:
    """Counts queries without keeping them."""

    count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def _counted() -> Any:
    from contextlib import contextmanager

    from django.db import connection

    @contextmanager
    def counting() -> Any:
        counter = _Counter()
        with connection.execute_wrapper(counter):
            yield counter

    return counting()


def main() -> None:
    """Print the results as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        table = Table("whole way to a certificate", "CPU ms", "ms", "queries", "times as fast")
        for row in run(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else CERTIFICATES):
            table.add_row(row.way, f"{row.cpu_ms:.1f}", f"{row.ms:.1f}", f"{row.queries:.1f}", f"{row.ratio:.1f}")
        console = Console()
        console.print(table)
        console.print(f"database: {connection.vendor}")
    finally:
        database.discard()


if __name__ == "__main__":
    main()

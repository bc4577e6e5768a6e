"""What the record costs: a workflow's write with and without it, rows sealed and checked a second,
a search among many rows.

The write is measured in turns, with and without, because a shared machine changes its speed within
minutes; medians of CPU time.

Run: python -m tests.benchmarks.audit [ROWS]
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from datetime import timedelta
from typing import NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

WRITES, ROWS = 200, pick_by_size(small=20_000, large=50_000)


class Result(NamedTuple):
    """One line of the table."""

    what: str
    value: str


def writes(rounds: int) -> list[Result]:
    """Measure recording an employer with and without its audit row."""
    from unittest.mock import patch

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    import access
    from org.workflows.unit import create_employer

    def cost(number: int) -> float:
        before = time.process_time()
        create_employer(actor=access.SYSTEM, name=f"基准厂 {number}")
        return time.process_time() - before

    def queries(number: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            create_employer(actor=access.SYSTEM, name=f"基准厂 {number}")
        return len(seen)

    with_it, without = [], []
    asked = queries(-1)
    with patch("audit.record"):
        asked_without = queries(-2)
    for number in range(rounds):
        with_it.append(cost(2 * number))
        with patch("audit.record"):
            without.append(cost(2 * number + 1))
    a, b = statistics.median(with_it), statistics.median(without)
    return [
        Result("write with audit : without (CPU)", f"{a / b:.2f}"),
        Result("write with audit, ms", f"{a * 1000:.2f}"),
        Result("queries that audit adds to a write", str(asked - asked_without)),
    ]


def chain(rows: int) -> list[Result]:
    """Fill the record with *rows* events of two years, seal, check and search them."""
    from django.utils import timezone

    from audit import rules
    from audit.checking import check_audit_chain
    from audit.models import Event
    from audit.workflows import digest_fields, seal_all
    from oversight.queries.audit import Search, page_of, search_events
    from tests.factories.ground import UserFactory

    users = [UserFactory() for _n in range(20)]
    kinds = [
        "org.employer_created",
        "people.signed_in",
        "courses.enrolled",
        "competitions.marks_saved",
    ]
    now = timezone.now()
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Filling the record", total=rows)
        for start in range(0, rows, 5000):
            piece = []
            for n in range(start, min(start + 5000, rows)):
                event = Event(
                    at=now - timedelta(minutes=(rows - n)),
                    kind=kinds[n % 4],
                    actor=users[n % 20],
                    actor_label=users[n % 20].username,
                    target_type="org.Employer",
                    target_id=str(n % 1000),
                    before={"state": "a"},
                    after={"state": "b", "n": n},
                    request_number=f"R{n:09d}",
                    address=f"203.0.113.{n % 250}",
                    source="web",
                )
                event.digest = rules.event_digest(digest_fields(event))
                piece.append(event)
            Event.objects.bulk_create(piece, batch_size=1000)
            bar.advance(task, len(piece))
    began = time.perf_counter()
    sealed = seal_all()
    seal_rate = sealed / (time.perf_counter() - began)
    high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = check_audit_chain(keep=False)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - high) / 1024
    if result.fault or result.events < rows:
        msg = f"the check found {result.fault or result.events}"
        raise RuntimeError(msg)
    lines = [
        Result(f"rows sealed a second ({sealed:,})", f"{seal_rate:,.0f}"),
        Result(
            f"rows checked a second ({result.events:,})", f"{result.events / result.seconds:,.0f}"
        ),
        Result("memory the check added, MB", f"{grown:.0f}"),
    ]
    today = timezone.localdate()
    for name, search in {
        "newest": Search(),
        "one kind": Search(kind=kinds[1]),
        "one account": Search(accounts=(users[3].pk,)),
        "one object": Search(type="org.Employer", object="7"),
        "one request": Search(request=f"R{rows // 2:09d}"),
        "one address": Search(address="203.0.113.9"),
        "a day long ago": Search(since=today - timedelta(days=20), to=today - timedelta(days=20)),
    }.items():
        took = []
        for _round in range(5):
            began = time.perf_counter()
            page = page_of(search_events(search))
            took.append(time.perf_counter() - began)
        again = page_of(search_events(search), older_than=page.older) if page.older else page
        lines.append(
            Result(
                f"search, {name}, ms ({len(page.rows)} rows, next page {len(again.rows)})",
                f"{min(took) * 1000:.1f}",
            )
        )
    return lines


def run(rows: int = ROWS, rounds: int = WRITES) -> list[Result]:
    """Measure everything on an open test database."""
    return [*writes(rounds), *chain(rows)]


def main() -> None:
    """Print the results as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        table = Table("audit", "measured")
        for row in run(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else ROWS):
            table.add_row(*row)
        Console().print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

"""What the public register costs: entries a second in batches, against bare bulk inserts of the
same rows, and one proof among many.

Append and bare insert are measured in turns, because a shared machine changes its speed within
minutes. Runs on the database that the tests use: SQLite, or PostgreSQL where DATABASE_URL names
one.

Run: python -m tests.benchmarks.register [ENTRIES]
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

ENTRIES = pick_by_size(small=60_000, large=1_000_000)
PROOFS, ROUNDS = 300, 5
BATCHES = (256, 10_000)


class Result(NamedTuple):
    """One line of the table."""

    what: str
    value: str


def _entries(start: int, count: int) -> list[bytes]:
    from certification.tlog import leaves

    day = date(2026, 11, 23)
    return [
        leaves.write_leaf("issue", sha256(b"%d" % n).digest(), day)
        for n in range(start, start + count)
    ]


def _bare(start: int, batch: list[bytes]) -> float:
    """Insert the same rows with bulk_create in one transaction, roll back; return the seconds."""
    from django.db import transaction

    from certification.models import RegisterEntry
    from certification.tlog import leaves

    rows = [
        RegisterEntry(
            index=10**12 + start + n,
            key=sha256(b"bare" + data).digest(),
            about=leaf.about if leaf else None,
            data=data,
        )
        for n, data in enumerate(batch)
        for leaf in [leaves.parse_leaf(data)]
    ]
    began = time.perf_counter()
    with transaction.atomic():
        RegisterEntry.objects.bulk_create(rows)
        spent = time.perf_counter() - began
        transaction.set_rollback(True)
    return spent


def run(entries: int = ENTRIES, proofs: int = PROOFS) -> list[Result]:
    """Measure on an open test database."""
    from django.db import connection

    from certification.models import RegisterState
    from certification.queries import register as queries
    from certification.tlog import hashes
    from certification.tlog import proofs as proving
    from certification.workflows.register import append_register_entries
    from certification.workflows.register_check import recompute_register
    from tests.certification.register.making import Key

    key: Any = Key(queries.get_register_origin())
    state = RegisterState.objects.filter(pk=1).first()
    done = state.size if state else 0
    lines = [Result("database", connection.vendor)]
    for size in BATCHES:
        ours, bare = [], []
        for turn in range(ROUNDS):
            batch = _entries(done + turn * size, size)
            bare.append(_bare(done, batch))
            began = time.perf_counter()
            append_register_entries(batch, sign=key)
            ours.append(time.perf_counter() - began)
        done += ROUNDS * size
        lines += [
            Result(
                f"entries appended a second, batches of {size:,}",
                f"{size / statistics.median(ours):,.0f}",
            ),
            Result(
                f"append : bare bulk insert, batches of {size:,}",
                f"{statistics.median(ours) / statistics.median(bare):.2f}",
            ),
        ]
    began, first = time.perf_counter(), done
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Filling the register", total=max(0, entries - done))
        while done < entries:
            batch = _entries(done, min(10_000, entries - done))
            append_register_entries(batch, sign=key)
            done += len(batch)
            bar.advance(task, len(batch))
    if done > first:
        lines.append(
            Result(
                f"entries appended a second, up to {done:,}",
                f"{(done - first) / (time.perf_counter() - began):,.0f}",
            )
        )
    head = queries.get_newest_checkpoint()
    if head is None:
        msg = "no head was signed"
        raise RuntimeError(msg)
    chance = random.Random(7)
    took: dict[str, list[float]] = {"inclusion": [], "consistency": []}
    for _turn in range(proofs):
        index, old = chance.randrange(done), chance.randrange(1, done)
        began = time.perf_counter()
        steps = queries.build_inclusion_proof(index, done)
        took["inclusion"].append(time.perf_counter() - began)
        if not proving.verify_inclusion(
            hashes.hash_leaf(_entries(index, 1)[0]), index, done, steps, bytes(head.root)
        ):
            msg = f"the proof of entry {index} doesn't hold"
            raise RuntimeError(msg)
        began = time.perf_counter()
        queries.build_consistency_proof(old, done)
        took["consistency"].append(time.perf_counter() - began)
    for name, seconds in took.items():
        ordered = sorted(seconds)
        middle, most = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.95))
        lines.append(
            Result(f"{name} proof at {done:,}, p50 / p95, ms", f"{middle:.1f} / {most:.1f}")
        )
    found = recompute_register(keep=False)
    if found.fault:
        raise RuntimeError(found.fault)
    lines.append(
        Result(
            f"entries recomputed a second by check_register ({found.size:,})",
            f"{found.size / found.seconds:,.0f}",
        )
    )
    return lines


def main() -> None:
    """Print the results as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        table = Table("register", "measured")
        for row in run(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else ENTRIES):
            table.add_row(*row)
        Console().print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

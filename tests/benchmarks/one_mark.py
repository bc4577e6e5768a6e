"""What it costs to save one mark, against a bare signed-in POST that writes one row.

Both go through the whole middleware with a session and an account, in turn, since a shared machine
changes its speed within seconds; the first rounds aren't counted. The figure is the first decile of
the mark divided by the first decile of the bare POST, and beside it the same of processor time: on
a busy machine the longer of two requests is interrupted more often, and the clock measures the
neighbours. The limit of 3 holds for the processor time of this process, which on SQLite includes
the database, at a sheet of 2 and of 50 aspects. On PostgreSQL if DATABASE_URL names one, else on
SQLite.

Run: python -m tests.benchmarks.one_mark
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from core.progress import track_progress
from tests.support.benchmark import pick_by_size, prepared_database

ROUNDS, WARM_UP = pick_by_size(small=150, large=600), 20
LIMIT = 3.0
STATEMENTS, BYTES = 8, 1000
ASPECTS = (1, 25)  # measurements, and as many judgements


class Row(NamedTuple):
    """A sheet of *aspects* aspects: first deciles in milliseconds and their ratio; that of the
    processor time; statements and bytes.
    """

    aspects: int
    bare_ms: float
    mark_ms: float
    ratio: float
    processor_ratio: float
    statements: int
    size: int


class Spent(NamedTuple):
    """Milliseconds by the clock and of the processor."""

    wall: float
    processor: float


def decile(spent: Sequence[float]) -> float:
    """Return the first decile of *spent*."""
    return statistics.quantiles(spent, n=10)[0]


def build_sheet(aspects: int) -> tuple[Any, Any]:
    """Return a sheet that is being marked, with *aspects* measurements and as many judgements, and
    a judge of it.
    """
    from tests.competitions import stage as stages

    mark = 50 / aspects
    rows: list[dict[str, Any]] = [{"code": "A", "level": "模块", "name": "装调", "day": 1}]
    rows.append({"code": "A1", "level": "子项", "name": "尺寸"})
    rows += [
        {"code": f"A1.{n}", "level": "评分点", "name": f"尺寸 {n}", "kind": "测量", "mark": mark}
        for n in range(1, aspects + 1)
    ]
    rows.append({"code": "A2", "level": "子项", "name": "外观"})
    judged = {"level": "评分点", "kind": "评价", "mark": mark, **stages.FOUR}
    rows += [{"code": f"A2.{n}", "name": f"外观 {n}", **judged} for n in range(1, aspects + 1)]
    stage = stages.build()
    stage.with_scheme = lambda: stages.Stage.with_scheme(stage, rows)  # type: ignore[method-assign]  # this scheme instead of the usual
    stage.scoring()
    sheet = stage.sheet("A", 1)
    return sheet, stage.judges_of(sheet)[0]


def write_one_row(request: Any) -> Any:
    """The bare POST: a signed-in person, one INSERT."""
    from django.http import HttpResponse

    from core.models import NamedLock

    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    NamedLock.objects.create(name=f"bench.{uuid.uuid4()}")
    return HttpResponse(b"{}", content_type="application/json")


def measure(aspects: int, rounds: int = ROUNDS) -> Row:
    """Save marks and write bare rows in turn, and return what each took."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    sheet, judge = build_sheet(aspects)
    client = Client()
    client.force_login(judge)
    address, version = reverse("competitions:sheet_save", args=[sheet.public_id]), 0

    def post(path: str, body: dict[str, Any]) -> tuple[Spent, Any]:
        time.sleep(0.002)  # both kinds begin with a fresh slice of a busy processor
        began = Spent(time.perf_counter(), time.process_time())
        response = client.post(path, json.dumps(body), content_type="application/json")
        spent = Spent(
            (time.perf_counter() - began.wall) * 1000,
            (time.process_time() - began.processor) * 1000,
        )
        assert response.status_code == 200, response.content
        return spent, response

    def save(turn: int) -> tuple[Spent, Any]:
        nonlocal version
        value = str(50 / aspects) if turn % 2 else "0"
        change = {"aspect": "A1.1", "value": value, "base_version": version, "round": 1}
        spent, response = post(address, {"operation": str(uuid.uuid4()), "changes": [change]})
        version = response.json()["outcome"]["applied"][0]["version"]
        return spent, response

    bare: list[Spent] = []
    marks: list[Spent] = []
    for turn in track_progress(range(WARM_UP + rounds), f"{2 * aspects} aspects"):
        bare.append(post("/bench/bare/", {})[0])
        marks.append(save(turn)[0])
    with CaptureQueriesContext(connection) as caught:
        _spent, response = save(WARM_UP + rounds)
    statements = [
        row
        for row in caught
        if not row["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    one, other = (
        Spent(*(decile(part) for part in zip(*spent[WARM_UP:], strict=True)))
        for spent in (bare, marks)
    )
    ratios = (other.wall / one.wall, other.processor / one.processor)
    return Row(2 * aspects, one.wall, other.wall, *ratios, len(statements), len(response.content))


def run() -> tuple[str, list[Row]]:
    """Measure both sizes on a database of their own; return its vendor and the rows."""
    with prepared_database() as vendor:
        from django.test import override_settings
        from django.urls import include, path

        module = type(sys)("tests.benchmarks._one_mark_urls")
        module.urlpatterns = [path("bench/bare/", write_one_row), path("", include("config.urls"))]  # type: ignore[attr-defined]  # a module made here
        sys.modules[module.__name__] = module
        with override_settings(ROOT_URLCONF=module.__name__):
            return vendor, [measure(aspects) for aspects in ASPECTS]


def main() -> int:
    """Print the table; the exit code is 1 where a limit is broken."""
    vendor, rows = run()
    table = Table(title=f"One mark over HTTP, {vendor}, {ROUNDS} rounds")
    for heading in (
        "aspects",
        "bare POST ms",
        "mark ms",
        "ratio",
        "ratio of processor time",
        "statements",
        "bytes",
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            str(row.aspects),
            f"{row.bare_ms:.2f}",
            f"{row.mark_ms:.2f}",
            f"{row.ratio:.2f}",
            f"{row.processor_ratio:.2f}",
            str(row.statements),
            str(row.size),
        )
    console = Console()
    console.print(table)
    broken = [
        row
        for row in rows
        if row.processor_ratio > LIMIT or row.statements > STATEMENTS or row.size >= BYTES
    ]
    console.print(
        f"At most {LIMIT:g} times the processor time, {STATEMENTS} statements, less than {BYTES} bytes: {'broken' if broken else 'kept'}."
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

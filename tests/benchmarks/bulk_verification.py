"""How many rows a second a spreadsheet check answers: 10,000 rows against 100,000 certificates and
more, and whether that stays flat.

Measured in CPU time of one process (one core): reading the xlsx, answering part by part as the
worker does it (look-up, quota, log rows, answers kept), and the signed report. `answered` alone is
the figure of the promise (2,000 rows a second); `sheet to report` is all of it. Runs on the
database the tests use.

Run: python -m tests.benchmarks.bulk_verification [CERTIFICATES …]
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

ROWS, CHUNK = 10_000, 5_000
STOCK = pick_by_size(small=(10_000, 30_000), large=(10_000, 110_000, 1_000_000))


class Row(NamedTuple):
    """One step at one stock: rows a CPU second and CPU seconds for the sheet."""

    stock: int
    step: str
    per_second: float
    seconds: float


def fill(upto: int, bar: Any) -> None:
    """Let there be *upto* certificates, all of one person but each with its own number."""
    from certification.models import Certificate
    from certification.rules import number
    from tests.factories.certification import CertificateFactory

    first = Certificate.objects.order_by("pk").first() or CertificateFactory(serial=999_999)
    fields = {
        f.attname: getattr(first, f.attname)
        for f in Certificate._meta.concrete_fields
        if f.attname not in {"id", "code", "public_id"}
    }
    there = Certificate.objects.count()
    task = bar.add_task(f"{upto:,} certificates", total=upto - there)
    for begin in range(there, upto, CHUNK):
        serials = range(begin, min(begin + CHUNK, upto))
        rows = [
            Certificate(
                **(
                    fields
                    | {
                        "number": str(
                            number.make_certificate_number(
                                org="990000", kind="PX", year=2025, serial=n
                            )
                        ),
                        "source_key": f"b{n}",
                    }
                )
            )
            for n in serials
        ]
        for row in rows:
            row.set_keys()
        Certificate.objects.bulk_create(rows)
        bar.advance(task, len(serials))


def sheet(stock: int) -> bytes:
    """Return an xlsx of 10,000 rows spread over the stock: of a hundred, one with a slip of the
    pen and one of a wrong name.
    """
    from certification import workbooks
    from certification.models import Certificate

    step = max(1, stock // ROWS)
    known = list(
        Certificate.objects.order_by("pk").values_list("number", "holder_name")[::step][:ROWS]
    )
    rows = [
        (f"{n[:-1]}?" if at % 100 == 1 else n, "别人" if at % 100 == 2 else name)
        for at, (n, name) in enumerate(known)
    ]
    return workbooks.write_sheet_workbook("x", ["证书编号", "姓名"], rows, widths=[34, 20])


def measure(stock: int, actor: Any, employer: Any) -> list[Row]:
    """Check one sheet as the site does it and return what each step cost."""
    from certification import workbooks
    from certification.models import BatchCheck
    from certification.queries import sheets as queries
    from certification.rules.fingerprint import fingerprint_report_rows
    from certification.workflows import sheets as workflows

    data = sheet(stock)
    spent: dict[str, float] = {}

    def timed(step: str, deed: Any) -> Any:
        began = time.process_time()
        came = deed()
        spent[step] = spent.get(step, 0) + time.process_time() - began
        return came

    rows = timed("read", lambda: workbooks.read_sheet_rows(data))
    check = timed(
        "taken in",
        lambda: workflows.check_sheet(
            actor=actor, scope=employer, file_name="b.xlsx", rows=rows, address=None
        ),
    )
    for position in range(1, check.parts.count() + 1):
        timed(
            "answered",
            lambda position=position: workflows.answer_sheet_part(
                check=check, position=position, hashed=""
            ),
        )
    done = BatchCheck.objects.get(pk=check.pk)
    if done.answered != ROWS or done.counts != {
        "valid": ROWS * 98 // 100,
        "no_match": ROWS * 2 // 100,
    }:
        msg = f"answered {done.answered}: {done.counts}"
        raise RuntimeError(msg)

    def report() -> None:
        lines = [
            [row["row"], row["number"], row["name"], row["answer"]]
            for row in queries.list_answered_rows(done)
        ]
        fingerprint_report_rows(lines)
        workbooks.write_report_workbook(
            done.reference, ["a", "b", "c", "d"], lines, widths=[6, 32, 14, 12], facts=[]
        )

    timed("report", report)
    spent["sheet to report"] = sum(spent.values())
    return [Row(stock, step, ROWS / seconds, seconds) for step, seconds in spent.items()]


def run(stocks: tuple[int, ...] = STOCK) -> list[Row]:
    """Measure at each stock on an open test database."""
    import access
    from access.workflows import assign_role
    from certification.models import Misses
    from tests.factories.ground import EmployerFactory, UserFactory

    employer, actor = EmployerFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=actor, role="employer_hr", scope=employer)
    rows: list[Row] = []
    with progress_bar(Console(stderr=True)) as bar:
        for stock in stocks:
            fill(stock, bar)
            Misses.objects.all().delete()
            rows += measure(stock, actor, employer)
    return rows


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    from tests.support import database

    wanted = (
        tuple(int(word) for word in sys.argv[1:] if word.isdigit())
        if sys.argv[0].endswith("bulk_verification.py")
        else ()
    )
    setup_test_environment()
    database.prepare()
    try:
        rows = run(wanted or STOCK)
    finally:
        database.discard()
    table = Table(title=f"A sheet of {ROWS:,} rows; CPU time of one process")
    for heading in ("certificates", "step", "rows / CPU s", "CPU s"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for row in rows:
        table.add_row(f"{row.stock:,}", row.step, f"{row.per_second:,.0f}", f"{row.seconds:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()

"""How many rows a second certificates from paper take from the file to the register and the
record, against a plain loop.

The plain loop reads the same file with openpyxl and saves certificates with `bulk_create`: nothing
is checked, compared, linked, entered in a register or undoable. Ours is the whole walk (ADR 27),
every record with an entry in the public register. CPU seconds of one process; the queries of taking
over are counted too.

Run: python -m tests.benchmarks.papers [rows]
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

ROWS = pick_by_size(small=5_000, large=20_000)
HEAD = (
    "证书编号",
    "姓名",
    "发证日期",
    "证书名称",
    "培训内容",
    "职业工种",
    "等级",
    "工作单位",
    "证件号码",
)


class Row(NamedTuple):
    """One way or one part of it: rows a CPU second, CPU seconds, share of the plain loop's speed,
    queries for a thousand rows.
    """

    name: str
    per_second: float
    cpu_s: float
    ratio: float
    queries: float


def sheet(rows: int) -> bytes:
    """Return *rows* invented papers, every second with an identity number of an abolished county."""
    from core.sheets import write_workbook
    from people.rules.identity import compute_id_check_character

    def paper(serial: int) -> list[str]:
        born = date(1966, 1, 1) + timedelta(days=serial // 900)
        first = f"330125{born:%Y%m%d}{serial % 900:03d}"
        day = date(2013, 1, 1) + timedelta(days=serial % 3600)
        name = (
            "王李张刘陈"[serial % 5] + chr(0x4E00 + serial % 5000) + chr(0x5E00 + serial * 7 % 3000)
        )
        number = first + compute_id_check_character(first) if serial % 2 else ""
        return [
            f"甬培字〔{day.year}〕第{serial:06d}号",
            name,
            day.isoformat(),
            "培训合格证书",
            "焊接安全",
            "焊工",
            "高级工",
            "示例厂",
            number,
        ]

    return write_workbook(HEAD, (paper(serial) for serial in range(rows)))


def plain(data: bytes, org: Any) -> None:
    """Read with openpyxl, write with bulk_create."""
    from openpyxl import load_workbook

    from certification.models import Certificate

    listed: Any = (
        load_workbook(io.BytesIO(data), read_only=True)
        .worksheets[0]
        .iter_rows(min_row=2, values_only=True)
    )
    made = [
        Certificate(
            number=number, number_key=number, provenance="list", kind="PX", source_kind="plain", source_key=number, holder_name=name,
            holder_key=name, org=org, issuer_name=org.name, title=title, subject=subject, occupation_name=trade,
            issued_on=date.fromisoformat(day), employer_name=employer,
        )
        for number, name, day, title, subject, trade, _level, employer, _identity in listed
    ]  # fmt: skip
    Certificate.objects.bulk_create(made, batch_size=500)


def run(rows: int = ROWS) -> list[Row]:
    """Measure on an open test database and return one row for each way and part."""
    from django.db import connection, transaction

    import access
    from access.workflows import assign_role
    from certification.models import Certificate, HistoricImport
    from certification.workflows import paper_records
    from certification.workflows.keys import load_announced_keys
    from jobs.runner import run_waiting_items
    from tests.factories.ground import OrgUnitFactory, UserFactory

    city: Any = OrgUnitFactory()
    officer: Any = UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    load_announced_keys()
    spent: dict[str, tuple[float, int]] = {}

    def timed(name: str, act: Any) -> Any:
        asked = 0

        def count(execute: Any, *given: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*given)

        with connection.execute_wrapper(count):
            before = time.process_time()
            result = act()
        spent[name] = (time.process_time() - before, asked)
        return result

    def sent(data: bytes) -> HistoricImport:
        return paper_records.receive_sheet(
            actor=officer,
            org=city,
            filename="bench.xlsx",
            file=io.BytesIO(data),
            source="台账",
            aim="list",
        )

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Papers", total=4)
        data = sheet(rows)
        run = timed("send", lambda: sent(data))
        paper_records.start_check(actor=officer, run=run, mapping=run.mapping, kind="PX")
        timed("check and stage", run_waiting_items)
        bar.advance(task)
        paper_records.apply_import(actor=officer, run=HistoricImport.objects.get(pk=run.pk))
        timed("take over, with the register", run_waiting_items)
        bar.advance(task)
        if Certificate.objects.filter(state="issued").count() != rows:
            msg = f"not all of {rows} were taken over: {HistoricImport.objects.get(pk=run.pk).summary}"
            raise RuntimeError(msg)
        paper_records.withdraw_import(
            actor=officer, run=HistoricImport.objects.get(pk=run.pk), reason="bench"
        )
        timed("take back", run_waiting_items)
        bar.advance(task)
        with transaction.atomic():
            timed("plain loop", lambda: plain(data, OrgUnitFactory()))
        bar.advance(task)
    parts = ("send", "check and stage", "take over, with the register")
    spent["whole import"] = (
        sum(spent[name][0] for name in parts),
        sum(spent[name][1] for name in parts),
    )
    slow = spent["plain loop"][0]
    order = ("plain loop", "whole import", *parts, "take back")
    return [
        Row(
            name,
            rows / spent[name][0],
            spent[name][0],
            slow / spent[name][0],
            spent[name][1] * 1000 / rows,
        )
        for name in order
    ]


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        with tempfile.TemporaryDirectory() as folder:
            local = {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": folder},
            }
            settings.STORAGES = {**settings.STORAGES, "private": local}
            table = Table(
                "papers",
                "rows/s per core",
                "CPU s",
                "of the plain loop's speed",
                "queries per 1,000 rows",
            )
            for row in run(int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else ROWS):
                table.add_row(
                    row.name,
                    f"{row.per_second:,.0f}",
                    f"{row.cpu_s:.1f}",
                    f"{row.ratio:.2f}×",
                    f"{row.queries:.1f}",
                )
            Console(file=sys.stdout).print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

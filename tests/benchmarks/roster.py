"""How many rows a second a roster of 50,000 workers takes from the file to the record, against the
plain loop of the first day.

The plain loop is what one writes first: openpyxl reads the same file row by row, models are made
and saved with `bulk_create`; nothing is checked, encrypted, compared or undoable. Ours is the whole
walk: container and cells looked at, every rule, two keyed hashes and AES-GCM, staging, the
comparison with the recorded persons, and the one transaction. CPU seconds of one process.

Run: python -m tests.benchmarks.roster [rows]
"""

from __future__ import annotations

import io
import os
import resource
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

ROWS = pick_by_size(small=10_000, large=50_000)
HEAD = ("姓名", "证件类型", "证件号码", "手机号", "工会编码", "用人单位", "岗位", "入会日期")


class Row(NamedTuple):
    """One way or one part of it: rows a CPU second, CPU seconds, share of the plain loop's speed,
    peak memory so far in MB.
    """

    name: str
    per_second: float
    cpu_s: float
    ratio: float
    peak_mb: float


def sheet(rows: int) -> bytes:
    """Return a roster of *rows* invented workers; numbers carry a right check character and an
    abolished county.
    """
    from core.sheets import write_workbook
    from people.rules.identity import compute_id_check_character

    def worker(serial: int) -> list[str]:
        born = date(1966, 1, 1) + timedelta(days=serial // 900)
        first = f"330125{born:%Y%m%d}{serial % 900:03d}"
        name = (
            "王李张刘陈"[serial % 5] + chr(0x4E00 + serial % 5000) + chr(0x5E00 + serial * 7 % 3000)
        )
        number, union, employer = (
            first + compute_id_check_character(first),
            f"33091{serial % 40:02d}",
            f"示例厂{serial % 60}",
        )
        return [
            name,
            "居民身份证",
            number,
            f"138{serial:08d}",
            union,
            employer,
            "焊工",
            "2020-05-01",
        ]

    return write_workbook(HEAD, (worker(serial) for serial in range(rows)))


def plain(data: bytes) -> None:
    """Read with openpyxl, write with bulk_create: no rules, numbers in clear, no second thought."""
    from openpyxl import load_workbook

    from org.models import Employer, Employment, Membership, OrgUnit
    from people.models import IdentityDocument, Person

    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    employers: dict[str, Any] = {}
    people, documents, members, jobs = [], [], [], []
    listed: Any = (
        load_workbook(io.BytesIO(data), read_only=True)
        .worksheets[0]
        .iter_rows(min_row=2, values_only=True)
    )
    for name, _kind, number, mobile, union, employer, post, joined in listed:
        person = Person(
            name=name,
            name_key=name,
            mobile=mobile,
            birth=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        )
        if employer not in employers:
            employers[employer] = Employer.objects.create(name=employer)
        people.append(person)
        documents.append(
            IdentityDocument(
                person=person,
                kind="resident",
                number_encrypted=number.encode(),
                number_hash=number,
                tail=number[-4:],
            )
        )
        members.append(
            Membership(person=person, org_unit=units[union], starts_on=date.fromisoformat(joined))
        )
        jobs.append(
            Employment(
                person=person,
                employer=employers[employer],
                job_title=post,
                starts_on=date.fromisoformat(joined),
            )
        )
    for model, made in (
        (Person, people),
        (IdentityDocument, documents),
        (Membership, members),
        (Employment, jobs),
    ):
        model.objects.bulk_create(made, batch_size=500)  # type: ignore[attr-defined]  # four models, one loop


def run(rows: int = ROWS) -> list[Row]:
    """Measure on an open test database and return one row for each way and part."""
    from django.db import transaction

    import access
    from access.workflows import assign_role
    from jobs.runner import run_waiting_items
    from office.enums import ImportState
    from office.models import SheetImport
    from office.workflows import importing
    from org.enums import OrgLevel
    from org.models import OrgUnit
    from people.models import Person
    from tests.factories.ground import OrgUnitFactory, UserFactory

    city = OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)
    for n in range(40):
        OrgUnitFactory(
            name=f"基层工会{n}",
            code=f"33091{n:02d}",
            parent=OrgUnit.objects.get(pk=city.pk),
            level=OrgLevel.GRASSROOTS,
        )
    city = OrgUnit.objects.get(pk=city.pk)
    officer = UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    spent: dict[str, tuple[float, float]] = {}

    def timed(name: str, act: Any) -> Any:
        before = time.process_time()
        result = act()
        spent[name] = (
            time.process_time() - before,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
        return result

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Roster", total=5)
        data = sheet(rows)
        bar.advance(task)
        sent = timed(
            "send",
            lambda: importing.receive_roster(
                actor=officer, org=city, filename="bench.xlsx", file=io.BytesIO(data)
            ),
        )
        importing.start_check(actor=officer, run=sent, mapping=sent.mapping)
        timed("check and stage", run_waiting_items)
        bar.advance(task)
        importing.apply_import(actor=officer, run=SheetImport.objects.get(pk=sent.pk))
        timed("take over, one transaction", run_waiting_items)
        bar.advance(task)
        if Person.objects.count() < rows:
            msg = f"only {Person.objects.count()} of {rows} were taken over: {SheetImport.objects.get(pk=sent.pk).summary}"
            raise RuntimeError(msg)
        importing.undo_import(actor=officer, run=SheetImport.objects.get(pk=sent.pk))
        timed("undo", run_waiting_items)
        if (
            SheetImport.objects.get(pk=sent.pk).state != ImportState.UNDONE
            or Person.objects.exists()
        ):
            msg = "the import was not undone"
            raise RuntimeError(msg)
        bar.advance(task)
        with transaction.atomic():
            timed("plain loop", lambda: plain(data))
        bar.advance(task)
    whole = sum(
        spent[name][0] for name in ("send", "check and stage", "take over, one transaction")
    )
    spent["whole import"] = (whole, spent["take over, one transaction"][1])
    slow = spent["plain loop"][0]
    order = (
        "plain loop",
        "whole import",
        "send",
        "check and stage",
        "take over, one transaction",
        "undo",
    )
    return [
        Row(name, rows / spent[name][0], spent[name][0], slow / spent[name][0], spent[name][1])
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
                "roster", "rows/s per core", "CPU s", "of the plain loop's speed", "peak MB"
            )
            for row in run(int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else ROWS):
                table.add_row(
                    row.name,
                    f"{row.per_second:,.0f}",
                    f"{row.cpu_s:.1f}",
                    f"{row.ratio:.2f}×",
                    f"{row.peak_mb:.0f}",
                )
            Console(file=sys.stdout).print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

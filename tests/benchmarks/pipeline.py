"""What a certificate costs from its outcome to the holder's notice: queries and CPU time, one by
one and as a batch, beside the printing.

The whole way is measured: job rows claimed and settled, number, credential, register, page by its
layout class, signature, file, status change, record of deeds, notice, and the word to the training
class. Each holder has an account. All ways are measured turn by turn on the same database: SQLite,
or PostgreSQL where DATABASE_URL names one. Beside them stands what the certificates of the batch
cost as pages and signatures alone: the same faces with the same attachments, printed by layout
class and signed, and their credentials signed in the three forms. What the pages of a batch share
(the fixed layer of issuer and day, the layout class made and compared) is made on both sides.
Whatever the whole way costs more is administration.

CPU is that of this process, user and system. What PostgreSQL's own process spends is not in it, but
in the clock's milliseconds.

Run: python -m tests.benchmarks.pipeline [CERTIFICATES]; SIZE=large for 100,000 in batches.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from tests.support.benchmark import pick_by_size

CERTIFICATES, TURNS = pick_by_size(small=(1200, 2), large=(100_000, 2))
DECISION = {
    "session_hours": "40",
    "lesson_hours": "20",
    "marks": {"theory": "88", "practice": "91"},
    "attendance_percent": "100",
}


SINGLE = 40
"""Certificates issued one by one in a turn, at most: they take ten times as long in all."""


class Row(NamedTuple):
    """One way: CPU and clock milliseconds and queries a certificate, and its CPU as a multiple of
    page and signatures alone.
    """

    way: str
    cpu_ms: float
    ms: float
    queries: float
    ratio: float


def build(count: int) -> list[str]:
    """Record *count* persons with accounts who have passed one class; return the keys of their
    enrolments.
    """
    from django.utils import timezone

    from courses.models import Enrolment
    from people.models import Person, User
    from tests.benchmarks.issuing import GIVEN, SURNAMES
    from tests.factories.courses import TrainingClassFactory

    batch, now = uuid.uuid4().hex[:8], timezone.now()
    names = [
        SURNAMES[n % 20] + GIVEN[n // 20 % len(GIVEN)] + GIVEN[n // 7 % len(GIVEN)]
        for n in range(count)
    ]
    accounts = User.objects.bulk_create(
        [User(username=f"{batch}-{n}", is_active=True) for n in range(count)], batch_size=500
    )
    persons = Person.objects.bulk_create(
        [
            Person(name=name, name_key=name, user=account)
            for name, account in zip(names, accounts, strict=True)
        ],
        batch_size=500,
    )
    group = TrainingClassFactory(starts_on=date(2026, 6, 1), ends_on=date(2026, 9, 20))
    rows = Enrolment.objects.bulk_create(
        [
            Enrolment(
                training_class=group,
                person=one,
                state="passed",
                decision=DECISION,
                enrolled_at=now,
                decided_at=now,
            )
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
    from core.preload import freeze_objects
    from jobs import runner, workflows
    from jobs.models import JobItem

    def one_by_one(keys: list[str]) -> None:
        workflows.start_job(kind=completion.JOB, keys=keys, actor=access.SYSTEM, title="one by one")
        while item := workflows.claim_job_item():
            runner.run_job_item(item)

    def in_batches(keys: list[str]) -> None:
        workflows.start_job(kind=completion.JOB, keys=keys, actor=access.SYSTEM, title="in batches")
        runner.run_waiting_items()

    for way in (one_by_one, in_batches):  # keys, fonts and tables of stand-ins are made
        way(build(20))
    alone = _Alone()
    alone.work(alone.prepared([item.key for item in JobItem.objects.all()]))
    freeze_objects()  # as a worker does at its start
    spent: dict[str, _Spent] = {
        "page and signatures alone": _Spent(),
        "in batches": _Spent(),
        "one by one": _Spent(),
    }
    each = max(1, count // turns)
    for _turn in range(turns):
        keys = build(each)
        spent["in batches"].measure(in_batches, keys, each)
        for start in range(0, each, 1000):
            some = alone.prepared(keys[start : start + 1000])
            spent["page and signatures alone"].measure(alone.work, some, len(some))
        few = build(min(each, SINGLE))
        spent["one by one"].measure(one_by_one, few, len(few))
    if (
        Certificate.objects.exclude(state="issued").exists()
        or JobItem.objects.exclude(state="done").exists()
    ):
        msg = "something was not issued"
        raise RuntimeError(msg)
    base = spent["page and signatures alone"].of_one(0)
    return [
        Row(way, *(one.of_one(index) for index in range(3)), one.of_one(0) / base)
        for way, one in spent.items()
    ]


class _Alone:
    """Prints and signs what a batch has issued once more, without anything else.

    Has a press and a renderer of its own: what the batch has made for all its pages (the fixed
    layer of an issuer and a day, the layout class) is made here once more, as it belongs to the
    pages. Fonts are loaded before, as a worker has them.
    """

    def __init__(self) -> None:
        from certification.rendering.classes import CertificatePrinter
        from certification.rendering.pdf import Renderer
        from certification.workflows.keys import load_announced_keys

        self._ring = load_announced_keys()
        self._press = CertificatePrinter(Renderer(), signer=self._ring.document)

    def prepared(self, keys: list[str]) -> list[tuple[Any, ...]]:
        """Return what there is to print and sign of the certificates of *keys*: face, attachments,
        moment, document, token.
        """
        from dataclasses import replace

        from certification.credentials import badge
        from certification.models import Certificate
        from certification.rendering.pdf import Attached
        from certification.workflows import credential_issue
        from certification.workflows.issue import ABOUT_FILES
        from certification.workflows.print_data import build_print_data

        rows = Certificate.objects.select_related(
            "credential", "person", "template", "status_list"
        ).filter(source_key__among=keys)
        rows = list(rows.order_by("pk"))
        found = []
        for row, files in zip(
            rows,
            credential_issue.list_credential_attachments([row.credential for row in rows]),
            strict=True,
        ):
            face = replace(
                build_print_data(row), qr=credential_issue.build_qr_address(row, row.credential)
            )
            attached = [Attached(name, data, *ABOUT_FILES[name]) for name, data in files]
            document = badge.build_badge_credential(
                credential_issue._badge(row, row.credential.address_id)
            )
            found.append(
                (face, attached, row.credential.signed_at, document, credential_issue._token(row))
            )
        return found

    def work(self, prepared: list[tuple[Any, ...]]) -> None:
        """Sign the credentials and print the pages."""
        from certification.credentials import jose, offline_token, proof
        from certification.queries.keys import get_issuer_did
        from certification.workflows import credential_issue

        controller, canonical = get_issuer_did(), credential_issue._moulds().canonical
        for _face, _files, at, document, token in prepared:
            proof.add_credential_proof(
                document,
                signer=self._ring.credential,
                controller=controller,
                at=at,
                canonical=canonical,
            )
            jose.sign_credential_jwt(document, signer=self._ring.token, controller=controller)
            offline_token.sign_offline_token(token, signer=self._ring.token)
        keys = self._press.plan(face for face, *_rest in prepared)
        for (face, files, at, *_rest), key in zip(prepared, keys, strict=True):
            self._press.print(face, files, at=at, key=key)


class _Spent:
    """CPU and clock seconds and queries, and for how many certificates."""

    def __init__(self) -> None:
        self._sums, self._count = [0.0, 0.0, 0.0], 0

    def measure(self, work: Callable[[Any], object], what: Any, count: int) -> None:
        """Add what *work* takes for *what*."""
        cpu, clock = time.process_time(), time.perf_counter()
        with _counted() as counter:
            work(what)
        for index, value in enumerate(
            (time.process_time() - cpu, time.perf_counter() - clock, counter.count / 1000)
        ):
            self._sums[index] += value
        self._count += count

    def of_one(self, index: int) -> float:
        """Return milliseconds of CPU (0) or the clock (1), or queries (2) of one certificate."""
        return self._sums[index] / self._count * 1000


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
        table = Table(
            "whole way to a certificate", "CPU ms", "ms", "queries", "times page and signatures"
        )
        for row in run(
            int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else CERTIFICATES
        ):
            table.add_row(
                row.way,
                f"{row.cpu_ms:.2f}",
                f"{row.ms:.1f}",
                f"{row.queries:.1f}",
                f"{row.ratio:.2f}",
            )
        console = Console()
        console.print(table)
        console.print(f"database: {connection.vendor}")
    finally:
        database.discard()


if __name__ == "__main__":
    main()

"""What a scan of a certificate costs, against a bare view that reads the same row by its key and
renders the same template.

Both go through the whole middleware, in turn, because a shared machine changes its speed within
minutes; ratios are of medians. Measured twice: over HTTP from a server in this process (wall clock,
one request after the other on one connection), and as CPU time without HTTP, which is the stricter
figure since what HTTP costs is the same for both. Ours adds the entry in the register and the log:
a line in a journal, whose way into a row costs a figure of its own, below the table. First with
10,000 certificates, then with as many as were asked for: the cost must not grow with them. Runs on
the database that the tests use: SQLite, or PostgreSQL where DATABASE_URL names one.

Run: python -m tests.benchmarks.verification [CERTIFICATES]
"""

from __future__ import annotations

import http.client
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

FEW, ROUNDS, WARM_UP, BATCH = 10_000, 400, 20, 5_000
MANY = pick_by_size(small=FEW, large=1_000_000)
PER_ORG = 900_000  # numbers have six digits
WAYS = {"bare view": "/bare/{}/", "our view": "/v/{}/"}


class Row(NamedTuple):
    """One way at one size: milliseconds and ratio to the bare view over HTTP, the same of CPU
    time, database queries.
    """

    certificates: int
    name: str
    http_ms: float
    http_ratio: float
    cpu_ms: float
    cpu_ratio: float
    queries: int


def bare(request: Any, code: str) -> Any:
    """Read the row by its unique key and render the page of the answer; nothing else."""
    from django.shortcuts import render
    from django.utils import timezone

    from certification.models import Certificate, LookUp
    from certification.queries.verification import VerificationResult
    from certification.rules import status
    from certification.views.verify import build_answer_context

    certificate = Certificate.objects.get(code=code)
    found = VerificationResult(
        status.determine_verdict(certificate.standing, today=timezone.localdate()),
        certificate,
        entry=1,
    )
    return render(
        request,
        "certification/verify/result.html",
        build_answer_context(LookUp(way="code"), found, full_name=False),
    )


def fill(count: int, advance: Callable[[int], None]) -> None:
    """Make copies of one certificate until there are *count*."""
    from certification.models import Certificate
    from certification.rules import number
    from tests.factories.certification import CertificateFactory

    first = Certificate.objects.filter(source_kind="bench").first() or CertificateFactory(
        source_kind="bench", source_key="0"
    )
    names = {"id", "code", "public_id", "number", "number_key", "source_key"}
    fields = {
        f.attname: getattr(first, f.attname)
        for f in Certificate._meta.concrete_fields
        if f.attname not in names
    }
    there = Certificate.objects.filter(source_kind="bench").count()
    for start in range(there, count, BATCH):
        rows = [
            Certificate(
                **fields,
                number=str(
                    number.make_certificate_number(
                        org=f"9900{n // PER_ORG:02d}", kind="PX", year=2025, serial=n % PER_ORG + 1
                    )
                ),
                source_key=str(n),
            )
            for n in range(start, min(start + BATCH, count))
        ]
        for row in rows:
            row.set_keys()
        Certificate.objects.bulk_create(rows)
        advance(len(rows))


def measure(
    count: int, rounds: int, connection_of: Callable[[], http.client.HTTPConnection]
) -> list[Row]:
    """Measure both ways in turn over certificates drawn at random."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from certification import throttling
    from certification.models import Certificate, Credential
    from tests.factories.certification import CredentialFactory

    first = (
        Certificate.objects.filter(source_kind="bench")
        .order_by("pk")
        .values_list("pk", flat=True)[0]
    )
    chance = random.Random(count)
    keys = [first + chance.randrange(count - 1) for _turn in range(rounds + WARM_UP)]
    rows = list(Certificate.objects.filter(pk__in=keys[:900]))
    for place, one in enumerate(rows):
        if not Credential.objects.filter(certificate=one).exists():
            CredentialFactory(certificate=one, leaf_index=count + place)
    codes = [chance.choice(rows).code for _turn in range(rounds + WARM_UP)]
    client, http_client = Client(), connection_of()

    def over_http(address: str, _turn: int) -> float:
        throttling.HERE.clear()  # one address asks for all of them here
        began = time.perf_counter()
        http_client.request("GET", address)
        answer = http_client.getresponse()
        body = answer.read()
        spent = (time.perf_counter() - began) * 1000
        _right(answer.status, body, address)
        return spent

    def of_cpu(address: str, turn: int) -> float:
        # Many readers, each from an own address: nobody meets the limit.
        before = time.process_time()
        answer = client.get(
            address, REMOTE_ADDR=f"10.{turn // 65536}.{turn // 256 % 256}.{turn % 256}"
        )
        spent = (time.process_time() - before) * 1000
        _right(answer.status_code, answer.content, address)
        return spent

    found: dict[tuple[str, str], float] = {}
    for kind, cost in (("http", over_http), ("cpu", of_cpu)):
        spent: dict[str, list[float]] = {way: [] for way in WAYS}
        for turn, code in enumerate(codes):
            for way in WAYS if turn % 2 else reversed(WAYS):
                spent[way].append(cost(WAYS[way].format(code), turn))
        found |= {(kind, way): statistics.median(spent[way][WARM_UP:]) for way in WAYS}
    lines = []
    for way, address in WAYS.items():
        with CaptureQueriesContext(connection) as seen:
            client.get(address.format(codes[0]), REMOTE_ADDR="10.200.0.1")
        http_ms, cpu_ms = found["http", way], found["cpu", way]
        ratios = found["http", "bare view"] / http_ms, found["cpu", "bare view"] / cpu_ms
        lines.append(Row(count, way, http_ms, ratios[0], cpu_ms, ratios[1], len(seen)))
    return lines


def _right(status: int, body: bytes, address: str) -> None:
    if status != 200 or b'data-answer="valid"' not in body:
        msg = f"{address} answered {status}"
        raise RuntimeError(msg)


def measure_draining() -> tuple[int, float]:
    """Turn what our view noted into rows; return how many look-ups, and the CPU milliseconds of
    each (a worker's or a thread's).
    """
    from certification.workflows import look_up_log

    before = time.process_time()
    drained = look_up_log.drain_look_up_journal()
    return drained, (time.process_time() - before) * 1000 / max(1, drained)


def run(certificates: int = MANY, rounds: int = ROUNDS) -> list[Row]:
    """Measure on an open test database with 10,000 certificates and with *certificates*."""
    from django.conf import settings
    from django.core.servers.basehttp import WSGIRequestHandler
    from django.db import connection
    from django.test import override_settings
    from django.test.testcases import LiveServerThread, _StaticFilesHandler
    from django.urls import path

    from config import urls

    WSGIRequestHandler.disable_nagle_algorithm = (
        True  # else every answer waits 40 ms for the client's acknowledgement
    )
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    table = type(sys)("verification_urls")
    table.urlpatterns = [path("bare/<str:code>/", bare), *urls.urlpatterns]  # type: ignore[attr-defined]  # a module made by hand
    lines: list[Row] = []
    with override_settings(ROOT_URLCONF=table), progress_bar(Console(stderr=True)) as bar:
        server = LiveServerThread("localhost", _StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        try:
            task = bar.add_task("Certificates", total=certificates)
            for count in sorted({min(FEW, certificates), certificates}):
                fill(count, lambda done: bar.advance(task, done))
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
                lines += measure(
                    count,
                    rounds,
                    lambda: http.client.HTTPConnection("localhost", server.port, timeout=60),
                )
        finally:
            server.terminate()
    return lines


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import logging

    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.support import database

    logging.disable(logging.INFO)
    setup_test_environment()
    database.prepare()
    try:
        rows = run(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else MANY)
        drained, each = measure_draining()
    finally:
        database.discard()
    table = Table(title=f"A scanned certificate on {connection.vendor}; medians")
    headings = (
        "certificates",
        "way",
        "requests/s over HTTP",
        "ms",
        "ratio to bare",
        "CPU ms",
        "ratio of CPU",
        "queries",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for row in rows:
        table.add_row(
            f"{row.certificates:,}",
            row.name,
            f"{1000 / row.http_ms:.0f}",
            f"{row.http_ms:.2f}",
            f"{row.http_ratio:.2f}",
            f"{row.cpu_ms:.2f}",
            f"{row.cpu_ratio:.2f}",
            str(row.queries),
        )
    console = Console()
    console.print(table)
    console.print(
        f"Off the request's path: {drained:,} look-ups drained from the journal into rows, {each:.2f} CPU ms each."
    )


if __name__ == "__main__":
    main()

"""What a scan of a certificate costs, against a bare view that reads the same row by its key and renders the same template.

Both go through the whole middleware, in turn, because a shared machine changes its speed within minutes; the figure is the median
of CPU time. Ours adds the count of requests from the address, the log row and the rules. Measured with the cache in memory (as Redis
would be: one round trip) and with the database cache of the embedded form.

Run: python -m tests.benchmarks.verification
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

from core.progress import progress_bar

ROUNDS, WARM_UP, STOCK = 200, 10, 2000
CACHES = {
    "in memory": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "database": {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}},
}


class Row(NamedTuple):
    """One way: requests a CPU second, CPU milliseconds a request, share of the bare view's speed, database queries."""

    name: str
    per_second: float
    cpu_ms: float
    ratio: float
    queries: int


def bare(request: Any, code: str) -> Any:
    """Read the row by its unique key and render the page of the answer; nothing else."""
    from django.shortcuts import render
    from django.utils import timezone

    from certification.models import Certificate, LookUp
    from certification.queries.verification import Found
    from certification.rules import status
    from certification.views.verify import context_of

    certificate = Certificate.objects.get(code=code)
    found = Found(status.judge(certificate.standing, today=timezone.localdate()), certificate)
    return render(request, "certification/verify/result.html", context_of(LookUp(way="code"), found, full_name=False))


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure on an open test database with 2,000 certificates and return one row for each way."""
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import path

    from certification.models import Certificate
    from certification.rules import number
    from config import urls
    from tests.factories.certification import CertificateFactory

    settings.ALLOWED_HOSTS = ["testserver"]
    first = CertificateFactory()
    fields = {
        f.attname: getattr(first, f.attname) for f in Certificate._meta.concrete_fields if f.attname not in {"id", "code", "public_id"}
    }
    Certificate.objects.bulk_create(
        Certificate(**(fields | {"number": str(number.make(org="990000", kind="PX", year=2025, serial=n)), "source_key": f"b{n}"}))
        for n in range(1, STOCK)
    )
    codes = list(Certificate.objects.values_list("code", flat=True)[:rounds])
    table = type(sys)("verification_urls")
    table.urlpatterns = [path("bare/<str:code>/", bare), *urls.urlpatterns]  # type: ignore[attr-defined]  # a module made by hand
    client, rows = Client(), []

    def cost(address: str, turn: int) -> float:
        # Many readers, each from an own address: nobody meets the limit.
        before = time.process_time()
        answer = client.get(address, REMOTE_ADDR=f"10.{turn // 65536}.{turn // 256 % 256}.{turn % 256}")
        spent = (time.process_time() - before) * 1000
        if answer.status_code != 200 or b'data-answer="valid"' not in answer.content:
            msg = f"{address} answered {answer.status_code}"
            raise RuntimeError(msg)
        return spent

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Verification", total=len(CACHES) * rounds)
        for name, caches in CACHES.items():
            with override_settings(ROOT_URLCONF=table, CACHES=caches):
                call_command("createcachetable", verbosity=0)  # the test database has none: its cache is in memory
                cache.clear()
                ways = {"bare view": "/bare/{}/", f"our view, cache {name}": "/v/{}/"}
                spent: dict[str, list[float]] = {way: [] for way in ways}
                for turn in range(-WARM_UP, len(codes)):
                    for way, address in ways.items():
                        spent[way].append(cost(address.format(codes[turn]), turn + WARM_UP))
                    bar.advance(task, int(turn >= 0))
                plain = statistics.median(spent["bare view"][WARM_UP:])
                for way, address in ways.items():
                    cpu = statistics.median(spent[way][WARM_UP:])
                    with CaptureQueriesContext(connection) as seen:
                        cost(address.format(codes[0]), 70_000)
                    rows.append(Row(way, 1000 / cpu, cpu, plain / cpu, len(seen)))
    return rows


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        rows = run()
    finally:
        database.discard()
    table = Table(title=f"A scanned certificate, of {STOCK:,}; median CPU time")
    for heading in ("way", "requests / CPU s", "CPU ms", "ratio to bare", "queries"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for row in rows:
        table.add_row(row.name, f"{row.per_second:.0f}", f"{row.cpu_ms:.2f}", f"{row.ratio:.2f}", str(row.queries))
    Console().print(table)


if __name__ == "__main__":
    main()

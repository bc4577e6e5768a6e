"""What the list of members costs a clerk as the number of unions grows: time, size and queries,
with and without a filter by union.

Run: python -m tests.benchmarks.people_list
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

UNIONS, PEOPLE, ROUNDS = (12, 1_242), 300, 9


class Row(NamedTuple):
    """One page at one number of unions: median in milliseconds, size in KiB, queries."""

    unions: int
    page: str
    median: float
    kib: float
    queries: int


def measure(client: Any, address: str) -> tuple[float, float, int]:
    """Return the median time, the size and the number of queries of *address*."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    queries = len(seen)
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), len(answer.content) / 1024, queries


def run() -> list[Row]:
    """Fill an open test database and ask for the page as the officer of the city."""
    from django.test import Client
    from django.urls import reverse

    import access
    from access.workflows import assign_role
    from tests.factories.ground import MembershipFactory, OrgUnitFactory, PersonFactory, UserFactory

    city, user, client = OrgUnitFactory(name="示例市总工会"), UserFactory(), Client()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=city)
    client.force_login(user)
    for serial in range(PEOPLE):
        MembershipFactory(person=PersonFactory(name=f"工{serial}"), org_unit=city)
    found, there = [], 1
    for unions in UNIONS:
        for serial in range(there, unions):
            OrgUnitFactory(name=f"示例第{serial}厂工会", parent=city)
        there = unions
        list_page = reverse("office:people")
        for page, address in (
            ("all", list_page),
            ("one union", f"{list_page}?union={city.public_id}"),
        ):
            found.append(Row(unions, page, *measure(client, address)))
    return found


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import logging

    from django.db import transaction

    from tests.support import database

    logging.disable(logging.INFO)  # a line for each request would bury the table
    database.prepare()
    table = Table(title="The list of members beside the number of unions")
    for heading in ("unions", "page", "median ms", "KiB", "queries"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    try:
        with transaction.atomic():
            for row in run():
                table.add_row(
                    str(row.unions),
                    row.page,
                    f"{row.median:.0f}",
                    f"{row.kib:.0f}",
                    str(row.queries),
                )
            transaction.set_rollback(True)
    finally:
        database.discard()
    Console().print(table)


if __name__ == "__main__":
    main()

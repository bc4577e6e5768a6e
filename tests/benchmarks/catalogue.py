"""What the course catalogue page costs, against a bare Wagtail page in the same process, through
the whole middleware.

Both pages are asked for in turn, because a shared machine changes its speed within minutes; the
figure is the median of CPU time. The catalogue is measured with 1 and with 300 courses: a page
shows twelve, so the price must not follow the stock.

Run: python -m tests.benchmarks.catalogue
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import NamedTuple

import django
from rich.console import Console
from rich.table import Table

import access
from core.progress import progress_bar

ROUNDS, WARM_UP = 60, 5


class Row(NamedTuple):
    """One page: requests a CPU second, CPU milliseconds a request, share of the bare page's speed,
    database queries.
    """

    name: str
    per_second: float
    cpu_ms: float
    ratio: float
    queries: int


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure on an open test database and return one row for each page."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from courses.models import TrainingClass
    from courses.pages import CourseIndexPage, CoursePage
    from home.pages import ArticlePage, HomePage
    from home.workflows import ensure_site
    from tests.factories.courses import TrainingClassFactory
    from tests.factories.ground import OrgUnitFactory

    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    ensure_site(actor=access.SYSTEM)
    home = HomePage.objects.get()
    bare = home.add_child(instance=ArticlePage(title="空白页", slug="bare"))
    catalogue = CourseIndexPage.objects.first() or home.add_child(
        instance=CourseIndexPage(title="技能培训", slug="training")
    )
    catalogue = CourseIndexPage.objects.get(pk=catalogue.pk)
    org = OrgUnitFactory()
    client = Client()
    rows: list[Row] = []

    def cost(url: str) -> float:
        before = time.process_time()
        answer = client.get(url)
        spent = (time.process_time() - before) * 1000
        if answer.status_code != 200:
            msg = f"{url} answered {answer.status_code}"
            raise RuntimeError(msg)
        return spent

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Catalogue page", total=2 * rounds)
        for stock in (1, 300):
            for _n in range(stock - TrainingClass.objects.count()):
                course = TrainingClassFactory(course__org=org).course
                catalogue.add_child(
                    instance=CoursePage(title=course.title, slug=course.code, course=course)
                )
            cache.clear()
            ways = {"bare page": bare.url, f"catalogue, {stock} courses": catalogue.url}
            for url in list(ways.values()) * WARM_UP:
                answer = client.get(url)
            if (shown := len(answer.context["courses"])) != min(stock, 12):
                msg = f"the catalogue shows {shown} courses"
                raise RuntimeError(msg)
            spent: dict[str, list[float]] = {name: [] for name in ways}
            for _round in range(rounds):
                for name, url in ways.items():
                    spent[name].append(cost(url))
                bar.advance(task)
            plain = statistics.median(spent["bare page"])
            for name, url in ways.items():
                cpu = statistics.median(spent[name])
                rows.append(Row(name, 1000 / cpu, cpu, plain / cpu, queries(url)))
    return rows


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import logging

    from django.test.utils import setup_test_environment

    from tests.support import database

    logging.disable(logging.INFO)  # a line for each request would bury the table
    setup_test_environment()
    database.prepare()
    try:
        table = Table(
            "catalogue", "requests/s per core", "CPU ms", "of the bare page's speed", "queries"
        )
        for row in run():
            table.add_row(
                row.name,
                f"{row.per_second:.0f}",
                f"{row.cpu_ms:.1f}",
                f"{row.ratio:.2f}×",
                str(row.queries),
            )
        Console(file=sys.stdout).print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

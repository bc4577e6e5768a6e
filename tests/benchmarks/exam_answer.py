"""What one answer of an exam costs over HTTP, beside a bare signed-in POST that writes one row.

The bare POST is what no answer can do without: session, account, one INSERT, JSON back, through the
same middleware. Counted are SQL statements without BEGIN, COMMIT and savepoints; measured is the
CPU time of the whole request by Django's test client, alternating, since a shared machine changes
its speed within minutes.

Run: python -m tests.benchmarks.exam_answer [answers]
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from core.progress import progress_bar
from tests.support.benchmark import pick_by_size, prepared_database

ANSWERS = pick_by_size(small=200, large=2000)
OWN = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


class Row(NamedTuple):
    """One way to POST: statements, bytes of the answer, median CPU ms, how many times the bare
    POST's time.
    """

    name: str
    statements: int
    size: int
    ms: float
    ratio: float


def write_one_row(request: Any) -> Any:
    """Answer the bare POST."""
    from django.http import HttpResponseForbidden, JsonResponse

    from core.models import NamedLock

    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    NamedLock.objects.create(name=json.loads(request.body)["name"])
    return JsonResponse({"saved": True})


def run(answers: int = ANSWERS) -> list[Row]:
    """Measure on an open test database."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import path, reverse
    from django.utils import timezone

    import config.urls
    from courses.workflows.exam import start_attempt
    from tests.factories.courses import EnrolmentFactory, ExamFactory

    exam = ExamFactory(question_count=50, bank=50)
    enrolment = EnrolmentFactory(training_class=exam.training_class)
    attempt = start_attempt(actor=enrolment.person.user, exam=exam, enrolment=enrolment)
    address = reverse("courses:answers", args=[attempt.public_id])
    options = [option["id"] for option in attempt.paper[0]["options"]]
    received = 0

    class Addresses:
        urlpatterns = [path("bare/", write_one_row), *config.urls.urlpatterns]

    def post(client: Client, url: str, body: Any) -> Any:
        response = client.post(url, json.dumps(body), content_type="application/json")
        if response.status_code != 200:
            msg = f"{url} answered {response.status_code}"
            raise RuntimeError(msg)
        return response

    def bare(client: Client) -> Any:
        return post(client, "/bare/", {"name": uuid4().hex})

    def answer(client: Client) -> Any:
        nonlocal received
        place = received % len(attempt.paper) + 1
        value = [attempt.paper[place - 1]["options"][received % len(options)]["id"]]
        op = {
            "id": str(uuid4()),
            "seq": received + 1,
            "place": place,
            "value": value,
            "at": timezone.now().timestamp() * 1000,
        }
        response = post(
            client,
            address,
            {"seen": received, "ops": [{**op, "device": "d", "page": "p", "seen": received}]},
        )
        received = response.json()["received"]
        return response

    with override_settings(ROOT_URLCONF=Addresses):
        client = Client()
        client.force_login(enrolment.person.user)
        ways = {"bare POST, one INSERT": bare, "one answer": answer}
        costs: dict[str, tuple[int, int]] = {}
        for name, way in ways.items():
            way(client)
            with CaptureQueriesContext(connection) as captured:
                response = way(client)
            costs[name] = (
                sum(not row["sql"].startswith(OWN) for row in captured),
                len(response.content),
            )
        times: dict[str, list[float]] = {name: [] for name in ways}
        with progress_bar(Console(stderr=True)) as bar:
            task = bar.add_task("Answers", total=answers)
            for _n in range(answers):
                for name, way in ways.items():
                    began = time.process_time()
                    way(client)
                    times[name].append((time.process_time() - began) * 1000)
                bar.advance(task)
    plain = median(times["bare POST, one INSERT"])
    return [
        Row(name, *costs[name], median(times[name]), median(times[name]) / plain) for name in ways
    ]


def main() -> None:
    """Print the rows as a table."""
    with prepared_database() as vendor:
        answers = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else ANSWERS
        table = Table(
            f"exam answer, {vendor}",
            "SQL statements",
            "bytes",
            "CPU ms (median)",
            "of the bare POST",
        )
        for row in run(answers):
            table.add_row(
                row.name, str(row.statements), str(row.size), f"{row.ms:.1f}", f"{row.ratio:.2f}×"
            )
        Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    main()

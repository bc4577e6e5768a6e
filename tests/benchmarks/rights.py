"""What the filter of rights costs a list page: 60,000 rows, 3,000 roles, asked by an officer who
isn't a superuser.

Each page is asked for in turn by a superuser, by an officer of one city (who sees half the rows)
and by one who holds a tenth of all the roles himself, because a shared machine changes its speed
within seconds; the first rounds aren't counted. The figure is the 95th percentile of the time a
request takes through the whole middleware, divided by the superuser's. On PostgreSQL if
DATABASE_URL names one, else on SQLite.

Run: python -m tests.benchmarks.rights
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import date, timedelta
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

import access
from core.preload import preload_and_freeze
from core.progress import progress_bar
from tests.support.benchmark import pick_by_size

ROWS, ROLES = pick_by_size(small=(12_000, 600), large=(60_000, 3_000))
ROUNDS, WARM_UP = 80, 5
DISTRICTS, PLANTS = 20, 30  # below each of two cities; plants below each district


class Row(NamedTuple):
    """One page asked by one account: times in milliseconds, how many times the superuser's p95,
    rows it lists, queries.
    """

    page: str
    account: str
    median: float
    p95: float
    ratio: float
    listed: int
    queries: int


def build(rows: int = ROWS, roles: int = ROLES) -> dict[str, Any]:
    """Fill an open test database: two cities with districts and plants, members in the plants,
    roles all over; return the accounts.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone

    from access import registry
    from access.models import OrgUnitGroupPermission, RoleAssignment
    from access.sync import codename_of, group_name
    from access.workflows import assign_role
    from org.models import Membership, OrgUnit
    from people.models import Person
    from tests.factories.ground import OrgUnitFactory

    def tree(depth: int = 1) -> list[Any]:
        found = []
        for _city in range(2):
            city = OrgUnitFactory()
            for _district in range(DISTRICTS):
                district = OrgUnitFactory(parent=OrgUnit.objects.get(pk=city.pk))
                found += [
                    OrgUnitFactory(parent=OrgUnit.objects.get(pk=district.pk))
                    for _ in range(PLANTS)
                ]
        return found

    plants = tree()
    cities = list(OrgUnit.objects.filter(depth=1).order_by("path"))
    # Every plant has all five surnames: dealt out in step with the plants, each plant's people
    # would stand together in the list.
    persons = [
        Person(name=f"{'张李王赵陈'[n // len(plants) % 5]}{chr(0x5E00 + n % 5000)}{n}")
        for n in range(rows)
    ]
    for person in persons:
        person.set_search_key()
    persons = Person.objects.bulk_create(persons, batch_size=2000)
    Membership.objects.bulk_create(
        [
            Membership(person=person, org_unit=plants[n % len(plants)], starts_on=date(2020, 1, 1))
            for n, person in enumerate(persons)
        ],
        batch_size=2000,
    )
    user = get_user_model()
    users = user.objects.bulk_create(
        [user(username=f"bench{n}") for n in range(roles // 3)], batch_size=2000
    )
    officer, busy = (
        user.objects.create_user("bench-officer"),
        user.objects.create_user("bench-busy"),
    )
    boss = user.objects.create_superuser("bench-boss")
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=cities[0])
    today, later = timezone.localdate(), timezone.localdate() + timedelta(days=200)
    keys = ("union_officer", "union_reviewer", "training_officer")
    units = ContentType.objects.get_for_model(OrgUnit)
    rights = {
        key: list(
            Permission.objects.filter(
                content_type=units, codename__in=map(codename_of, registry.get_role(key).codenames)
            )
        )
        for key in keys
    }
    groups = {
        (key, plant.pk): Group(name=group_name(registry.get_role(key), plant))
        for key in keys
        for plant in plants[: roles // 3]
    }  # what `access.sync.group_for` makes one by one
    Group.objects.bulk_create(groups.values(), batch_size=1000)
    OrgUnitGroupPermission.objects.bulk_create(
        [
            OrgUnitGroupPermission(group=group, permission=permission, content_object_id=plant)
            for (key, plant), group in groups.items()
            for permission in rights[key]
        ],
        batch_size=5000,
    )
    given = [
        RoleAssignment(
            user=busy if n % 10 == 0 else users[n % len(users)], role=key, scope_type=units, scope_id=plant.pk,
            group=groups[key, plant.pk], starts_on=today, ends_on=later,
        )
        for n, (key, plant) in enumerate((keys[n % 3], plants[(n // 3) % len(plants)]) for n in range(roles))
    ]  # fmt: skip
    RoleAssignment.objects.bulk_create(given, batch_size=1000)
    return {"superuser": boss, "officer of a city": officer, "holder of 300 roles": busy}


def analyse() -> None:
    """Let the database learn how many rows there are and, as after its first quiet minute, which
    pages are settled.
    """
    from django.db import connection

    settled = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if settled else "ANALYZE")


def run(rounds: int = ROUNDS, rows: int = ROWS, roles: int = ROLES) -> list[Row]:
    """Measure on an open test database and return one row for each page and account."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    world = build(rows, roles)
    analyse()
    clients = {}
    for name in ("superuser", "officer of a city", "holder of 300 roles"):
        clients[name] = Client()
        clients[name].force_login(world[name])
    found = []
    # As the web process at its start (`config.wsgi`); what building left behind goes aside with it.
    preload_and_freeze()
    pages = {"members": "/office/people/", "unions": "/office/unions/"}

    def cost(client: Any, url: str) -> float:
        began = time.perf_counter()
        answer = client.get(url)
        spent = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            msg = f"{url} answered {answer.status_code}"
            raise RuntimeError(msg)
        return spent

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("List pages", total=len(pages) * rounds)
        for page, url in pages.items():
            spent: dict[str, list[float]] = {name: [] for name in clients}
            for client in list(clients.values()) * WARM_UP:
                cost(client, url)
            for _round in range(rounds):
                for name, client in clients.items():
                    spent[name].append(cost(client, url))
                bar.advance(task)
            p95 = {name: statistics.quantiles(times, n=20)[-1] for name, times in spent.items()}
            for name, client in clients.items():
                with CaptureQueriesContext(connection) as seen:
                    answer = client.get(url)
                shown = answer.context.get("page")
                listed = shown.paginator.count if shown is not None else answer.context["count"]
                found.append(
                    Row(
                        page,
                        name,
                        statistics.median(spent[name]),
                        p95[name],
                        p95[name] / p95["superuser"],
                        listed,
                        len(seen),
                    )
                )
    return found


def main() -> None:
    """Print the rows as a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from django.test.utils import setup_test_environment

    from tests.support import database

    setup_test_environment()
    database.prepare()
    try:
        table = Table(
            "list",
            "asked by",
            "median ms",
            "p95 ms",
            "of the superuser's p95",
            "rows listed",
            "queries",
        )
        for row in run():
            table.add_row(
                row.page,
                row.account,
                f"{row.median:.1f}",
                f"{row.p95:.1f}",
                f"{row.ratio:.2f}×",
                f"{row.listed:,}",
                str(row.queries),
            )
        Console(file=sys.stdout).print(table)
    finally:
        database.discard()


if __name__ == "__main__":
    main()

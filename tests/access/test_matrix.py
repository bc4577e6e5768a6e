"""Every address of the site's own views, asked by every role: inside its scope, in another city, and without signing in.

The expected answers stand in `tests/access/matrix.py`, one line an address. A new address without a line fails the first test, which
prints the line to add; `python -m tests.access.measure NAME…` prints what the site answers today, to be judged, not copied.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.access import asking, matrix, world

pytestmark = pytest.mark.django_db


def test_every_address_has_a_line_and_every_line_an_address():
    names = set(asking.names())
    missing = sorted(names - set(matrix.ROWS) - set(matrix.LEFT_OUT))
    assert missing == [], "add to tests/access/matrix.py:\n" + "\n".join(
        f'row("{name}", on="…", may="…", forbidden="…")' for name in missing
    )
    assert sorted({*matrix.ROWS, *matrix.LEFT_OUT} - names) == []


def test_every_role_is_answered_as_the_matrix_says(monkeypatch):
    asking.draw_nothing(monkeypatch)
    own, other = world.side(), world.side()
    people = world.subjects(own)
    clients = asking.clients(people)
    wrong: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, row in matrix.ROWS.items():
        for where, side in (("own", own), ("other", other)):
            if where == "other" and not row.scoped:
                continue
            found = asking.answers(name, row.on, side, clients, post=row.post)
            expected = row.expected(set(people), other=where == "other")
            for key in people:
                if found[key] != expected[key]:
                    wrong[name][f"{where}: {found[key]} instead of {expected[key]}"].append(key)
    assert {name: {what: " ".join(keys) for what, keys in faults.items()} for name, faults in wrong.items()} == {}


def test_asking_leaves_the_world_as_it_was(monkeypatch):
    asking.draw_nothing(monkeypatch)
    own = world.side()
    client = Client()
    user = world.subjects(own)["union_admin"]
    client.force_login(user)
    with transaction.atomic():
        asking.ask(client, "access:withdraw", "held", own, post=True)
    own.held.refresh_from_db()
    assert own.held.withdrawn_at is None
    assert connection.in_atomic_block

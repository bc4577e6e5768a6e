"""Statements planned once for a connection: PostgreSQL keeps them, and what Django does beside
them stays as it was.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.prepared import prepared_cursor

ADD = "SELECT CAST(%s AS integer) + 1"
KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT CAST($1 AS integer) + 1%%'"


def add_one(number: int) -> int:
    with prepared_cursor(connection) as cursor:
        cursor.execute(ADD, [number])
        return int(cursor.fetchone()[0])


def count_kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_every_database_answers():
    assert [add_one(number) for number in range(8)] == list(range(1, 9))


@pytest.mark.django_db
@pytest.mark.service("postgresql")
def test_postgresql_keeps_the_statement_and_prepares_no_other():
    assert [add_one(number) for number in (1, 2, 3)] == [2, 3, 4]
    with connection.cursor() as cursor:
        for _turn in range(10):
            cursor.execute("SELECT %s::uuid", [UUID(int=1)])
            assert cursor.fetchone() == (UUID(int=1),)
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%uuid%%'"
        )
        assert cursor.fetchone() == (0,)
    assert count_kept() == 1


@pytest.mark.django_db
@pytest.mark.service("postgresql")
def test_pooled_connections_prepare_nothing(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    before = count_kept()
    assert (add_one(4), count_kept()) == (5, before)


@pytest.mark.django_db
@pytest.mark.service("postgresql")
def test_logged_statements_keep_their_text():
    with CaptureQueriesContext(connection) as caught:
        assert add_one(5) == 6
    assert [row["sql"] for row in caught] == ["SELECT CAST(5 AS integer) + 1"]

"""Liveness and readiness."""

import pytest
from django.core.cache import cache
from django.db import connection

from core import health


@pytest.mark.django_db
def test_ready_says_which_parts_work(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "cache": "ok", "files": "ok"},
    )
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_with_a_part_that_fails_answers_503_and_tells_no_detail(client, monkeypatch):
    def broken():
        raise RuntimeError("postgres://user:secret@host")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "failing")
    assert "secret" not in answer.content.decode()


def test_live_asks_neither_database_nor_cache(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", None)
    monkeypatch.setattr(cache, "get", None)
    assert client.get("/health/live").json() == {"status": "ok"}

"""The sweeper rings for rows nobody was told about, and not more often than asked."""

import pytest
from celery import current_app

import access
from jobs import registry, runner, sweeper, workflows

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", names.append)
    monkeypatch.setattr(sweeper, "_chores", {})
    return names


def test_sweep_rings_while_an_item_waits_and_is_quiet_afterwards(rung, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register_job_kind("test.note", lambda item: None)
    assert sweeper.send_due_tasks() == []
    workflows.start_job(kind="test.note", keys=["a"], actor=access.SYSTEM, title="试")
    assert sweeper.send_due_tasks() == ["jobs.pump"]
    runner.run_waiting_items()
    assert sweeper.send_due_tasks() == []
    assert rung == ["jobs.pump"]


def test_chore_is_rung_when_due_and_at_most_once_in_its_time(rung):
    due = [False]
    sweeper.register_sweeper_task("test.chore", lambda: due[0], seconds=60)
    assert sweeper.send_due_tasks() == []
    due[0] = True
    assert sweeper.send_due_tasks() == ["test.chore"]
    assert sweeper.send_due_tasks() == []

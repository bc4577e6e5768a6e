"""Celery only rings; rows in `jobs` decide."""

from __future__ import annotations

import ast

from config.celery import app
from tests.architecture.sources import DOMAINS, PACKAGES, calls, modules, place

LAUNCHES = ("delay", "apply_async", "send_task")


def test_domains_start_background_work_by_job_rows_only() -> None:
    breaches = [
        place(path, call)
        for path in modules(*DOMAINS)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in LAUNCHES
    ]
    assert breaches == []


def test_task_names_begin_with_their_app() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert {
        name
        for name, task in ours.items()
        if task.__module__.split(".")[0] in PACKAGES
        and name.split(".")[0] != task.__module__.split(".")[0]
    } == set()
    assert "jobs.pump" in ours


def test_tasks_have_time_limits() -> None:
    app.loader.import_default_modules()
    limited = app.conf.task_time_limit and app.conf.task_soft_time_limit
    assert limited, "CELERY_TASK_TIME_LIMIT and CELERY_TASK_SOFT_TIME_LIMIT"

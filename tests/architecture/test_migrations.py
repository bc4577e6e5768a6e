"""Migrations: complete, named, reversible, without circles."""

from __future__ import annotations

import ast
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture.sources import PACKAGES, calls, folder, place

FILES = [
    path for package in PACKAGES for path in sorted((folder(package) / "migrations").glob("0*.py"))
]


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    labels = [config.label for config in apps.get_app_configs() if config.name in PACKAGES]
    words = StringIO()
    try:
        call_command("makemigrations", *labels, check=True, dry_run=True, stdout=words)
    except SystemExit:
        pytest.fail(f"`manage.py makemigrations` has something to add:\n{words.getvalue()}")


def test_migrations_are_named_by_what_they_are_for() -> None:
    assert [
        path.name
        for path in FILES
        if "_auto_" in path.name or path.stem[5:].startswith("alter_field")
    ] == []


def test_data_migrations_say_how_to_go_back() -> None:
    breaches = [
        place(path, call)
        for path in FILES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("RunPython", "RunSQL")
        and len(call.args) < 2
        and not any(keyword.arg in ("reverse_code", "reverse_sql") for keyword in call.keywords)
    ]
    assert breaches == []


def test_apps_depend_on_each_other_in_one_direction() -> None:
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    edges = {
        (child[0], parent.key[0])
        for child, node in graph.node_map.items()
        for parent in node.parents
        if parent.key[0] != child[0]
    }
    ours = {(child, parent) for child, parent in edges if child in PACKAGES and parent in PACKAGES}
    assert [pair for pair in sorted(ours) if (pair[1], pair[0]) in ours] == []

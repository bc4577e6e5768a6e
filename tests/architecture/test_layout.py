"""Where things stand."""

from __future__ import annotations

import importlib
import re
import site
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, folder

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_site_folder_is_never_a_package() -> None:
    assert not (ROOT / "site" / "__init__.py").exists()
    assert not Path(site.__file__).is_relative_to(ROOT / "site"), (
        "the standard library owns the name"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_first_party_package_comes_from_this_repository(package: str) -> None:
    """Names like `core` and `search` could be shadowed by something installed."""
    assert Path(importlib.import_module(package).__file__ or "").parent == folder(package)


def test_every_package_stands_under_the_import_contracts() -> None:
    assert set(PACKAGES) == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_every_package_goes_into_the_wheel() -> None:
    listed = {
        Path(entry).name
        for entry in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    }
    assert set(PACKAGES) == listed


def test_decisions_are_numbered_without_gaps_and_say_context_decision_consequence() -> None:
    records = sorted((ROOT / "site" / "docs" / "adr").glob("[0-9]*.md"))
    assert [record.name[:4] for record in records] == [
        f"{number:04}" for number in range(1, len(records) + 1)
    ]
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.findall(r"^\*\*(Context|Decision|Consequence)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequence",
        ], record.name

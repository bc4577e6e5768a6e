"""What the documents say about the code is true."""

from __future__ import annotations

import importlib
import re
import subprocess

import pytest

from scripts import settings_doc
from tests.architecture.sources import ROOT

GLOSSARY = (ROOT / "site" / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", re.findall(r"\| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE))
def test_name_in_the_glossary_exists(name: str) -> None:
    parts = name.split(".")
    at = next(index for index in range(len(parts), 0, -1) if _importable(".".join(parts[:index])))
    found = importlib.import_module(".".join(parts[:at]))
    for part in parts[at:]:
        found = getattr(found, part)


def _importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True


def test_settings_document_is_made_from_the_list() -> None:
    assert settings_doc.DOCUMENT.read_text(encoding="utf-8") == settings_doc.text(), (
        "run python -m scripts.settings_doc"
    )


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "site/docs/deploy.md"])
def test_paths_and_make_targets_named_in_the_document_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"`(?:PORT=\S+ )?make ([a-z-]+)", text)) <= targets
    paths = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(
        r"`((?:site|courses|competitions|certification|search|docker|tests|scripts|\.ci)/[\w./-]*)`",
        text,
    )
    base = (ROOT / document).parent
    missing = [path for path in paths if not (base / path).exists() and not (ROOT / path).exists()]
    assert missing == []


def test_nothing_that_is_read_names_a_file_outside_the_clone() -> None:
    """A relative path upwards is one of the clone, whether it is meant from the file or from the
    root.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.py", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    missing = {
        (name, path)
        for name in listed.split("\0")
        if name and (ROOT / name).is_file()
        for path in re.findall(
            r"(?<![\w/.])(?:\.\./)+[a-z][\w/-]*", (ROOT / name).read_text(encoding="utf-8")
        )
        if not ((ROOT / name).parent / path).exists()
    }
    assert missing == set()

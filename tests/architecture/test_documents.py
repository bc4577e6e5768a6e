"""What the documents say about the code is true."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from scripts import settings_doc
from tests.architecture.readmes import BLOCK, describe_states, list_readmes
from tests.architecture.sources import ROOT, modules, tree

DOCS = ROOT / "site" / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
DECISIONS = DOCS / "adr"
# Documents that name functions as `function()` or `module.function()`.
LIBRARY = {"AppConfig.ready", "bulk_create", "queryset.update", "full_clean"}
NAMING = [ROOT / "CONTRIBUTING.md", DOCS / "add-a-feature.md", *list_readmes()]


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


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "site/docs/deploy.md",
        "site/docs/add-a-feature.md",
    ],
)
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
            r"(?<![\w/.])(?:\.\./)+[a-z](?:[\w/.-]*[\w/])?",
            (ROOT / name).read_text(encoding="utf-8"),
        )
        if not ((ROOT / name).parent / path).exists()
    }
    assert missing == set()


def test_every_decision_is_in_the_index_with_its_title() -> None:
    """A new decision gets a row in `site/docs/adr/README.md`: number with a link, title, date, status, decision, alternatives."""
    rows = re.findall(
        r"^\| \[(\d+)\]\(([\w.-]+)\) \| (.+?) \|",
        (DECISIONS / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    titles = {
        path.name: path.read_text(encoding="utf-8")
        .splitlines()[0]
        .removeprefix(f"# {int(path.name[:4])}. ")
        for path in sorted(DECISIONS.glob("0*.md"))
    }
    assert {name: title for _number, name, title in rows} == titles
    assert [int(number) for number, _name, _title in rows] == [int(name[:4]) for name in titles]


@pytest.mark.parametrize(
    "path", [DECISIONS / "README.md", *list_readmes()], ids=lambda path: str(path.relative_to(ROOT))
)
def test_links_of_the_readme_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", list_readmes(), ids=lambda path: path.parent.name)
def test_readme_of_an_app_names_files_that_exist_and_its_states(path: Path) -> None:
    """`python -m tests.architecture.readmes` writes the states again after a change of `enums.py`."""
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"`([\w/.-]+\.(?:py|md|js))`", text)
    assert [
        name
        for name in named
        if not any((base / name).exists() for base in (path.parent, ROOT, ROOT / "site"))
    ] == []
    assert "\n".join(BLOCK.findall(text)) == describe_states(path.parent.name)


@pytest.mark.parametrize("path", NAMING, ids=lambda path: str(path.relative_to(ROOT)))
def test_function_named_in_the_document_exists(path: Path) -> None:
    """`core.states.move()` is looked for in its module, `move()` and examples anywhere in the tree."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w.]+)\(\)`", text)) - LIBRARY
    named |= set(re.findall(r"^    def (\w+)\(", text, re.MULTILINE))
    missing = sorted(
        name for name in named if not (_resolves(name) if "." in name else name in _names())
    )
    assert missing == []


def test_every_registry_is_on_the_page_about_adding_a_feature() -> None:
    text = (DOCS / "add-a-feature.md").read_text(encoding="utf-8")
    lower = ("core", "audit", "jobs", "people", "org", "notify", "access", "search")
    registering = re.compile(r"(register|expect|subscribe_to|uses|blocks|keeps_on|warn_with)(_|$)")
    found = {
        node.name
        for path in modules(*lower)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and registering.match(node.name)
    }
    assert len(found) > 20
    assert {name for name in found if not re.search(rf"\b{name}\(\)", text)} == set()


def test_texts_and_docstring_shown_as_examples_are_those_of_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r'^    _\("(.+)"\)$', text, re.MULTILINE)
    shown += [
        re.sub(r"\s+", " ", found)
        for found in re.findall(r'^    """(.+?)\n    """$', text, re.MULTILINE | re.DOTALL)
    ]
    assert len(shown) == 2
    assert [one for one in shown if one.strip() not in _texts()] == []


@cache
def _texts() -> frozenset[str]:
    """Return all texts in the Python of the product, docstrings among them, with single blanks."""
    return frozenset(
        " ".join(node.value.split())
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _resolves(name: str) -> bool:
    module, _dot, attribute = name.rpartition(".")
    return _importable(module) and hasattr(importlib.import_module(module), attribute)


@cache
def _names() -> frozenset[str]:
    """Return the names of all functions, methods and classes of the product and its scripts."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    paths = (*modules(), *sorted((ROOT / "scripts").glob("*.py")))
    return frozenset(
        node.name for path in paths for node in ast.walk(tree(path)) if isinstance(node, kinds)
    )

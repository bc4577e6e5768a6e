"""The measures of our words and lines, printed: `python -m tests.architecture.measures`.

All non-test Python of the product counts, migrations left out. The limits are held by
`test_measures.py`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import assets, modules, place, tree

LONGEST_PYTHON, LONGEST_ASSET = 100, 140
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ACTORS = {"actor", "user", "person"}
# Classes whose name a library gives: every command is `Command`, every model has a `Meta`.
GIVEN_CLASSES = {"Command", "Meta", "Media", "Migration"}


def list_public_functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each public function of a module, with its file."""
    for path in modules():
        for node in tree(path).body:
            if isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
                yield path, node


def list_public_classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    """Yield each public class of a module, with its file, but for those whose name a library
    gives.
    """
    for path in modules():
        for node in tree(path).body:
            if (
                isinstance(node, ast.ClassDef)
                and not node.name.startswith("_")
                and node.name not in GIVEN_CLASSES
            ):
                yield path, node


def list_one_word_functions() -> list[str]:
    """Return the public functions of modules whose name is one word, as "file:line name"."""
    return [
        f"{place(path, node)} {node.name}"
        for path, node in list_public_functions()
        if "_" not in node.name
    ]


def list_shared_functions() -> dict[str, list[str]]:
    """Return the names that several public functions have, and where."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, node in list_public_functions():
        found[node.name].append(place(path, node))
    return {name: places for name, places in found.items() if len(places) > 1}


def list_shared_classes() -> dict[str, list[str]]:
    """Return the names that several public classes have, and where."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, node in list_public_classes():
        found[node.name].append(place(path, node))
    return {name: places for name, places in found.items() if len(places) > 1}


def list_untyped_actors() -> list[str]:
    """Return the arguments called actor, user or person (also `*_actor` …) that are `Any`."""
    found = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.arg)
                and _is_any(node.annotation)
                and node.arg.split("_")[-1] in ACTORS
            ):
                found.append(f"{place(path, node)} {node.arg}")
            if (
                isinstance(node, ast.AnnAssign)
                and _is_any(node.annotation)
                and isinstance(node.target, ast.Name)
            ) and node.target.id.split("_")[-1] in ACTORS:
                found.append(f"{place(path, node)} {node.target.id}")
    return found


def _is_any(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Any"


def list_telegrams() -> list[str]:
    """Return the docstrings whose first paragraph strings clauses together with `;` or `:`."""
    found = []
    total = 0
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)):
                text = ast.get_docstring(node)
                if text:
                    total += 1
                    first = re.sub(r"``?[^`]*``?|https?://\S+", "", text.split("\n\n")[0])
                    if re.search(r"[;:](\s|$)", first):
                        found.append(
                            f"{place(path, node if not isinstance(node, ast.Module) else 1)} {text.splitlines()[0]}"
                        )
    return found


def count_docstrings() -> int:
    """Return how many modules, classes and functions have a docstring."""
    nodes = (node for path in modules() for node in ast.walk(tree(path)))
    return sum(
        bool(ast.get_docstring(node))
        for node in nodes
        if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module))
    )


def list_long_lines(paths: tuple[Path, ...], longest: int) -> list[str]:
    """Return the lines of *paths* that are longer than *longest* columns, as "file:line length"."""
    return [
        f"{place(path, number)} {len(line)}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > longest
    ]


def count_lines(paths: tuple[Path, ...]) -> int:
    """Return how many lines *paths* have together."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def count_statements() -> int:
    """Return how many statements the Python of the product has."""
    return sum(isinstance(node, ast.stmt) for path in modules() for node in ast.walk(tree(path)))


def print_measures() -> None:
    """Print each measure with its number, its share and its limit."""
    functions = list(list_public_functions())
    classes = list(list_public_classes())
    one_word, shared = list_one_word_functions(), list_shared_functions()
    shared_classes = list_shared_classes()
    telegrams, docstrings = list_telegrams(), count_docstrings()
    python = modules()
    long_python = list_long_lines(python, LONGEST_PYTHON)
    rows = [
        ("one-word names of public functions", len(one_word), len(functions), "5 %"),
        (
            "public functions that share a name",
            sum(len(places) for places in shared.values()),
            len(functions),
            "5 %",
        ),
        (
            "classes that share a name",
            sum(len(places) for places in shared_classes.values()),
            len(classes),
            "3 %",
        ),
        ("`Any` for actor, user, person", len(list_untyped_actors()), 0, "0"),
        (
            "template lines over 140 columns",
            len(list_long_lines(assets(".html"), LONGEST_ASSET)),
            count_lines(assets(".html")),
            "0",
        ),
        (
            "CSS lines over 140 columns",
            len(list_long_lines(assets(".css"), LONGEST_ASSET)),
            count_lines(assets(".css")),
            "0",
        ),
        ("Python lines over 100 columns", len(long_python), count_lines(python), "1 %"),
        ("telegram-style docstrings", len(telegrams), docstrings, "8 %"),
        ("Python statements", count_statements(), 0, "-3 %"),
    ]
    names = Counter(node.name for _path, node in functions)
    words = sum(len(node.name.split("_")) for _path, node in functions) / len(functions)
    for title, number, total, limit in rows:
        share = f"{100 * number / total:5.1f} %" if total else "       "
        print(f"{title:<40} {number:>7} {share}  limit {limit}")  # noqa: T201 - it is what this is for
    print(f"mean words in a function's name: {words:.2f}; names of functions: {len(names)}")  # noqa: T201 - it is what this is for


if __name__ == "__main__":
    print_measures()

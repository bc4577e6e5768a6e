"""The measures of our words and lines, printed: `python -m tests.architecture.measures`.

All non-test Python of the product counts, migrations left out. The limits are held by
`test_measures.py`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Measure:
    """A count with its share of *total*, and the limit of either.

    `most` is a share if there is a total, a number otherwise.
    """

    title: str
    number: int
    total: int
    most: float

    @property
    def share(self) -> float:
        """Return the share if there is a total, the number otherwise."""
        return self.number / self.total if self.total else self.number


def list_measures() -> list[Measure]:
    """Return each measure of our words and lines, with its limit."""
    functions, classes = list(list_public_functions()), list(list_public_classes())
    shared = sum(len(places) for places in list_shared_functions().values())
    shared_classes = sum(len(places) for places in list_shared_classes().values())
    templates, styles, python = assets(".html"), assets(".css"), modules()
    long_python = len(list_long_lines(python, LONGEST_PYTHON))
    return [
        Measure(
            "one-word names of functions", len(list_one_word_functions()), len(functions), 0.05
        ),
        Measure("functions that share a name", shared, len(functions), 0.05),
        Measure("classes that share a name", shared_classes, len(classes), 0.03),
        Measure("`Any` for actor, user, person", len(list_untyped_actors()), 0, 0),
        Measure("template lines over 140", len(list_long_lines(templates, LONGEST_ASSET)), 0, 0),
        Measure("CSS lines over 140", len(list_long_lines(styles, LONGEST_ASSET)), 0, 0),
        Measure("Python lines over 100", long_python, count_lines(python), 0.01),
        Measure("telegram-style docstrings", len(list_telegrams()), count_docstrings(), 0.08),
    ]


def print_measures() -> None:
    """Print each measure with its number, its share and its limit."""
    for one in list_measures():
        share = f"{one.share:6.1%}" if one.total else "      "
        limit = f"{one.most:.0%}" if one.total else f"{one.most:g}"
        line = f"{one.title:<32} {one.number:>6} {share}  at most {limit}"
        print(line)  # noqa: T201 - it is what this is for
    print(f"statements of Python: {count_statements()}")  # noqa: T201 - as above


if __name__ == "__main__":
    print_measures()

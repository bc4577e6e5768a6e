"""Who may import whom, beyond what import-linter can say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import DOMAINS, PACKAGES, ROOT, modules, place, tree

REASONS = ("task body", "app ready", "slow import")


def imported(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each import statement of *path* with the module it names; `from a import b` names a
    and a.b.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_domains_are_met_through_their_public_module_only() -> None:
    """Projects of the whole house (config, its URLs) may mount a domain; everybody else uses its
    front door.
    """
    breaches = [
        f"{place(path, node)}: {name}"
        for package in PACKAGES
        if package != "config"
        for path in modules(package)
        for node, name in imported(path)
        for domain in DOMAINS
        if domain != package
        and (name == domain or name.startswith(f"{domain}."))
        and name.split(".")[1:2] != ["public"]
    ]
    assert breaches == []


def test_guardian_is_spoken_to_by_access_only() -> None:
    breaches = [
        f"{place(path, node)}: {name}"
        for package in PACKAGES
        if package != "access"
        for path in modules(package)
        for node, name in imported(path)
        if name.split(".")[0] == "guardian"
    ]
    assert breaches == []


def test_imports_inside_functions_give_one_of_the_known_reasons() -> None:
    """An import in a body hides a dependency; it is right in a task, in `ready()`, and for what is
    slow and rarely needed.
    """
    breaches = []
    for path in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in ast.walk(tree(path)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    text = " ".join(lines[node.lineno - 1 : node.end_lineno])
                    comment = text.partition("#")[2]
                    if not any(reason in comment for reason in REASONS):
                        breaches.append(place(path, node))
    assert sorted(set(breaches)) == []


def test_suppressions_carry_a_reason() -> None:
    """`# noqa: X - why`, `# type: ignore[x]  # why`: silence without a reason is a question for
    the next reader.
    """
    bare = []
    for path in (*modules(), *ROOT.glob("scripts/*.py"), *ROOT.glob("tests/**/*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.search(r"#\s*(noqa|type:\s*ignore|pragma: no cover|fmt: off)\b(.*)", line)
            if (
                match
                and path.name != Path(__file__).name
                and not re.search(r"[-#—–]\s*\S+ \S+", match[2])
            ):
                bare.append(place(path, number))
    assert bare == []

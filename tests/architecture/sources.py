"""Our own files, as the tests of the house look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAINS = ("courses", "competitions", "certification")
PACKAGES = tuple(
    sorted(
        path.parent.name
        for pattern in ("site/*/__init__.py", "*/__init__.py")
        for path in ROOT.glob(pattern)
        if path.parent.name != "tests"
    )
)


def folder(package: str) -> Path:
    """Return the folder of the first-party *package*."""
    return ROOT / "site" / package if (ROOT / "site" / package).is_dir() else ROOT / package


@cache
def modules(*packages: str, migrations: bool = False) -> tuple[Path, ...]:
    """Return the Python files of *packages* (of all if none is named)."""
    found = (path for package in packages or PACKAGES for path in folder(package).rglob("*.py"))
    return tuple(sorted(path for path in found if migrations or "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed *path*."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST | int) -> str:
    """Return "file:line" for a message."""
    return (
        f"{path.relative_to(ROOT)}:{node if isinstance(node, int) else getattr(node, 'lineno', 0)}"
    )


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield every call in *path*."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


@cache
def assets(*suffixes: str) -> tuple[Path, ...]:
    """Return our templates and static files that end in *suffixes*, vendored ones left out."""
    roots = [folder(package) for package in PACKAGES] + [
        ROOT / "site" / "templates",
        ROOT / "site" / "static",
    ]
    found = {
        path
        for root in roots
        for path in root.rglob("*")
        if path.suffix in suffixes and "vendor" not in path.parts
    }
    return tuple(sorted(found))

"""The README of each app: which there are, and the states in them. `python -m tests.architecture.readmes` writes the states again."""

from __future__ import annotations

import os
import re
import textwrap
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.architecture.sources import PACKAGES, folder

COLUMNS = 110
BLOCK = re.compile(r"```states\n.*?```", re.DOTALL)


def list_readmes() -> list[Path]:
    """Return where the README of each Django app belongs."""
    return [
        folder(package) / "README.md"
        for package in PACKAGES
        if (folder(package) / "apps.py").is_file()
    ]


def describe_states(package: str) -> str:
    """Return the tables of states of *package* as a block for its README, or an empty text where it has none."""
    tables = {
        name: moves
        for module in ("enums", "privacy_enums")
        if find_spec(f"{package}.{module}")
        for name, moves in vars(import_module(f"{package}.{module}")).items()
        if name.endswith("_MOVES")
    }
    if not tables:
        return ""
    return (
        "```states\n"
        + "\n".join(_describe_table(name, moves) for name, moves in sorted(tables.items()))
        + "\n```"
    )


def _describe_table(name: str, moves: dict[str, frozenset[str]]) -> str:
    lines = [name]
    for state, following in moves.items():
        targets = ", ".join(sorted(str(one) for one in following)) or "(end)"
        lines += textwrap.wrap(f"  {state!s:<12} -> {targets}", COLUMNS, subsequent_indent=" " * 18)
    return "\n".join(lines)


def write_states() -> None:
    """Put the present tables of states into each README that has a block for them."""
    for path in list_readmes():
        text = path.read_text(encoding="utf-8")
        block = describe_states(path.parent.name)
        path.write_text(BLOCK.sub(block.replace("\\", "\\\\"), text), encoding="utf-8")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    write_states()

"""`make bench`: every benchmark of this folder, each in a process of its own, so that none
inherits another's database and memory.

A benchmark that fails doesn't stop those behind it; the last lines say which failed, and the exit
code is 1 then. The environment variable SIZE is "small" unless it says "large"
(`tests.support.benchmark.pick_by_size`).

Run: python -m tests.benchmarks [NAME …]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from tests.support.benchmark import chosen_size

PACKAGE = "tests.benchmarks"


class Done(NamedTuple):
    """One benchmark that was run: its exit code, and how long it took."""

    name: str
    code: int
    seconds: float


def list_benchmarks(folder: Path) -> list[str]:
    """Return the names of the benchmarks in *folder*, in the order they run."""
    return sorted(
        path.stem for path in folder.glob("[a-z]*.py") if not path.name.startswith("test_")
    )


def run_benchmark(name: str, *, package: str = PACKAGE) -> Done:
    """Run one benchmark; what it prints goes where ours goes. Its database and files lie in a
    folder that is removed afterwards.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix="craftpath-bench-", ignore_cleanup_errors=True
    ) as folder:
        environment = {**os.environ, "CRAFTPATH_TEST_VAR": folder}
        code = subprocess.run(
            [sys.executable, "-m", f"{package}.{name}"], env=environment, check=False
        ).returncode
    return Done(name, code, time.monotonic() - began)


def run_benchmarks(names: Sequence[str], *, package: str = PACKAGE) -> list[Done]:
    """Run the benchmarks *names* one after the other, whatever becomes of each."""
    console, done = Console(), []
    for place, name in enumerate(names, start=1):
        console.rule(f"{name}  {place}/{len(names)}")
        done.append(run_benchmark(name, package=package))
    return done


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all; return the exit code."""
    size, known = chosen_size(), list_benchmarks(Path(__file__).parent)
    if unknown := sorted(set(arguments) - set(known)):
        sys.stderr.write(
            f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.\n"
        )
        return 2
    done = run_benchmarks(list(arguments) or known)
    console = Console()
    console.rule(f"{len(done)} benchmarks, size {size}")
    for one in done:
        console.print(
            f"{one.seconds:7.0f} s  {one.name}{f'  failed with exit code {one.code}' if one.code else ''}"
        )
    failed = [one.name for one in done if one.code]
    console.print(f"Failed: {', '.join(failed)}." if failed else "All ran to their end.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

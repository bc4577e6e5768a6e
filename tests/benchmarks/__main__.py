"""`make bench`: every benchmark of this folder, one table each."""

from __future__ import annotations

import importlib
from pathlib import Path

if __name__ == "__main__":
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if not path.name.startswith("test_"):
            importlib.import_module(f"tests.benchmarks.{path.stem}").main()

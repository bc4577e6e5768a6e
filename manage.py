#!/usr/bin/env python3
"""Run a management command from a plain checkout."""

import sys
from pathlib import Path

# `site/` is a source root, not a package: the standard library owns the name `site`.
sys.path.insert(1, str(Path(__file__).resolve().parent / "site"))

from config.manage import main

if __name__ == "__main__":
    main()

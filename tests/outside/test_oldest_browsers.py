"""Shipped scripts and style sheets hold in the oldest browsers we promise, by the compatibility
data of MDN and caniuse.

The promise is "browserslist" in tests/outside/browsers/package.json; README and
site/docs/browsers.md say the same in words.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import outside
from scripts.environment import ROOT

pytestmark = pytest.mark.slow

FOLDERS = ("site", "courses", "competitions", "certification", "search")
VENDORED = "static/vendor"


def shipped(ending: str) -> list[Path]:
    """Return our own static files with this *ending*."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob(f"static/**/*.{ending}")]
    return [path for path in found if VENDORED not in path.as_posix()]


def check(scripts: list[Path], styles: list[Path]) -> list[str]:
    """Return what the linters found: `path:line what`."""
    if (
        not (outside.OLDEST_BROWSERS / "node_modules" / ".craftpath").exists()
        or shutil.which("node") is None
    ):
        why = "the linters aren't here: python3 -m scripts.setup services"
        if os.environ.get("CRAFTPATH_ALL_SERVICES"):
            pytest.fail(why)
        pytest.skip(why)
    asked = json.dumps(
        {"scripts": [str(path) for path in scripts], "styles": [str(path) for path in styles]}
    )
    done = subprocess.run(
        ["node", str(outside.OLDEST_BROWSERS / "check.js")],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return [f"{Path(path).name}:{line} {what}" for path, line, what in json.loads(done.stdout)]


def test_shipped_files_hold_in_oldest_browsers():
    scripts, styles = shipped("js"), shipped("css")
    assert len(scripts) > 15
    assert len(styles) > 12
    assert check(scripts, styles) == []


def test_newer_features_are_found(tmp_path):
    (tmp_path / "new.js").write_text(
        "fetch('/', { signal: AbortSignal.timeout(9) });\n[2, 1].toSorted();\nnew RegExp(/(?<=a)b/);\n"
    )
    (tmp_path / "new.css").write_text(
        ".a:has(b) { color: red; }\n.b { height: 100dvh; }\n.c { width: 3cqi; }\n@media (width < 40rem) { .d { color: red; } }\n"
    )
    found = check([tmp_path / "new.js"], [tmp_path / "new.css"])
    assert sorted({line.split(" ")[0] for line in found}) == [
        *("new.css:1", "new.css:2", "new.css:3", "new.css:4"),
        *("new.js:1", "new.js:2", "new.js:3"),
    ]


def test_value_with_a_fallback_and_block_behind_supports_are_taken(tmp_path):
    (tmp_path / "old.css").write_text(
        ".b { height: 100vh; height: 100dvh; }\n"
        "@supports selector(:has(a)) { .a:has(b) { color: red; } }\n"
        "@supports (width: 1cqi) { .c { width: 3cqi; } }\n"
    )
    assert check([], [tmp_path / "old.css"]) == []


def test_promise_is_the_same_in_words():
    promised = json.loads((outside.OLDEST_BROWSERS / "package.json").read_text(encoding="utf-8"))[
        "browserslist"
    ]
    chrome, safari = (
        next(re.search(r"[\d.]+$", one)[0] for one in promised if one.startswith(name))
        for name in ("chrome", "safari")
    )
    for name in ("README.md", "site/docs/browsers.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert f"Chrome {chrome}" in text, name
        assert f"Safari {safari}" in text, name

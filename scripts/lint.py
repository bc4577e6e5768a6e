"""Everything that can be said about the code without running it: `make lint`, or `python -m
scripts.lint NAME…` for some of it.

Checks run two at a time; each prints its words only if it complains.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.terminal import say

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable

CHECKS: dict[str, list[list[str]]] = {
    "types": [[f"{BIN}/mypy"]],
    "style": [[f"{BIN}/ruff", "check", "--output-format", "concise", "."]],
    "format": [[f"{BIN}/ruff", "format", "--check", "--quiet", "."]],
    "imports": [[f"{BIN}/lint-imports"]],
    "templates": [
        [f"{BIN}/djlint", "--lint", "--quiet", "."],
        [f"{BIN}/djlint", "--check", "--quiet", "."],
    ],
    "translations": [[PYTHON, "-m", "scripts.messages", "--check"]],
    "migrations": [
        [
            PYTHON,
            "manage.py",
            "makemigrations",
            "--check",
            "--dry-run",
            "--settings",
            "config.settings.test",
        ]
    ],
    "deployment": [
        [
            PYTHON,
            "manage.py",
            "check",
            "--deploy",
            "--fail-level",
            "WARNING",
            "--settings",
            "config.settings.production",
        ]
    ],
}


def production_environment(**services: str) -> dict[str, str]:
    """Return variables like those of a real site, with keys made for the occasion; *services* are
    DATABASE_URL and the like.
    """
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "CRAFTPATH_SECRET_KEY": secrets.token_urlsafe(64),
        "CRAFTPATH_IDENTITY_KEYS": b64encode(secrets.token_bytes(32)).decode(),
        "CRAFTPATH_HOSTS": "craftpath.example",
        "CRAFTPATH_BASE_URL": "https://craftpath.example",
        "DATABASE_URL": "postgres://craftpath@127.0.0.1:5432/craftpath",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "ELASTICSEARCH_URL": "http://127.0.0.1:9200",
        **services,
    }


def run(name: str) -> tuple[str, int, float, str]:
    """Run the check *name*; return it with its exit code, its seconds and its words."""
    began, words, code = time.monotonic(), "", 0
    environment = production_environment() if name == "deployment" else dict(os.environ)
    environment["NO_COLOR"] = "1"
    for command in CHECKS[name]:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        code, words = (
            code or done.returncode,
            words + (done.stdout + done.stderr if done.returncode else ""),
        )
    return name, code, time.monotonic() - began, words


def main(names: list[str]) -> int:
    """Run the checks *names* (all of them if none is named); return 1 if any complains."""
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for name, code, seconds, words in pool.map(run, names or CHECKS):
            say(f"  {name:<14} {'complains' if code else 'clean':<10} {seconds:5.1f} s")
            if code:
                failed.append(name)
                say("    " + words.strip().replace("\n", "\n    "))
    say(
        f"{len(failed)} of {len(names or CHECKS)} checks complain{': ' + ', '.join(failed) if failed else ''}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Writes site/docs/settings.md from the list the site itself reads: `.venv/bin/python -m
scripts.settings_doc`.
"""

from __future__ import annotations

from pathlib import Path

from config import env

DOCUMENT = Path(__file__).resolve().parents[1] / "site" / "docs" / "settings.md"
HEAD = """# Settings

Made from `site/config/env.py` by `python -m scripts.settings_doc`; a test keeps the two together. All are environment variables.
Which profile runs is said by `DJANGO_SETTINGS_MODULE`: `config.settings.embedded` (no server; the default), `config.settings.production`,
`config.settings.test`. Production refuses to start half configured, with DEBUG, with a development key, or as a demo.
gunicorn reads `PORT` and `WEB_CONCURRENCY`, PyTest's run `CRAFTPATH_TEST_PROCESSES`.

| variable | type | default | meaning |
|---|---|---|---|
"""


def text() -> str:
    """Return the document."""

    def shown(value: object) -> str:
        listed = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return f"`{listed}`" if listed else "empty"

    rows = (
        f"| `{entry.name}` | {entry.kind} | {shown(entry.default)} | {entry.meaning.replace('|', '/')} |\n"
        for entry in env.SETTINGS
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")

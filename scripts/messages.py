"""Catalogues of translations: `python -m scripts.messages` collects, `--check` tells whether
anything is missing, fuzzy or out of date.

Each folder that has a `locale/` of its own keeps the texts of its own code and templates;
`site/locale` keeps those of `site/templates` and of the apps that have none.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.library_texts import find_shadowed, read_catalogue, translations_of_libraries
from scripts.terminal import Bar, say

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "zh_Hans"
MAKE = [
    sys.executable,
    "-m",
    "django",
    "makemessages",
    "--locale",
    LANGUAGE,
    "--no-obsolete",
    "--no-wrap",
    "--no-location",
]
CREATED = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)
MAKE += ["--ignore", "migrations/*", "--ignore", "node_modules/*"]


def catalogues() -> list[Path]:
    """Return our catalogues, as paths of .po files."""
    places = [*ROOT.glob("*/locale"), *ROOT.glob("site/*/locale")]
    return sorted(
        po
        for place in places
        if not place.is_relative_to(ROOT / ".venv")
        for po in place.glob("*/LC_MESSAGES/*.po")
    )


def owner(po: Path) -> Path:
    """Return the folder whose texts the catalogue *po* keeps."""
    return po.parents[3]


def command(folder: Path, domain: str) -> list[str]:
    """Return the makemessages call for *folder*, which leaves apps with catalogues of their own to
    themselves.
    """
    inner = [place.parent.name for place in folder.glob("*/locale")]
    return [
        *MAKE,
        "--domain",
        domain,
        *(word for name in inner for word in ("--ignore", f"{name}/*")),
    ]


def conflicts(files: Sequence[Path]) -> Iterator[str]:
    """Yield the texts that catalogues of one domain translate differently.

    Django puts all catalogues into one: the first app's word would be said by every other. Another
    meaning needs a context.
    """
    merged = subprocess.run(
        ["msgcat", "--no-wrap", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    for entry in merged.split("\n\n"):
        source, _, said = entry.partition("\nmsgstr")
        text = source[source.find("msgid ") :].splitlines()
        if "#-#-#-#-#" in said and text and text[0] != 'msgid ""':
            yield text[0].removeprefix("msgid ")


def problems() -> Iterator[str]:
    """Yield a line for everything that is wrong with the catalogues. Changes nothing."""
    for domain in sorted({po.stem for po in catalogues()}):
        yield from (
            f"{domain}: {text} is translated differently"
            for text in conflicts([po for po in catalogues() if po.stem == domain])
        )
    for po in catalogues():
        name = po.relative_to(ROOT)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / owner(po).name
            shutil.copytree(
                owner(po),
                copy,
                ignore=shutil.ignore_patterns("__pycache__", "*.mo", "static", "vendor"),
            )
            made = subprocess.run(
                [*command(copy, po.stem), "--keep-pot"],
                cwd=copy,
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                yield f"{name}: makemessages failed: {made.stderr.strip()}"
                continue
            fresh = copy / "locale" / f"{po.stem}.pot"
            if not fresh.exists():
                continue
            compared = subprocess.run(
                ["msgcmp", str(po), str(fresh)], capture_output=True, text=True, check=False
            )
            if compared.returncode:
                yield from (
                    f"{name}: {line}"
                    for line in compared.stderr.replace(folder, "").splitlines()
                    if "found" not in line
                )
            compiled = copy / "compiled.mo"
            checked = subprocess.run(
                ["msgfmt", "--check", "-o", str(compiled), str(po)],
                capture_output=True,
                text=True,
                check=False,
            )
            if checked.returncode:
                yield f"{name}: {checked.stderr.strip()}"
                continue
            shadowed = find_shadowed(read_catalogue(compiled), translations_of_libraries(po.stem))
            yield from (f"{name}: {line}" for line in shadowed)


def collect() -> None:
    """Bring every catalogue up to date with its sources and compile it."""
    listed = catalogues()
    bar = Bar("Catalogues")
    for number, po in enumerate(listed, 1):
        subprocess.run(command(owner(po), po.stem), cwd=owner(po), check=True, capture_output=True)
        # A date that changes with every text is a conflict in every merge, and says what the
        # history says anyway.
        po.write_text(CREATED.sub("", po.read_text(encoding="utf-8")), encoding="utf-8")
        subprocess.run(["msgfmt", "--check", "-o", str(po.with_suffix(".mo")), str(po)], check=True)
        bar.advance_to(number / len(listed), str(po.relative_to(ROOT)))
    bar.done(f"{len(listed)} catalogues")


def main() -> int:
    """Collect, or check and return 1 if something is wrong."""
    if "--check" not in sys.argv:
        collect()
        return 0
    found = list(problems())
    for line in found:
        say(line)
    say(f"{len(catalogues())} catalogues, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())

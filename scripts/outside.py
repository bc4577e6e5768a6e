"""What judges our certificates from outside and can't stand in this repository: packages of npm, the official schema of Open Badges.

The schema belongs to 1EdTech, whose licence is one for reading a specification; a published package's source carries it as a test fixture.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from scripts.environment import ROOT
from scripts.terminal import fail, say

NPM = ROOT / "tests" / "certification" / "outside" / "npm"
SCHEMA = ROOT / "var" / "outside" / "ob_v3p0_achievementcredential_schema.json"
# The source package, by its fingerprint: whoever serves it, the file is this one.
SOURCE = "openbadgeslib==4.6.3 --hash=sha256:aec21bf41b223ae3fcd196aa92972e3d3a6b12048f4929b2ceedd5fc54ea1eaf\n"


def provide() -> None:
    """Fetch what is missing; end with a sentence if it can't be had."""
    _packages()
    _schema()


def _packages() -> None:
    lock, kept = NPM / "package-lock.json", NPM / "node_modules" / ".craftpath"
    if kept.exists() and kept.read_bytes() == lock.read_bytes():
        return
    say("Verifiers of the npm registry, from the lock file:")
    if subprocess.run(["npm", "ci", "--omit=optional"], cwd=NPM, check=False).returncode:
        fail("The packages of tests/certification/outside/npm could not be installed, see above. Does npm know its registry?")
    kept.write_bytes(lock.read_bytes())


def _schema() -> None:
    if SCHEMA.exists():
        return
    say("The official schema of Open Badges 3.0 …")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "wanted.txt").write_text(SOURCE)
        download = [
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            "openbadgeslib",
            "--require-hashes",
            "-r",
            str(folder / "wanted.txt"),
        ]
        if subprocess.run([*_pip(folder), *download, "-d", name], check=False).returncode:
            fail("The source package of openbadgeslib, which carries the schema, could not be fetched, see above.")
        with tarfile.open(next(folder.glob("openbadgeslib-*.tar.gz"))) as package:
            member = next(one for one in package.getmembers() if one.name.endswith(f"/ob_schemas/{SCHEMA.name}"))
            source = package.extractfile(member)
            if source is None:
                fail("The package no longer carries the schema.")
            SCHEMA.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=SCHEMA.parent, delete=False) as whole:
                shutil.copyfileobj(source, whole)
            Path(whole.name).replace(SCHEMA)


def _pip(folder: Path) -> list[str]:
    """Return the words that start pip: this Python's, or that of an environment made for the purpose."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip"]
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    return [str(folder / "venv/bin/python"), "-m", "pip"]

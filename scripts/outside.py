"""What judges our work from outside and can't stand in this repository: npm packages, veraPDF, the
official schema of Open Badges.

The schema belongs to 1EdTech, whose licence is one for reading a specification; a published
package's source carries it as a test fixture.
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
OLDEST_BROWSERS = ROOT / "tests" / "outside" / "browsers"
SCHEMA = ROOT / "var" / "outside" / "ob_v3p0_achievementcredential_schema.json"
VERAPDF = ROOT / "tests" / "outside" / "verapdf"
VERAPDF_PROGRAM = ROOT / "var" / "outside" / "verapdf"
# The plugin that copies a library and all it needs into a folder; pinned, or Maven takes what its
# own version thinks of.
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
# The source package, by its fingerprint: whoever serves it, the file is this one.
SOURCE = "openbadgeslib==4.6.3 --hash=sha256:aec21bf41b223ae3fcd196aa92972e3d3a6b12048f4929b2ceedd5fc54ea1eaf\n"


def provide() -> None:
    """Fetch what is missing; end with a sentence if it can't be had."""
    _packages(NPM, "Verifiers of the npm registry")
    _packages(OLDEST_BROWSERS, "Linters for the oldest browsers, of the npm registry")
    _schema()
    _verapdf()


def _packages(folder: Path, what: str) -> None:
    lock, kept = folder / "package-lock.json", folder / "node_modules" / ".craftpath"
    if kept.exists() and kept.read_bytes() == lock.read_bytes():
        return
    say(f"{what}, from the lock file:")
    if subprocess.run(["npm", "ci", "--omit=optional"], cwd=folder, check=False).returncode:
        fail(
            f"The packages of {folder.relative_to(ROOT)} could not be installed, see above. Does npm know its registry?"
        )
    kept.write_bytes(lock.read_bytes())


def _verapdf() -> None:
    sources = b"".join(
        path.read_bytes() for path in (VERAPDF / "pom.xml", VERAPDF / "Validate.java")
    )
    stamp, libraries, classes = (VERAPDF_PROGRAM / name for name in ("stamp", "lib", "classes"))
    if stamp.exists() and stamp.read_bytes() == sources:
        return
    say("veraPDF, from its published artifacts …")
    shutil.rmtree(VERAPDF_PROGRAM, ignore_errors=True)
    fetch = [
        "mvn",
        "-q",
        "-B",
        "-f",
        str(VERAPDF / "pom.xml"),
        COPY_DEPENDENCIES,
        "-DincludeScope=runtime",
        f"-DoutputDirectory={libraries}",
    ]
    compile_ = [
        "javac",
        "-nowarn",
        "-cp",
        f"{libraries}/*",
        "-d",
        str(classes),
        str(VERAPDF / "Validate.java"),
    ]
    if (
        subprocess.run(fetch, check=False).returncode
        or subprocess.run(compile_, check=False).returncode
    ):
        fail("veraPDF could not be fetched or compiled, see above. Does Maven know its repository?")
    stamp.write_bytes(sources)


def verapdf_command() -> list[str] | None:
    """Return the command of the validator (see tests/outside/verapdf), or None if it isn't set up."""
    if not (VERAPDF_PROGRAM / "stamp").exists() or shutil.which("java") is None:
        return None
    return ["java", "-cp", f"{VERAPDF_PROGRAM / 'classes'}:{VERAPDF_PROGRAM / 'lib'}/*", "Validate"]


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
            fail(
                "The source package of openbadgeslib, which carries the schema, could not "
                "be fetched, see above."
            )
        with tarfile.open(next(folder.glob("openbadgeslib-*.tar.gz"))) as package:
            member = next(
                one
                for one in package.getmembers()
                if one.name.endswith(f"/ob_schemas/{SCHEMA.name}")
            )
            source = package.extractfile(member)
            if source is None:
                fail("The package no longer carries the schema.")
            SCHEMA.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=SCHEMA.parent, delete=False) as whole:
                shutil.copyfileobj(source, whole)
            Path(whole.name).replace(SCHEMA)


def _pip(folder: Path) -> list[str]:
    """Return the words that start pip: this Python's, or that of an environment made for the
    purpose.
    """
    if (
        subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
        ).returncode
        == 0
    ):
        return [sys.executable, "-m", "pip"]
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    return [str(folder / "venv/bin/python"), "-m", "pip"]

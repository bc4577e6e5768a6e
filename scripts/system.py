"""What the operating system has to bring: looked for by what it does, installed by package where
that is possible.

A library counts as present if it can be loaded, however it came; so machines without apt work once
they have the same things.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.terminal import Bar, fail, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
)


def loads(*names: str) -> bool:
    """Tell whether the system's loader finds one of the shared libraries *names*."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_fonts(*patterns: str) -> bool:
    """Tell whether each of the file name *patterns* matches a font of this machine."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return all(
        any(next(folder.rglob(pattern), None) for folder in folders if folder.is_dir())
        for pattern in patterns
    )


def has_program(*names: str) -> bool:
    """Tell whether one of the programs *names* is on the path."""
    return any(shutil.which(name) for name in names)


def is_ubuntu() -> bool:
    """Tell whether this is Ubuntu, whose packages differ from Debian's in the browser."""
    release = Path("/etc/os-release")
    return release.exists() and "\nID=ubuntu\n" in f"\n{release.read_text(encoding='utf-8')}\n"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that Craftpath can't bring itself: what for, how to see that it is there, and the
    package that has it.
    """

    purpose: str
    package: str
    present: Callable[[], bool]


RUN = (
    Need(
        "Pango lays out the certificates",
        "libpango-1.0-0",
        lambda: loads("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ),
    Need(
        "Pango with FreeType",
        "libpangoft2-1.0-0",
        lambda: loads("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
    ),
    Need(
        "HarfBuzz cuts fonts",
        "libharfbuzz-subset0",
        lambda: loads("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ),
    Need("Chinese typefaces", "fonts-noto-cjk", lambda: has_fonts("NotoSansCJK*", "NotoSerifCJK*")),
    Need("gettext compiles the translations", "gettext", lambda: has_program("msgfmt")),
)
TEST = (
    *RUN,
    Need(
        "tests read PDF text back",
        "poppler-utils",
        lambda: has_program("pdftotext") and has_program("pdftoppm"),
    ),
    Need("Latin typefaces for the browser", "fonts-dejavu-core", lambda: has_fonts("DejaVuSans*")),
    Need(
        "the browser's remote control",
        "libatomic1",
        lambda: loads("libatomic.so.1") or sys.platform != "linux",
    ),
    # Ubuntu's package is a pointer to its own store, which containers don't have: setup fetches
    # Playwright's there.
    *(() if is_ubuntu() else (Need("browser tests", "chromium", lambda: has_program(*BROWSERS)),)),
)
VENV = Need("a Python environment for uv", "python3-venv", lambda: _imports("venv", "ensurepip"))
SERVICES = (
    Need("PostgreSQL", "postgresql", lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    Need("Redis", "redis-server", lambda: has_program("redis-server")),
    Need("fetching", "curl", lambda: has_program("curl")),
    Need(
        "Elasticsearch and veraPDF run on Java",
        "openjdk-17-jdk-headless",
        lambda: has_program("javac") and has_program("jar"),
    ),
    Need("fetches Elasticsearch and veraPDF", "maven", lambda: has_program("mvn")),
    Need("draws certificates as one of four readers", "mupdf-tools", lambda: has_program("mutool")),
    Need("ZBar reads printed codes", "libzbar0", lambda: loads("libzbar.so.0", "libzbar.0.dylib")),
    Need("verifiers of the npm registry judge certificates", "nodejs", lambda: has_program("node")),
    Need("fetches those verifiers", "npm", lambda: has_program("npm")),
    Need("a box for the document key (PKCS #11)", "softhsm2", lambda: has_program("softhsm2-util")),
)


def _imports(*modules: str) -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", f"import {', '.join(modules)}"], capture_output=True, check=False
        ).returncode
        == 0
    )


def provide(needs: tuple[Need, ...]) -> None:
    """Install what is missing of *needs*; end with a sentence that names it where that can't be
    done.
    """
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = [need.package for need in missing]
    by_hand = f"apt-get install --no-install-recommends {' '.join(packages)}"
    wanted = "\n".join(f"  {need.package:<26} {need.purpose}" for need in missing)
    if not shutil.which("apt-get"):
        fail(
            f"This machine lacks the following, and has no apt to install it with. Install the like of it, then try again:\n{wanted}"
        )
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    if prefix and not shutil.which("sudo"):
        fail(
            f"These system packages are missing, and only root may install them. Have root run\n  {by_hand}\nThey are:\n{wanted}"
        )
    say(f"System packages to install: {' '.join(packages)}")
    # sudo drops the environment: what matters is said again behind it.
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        "APT::Status-Fd=9",
        "-o",
        "Dpkg::Use-Pty=0",
    ]
    update = _with_bar("Package lists", [*apt, "update"])
    code, output = _with_bar(
        "System packages", [*apt, "install", "-y", "--no-install-recommends", *packages]
    )
    still = [need.package for need in missing if not need.present()]
    if code or still:
        tail = "\n".join([*update[1], *output][-12:])
        fail(
            f"{tail}\n\nThe system packages could not be installed: {' '.join(still or packages)}.\n"
            f"Have an administrator run `apt-get update` and `{by_hand}` (or the like of your system), then try again."
        )


def _with_bar(title: str, apt: list[str]) -> tuple[int, list[str]]:
    """Run apt, draw its own account of its progress, and return its exit code and its words.

    The account comes through a named pipe: on standard output it would leave package scripts
    without theirs, and sudo closes the rest.
    """
    bar = Bar(title)
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "words").open("w+", errors="replace") as words,
    ):
        pipe = Path(folder) / "progress"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        at = apt.index("apt-get")
        command = [*apt[:at], "sh", "-c", 'exec "$@" 9>"$0"', str(pipe), *apt[at:]]
        rest = ""
        with subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT) as process:
            while process.poll() is None:
                if not select.select([reader], [], [], 0.2)[0]:
                    continue
                *lines, rest = (rest + os.read(reader, 65536).decode(errors="replace")).split("\n")
                for line in lines:
                    bar.advance_to(*_share(line, fetches_only="update" in apt))
                if not lines:
                    time.sleep(0.05)  # the pipe has no writer yet, or no longer
        os.close(reader)
        words.seek(0)
        bar.done("done" if process.returncode == 0 else "failed")
        return process.returncode, words.read().splitlines()


def _share(line: str, *, fetches_only: bool) -> tuple[float, str]:
    """Return the fraction and the detail in a line of apt's account: fetching is the first half,
    unpacking the second.
    """
    kind, _, percent, detail = [*line.split(":", 3), "", "", "", ""][:4]
    share = _number(percent) / 100
    if kind == "pmstatus":
        return 0.5 + share / 2, detail
    return (share if fetches_only else share / 2), detail


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

"""Everything between a fresh clone and a running site or a test run. Each step is done again only
when what it depends on has changed.

python3 -m scripts.setup run        prepare the embedded form python3 -m scripts.setup demo
prepare it, load the demo data, and run web and worker until Ctrl-C python3 -m scripts.setup test
prepare for tests: the browser and the test packages too python3 -m scripts.setup services   install
PostgreSQL, Redis, Java and the outside verifiers for the service-backed half of .ci/run python3 -m
scripts.setup reset      throw the embedded site's data away (keys and fonts stay)
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts import environment, outside, processes, system
from scripts.environment import PYTHON, ROOT, VENV
from scripts.supervise import supervise
from scripts.terminal import Bar, fail, say

VAR = ROOT / os.environ.get("CRAFTPATH_VAR", "var")
STAMPS = VAR / "stamps"
DATABASE = VAR / "craftpath.sqlite3"
OURS = ("site", "courses", "competitions", "certification", "search")


def files(*patterns: str) -> list[Path]:
    """Return our own files that match *patterns* inside the folders of the house."""
    return sorted(
        path
        for folder in OURS
        for pattern in patterns
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file()
    )


def once(
    name: str, sources: Iterable[Path], action: Callable[[], None], *, product: Path | None = None
) -> None:
    """Do *action* unless it was done for these very *sources* and its *product* is still there."""
    sums = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for path in sources:
        sums.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    stamp = STAMPS / name
    if (
        stamp.exists()
        and stamp.read_text() == sums.hexdigest()
        and (product is None or product.exists())
    ):
        return
    action()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(sums.hexdigest())


def manage(*words: str) -> None:
    """Run a management command; end with its words if it fails."""
    if subprocess.run([str(PYTHON), "manage.py", *words], cwd=ROOT, check=False).returncode:
        fail(f"`manage.py {' '.join(words)}` failed, see above.")


def compile_messages() -> None:
    """Make a .mo beside each .po that is newer."""
    stale = [
        po for po in files("locale/*/LC_MESSAGES/*.po") if not _fresh(po.with_suffix(".mo"), po)
    ]
    if not stale:
        return
    bar = Bar("Translations")
    for number, po in enumerate(stale, 1):
        done = subprocess.run(
            ["msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            fail(f"{po.relative_to(ROOT)} can't be compiled:\n{done.stderr}")
        bar.advance_to(number / len(stale))
    bar.done(f"{len(stale)} catalogues")


def _fresh(product: Path, source: Path) -> bool:
    return product.exists() and product.stat().st_mtime >= source.stat().st_mtime


def make_fonts() -> None:
    """Cut the small certificate typefaces out of the system's Chinese ones (the command draws its
    own bar).
    """
    once(
        "fonts",
        files("make_fonts.py", "fonts.py", "fonts/*.py"),
        lambda: manage("make_fonts"),
        product=VAR / "fonts",
    )


def migrate() -> None:
    """Bring the embedded database up to date."""

    def run() -> None:
        if subprocess.run([str(PYTHON), "-m", "scripts.migrate"], cwd=ROOT, check=False).returncode:
            fail(
                "The database could not be brought up to date, see above. `make reset-demo` "
                "starts over with an empty one."
            )

    once("database", files("migrations/*.py"), run, product=DATABASE)


def static_files(folder: Path) -> Iterable[Path]:
    """Yield the static files of the apps in *folder*."""
    return (
        path
        for static in (*folder.glob("static"), *folder.glob("*/static"), *folder.glob("*/*/static"))
        for path in static.rglob("*.*")
    )


def collect_static() -> None:
    """Gather styles, scripts and pictures where the web process serves them from."""

    def run() -> None:
        bar, done, words = Bar("Styles and scripts"), 0, list[str]()
        # Each file is copied, then compressed under a name with its hash: two lines of the
        # command's report.
        total = 2 * sum(
            1
            for folder in (*VENV.glob("lib/python*/site-packages/*"), *map(ROOT.joinpath, OURS))
            for _ in static_files(folder)
        )
        command = [str(PYTHON), "manage.py", "collectstatic", "--noinput", "--verbosity", "2"]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout or ():
                done += line.startswith(("Copying", "Post-processed"))
                bar.advance_to(done / max(total, 1))
                words.append(line)
        if process.returncode:
            fail(
                f"{''.join(words[-12:])}\nThe styles and scripts could not be gathered, see above."
            )
        bar.done(f"{done // 2} files")

    once("static", files("static/**/*"), run, product=VAR / "static" / "staticfiles.json")


def load_demo() -> None:
    """Fill the site with the demo's people, courses and competitions (the command draws its own
    bars).
    """
    database = str(DATABASE.stat().st_ino)
    marker = STAMPS / "demo-database"
    if not marker.exists() or marker.read_text() != database:
        (STAMPS / "demo").unlink(missing_ok=True)
    once("demo", files("demo.py", "demo/**/*", "load_demo.py"), lambda: manage("load_demo"))
    marker.write_text(database)


def fetch_browser() -> None:
    """Where the system has no package of Chromium (Ubuntu): Playwright's own, with the libraries
    it needs; it draws its own bar.
    """
    if subprocess.run(
        [str(PYTHON), "-m", "playwright", "install", "--with-deps", "chromium"],
        cwd=ROOT,
        check=False,
    ).returncode:
        fail(
            "Chromium could not be fetched, see above. Install it or Chrome by hand, or set "
            "CHROMIUM to its path; then try again."
        )


def run(*, purpose: str = "run") -> None:
    """Prepare the embedded form."""
    needs = system.TEST if purpose == "test" else system.RUN
    system.provide(needs if environment.found_uv() else (*needs, system.VENV))
    environment.provide(purpose)
    if purpose == "test" and not (
        system.has_program(*system.BROWSERS) or os.environ.get("CHROMIUM")
    ):
        once("browser", [], fetch_browser)
    compile_messages()
    make_fonts()


def demo() -> int:
    """Prepare the demo and run it until Ctrl-C; return the exit code."""
    port = int(os.environ.get("PORT") or 8000)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(f"Port {port} is taken on this machine. Choose another: PORT={port + 1} make demo")
    address = f"http://127.0.0.1:{port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    os.environ.setdefault("CRAFTPATH_DEMO", "1")
    os.environ.setdefault("CRAFTPATH_BASE_URL", address)
    run()
    migrate()
    collect_static()
    load_demo()
    # A demo run by root in a container of its own is nothing to warn about; a site has its own user
    # (docker/Dockerfile).
    os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:celery.platforms")
    variables = {**os.environ, "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}"}
    return supervise(
        processes.embedded(port),
        address=f"{address}/",
        probe=f"{address}/health/live",
        env=variables,
    )


def services() -> None:
    """Install what the second half of .ci/run needs beside the suite's own things."""
    system.provide(system.SERVICES)
    outside.provide()


def reset() -> None:
    """Throw the data of the embedded site away; the next `make demo` makes it anew."""
    for path in (
        *VAR.glob("craftpath.sqlite3*"),
        VAR / "files",
        VAR / "private",
        VAR / "search",
        VAR / "celery",
        STAMPS / "demo",
        STAMPS / "database",
    ):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    say(f"The data in {VAR} is gone; `make demo` makes it anew. Keys and typefaces stay.")


def main(purpose: str) -> int:
    """Do what *purpose* names (see above)."""
    os.chdir(ROOT)
    if purpose == "demo":
        return demo()
    actions: dict[str, Callable[[], None]] = {
        "run": run,
        "test": lambda: run(purpose="test"),
        "services": services,
        "reset": reset,
    }
    if purpose not in actions:
        fail(__doc__ or "", code=2)
    actions[purpose]()
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
    except KeyboardInterrupt:
        raise SystemExit(130) from None

"""The demo as `make demo` runs it - gunicorn, a Celery worker, SQLite, Tantivy, demo data - in a
folder and on a port of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVE = (
    "import os; from scripts.processes import embedded; from scripts.supervise import supervise; "
    "port = int(os.environ['PORT']); at = f'http://127.0.0.1:{port}/'; "
    "raise SystemExit(supervise(embedded(port), address=at, probe=at + 'health/live'))"
)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a demo in the folder *var*: nothing of the test run's own settings
    leaks in.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(
            ("CRAFTPATH_", "DJANGO_", "PYTEST_", "DATABASE_", "REDIS_", "ELASTICSEARCH_")
        )
    }
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "CRAFTPATH_VAR": str(var),
        "CRAFTPATH_DEMO": "1",
        "CRAFTPATH_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        **more,
    }


def manage(env: dict[str, str], *arguments: str) -> str:
    """Run a management command and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"manage.py {arguments[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        raise RuntimeError(msg)
    return done.stdout


def make(var: Path, env: dict[str, str]) -> None:
    """Set a demo up in *var*; the certificate fonts of the checkout are used, since cutting them
    depends on nothing here.
    """
    fonts = ROOT / "var" / "fonts"
    if fonts.exists():
        shutil.copytree(fonts, var / "fonts")
    for command in (
        ("migrate", "--noinput"),
        ("make_fonts",),
        ("load_demo",),
        ("work",),
        ("collectstatic", "--noinput", "--verbosity", "0"),
    ):
        manage(env, *command)


@contextmanager
def running(env: dict[str, str], log: Path) -> Iterator[str]:
    """Serve the demo while the block runs; yields its address. Ends as Ctrl-C would, and fails if
    that doesn't end all of it.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, env["PORT"], log)
            yield f"http://127.0.0.1:{env['PORT']}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: str, log: Path) -> None:
    import time
    import urllib.error
    import urllib.request

    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/health/ready", timeout=5
            ) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)  # a process that starts, not a test that hopes
    msg = f"the demo did not start:\n{log.read_text(errors='replace')[-4000:]}"
    raise RuntimeError(msg)

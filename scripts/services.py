"""PostgreSQL, Redis and Elasticsearch for a test run: own ports, own throw-away data, nothing of
the machine's touched.

    eval "$(python3 -m scripts.services start)"     prints DATABASE_URL, REDIS_URL and
    ELASTICSEARCH_URL to export
    python3 -m scripts.services start postgresql redis     only these
    python3 -m scripts.services stop

CRAFTPATH_SERVICES_SHIFT=10 moves every port by ten, for a second checkout beside the first.
Elasticsearch is put together and started by tests/outside/elasticsearch.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.terminal import fail

ROOT = Path(__file__).resolve().parents[1]
NOTE = ROOT / "var" / "services.json"
ELASTICSEARCH = ROOT / "tests" / "outside" / "elasticsearch"
SHIFT = int(os.environ.get("CRAFTPATH_SERVICES_SHIFT") or 0)
POSTGRES_PORT, REDIS_PORT, ELASTICSEARCH_PORT = 15432 + SHIFT, 16379 + SHIFT, 19201 + SHIFT
NAMES = ("postgresql", "redis", "elasticsearch")
# Data of a test may be lost with the power; it is made anew anyway.
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c "
    "listen_addresses=127.0.0.1"
)


def own_node() -> dict[str, str]:
    """Return variables that keep our node apart from one that somebody else has started with the
    same tool.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return {
        **os.environ,
        "ELASTICSEARCH_TEST_PORT": str(ELASTICSEARCH_PORT),
        "ELASTICSEARCH_TEST_DIR": str(cache / f"craftpath-elasticsearch-{ELASTICSEARCH_PORT}"),
    }


def tell(sentence: str) -> None:
    """Say it on standard error: standard output is for the shell."""
    print(f"services: {sentence}", file=sys.stderr, flush=True)


def as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def start(*names: str) -> None:
    """Start the services *names*, or all three, and print what to export."""
    wanted = names or NAMES
    if unknown := set(wanted) - set(NAMES):
        fail(f"{', '.join(sorted(unknown))}: there are {', '.join(NAMES)}.")
    stop()
    folder = Path(tempfile.mkdtemp(prefix="craftpath-services-"))
    NOTE.parent.mkdir(exist_ok=True)
    NOTE.write_text(json.dumps({"folder": str(folder)}))
    addresses = {}
    if "postgresql" in wanted:
        addresses["DATABASE_URL"] = _postgres(folder)
    if "redis" in wanted:
        addresses["REDIS_URL"] = _redis(folder)
    if "elasticsearch" in wanted:
        addresses["ELASTICSEARCH_URL"] = _elasticsearch()
    for name, address in addresses.items():
        print(f"export {name}={address}")


def _postgres(folder: Path) -> str:
    programs = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if not programs:
        fail("PostgreSQL is missing: python3 -m scripts.setup services")
    data = folder / "postgres"
    data.mkdir()
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")

    def quietly(*command: str) -> None:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd="/")

    quietly(
        *as_postgres(
            f"{programs[-1]}/initdb",
            "-D",
            str(data / "db"),
            "-U",
            "craftpath",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
    )
    options = f"-p {POSTGRES_PORT} -k {data} {FAST}"
    quietly(
        *as_postgres(
            f"{programs[-1]}/pg_ctl",
            "-D",
            str(data / "db"),
            "-l",
            str(data / "log"),
            "-w",
            "-o",
            options,
            "start",
        )
    )
    quietly(
        f"{programs[-1]}/createdb",
        "-h",
        "127.0.0.1",
        "-p",
        str(POSTGRES_PORT),
        "-U",
        "craftpath",
        "craftpath",
    )
    tell("PostgreSQL is up")
    return f"postgres://craftpath@127.0.0.1:{POSTGRES_PORT}/craftpath"


def _redis(folder: Path) -> str:
    words = (
        "--port",
        str(REDIS_PORT),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
        "--pidfile",
        f"{folder}/redis.pid",
    )
    subprocess.run(
        ["redis-server", *words, "--daemonize", "yes"], stdout=subprocess.DEVNULL, check=True
    )
    tell("Redis is up")
    return f"redis://127.0.0.1:{REDIS_PORT}/0"


def _elasticsearch() -> str:
    # It reports progress on standard error and prints NAME=address when the node answers.
    done = subprocess.run(
        [str(ELASTICSEARCH / "start")],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env=own_node(),
    )
    if done.returncode:
        fail(
            "Elasticsearch did not start, see above. If a program is missing: python3 -m "
            "scripts.setup services"
        )
    tell("Elasticsearch is up")
    return done.stdout.strip().partition("=")[2]


def stop() -> None:
    """End what `start` started; a no-op if nothing runs."""
    if not NOTE.exists():
        return
    folder = Path(json.loads(NOTE.read_text())["folder"])
    for pid_file, number in (
        (folder / "postgres/db/postmaster.pid", signal.SIGINT),
        (folder / "redis.pid", signal.SIGTERM),
    ):
        if pid_file.exists():
            _end(int(pid_file.read_text().split()[0]), number)
    subprocess.run(
        [str(ELASTICSEARCH / "stop")], stdout=subprocess.DEVNULL, check=False, env=own_node()
    )
    shutil.rmtree(folder, ignore_errors=True)
    NOTE.unlink()


def _end(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
        for _ in range(100):
            time.sleep(0.1)
            os.kill(pid, 0)
    except ProcessLookupError:
        return
    tell(f"process {pid} does not end")


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](*sys.argv[2:])

"""Runs the production form's processes without containers: the commands of docker/compose.yml,
production settings, real services.

Needs DATABASE_URL, REDIS_URL and ELASTICSEARCH_URL (scripts.services). Says what it checked; ends
with 1 at the first thing that fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

from scripts import processes
from scripts.lint import production_environment
from scripts.terminal import fail, say

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PORT = 18080
# As the proxy in front would ask.
HEADERS = {"Host": "craftpath.example", "X-Forwarded-Proto": "https"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Answers are looked at as they are."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


opener = urllib.request.build_opener(NoRedirect)


def ask(path: str, **headers: str) -> tuple[int, Message[str, str], bytes]:
    """Return status, headers and body of *path*, asked as the proxy would unless *headers* says
    otherwise.
    """
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}", headers={**HEADERS, **headers}
    )
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def expect(what: str, holds: object, shown: object = "") -> None:
    """Say that *what* holds, or end the trial."""
    if not holds:
        fail(f"production trial: {what}: NO {shown}", code=1)
    say(f"  {what}")


def main() -> None:
    """Prepare, start, look, and end."""
    services = {
        name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL")
    }
    with tempfile.TemporaryDirectory(prefix="craftpath-production-") as folder:
        environment = production_environment(
            **services,
            CRAFTPATH_VAR=folder,
            ELASTICSEARCH_PREFIX="trial",
            PORT=str(PORT),
            WEB_CONCURRENCY="2",
        )
        environment["PATH"] = f"{BIN}:{environment['PATH']}"
        for command in processes.PREPARE:
            subprocess.run(
                command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
            )
        expect("prepared: database, cache, typefaces, static files", True)
        running = [
            subprocess.Popen(command, cwd=ROOT, env=environment)
            for command in processes.PRODUCTION.values()
        ]
        try:
            look(environment)
            expect("all processes still run", all(process.poll() is None for process in running))
        finally:
            for process in running:
                process.terminate()
            codes = [process.wait(30) for process in running]
        expect("all ended in order when asked", codes == [0] * len(codes), codes)


def look(environment: dict[str, str]) -> None:
    """Check what an operator and a browser would see first."""
    deadline = time.monotonic() + 90
    while True:
        try:
            status, _, body = ask("/health/ready")
        except OSError:
            status, body = 0, b""
        if status == 200 or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    expect("/health/ready answers 200", status == 200, body[:500])
    expect("/health/ready is JSON", json.loads(body))
    expect(
        "/health/live answers 200 over plain HTTP, for the container's own probe",
        ask("/health/live", **{"X-Forwarded-Proto": "http"})[0] == 200,
    )
    status, headers, body = ask("/")
    expect("the front page answers 200", status == 200, status)
    expect("HSTS is on", "max-age=" in headers.get("Strict-Transport-Security", ""))
    policy = headers.get("Content-Security-Policy", "")
    expect(
        "the content policy is on, without unsafe-inline",
        "default-src 'self'" in policy and "unsafe-inline" not in policy,
        policy,
    )
    status, headers, _ = ask("/", **{"X-Forwarded-Proto": "http"})
    expect(
        "plain HTTP is sent to HTTPS",
        status == 301 and headers["Location"] == "https://craftpath.example/",
        (status, headers["Location"]),
    )
    expect("a foreign host name is refused", ask("/", Host="evil.example")[0] == 400)
    expect("an unknown address is answered 404", ask("/there-is-nothing-here/")[0] == 404)
    replies = subprocess.run(
        ["celery", "--app", "config", "inspect", "ping", "--timeout", "20", "--json"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    expect(
        "the worker answers through Redis",
        "pong" in replies.stdout,
        replies.stdout + replies.stderr,
    )


if __name__ == "__main__":
    main()

"""The supervisor, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

# Answers the probe, and starts a child of its own, as gunicorn and Celery do; both write their ids.
WEB = """
import http.server, os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open("web", "w").write(f"{os.getpid()} {child.pid}")
open("port.part", "w").write(str(server.server_port)); os.rename("port.part", "port")
server.serve_forever()
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("worker.part", "w").write(str(os.getpid())); os.rename("worker.part", "worker")
while True: time.sleep(1)
"""
DIES = """
import sys, time, pathlib
while not pathlib.Path("up").exists(): time.sleep(0.05)
sys.exit(7)
"""
MAIN = """
import sys, pathlib, time
sys.path.insert(0, {root!r})
from scripts import supervise
supervise.GRACE = 1.5
def wait_for_port():
    # Each program is under way before the address is probed: the web program has its port, the stubborn one has said who it is.
    for name in {signs!r}:
        while not pathlib.Path(name).exists(): time.sleep(0.02)
    return pathlib.Path("port").read_text()
# The probe's address is known once the web program has its port.
class Probe(str): pass
original = supervise._announce
def announce(running, address, probe):
    original(running, address, "http://127.0.0.1:" + wait_for_port() + "/")
    pathlib.Path("up").touch()
supervise._announce = announce
raise SystemExit(supervise.supervise({programs!r}, address="http://here/", probe=""))
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody has collected yet is dead.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    started = []

    def run(**programs: str) -> subprocess.Popen[str]:
        commands = {
            name: [sys.executable, "-c", textwrap.dedent(code)] for name, code in programs.items()
        }
        signs = ["port", *(["worker"] if programs.get("worker") is STUBBORN else [])]
        script = MAIN.format(root=str(ROOT), programs=commands, signs=signs)
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.stdout.close()


def until_running(process: subprocess.Popen[str]) -> None:
    for line in process.stdout:
        if "is running" in line:
            return
    pytest.fail("it never said that it runs")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_supervisor_on_a_signal_ends_everything_children_included(
    start, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(web=WEB, worker=STUBBORN)
    until_running(process)
    pids = [
        int(word) for name in ("web", "worker") for word in (tmp_path / name).read_text().split()
    ]
    assert all(map(alive, pids))
    process.send_signal(number)
    assert process.wait(20) == 0
    assert [pid for pid in pids if alive(pid)] == []


def test_supervisor_with_a_dead_program_ends_the_others_with_its_code(
    start, tmp_path: Path
) -> None:
    process = start(web=WEB, worker=DIES)
    assert process.wait(20) == 7
    assert "worker ended with 7" in process.stdout.read()
    assert [pid for pid in map(int, (tmp_path / "web").read_text().split()) if alive(pid)] == []

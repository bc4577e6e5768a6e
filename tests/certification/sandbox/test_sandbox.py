"""The processes that open files of unknown origin: how many at once, how they end, what they may
do.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certification.sandbox import client
from certification.sandbox.client import Sandbox
from certification.sandbox.errors import SandboxBusy, SandboxInterrupted
from certification.sandbox.limits import SandboxLimits
from certification.sandbox.slots import take_slot
from tests.certification.pictures import draw_page, save

ROOT = Path(__file__).resolve().parents[3]
PICTURE = save(draw_page("https://craftpath.example.cn/V/0123456789ABCDEF"), "PNG")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    one = Sandbox(SandboxLimits(processor_seconds=4, seconds=5))
    one.folder = tmp_path
    yield one
    one.close()


def endless() -> bytes:
    """Return a file that keeps its reader busy until its limits: a cross-reference table of forty
    million rows.
    """
    body = zlib.compress(bytes(5 * 40_000_000), 9)
    head = (
        b"1 0 obj\n<</Type/XRef/W[1 3 1]/Size 40000000/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(body)
    )
    return b"%PDF-1.7\n" + head + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


class Running:
    """`examine` of an endless file in a thread, once its process is there."""

    def __init__(self, sandbox: Sandbox) -> None:
        sandbox.examine(PICTURE, trusted=[])  # the server runs
        self.outcome: Any = None
        self._thread = threading.Thread(target=self._examine, args=(sandbox,))
        self._thread.start()
        self.child = 0
        children = Path(f"/proc/{sandbox.process}/task/{sandbox.process}/children")
        while not self.child and self._thread.is_alive():
            self.child = int((children.read_text().split() or ["0"])[0])
        assert self.child

    def _examine(self, sandbox: Sandbox) -> None:
        try:
            self.outcome = sandbox.examine(endless(), trusted=[])
        except (SandboxBusy, SandboxInterrupted) as error:
            self.outcome = type(error)

    def result(self) -> Any:
        self._thread.join(60)
        return self.outcome


def ended(process: int) -> bool:
    """Wait up to ten seconds for the end of a process that isn't our child."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10)[0])
    finally:
        os.close(handle)


def test_slots_are_counted_over_processes_and_given_back(tmp_path: Path) -> None:
    with take_slot(2, tmp_path), take_slot(2, tmp_path):
        code = (
            "import sys; from pathlib import Path; from certification.sandbox.slots import take_slot\n"
            "with take_slot(2, Path(sys.argv[1])): pass"
        )
        other = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, check=False
        )
        assert b"Busy" in other.stderr
    with take_slot(2, tmp_path) as first, take_slot(2, tmp_path) as second:
        assert {first, second} == {0, 1}


def test_slot_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from certification.sandbox.slots import take_slot\n"
        "with take_slot(1, Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    with take_slot(1, tmp_path) as number:
        assert number == 0


def test_full_sandbox_says_so_at_once_and_starts_nothing(sandbox: Sandbox) -> None:
    with (
        take_slot(client.AT_ONCE, sandbox.folder),
        take_slot(client.AT_ONCE, sandbox.folder),
        pytest.raises(SandboxBusy),
    ):
        sandbox.examine(PICTURE, trusted=[])
    assert sandbox.process is None


def test_file_that_exhausts_its_limits_is_too_complex_and_the_next_is_read(
    sandbox: Sandbox,
) -> None:
    assert Running(sandbox).result()["cause"] in {"too_complex", "damaged"}
    assert sandbox.examine(PICTURE, trusted=[])["cause"] == "picture"


@pytest.mark.parametrize("whom", ["child", "server"])
def test_process_killed_from_outside_says_nothing_about_the_file_and_the_next_is_read(
    sandbox: Sandbox, whom: str
) -> None:
    running = Running(sandbox)
    os.kill(running.child if whom == "child" else sandbox.process or 0, signal.SIGKILL)
    assert running.result() is SandboxInterrupted
    assert sandbox.examine(PICTURE, trusted=[])["cause"] == "picture"
    with take_slot(client.AT_ONCE, sandbox.folder), take_slot(client.AT_ONCE, sandbox.folder):
        pass  # no slot was lost


def test_file_that_takes_too_long_is_ended_by_the_clock(sandbox: Sandbox) -> None:
    """A process that uses no processor time runs into no limit but the clock of the server."""
    running = Running(sandbox)
    os.kill(running.child, signal.SIGSTOP)
    assert running.result() == {"cause": "too_complex"}
    assert ended(running.child)


def test_server_ends_with_its_web_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from certification.sandbox.client import sandbox\n"
        "sandbox.folder = Path(sys.argv[1]); sandbox.examine(b'\\x89PNG', trusted=[])\n"
        "print(sandbox.process, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert ended(int(done.stdout))


def test_process_of_a_fork_starts_its_own_server(sandbox: Sandbox) -> None:
    sandbox.examine(PICTURE, trusted=[])
    ours = sandbox.process
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        sandbox.examine(PICTURE, trusted=[])
        os.write(writing, str(sandbox.process).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    theirs = int(os.read(reading, 20))
    os.close(reading)
    assert theirs != ours
    assert ended(theirs)
    assert sandbox.process == ours
    assert sandbox.examine(PICTURE, trusted=[])["cause"] == "picture"


def test_server_knows_no_secret(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAFTPATH_SECRET_KEY", "do not tell")
    sandbox.examine(PICTURE, trusted=[])
    environment = Path(f"/proc/{sandbox.process}/environ").read_bytes()
    assert b"do not tell" not in environment
    assert {one.partition(b"=")[0] for one in environment.split(b"\0") if one} == {
        b"PATH",
        b"PYTHONPATH",
        b"LANG",
        b"PYTHONDONTWRITEBYTECODE",
    }


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda: os.open("/etc/hostname", os.O_RDONLY),
        lambda: __import__("socket").socket(),
        lambda: bytearray(1 << 30),
    ],
    ids=["open a file", "open a connection", "a gigabyte"],
)
def test_process_for_a_file_may_do_nothing_but_answer(forbidden: Callable[[], object]) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writing, 3)
        os.closerange(4, 256)
        SandboxLimits().apply()
        try:
            forbidden()
        except (OSError, MemoryError):
            os.write(3, b"refused")
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = os.read(reading, 20)
    os.close(reading)
    assert said == b"refused"


def test_picture_is_read_with_these_rights_in_every_format(sandbox: Sandbox) -> None:
    """What a reader loads late it couldn't load any more."""
    heic = (ROOT / "tests/certification/data/photo.heic").read_bytes()
    page = draw_page("https://craftpath.example.cn/V/0123456789ABCDEF")
    for data in (*(save(page, kind) for kind in ("JPEG", "PNG", "WEBP", "PDF")), heic):
        found = sandbox.examine(data, trusted=[])
        assert found["codes"] == [{"text": "https://craftpath.example.cn/V/0123456789ABCDEF"}]

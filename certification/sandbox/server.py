"""The server of the sandbox, which loads the file readers once and forks a process for each file.

Run as `python -m certification.sandbox.server MEGABYTES PROCESSOR_SECONDS SECONDS` with a socket as
standard input, over which the web process passes one end of a socket pair for each file. It needs
neither settings nor database, and its environment holds no secret. It ends when the web process
ends.

The process for a file limits itself before it reads, in memory, processor time, files it may write
and files it may open. The server watches the clock. It knows how the process ended, so a file that
exhausts its limits can be told from a process that somebody else killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

from certification.sandbox import examine, wire
from certification.sandbox.limits import SandboxLimits

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
NICENESS = 15
"""Pages of the site come before files of unknown origin."""
_TOO_COMPLEX = {"cause": "too_complex"}
# A process that was ended for its limits, or that crashed on the file. SIGKILL isn't among them
# unless we sent it.
_BY_THE_FILE = {
    signal.SIGXCPU,
    signal.SIGALRM,
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGABRT,
    signal.SIGILL,
    signal.SIGTRAP,
    signal.SIGFPE,
}


@dataclass(slots=True)
class FileProcess:
    """A process at work on a file."""

    stream: socket.socket
    until: float
    overdue: bool = False


def run_sandbox_server(limits: SandboxLimits) -> None:
    """Serve until the web process is gone."""
    control = socket.socket(fileno=os.dup(0))
    examine.load_readers()
    os.nice(NICENESS)
    gc.freeze()  # what is loaded stays shared between the processes
    serve_requests(control, limits)


def serve_requests(control: socket.socket, limits: SandboxLimits) -> None:
    """Fork a process for each socket that comes over *control*, end those that are overdue, and
    report how each ended.
    """
    wake, waker = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    jobs: dict[int, FileProcess] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), wake], [], [], _until_next(jobs))
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 512)
        if control.fileno() in ready:
            message, handles, _, _ = socket.recv_fds(control, 1, 1)
            if not message:
                break
            stream = socket.socket(fileno=handles[0])
            process = _fork(stream, [control.fileno(), wake, waker], limits)
            jobs[process] = FileProcess(stream, time.monotonic() + limits.seconds)
        _end_overdue(jobs)
        _reap(jobs)
    for process in jobs:
        os.kill(process, signal.SIGKILL)


def _until_next(jobs: dict[int, FileProcess]) -> float | None:
    if not jobs:
        return None
    return max(0.0, min(job.until for job in jobs.values()) - time.monotonic())


def _end_overdue(jobs: dict[int, FileProcess]) -> None:
    now = time.monotonic()
    for process, job in jobs.items():
        if not job.overdue and job.until <= now:
            job.overdue, job.until = True, now + 1
            os.kill(process, signal.SIGKILL)


def _reap(jobs: dict[int, FileProcess]) -> None:
    while jobs:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        job = jobs.pop(process, None)
        if job is None:
            continue
        with job.stream, contextlib.suppress(OSError):
            if said := _said(os.waitstatus_to_exitcode(status), overdue=job.overdue):
                job.stream.sendall(json.dumps(said).encode())


def _said(code: int, *, overdue: bool) -> dict[str, Any] | None:
    """Return the answer for a process that ended with *code* without giving one.

    The result is None if it gave its own answer, or was ended from outside.
    """
    if code == 0:
        return None
    if overdue or code > 0 or -code in _BY_THE_FILE:
        return _TOO_COMPLEX
    return None


def _fork(stream: socket.socket, others: list[int], limits: SandboxLimits) -> int:
    server, process = os.getpid(), os.fork()
    if process:
        return process
    code = 1
    try:
        _end_with(server)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        stream = _alone_with(stream, others)
        limits.apply()
        options, data = wire.receive_question(stream)
        answer = json.dumps(examine.examine_file(data, **options)).encode()
        stream.sendall(answer)
        code = 0
    finally:
        os._exit(
            code
        )  # nothing of the server is run in its child: no exit handlers, no trace of the file on standard error


def _alone_with(stream: socket.socket, others: list[int]) -> socket.socket:
    """Close everything but *stream*, which becomes descriptor 3, so that no further file can be
    opened.
    """
    for handle in others:
        os.close(handle)
    kept = os.dup2(stream.fileno(), 3) if stream.fileno() != 3 else 3
    os.closerange(4, 256)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    stream.detach()
    return socket.socket(fileno=kept)


def _end_with(server: int) -> None:
    """Have this process killed when the server dies. The kernel does it, on Linux only."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


if __name__ == "__main__":
    run_sandbox_server(SandboxLimits(*map(int, sys.argv[1:4])))

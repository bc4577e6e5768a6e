"""The side of the web process, which passes a file to the sandbox, waits for the answer and keeps
the server running.

Each web process starts a server of its own when the first file comes, and a new one if the server
is gone. The number of files examined at once is limited for the whole machine (`slots`).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from certification.sandbox import wire
from certification.sandbox.errors import SandboxBusy, SandboxInterrupted
from certification.sandbox.limits import SandboxLimits
from certification.sandbox.slots import find_slot_folder, take_slot

AT_ONCE = 2
"""Files examined at once on one machine."""
START = 20
"""Seconds that the server may take until it has loaded the readers; beyond, and beyond the limits of a file, an answer is given up."""
_ROOT = Path(__file__).resolve().parents[2]


class Sandbox:
    """The connection to one server. It is thread-safe. After a fork the child starts its own
    server.
    """

    def __init__(self, limits: SandboxLimits | None = None) -> None:
        self.limits = limits or SandboxLimits()
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._of = 0
        self.folder = find_slot_folder(_ROOT)

    @property
    def process(self) -> int | None:
        """Return the process id of the server, or None if none runs."""
        return self._server.pid if self._server and self._server.poll() is None else None

    def examine(self, data: bytes, **options: Any) -> dict[str, Any]:
        """Return what is found in *data* by `sandbox.examine`. It takes at most `START` and the
        limits' seconds.

        Raises `SandboxBusy` at once if no slot is free, and `SandboxInterrupted` if the process was
        ended from outside.
        """
        with take_slot(AT_ONCE, self.folder):
            return self._examine(data, options)

    def _examine(self, data: bytes, options: dict[str, Any]) -> dict[str, Any]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(START + self.limits.seconds)
            try:
                # A process that is ended for its limits may stop reading: its end is the answer.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    wire.send_question(ours, options, data)
                answer = wire.receive_answer(ours)
            except TimeoutError as error:
                raise SandboxInterrupted from error
        if answer is None:
            raise SandboxInterrupted
        return answer

    def _hand_over(self, stream: socket.socket) -> None:
        with self._lock:
            for _turn in range(2):
                control = self._running()
                try:
                    socket.send_fds(control, [b"f"], [stream.fileno()])
                except OSError:
                    self._end()  # it was killed: once more, with a new one
                else:
                    return
        raise SandboxInterrupted

    def _running(self) -> socket.socket:
        if self._of != os.getpid():
            self._server = self._control = None  # they belong to the process that was forked
        if self._control is not None and self._server is not None and self._server.poll() is None:
            return self._control
        self._end()
        return self._start()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(5)
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - our own module and three numbers
                [sys.executable, "-m", "certification.sandbox.server", *self.limits.as_arguments()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "PYTHONPATH": str(_ROOT),
                    "LANG": "C.UTF-8",
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
            )
        self._control, self._of = ours, os.getpid()
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def close(self) -> None:
        """End the server of this process, if there is one."""
        with self._lock:
            if self._of == os.getpid():
                self._end()


sandbox = Sandbox()
"""The sandbox of this process."""
atexit.register(sandbox.close)

__all__ = ["Sandbox", "SandboxBusy", "SandboxInterrupted", "sandbox"]

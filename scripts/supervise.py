"""Runs a few programs as one: prints the address when it answers, ends all when one ends or Ctrl-C
is pressed, leaves nothing behind.

Each program gets a session of its own, so that Ctrl-C reaches only this one, which then asks the
main process of each to end: a signal to a whole group takes a Celery worker's children from under
it, and it waits for them for ever. What has not ended in time is killed, children included.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from types import FrameType

from scripts.terminal import Bar, say

GRACE = 10.0  # seconds to finish a page or a certificate
PATIENCE = 120.0  # seconds until the address must answer
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked us to end."""


def supervise(
    programs: Mapping[str, Sequence[str]],
    *,
    address: str,
    probe: str,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run *programs* until one ends or a signal comes; return the exit code of whoever ended
    first, 0 after a signal.

    *probe* is asked until it answers 200; then *address* is printed.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            running[name] = subprocess.Popen(
                command,
                env=dict(env) if env else None,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        _announce(running, address, probe)
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    say(f"\n{name} ended with {process.returncode}; stopping the rest.")
                    return process.returncode or 1
            time.sleep(0.2)
    except Stopped:
        say("\nStopping …")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(
                number, signal.SIG_IGN
            )  # a second Ctrl-C changes nothing: the end is near
        _end(running)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end_with_parent() -> None:
    """Linux: have the program asked to end should this one be killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _announce(running: Mapping[str, subprocess.Popen[bytes]], address: str, probe: str) -> None:
    began, bar = time.monotonic(), Bar("Starting")
    while time.monotonic() - began < PATIENCE:
        if any(process.poll() is not None for process in running.values()):
            return  # the caller says who
        try:
            with urllib.request.urlopen(probe, timeout=5):  # noqa: S310 - our own loopback address
                break
        except urllib.error.HTTPError:
            time.sleep(
                2
            )  # it answers, but it is ill; its log says why, and need not say it ten times a second
        except (urllib.error.URLError, OSError):
            bar.advance_to((time.monotonic() - began) / 8)
            time.sleep(0.1)
    else:
        say(f"{probe} has not answered for {PATIENCE:.0f} s; its messages are above.")
        return
    bar.done()
    say(f"\n  Craftpath 匠路 is running:  {address}\n  Ctrl-C stops it.\n")


def _end(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE
    for process in running.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
    for process in running.values():
        try:
            os.killpg(process.pid, signal.SIGKILL)  # also the children of one that ended badly
        except ProcessLookupError:
            continue
        process.wait()

"""What a file handed in costs: a genuine one, and pages of the site while hostile ones come in.

First: one genuine file after another, as PDF, credential.json and credential.jwt, against the way
of the build of 23 November 2026: a process for the PDF, started for it, in which pyHanko opens it
and computes its signature; the embedded proof put into canonical RDF; the proof of the register
computed. In turn, since a shared machine changes its speed within minutes; medians, ratios.

Second: the embedded form as it is started for real (gunicorn, two processes of four threads). A
plain page is asked for again and again, alone and while 24 clients hand in a file at once that is
made to exhaust its reader. Clients have addresses of their own, so that the limit of one address
doesn't help, and live in a process of their own.

Run: python -m tests.benchmarks.file_check [ROUNDS]
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import django
from rich.console import Console
from rich.table import Table

ROUNDS, HOSTILE, MEGABYTES = 15, 24, 4
ROOT = Path(__file__).resolve().parents[2]
PLAIN = "/verify/"
BOUNDARY = "a-boundary-of-the-benchmark"


class Row(NamedTuple):
    """One kind of genuine file: milliseconds as in November and now, how many times as fast,
    database queries now.
    """

    kind: str
    before_ms: float
    now_ms: float
    ratio: float
    queries: int


class Load(NamedTuple):
    """The plain page alone and under load in milliseconds, and what became of the uploads: status
    to number, seconds of the first 503.
    """

    alone_ms: float
    loaded_ms: float
    worst_ms: float
    answers: dict[int, int]
    refused_within: float


# --- genuine files -----------------------------------------------------------------------------------------------------


def judge_as_in_november(data: bytes) -> bool:
    """Say whether *data* is genuine in the way of a3352ca: everything is computed, and a process
    started for each PDF.
    """
    from certification.credentials import jose, proof
    from certification.models import Credential
    from certification.queries import keys
    from certification.workflows import file_check

    def kept(address: str) -> Credential:
        return Credential.objects.select_related("certificate__replaced_by").get(
            address_id=address.rpartition("/")[2]
        )

    if not data.startswith((b"%PDF-", b"{")):
        claims = jose.verify_credential_jwt(data.decode("ascii"), key_of=keys.key_of_method())
        row = kept(claims["jti"])
        return row.jwt.encode() == data and file_check._entered(row) == "ok"
    files = {"credential.json": data}
    if data.startswith(b"%PDF-"):
        trusted = [hashlib.sha256(one).hexdigest() for one in keys.document_signers()]
        program = (
            "import json, sys; from certification.sandbox import pdf\n"
            "print(json.dumps(pdf.examine_pdf(sys.stdin.buffer.read(), sys.argv[1:])))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, *trusted],
            input=data,
            capture_output=True,
            check=True,
            cwd=ROOT,
        )
        found = json.loads(done.stdout)
        if found["cause"]:
            return False
        from base64 import b64decode

        files = {name: b64decode(content) for name, content in found["files"].items()}
    document = json.loads(files["credential.json"])
    row = kept(document["id"])
    proof.verify_credential_proof(document, key_of=keys.key_of_method())
    if "register.tlog-proof" in files:
        return file_check._proven(row, files["register.tlog-proof"])
    return file_check._entered(row) == "ok"


def judge_now(data: bytes) -> bool:
    """Say whether *data* is genuine in the way of today."""
    from certification.workflows import file_check

    return file_check.verify_uploaded_file(data).checklist.cause == "genuine"


def genuine(rounds: int = ROUNDS) -> list[Row]:
    """Measure on an open test database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from access import SYSTEM
    from certification.models import Credential
    from certification.workflows import issue
    from tests.factories.certification import make_order

    certificate = issue.issue_certificate(actor=SYSTEM, order=make_order())
    credential = Credential.objects.get(certificate=certificate)
    with certificate.pdf.open("rb") as stored:
        files = {
            "PDF": stored.read(),
            "credential.json": credential.data.encode(),
            "credential.jwt": credential.jwt.encode(),
        }
    rows = []
    for kind, data in files.items():
        spent: dict[Callable[[bytes], bool], list[float]] = {
            judge_as_in_november: [],
            judge_now: [],
        }
        for _turn in range(rounds):
            for way, times in spent.items():
                began = time.perf_counter()
                if not way(data):
                    msg = f"{kind}: a genuine file wasn't found genuine"
                    raise RuntimeError(msg)
                times.append((time.perf_counter() - began) * 1000)
        before, now = (statistics.median(times) for times in spent.values())
        with CaptureQueriesContext(connection) as seen:
            judge_now(data)
        rows.append(Row(kind, before, now, before / now, len(seen)))
    return rows


# --- hostile files -----------------------------------------------------------------------------------------------------


def hostile_file(megabytes: int = MEGABYTES) -> bytes:
    """Return a PDF that keeps its reader busy up to its limits: a cross-reference table of forty
    million rows, and ballast.
    """
    body = zlib.compress(bytes(5 * 40_000_000), 9)
    head = (
        b"1 0 obj\n<</Type/XRef/W[1 3 1]/Size 40000000/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(body)
    )
    ballast = b"%" + os.urandom((megabytes << 20) - len(body)).replace(b"\n", b" ").replace(
        b"\r", b" "
    )
    return (
        b"%PDF-1.7\n"
        + head
        + body
        + b"\nendstream\nendobj\n"
        + ballast
        + b"\nstartxref\n9\n%%EOF\n"
    )


def upload(port: int, number: int, data: bytes) -> tuple[int, float]:
    """Hand *data* in from an address of its own; return the status and the seconds it took."""
    address = (f"127.0.0.{number + 2}", 0)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120, source_address=address)
    connection.request("GET", "/verify/file/")
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    token = found[1] if found else ""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    body = part.format("csrfmiddlewaretoken", "").encode() + token.encode() + b"\r\n"
    body += (
        part.format("file", '; filename="a.pdf"').encode()
        + data
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    headers = {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    GATE.wait()
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120, source_address=address)
    try:
        connection.request("POST", "/verify/file/", body, headers)
        status = connection.getresponse().status
    except OSError:
        status = 0
    return status, time.perf_counter() - began


GATE = threading.Barrier(HOSTILE)


def attack(port: int) -> None:
    """Be the 24 clients; print what became of each. Run in a process of its own."""
    data, found = hostile_file(), []
    threads = [
        threading.Thread(target=lambda n=n: found.append(upload(port, n, data)))
        for n in range(HOSTILE)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    sys.stdout.write(json.dumps(found))


def plain_page(port: int) -> float:
    """Return how many milliseconds the plain page takes, on a connection of its own."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", PLAIN)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        msg = f"{PLAIN} answered {answer.status}"
        raise RuntimeError(msg)
    return (time.perf_counter() - began) * 1000


def under_attack(port: int) -> Load:
    """Measure against a site that runs at *port*."""
    for _turn in range(20):
        plain_page(port)
    alone = [plain_page(port) for _turn in range(150)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.file_check", "--attack", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env=dict(os.environ),
    )
    loaded: list[float] = []
    while process.poll() is None:
        loaded.append(plain_page(port))
    found = json.loads(process.communicate()[0])
    refused = [seconds for status, seconds in found if status == 503]
    answers: dict[int, int] = {}
    for status, _seconds in found:
        answers[status] = answers.get(status, 0) + 1
    return Load(
        statistics.median(alone),
        statistics.median(loaded),
        max(loaded),
        answers,
        max(refused, default=0.0),
    )


def served(measure: Callable[[int], Load]) -> Load:
    """Run the embedded form on a copy of the tests' database, and *measure* it."""
    from scripts.processes import embedded
    from tests.browser.running_site import environment, free_port, manage
    from tests.support import database

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        shutil.copyfile(database._template(), var / "craftpath.sqlite3")
        env = environment(var, port, CRAFTPATH_DEMO="0")
        for command in (("createcachetable",), ("collectstatic", "--noinput", "--verbosity", "0")):
            manage(env, *command)
        process = subprocess.Popen(
            embedded(port)["web"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_it_answers(port)
            return measure(port)
        finally:
            process.terminate()
            process.wait(30)


def _until_it_answers(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            plain_page(port)
        except (OSError, RuntimeError):
            time.sleep(0.3)
        else:
            return
    raise RuntimeError("the site doesn't answer")


def main() -> None:
    """Print both tables."""
    if "--attack" in sys.argv:
        attack(int(sys.argv[2]))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    import logging

    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.support import database

    logging.disable(logging.WARNING)
    setup_test_environment()
    database.prepare()
    try:
        rows = genuine(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else ROUNDS)
        load: Any = served(under_attack) if connection.vendor == "sqlite" else None
    finally:
        database.discard()
    table = Table(title=f"A genuine file on {connection.vendor}; medians")
    for heading in ("file", "ms as of November", "ms", "times as fast", "queries"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for row in rows:
        table.add_row(
            row.kind,
            f"{row.before_ms:.1f}",
            f"{row.now_ms:.2f}",
            f"{row.ratio:.1f}",
            str(row.queries),
        )
    Console().print(table)
    if load is None:
        return
    table = Table(
        title=f"{PLAIN} while {HOSTILE} hostile files of {MEGABYTES} MB are handed in at once"
    )
    for heading in (
        "ms alone",
        "ms meanwhile",
        "ratio",
        "worst ms",
        "answers (status: number)",
        "slowest 503, s",
    ):
        table.add_column(heading, justify="right")
    answers = ", ".join(f"{status}: {number}" for status, number in sorted(load.answers.items()))
    ratio = f"{load.loaded_ms / load.alone_ms:.2f}"
    table.add_row(
        f"{load.alone_ms:.1f}",
        f"{load.loaded_ms:.1f}",
        ratio,
        f"{load.worst_ms:.0f}",
        answers,
        f"{load.refused_within:.2f}",
    )
    Console().print(table)


if __name__ == "__main__":
    main()

"""Look-ups by code: answered with one query, logged without one, never lost and never doubled."""

from __future__ import annotations

import fcntl
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from certification import tasks
from certification.enums import VerificationAnswer, VerificationWay
from certification.models import Certificate, LookUp
from certification.workflows import look_up_log, look_up_retention, verification
from jobs import sweeper
from tests.browser.running_site import free_port
from tests.factories.certification import CertificateFactory, CredentialFactory

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def look_up(row: Certificate) -> LookUp:
    return verification.look_up_by_code(code=row.code, address="203.0.113.7")[0]


def test_answer_by_code_takes_one_query_whatever_it_shows(
    client, django_assert_num_queries
) -> None:
    row = CertificateFactory()
    CredentialFactory(certificate=row, leaf_index=7)
    client.get(f"/v/{row.code}/")
    with django_assert_num_queries(1):
        page = client.get(f"/v/{row.code}/")
    assert "第 7 行" in page.content.decode()


def test_line_becomes_the_row_that_was_answered() -> None:
    row = CertificateFactory()
    made = look_up(row)
    assert LookUp.objects.count() == 0
    assert look_up_log.drain_look_up_journal() == 1
    kept = LookUp.objects.get()
    for name in (
        "public_id",
        "at",
        "way",
        "answer",
        "certificate_id",
        "writing",
        "reference",
        "address_hash",
    ):
        assert getattr(kept, name) == getattr(made, name)
    assert len(kept.address_hash) == 32


def test_line_holds_nothing_that_was_typed_and_no_address() -> None:
    row = CertificateFactory()
    look_up(row)
    verification.look_up_by_code(code="SECRETOFSOMEBODY", address="203.0.113.7")
    text = b"".join(
        path.read_bytes() for path in look_up_log.open_look_up_journal().seal()
    ).decode()
    assert len(text.splitlines()) == 2
    for secret in ("203.0.113.7", "SECRETOF", row.number, row.code, row.holder_name):
        assert secret not in text


def test_lines_read_again_after_a_drainer_died_are_inserted_once(tmp_path: Path) -> None:
    row = CertificateFactory()
    for _turn in range(3):
        look_up(row)
    [segment] = look_up_log.open_look_up_journal().seal()
    kept = shutil.copy(segment, tmp_path / segment.name)
    look_up_log.drain_look_up_journal()
    shutil.copy(kept, segment)  # it died after the rows were committed and before the segment went
    look_up(row)
    look_up_log.drain_look_up_journal()
    assert LookUp.objects.count() == 4


def test_disk_that_takes_no_line_still_keeps_the_look_up(settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.LOOK_UP_JOURNAL = tmp_path / "file" / "journal"
    made = look_up(CertificateFactory())
    assert LookUp.objects.get().public_id == made.public_id


def test_damaged_line_stops_no_other(caplog) -> None:
    row = CertificateFactory()
    look_up(row)
    look_up_log.open_look_up_journal().append("of another version")
    look_up(row)
    look_up_log.drain_look_up_journal()
    assert LookUp.objects.count() == 2


def test_certificate_that_is_gone_leaves_its_look_ups() -> None:
    row = CertificateFactory()
    look_up(row)
    Certificate.objects.filter(pk=row.pk).delete()
    look_up_log.drain_look_up_journal()
    assert list(LookUp.objects.values_list("way", "answer", "certificate")) == [
        (VerificationWay.CODE, VerificationAnswer.VALID, None)
    ]


def test_report_of_a_fresh_look_up_is_there_at_once(client) -> None:
    row = CertificateFactory()
    page = client.get(f"/v/{row.code}/").content.decode()
    address = re.search(r'href="(/verify/result/[^"]+report\.pdf)"', page).group(1)
    assert LookUp.objects.count() == 0
    answer = client.get(address)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_look_up_that_another_machine_still_writes_is_told_from_one_that_is_gone(client) -> None:
    now = timezone.now()
    pages = [
        client.get(reverse("certification:verify_result", args=[look_up_log.new_look_up_id(at)]))
        for at in (now, now - timedelta(hours=2))
    ]
    assert [page.status_code for page in pages] == [503, 410]
    assert pages[0]["Retry-After"]


def test_worker_drains_what_its_web_process_left(monkeypatch) -> None:
    """The sweeper asks and rings; a segment younger than ten seconds is the web process's own."""
    look_up(CertificateFactory())
    chore = sweeper._chores["certification.drain_look_ups"]
    assert not chore.is_due()
    monkeypatch.setattr(look_up_log, "TAKEN_OVER_AFTER_SECONDS", 0.0)
    assert chore.is_due()
    assert tasks.drain_look_ups() == 1
    assert LookUp.objects.count() == 1


def test_look_ups_that_were_kept_long_enough_go(settings) -> None:
    settings.LOOK_UP_DAYS = 183
    row, now = CertificateFactory(), timezone.now()
    ages = {
        way: LookUp.objects.create(
            way=way, answer="valid", certificate=row, at=now - timedelta(days=184)
        )
        for way in VerificationWay.values
    }
    kept = LookUp.objects.create(
        way="code", answer="valid", certificate=row, at=now - timedelta(days=182)
    )
    chore = sweeper._chores["certification.purge_look_ups"]
    assert chore.is_due()
    assert tasks.purge_look_ups() == len(ages)
    assert list(LookUp.objects.all()) == [kept]
    assert not chore.is_due()


def test_look_ups_stay_for_good_where_the_operator_says_so(settings) -> None:
    settings.LOOK_UP_DAYS = 0
    LookUp.objects.create(way="code", answer="valid", at=timezone.now() - timedelta(days=4000))
    assert not look_up_retention.is_look_up_purge_due()
    assert look_up_retention.delete_expired_look_ups() == 0


def test_purge_of_many_goes_on_to_the_end(settings, monkeypatch) -> None:
    monkeypatch.setattr(look_up_retention, "CHUNK", 3)
    old = timezone.now() - timedelta(days=settings.LOOK_UP_DAYS + 1)
    LookUp.objects.bulk_create(
        [LookUp(way="code", answer="no_match", at=old) for _turn in range(8)]
    )
    assert look_up_retention.delete_expired_look_ups() == 8


class Site:
    """gunicorn with one process and four threads on this test's database."""

    def __init__(self, drain_seconds: float) -> None:
        self.port, connection_name = free_port(), str(connection.settings_dict["NAME"])
        environment = {
            **os.environ,
            "TEST_DATABASE": connection_name,
            "TEST_DRAIN_SECONDS": str(drain_seconds),
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        }
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "tests.certification.workflows.serving",
            "--threads",
            "4",
            "--no-control-socket",
        ]
        self.process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
        )

    def get(self, path: str) -> str:
        """Return the page; the answer has been read to its end."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            wire.request("GET", path)
            answer = wire.getresponse()
            body = answer.read().decode()
            assert answer.status == 200
            return body
        finally:
            wire.close()

    def kill(self) -> None:
        """End all its processes as the kernel does when memory is short."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        # The parent is gone. A worker that was draining holds the lock until the kernel has ended it.
        with (look_up_log.open_look_up_journal().folder / "drain.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)


@contextmanager
def serving(drain_seconds: float) -> Iterator[Site]:
    """Run the site until it is killed."""
    connection.close()
    site = Site(drain_seconds)
    try:
        ends = time.monotonic() + 120
        while True:
            try:
                site.get("/health/live")
                break
            except (OSError, http.client.HTTPException):
                if time.monotonic() > ends or site.process.poll() is not None:
                    raise
                time.sleep(0.2)  # a process that starts, not a test that hopes
        yield site
    finally:
        if site.process.poll() is None:
            site.kill()


def reference_on(page: str) -> str:
    return re.search(r"V-[0-9A-Z]{4}-[0-9A-Z]{4}", page).group()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("drain_seconds", "there_before"), [(0.0, lambda n: n == 0), (0.05, lambda n: n >= 0)]
)
def test_look_ups_answered_before_a_sigkill_are_rows_exactly_once(
    drain_seconds: float, there_before: Callable[[int], bool]
) -> None:
    """Killed right after an answer: without a drainer (no row may be there yet), and with one in
    the midst of its work.
    """
    rows = CertificateFactory.create_batch(3)
    told = []
    for _life in range(2):
        with serving(drain_seconds) as site:
            told += [reference_on(site.get(f"/v/{rows[turn % 3].code}/")) for turn in range(25)]
            site.kill()
    assert there_before(LookUp.objects.count())
    look_up_log.drain_look_up_journal()
    look_up_log.drain_look_up_journal()
    assert sorted(LookUp.objects.values_list("reference", flat=True)) == sorted(told)
    assert not look_up_log.open_look_up_journal().has_lines()
    assert settings.LOOK_UP_JOURNAL.exists()

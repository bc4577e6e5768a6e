"""Old rows leave as sealed files, by one path; the chain goes on; nothing else can take them away."""

import gzip
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

import audit
from audit import archiving, rules
from audit.checking import Checker, check_audit_chain
from audit.models import Archive, Event, Link
from audit.workflows import digest_fields, seal_all, seal_events
from core.errors import DomainError
from tests.audit.tampering import tamper
from tests.factories.ground import EmployerFactory


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path, monkeypatch):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"
    store = FileSystemStorage(location=tmp_path / "private")
    monkeypatch.setattr("audit.archiving.storages", {"private": store})
    monkeypatch.setattr("audit.checking.storages", {"private": store})
    return store


@pytest.fixture
def old_rows(db):
    """Six rows of four years ago, sealed."""
    thing = EmployerFactory()
    for n in range(6):
        event = Event(
            at=timezone.now() - timedelta(days=1500 - n),
            kind="org.employer_created",
            actor_label="system",
            target_type="org.Employer",
            target_id=str(thing.pk),
            after={"n": n, "名": "张𠮷"},
        )
        event.digest = rules.event_digest(digest_fields(event))
        event.save()
    seal_events()
    return thing


@pytest.fixture
def record(old_rows):
    """Those, and four of now."""
    for n in range(4):
        audit.record("org.employer_created", actor=Checker(), target=old_rows, after={"n": n})
    seal_events()
    return list(Event.objects.order_by("pk"))


def path_of(store: FileSystemStorage, row: Archive) -> Path:
    return Path(store.path(row.name))


def test_old_rows_move_into_a_file_that_proves_itself_and_the_chain_goes_on(record, own_places):
    assert archiving.count_archivable_events() == 6
    row = archiving.archive_oldest_events(actor=Checker())
    assert (row.events, list(Event.objects.order_by("pk").values_list("pk", flat=True))[:4]) == (
        6,
        [event.pk for event in record[6:]],
    )
    assert Event.objects.order_by("-pk").first().kind == "audit.archived"
    with path_of(own_places, row).open("rb") as source:
        proof = archiving.verify_archive_file(source)
    assert (proof.events, proof.end_value, proof.fault) == (6, row.end_value, None)
    seal_events()
    result = check_audit_chain()
    assert (result.fault, result.events) == ("", 5)
    call_command("check_audit", archive=path_of(own_places, row))
    assert archiving.archive_oldest_events(actor=Checker()) is None


def test_archiving_goes_file_by_file(record):
    rows = [
        archiving.archive_oldest_events(actor=Checker(), limit=4),
        archiving.archive_oldest_events(actor=Checker(), limit=4),
    ]
    assert [row.events for row in rows] == [4, 2]
    assert rows[1].start_value == rows[0].end_value
    seal_events()
    assert check_audit_chain().fault == ""


def test_chain_goes_on_when_everything_was_archived(old_rows):
    archiving.archive_oldest_events(actor=Checker())
    assert seal_all() == 1
    assert check_audit_chain().fault == ""


def test_rows_younger_than_six_months_stay_whatever_the_setting_says(record):
    with pytest.raises(DatabaseError, match="does not match the chain"), transaction.atomic():
        archiving.archive_oldest_events(actor=Checker(), now=timezone.now() + timedelta(days=1500))
    assert Event.objects.count() == 10


def test_old_rows_can_not_be_deleted_without_an_archive(record):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [record[0].pk])
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_link WHERE event_id = %s", [record[0].pk])


def archive_row(last, count, value):
    return Archive(
        first_link=1,
        last_link=last.pk,
        events=count,
        start_value=rules.GENESIS,
        end_value=value,
        oldest_at=timezone.now(),
        newest_at=timezone.now(),
        name="x",
        sha256="x",
    )


@pytest.mark.parametrize(
    ("last", "count", "value"), [(9, 10, None), (5, 5, None), (5, 6, "f" * 64), (5, 0, None)]
)
def test_archive_row_that_covers_young_rows_or_lies_is_refused_by_the_database(
    record, last, count, value
):
    link = Link.objects.order_by("pk")[last]
    with pytest.raises(DatabaseError, match="does not match the chain"), transaction.atomic():
        archive_row(link, count, value or link.value).save()


def test_faulty_chain_is_not_archived(record):
    tamper(f"UPDATE audit_event SET reason = '改' WHERE id = {record[2].pk}")
    with pytest.raises(DomainError), transaction.atomic():
        archiving.archive_oldest_events(actor=Checker())
    assert (Event.objects.count(), Archive.objects.count()) == (10, 0)
    with pytest.raises(CommandError, match="not in order"):
        call_command("archive_audit")


def test_changed_or_missing_archive_is_found(record, own_places):
    row = archiving.archive_oldest_events(actor=Checker())
    path = path_of(own_places, row)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(CommandError, match="archive_changed"):
        call_command("check_audit", archive=path)
    path.write_bytes(gzip.compress(gzip.decompress(whole).replace(b'"n": 3', b'"n": 4')))
    assert archiving.compare_archive_file(path).kind == rules.ROW_CHANGED
    path.unlink()
    seal_events()
    result = check_audit_chain()
    assert (result.fault, result.fault_name) == (rules.ARCHIVE_MISSING, row.name)


def test_command_says_how_much_is_due(record, capsys):
    call_command("archive_audit", dry_run=True)
    assert capsys.readouterr().out.startswith("6 audit events")
    call_command("archive_audit")
    assert "1 files written" in capsys.readouterr().out


def test_fewer_than_six_months_are_refused():
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.base"],
        env={**os.environ, "CRAFTPATH_AUDIT_MONTHS": "5", "PYTHONPATH": "site"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "six months" in done.stderr

"""Files drawn with the old fault: found by their content, made anew under the same number once two
people agree.
"""

from __future__ import annotations

import hashlib
import io
from functools import cache

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import access
from access.workflows import assign_role
from audit.models import Event
from certification.enums import BulkState, CertificateState, FileState, VerificationAnswer
from certification.errors import SecondOfficerNeeded
from certification.models import (
    BulkChange,
    BulkLine,
    Certificate,
    Credential,
    FormerFile,
    RegisterEntry,
    StatusChange,
)
from certification.queries.files import count_certificate_files
from certification.queries.known_files import find_by_file
from certification.queries.verification import verify_by_number_and_name
from certification.rendering.pdf import Renderer
from certification.rendering.torn_text import find_malformed_numbers
from certification.rules.checklist import FileCause
from certification.rules.drawing import RENDERER_VERSION
from certification.workflows import bulk, issue, printing, reissue, status_changes
from certification.workflows.file_check import verify_uploaded_file
from core.errors import NotFound
from jobs import runner
from jobs.models import JobItem
from notify.models import Message
from tests.certification.rendering.test_torn_text import put_the_fault_back
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
NOTE = "部分阅读器显示错位，按通知重制。"


@cache
def _other_renderer() -> Renderer:
    """Return a renderer that is only used with the fault put back: what it keeps is torn as well."""
    return Renderer()


@pytest.fixture
def org():
    return OrgUnitFactory()


@pytest.fixture
def officer(org):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_officer", scope=org)
    return user


@pytest.fixture
def reviewer(org):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="union_reviewer", scope=org)
    return user


@pytest.fixture
def drawn_torn(monkeypatch):
    """Return what issues certificates as they were drawn before renderer version 1."""

    def make(org, count: int = 1) -> list[Certificate]:
        with monkeypatch.context() as patch:
            put_the_fault_back(patch)
            old = _other_renderer()  # the process's own keeps layers that are drawn already
            patch.setattr(issue, "get_renderer", lambda: old)
            patch.setattr(printing, "get_renderer", lambda: old)
            printing._press.cache_clear()
            rows = [
                issue.issue_certificate(
                    actor=access.SYSTEM, order=make_order(person=WorkerFactory(), org=org)
                )
                for _each in range(count)
            ]
            printing._press.cache_clear()
        Certificate.objects.filter(pk__in=[row.pk for row in rows]).update(renderer_version=0)
        return list(Certificate.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))

    return make


def stored(name: str) -> bytes:
    with storages["private"].open(name) as file:
        return file.read()


def ask_and_confirm(officer, reviewer, rows) -> BulkChange:
    reissue.inspect_certificate_files([row.pk for row in rows])
    change = bulk.start_bulk_change(
        actor=officer, act="reissue", numbers=[row.number for row in rows], note=NOTE
    )
    bulk.confirm_bulk_change(actor=reviewer, change=change)
    return change


def test_fault_is_found_in_the_file_and_a_sound_file_of_the_same_age_is_left_alone(
    org, officer, drawn_torn
):
    (torn,) = drawn_torn(org)
    sound = issue.issue_certificate(actor=access.SYSTEM, order=make_order(org=org))
    assert sound.renderer_version == RENDERER_VERSION
    Certificate.objects.filter(pk=sound.pk).update(renderer_version=0)
    lost = CertificateFactory(org=org, pdf="certificates/2026/nothing-there.pdf", sha256="1" * 64)
    assert reissue.inspect_certificate_files([torn.pk, sound.pk, lost.pk]) == {
        "torn": 1,
        "sound": 1,
        "missing": 1,
    }
    counts = count_certificate_files(officer)
    assert (counts.unknown, counts.torn, counts.missing, counts.sound, counts.faulty) == (
        0,
        1,
        1,
        1,
        2,
    )


def test_new_file_says_the_same_under_the_same_number_and_the_old_one_stays_genuine(
    org, officer, reviewer, drawn_torn
):
    (row,) = drawn_torn(org)
    before = Certificate.objects.values().get(pk=row.pk)
    old = stored(before["pdf"])
    assert find_malformed_numbers(old) != []
    credential, entries = Credential.objects.values().get(), RegisterEntry.objects.count()
    changes = StatusChange.objects.count()
    change = ask_and_confirm(officer, reviewer, [row])
    runner.run_waiting_items()
    row.refresh_from_db()
    new = stored(row.pdf.name)
    assert (find_malformed_numbers(new), hashlib.sha256(new).hexdigest()) == ([], row.sha256)
    assert row.sha256 != before["sha256"]
    moved = {
        "pdf",
        "sha256",
        "unsigned_sha256",
        "renderer_version",
        "file_state",
        "printed_by",
        "updated_at",
        "signature_level",
    }
    after = Certificate.objects.values().get(pk=row.pk)
    assert {name: value for name, value in after.items() if name not in moved} == {
        name: value for name, value in before.items() if name not in moved
    }
    now = (
        Credential.objects.values().get(),
        RegisterEntry.objects.count(),
        StatusChange.objects.count(),
    )
    assert now == (credential, entries, changes)
    found = verify_by_number_and_name(row.number, row.holder_name, today=timezone.localdate())
    assert (found.verdict.answer, found.certificate) == (VerificationAnswer.VALID, row)
    for file in (old, new):
        judged = verify_uploaded_file(file)
        assert (judged.checklist.cause, judged.found.certificate) == (FileCause.GENUINE, row)
    kept = FormerFile.objects.get()
    assert (kept.certificate, kept.sha256, kept.fault, kept.renderer_version, stored(kept.pdf.name)) == (
        row, before["sha256"], FileState.TORN, 0, old,
    )  # fmt: skip
    assert find_by_file(before["sha256"]).certificate == kept.certificate
    change.refresh_from_db()
    assert change.state == BulkState.DONE
    deed = Event.objects.get(kind="certification.file_reissued")
    assert (deed.before["sha256"], deed.after["sha256"], deed.actor_id) == (
        before["sha256"],
        row.sha256,
        reviewer.pk,
    )
    message = Message.objects.get(kind="certification.file_reissued")
    assert message.recipient == row.person.user


def test_fingerprint_of_the_old_file_stands_among_the_technical_details_of_the_answer(
    org, officer, reviewer, drawn_torn, client
):
    (row,) = drawn_torn(org)
    ask_and_confirm(officer, reviewer, [row])
    runner.run_waiting_items()
    said, _, technical = client.get(f"/v/{row.code}/").content.decode().partition("data-technical")
    old = FormerFile.objects.get().sha256
    assert old not in said
    assert old in technical


def test_done_twice_or_by_two_workers_makes_one_file(org, officer, reviewer, drawn_torn):
    rows = drawn_torn(org, 2)
    change = ask_and_confirm(officer, reviewer, rows)
    lines = list(change.lines.values_list("pk", flat=True))
    reissue.reissue_certificate_files(lines)
    once = list(Certificate.objects.order_by("pk").values_list("pdf", "sha256"))
    assert reissue.reissue_certificate_files(lines) == {line: {} for line in lines}
    runner.run_waiting_items()
    assert list(Certificate.objects.order_by("pk").values_list("pdf", "sha256")) == once
    assert (
        FormerFile.objects.count(),
        Message.objects.filter(kind="certification.file_reissued").count(),
    ) == (2, 2)


def test_worker_that_ends_between_file_and_row_leaves_one_file_and_the_next_one_goes_on(
    org, officer, reviewer, drawn_torn, monkeypatch
):
    (row,) = drawn_torn(org)
    change = ask_and_confirm(officer, reviewer, [row])
    line = change.lines.get()
    with monkeypatch.context() as patch:
        patch.setattr(
            reissue, "_exchange", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt())
        )
        with pytest.raises(KeyboardInterrupt):
            reissue.reissue_certificate_files([line.pk])
    row.refresh_from_db()
    assert find_malformed_numbers(stored(row.pdf.name)) != []
    reissue.reissue_certificate_files([line.pk])
    row.refresh_from_db()
    folder = row.pdf.name.rpartition("/")[0]
    mine = [
        name
        for name in storages["private"].listdir(folder)[1]
        if name.startswith(str(row.public_id))
    ]
    assert sorted(mine) == sorted(
        one.rpartition("/")[2] for one in (row.pdf.name, FormerFile.objects.get().pdf.name)
    )


def test_nobody_asks_and_confirms_and_only_faulty_files_are_made_anew(
    org, officer, reviewer, drawn_torn
):
    torn, replaced = drawn_torn(org, 2)
    sound = issue.issue_certificate(actor=access.SYSTEM, order=make_order(org=org))
    reissue.inspect_certificate_files([torn.pk, replaced.pk])
    status_changes.replace_certificate(
        actor=access.SYSTEM, certificate=replaced, reason="corrected"
    )
    numbers = [torn.number, replaced.number, sound.number]
    change = bulk.start_bulk_change(actor=officer, act="reissue", numbers=numbers, note=NOTE)
    assert (change.state, list(change.lines.values_list("certificate", flat=True))) == (
        BulkState.WAITING,
        [torn.pk],
    )
    with pytest.raises(NotFound):
        bulk.confirm_bulk_change(actor=UserFactory(), change=change)
    with pytest.raises(SecondOfficerNeeded):
        bulk.confirm_bulk_change(actor=officer, change=change)
    runner.run_waiting_items()
    assert FormerFile.objects.count() == 0
    bulk.refuse_bulk_change(actor=reviewer, change=change)
    runner.run_waiting_items()
    assert (FormerFile.objects.count(), Certificate.objects.get(pk=torn.pk).file_state) == (
        0,
        FileState.TORN,
    )


def test_certificate_that_left_its_state_meanwhile_says_why_and_the_others_go_on(
    org, officer, reviewer, drawn_torn
):
    first, second = drawn_torn(org, 2)
    change = ask_and_confirm(officer, reviewer, [first, second])
    status_changes.replace_certificate(actor=access.SYSTEM, certificate=first, reason="corrected")
    runner.run_waiting_items()
    lines = {line.certificate_id: line for line in BulkLine.objects.filter(change=change)}
    assert (lines[first.pk].done_at, lines[first.pk].problem) == (None, "当前状态下不能这样变更。")
    assert lines[second.pk].done_at is not None
    assert JobItem.objects.get(key=str(lines[first.pk].pk)).state == "failed"


def test_file_that_would_be_torn_again_is_not_handed_out(
    org, officer, reviewer, drawn_torn, monkeypatch
):
    (row,) = drawn_torn(org)
    change = ask_and_confirm(officer, reviewer, [row])
    with monkeypatch.context() as patch:
        put_the_fault_back(patch)
        old = _other_renderer()
        patch.setattr(printing, "get_renderer", lambda: old)
        printing._press.cache_clear()
        runner.run_waiting_items()
        printing._press.cache_clear()
    assert (FormerFile.objects.count(), change.lines.get().done_at) == (0, None)


def test_command_lists_asks_and_confirms_and_reads_no_file_twice(
    org, officer, reviewer, drawn_torn, monkeypatch
):
    (row,) = drawn_torn(org)
    out, err = io.StringIO(), io.StringIO()
    call_command("reissue_files", stdout=out, stderr=err)
    assert out.getvalue() == f"{row.number}\t{row.issuer_name}\t{row.issued_on:%Y-%m-%d}\ttorn\n"
    assert "1 files are at fault; 1 were looked at now" in err.getvalue()
    with monkeypatch.context() as patch:
        patch.setattr(reissue, "find_malformed_numbers", lambda _pdf: pytest.fail("read again"))
        call_command("reissue_files", stdout=io.StringIO(), stderr=err)
    with pytest.raises(CommandError):
        call_command("reissue_files", "--plan", "--note", NOTE, stderr=err)
    out = io.StringIO()
    call_command(
        "reissue_files", "--plan", "--as", officer.username, "--note", NOTE, stdout=out, stderr=err
    )
    change = BulkChange.objects.get()
    assert out.getvalue().strip() == str(change.public_id)
    with pytest.raises(CommandError):  # asked for already
        call_command(
            "reissue_files", "--plan", "--as", officer.username, "--note", NOTE, stderr=err
        )
    with pytest.raises(CommandError):  # not by who asked
        call_command(
            "reissue_files",
            "--confirm",
            str(change.public_id),
            "--as",
            officer.username,
            stderr=err,
        )
    with pytest.raises(CommandError):
        call_command("reissue_files", "--confirm", "no-such", "--as", reviewer.username, stderr=err)
    call_command(
        "reissue_files", "--confirm", str(change.public_id), "--as", reviewer.username, stderr=err
    )
    runner.run_waiting_items()
    err = io.StringIO()
    call_command("reissue_files", stdout=io.StringIO(), stderr=err)
    assert f"change {change.public_id}: done, 1 of 1 made anew, 0 stopped" in err.getvalue()


def test_officer_has_the_files_looked_at_asks_and_a_second_person_confirms(
    client, org, officer, reviewer, drawn_torn
):
    (row,) = drawn_torn(org)
    client.force_login(officer)
    assert (
        reverse("certification:files")
        in client.get(reverse("certification:register")).content.decode()
    )
    page = client.get(reverse("certification:files"))
    assert page.context["counts"].unknown == 1
    client.post(reverse("certification:look_at_files"))
    assert "<progress" in client.get(reverse("certification:files")).content.decode()
    runner.run_waiting_items()
    page = client.get(reverse("certification:files"))
    assert (page.context["counts"].torn, row.number in page.content.decode()) == (1, True)
    assert client.post(reverse("certification:ask_for_files"), {"note": " "}).status_code == 422
    asked = client.post(reverse("certification:ask_for_files"), {"note": NOTE})
    change = BulkChange.objects.get()
    assert asked.url == reverse("certification:bulk_change", args=[change.public_id])
    assert client.post(reverse("certification:ask_for_files"), {"note": NOTE}).status_code == 409
    assert Message.objects.get(kind="certification.reissue_waits").recipient == reviewer
    client.force_login(reviewer)
    shown = client.get(asked.url).content.decode()
    assert "全部重制" in shown
    assert "撤销" not in shown
    client.post(reverse("certification:decide_bulk", args=[change.public_id, "confirm"]))
    runner.run_waiting_items()
    client.force_login(officer)
    assert (
        FormerFile.objects.get().sha256
        in client.get(
            reverse("certification:office_certificate", args=[row.public_id])
        ).content.decode()
    )
    assert client.get(reverse("certification:files")).context["counts"].faulty == 0
    client.force_login(UserFactory())
    assert client.get(reverse("certification:files")).status_code == 403


def test_screen_asks_as_often_for_thirty_files_as_for_one(client, org, officer):
    client.force_login(officer)
    address = reverse("certification:files")
    CertificateFactory(org=org, file_state=FileState.TORN)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _each in range(29):
        CertificateFactory(org=org, file_state=FileState.TORN)
    with CaptureQueriesContext(connection) as thirty:
        assert len(client.get(address).context["page_obj"]) == 30
    assert len(thirty) == len(one)


def test_revoked_and_replaced_files_are_not_looked_for(org, officer):
    for state in (CertificateState.REVOKED, CertificateState.APPROVED):
        CertificateFactory(org=org, state=state)
    assert count_certificate_files(officer).unknown == 0
    assert reissue.start_file_inspection(actor=officer) is None

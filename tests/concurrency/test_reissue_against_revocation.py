"""A new file is made while the certificate is revoked: the revocation stands, and a revoked one
gets no new file afterwards.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

import access
from access.workflows import assign_role
from certification.enums import BulkState, CertificateState, FileState, Reason
from certification.models import BulkChange, BulkLine, Certificate, FormerFile
from certification.workflows import issue, reissue, status_changes
from tests.concurrency.test_certificate_numbers import together
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WAIT = 60


@pytest.fixture
def two():
    """An officer and a reviewer of one union."""
    org = OrgUnitFactory()
    people = []
    for role in ("union_officer", "union_reviewer"):
        user = UserFactory()
        assign_role(actor=access.SYSTEM, user=user, role=role, scope=org)
        people.append(user)
    return org, *people


@pytest.fixture
def line(two):
    """A certificate whose file is at fault, in a change that is confirmed."""
    org, officer, reviewer = two
    row = issue.issue_certificate(
        actor=access.SYSTEM, order=make_order(person=WorkerFactory(), org=org)
    )
    Certificate.objects.filter(pk=row.pk).update(renderer_version=0, file_state=FileState.TORN)
    tomorrow = timezone.now() + timedelta(
        days=1
    )  # what is signed at another moment is another file
    change = BulkChange.objects.create(
        act="reissue",
        state=BulkState.RUNNING,
        note="x",
        asked_by=officer,
        decided_by=reviewer,
        decided_at=tomorrow,
    )
    return BulkLine.objects.create(change=change, certificate=Certificate.objects.get(pk=row.pk))


def revoke(two, line):
    _org, officer, reviewer = two
    return status_changes.revoke_with_second_person(
        actor=officer,
        second=reviewer,
        certificate=Certificate(pk=line.certificate_id),
        reason=Reason.FRAUD,
        note="替考",
    )


def race(two, line, monkeypatch):
    """Make the new file; the certificate is revoked when the file is stored and before the
    certificate names it.
    """
    stored, revoked = threading.Event(), threading.Event()
    store = reissue.store_certificate_file

    def store_and_wait(*given, **more):
        store(*given, **more)
        stored.set()
        assert revoked.wait(WAIT)

    monkeypatch.setattr(reissue, "store_certificate_file", store_and_wait)

    def interfere():
        assert stored.wait(WAIT)
        try:
            return revoke(two, line)
        finally:
            revoked.set()

    return together([lambda: reissue.reissue_certificate_files([line.pk]), interfere])


def files_of(row):
    names = storages["private"].listdir(f"certificates/{row.issued_on.year}")[1]
    return [name for name in names if name.startswith(str(row.public_id))]


def test_revoked_while_the_new_file_is_made_keeps_its_file_and_the_revocation(
    two, line, monkeypatch
):
    before = Certificate.objects.get(pk=line.certificate_id)
    made, revoked = race(two, line, monkeypatch)
    row = Certificate.objects.get(pk=line.certificate_id)
    assert (revoked.state, row.state) == (CertificateState.REVOKED, CertificateState.REVOKED)
    assert getattr(made[line.pk], "code", "") == "file_not_anew"
    assert (row.pdf.name, row.sha256, FormerFile.objects.count()) == (
        before.pdf.name,
        before.sha256,
        0,
    )
    assert files_of(row) == [before.pdf.name.rpartition("/")[2]]  # the new file went again
    line.refresh_from_db()
    assert line.done_at is None
    assert line.problem


def test_control_with_a_row_read_before_the_revocation_is_lost(two, line, monkeypatch):
    """The same with the row as it was read at the beginning, saved whole: the certificate is valid
    once more.
    """

    def careless(line, name, printed):
        row = line.certificate
        row.pdf.name, row.sha256 = name, printed.sha256
        row.save()

    monkeypatch.setattr(reissue, "_exchange", careless)
    _made, revoked = race(two, line, monkeypatch)
    assert revoked.state == CertificateState.REVOKED
    assert Certificate.objects.get(pk=line.certificate_id).state == CertificateState.ISSUED


def test_revoked_right_after_is_revoked_with_the_new_file(two, line):
    made = reissue.reissue_certificate_files([line.pk])
    revoke(two, line)
    row = Certificate.objects.get(pk=line.certificate_id)
    assert made == {line.pk: {"number": row.number}}
    assert (row.state, row.file_state, FormerFile.objects.count()) == (
        CertificateState.REVOKED,
        FileState.SOUND,
        1,
    )

"""Issuing with a timestamp service: long-term files by a real service over HTTP, and patience
while it is silent.
"""

import io

import pikepdf
import pytest
from asn1crypto import crl, x509
from django.core.files.storage import storages
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

import access
from certification.enums import CertificateState
from certification.keys import get_keyring
from certification.models import Certificate, Credential
from certification.queries.batch import build_batch_report
from certification.signing import stamped
from certification.signing.check import verify_pdf_signature
from certification.signing.errors import TimestampServiceDown
from certification.workflows import honour, issue, printing
from jobs import runner, workflows
from jobs.enums import JobItemState, JobState
from jobs.models import JobItem
from tests.certification.signing.conftest import no_loop  # noqa: F401 - pyHanko wants a loop of its own
from tests.certification.signing.pki import der
from tests.certification.signing.stamp_service import serving
from tests.factories.certification import HonourFactory, make_order
from tests.factories.ground import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = access.SYSTEM


@pytest.fixture
def service(settings, tmp_path, monkeypatch):
    """A timestamp service, configured as an operator would."""
    monkeypatch.setattr(stamped, "PAUSE", 0)
    with serving() as one:
        settings.TIMESTAMP_URL = one.url
        settings.TIMESTAMP_ROOTS = str(one.write_root(tmp_path))
        printing._press.cache_clear()
        yield one
    printing._press.cache_clear()


def honours(count, by):
    rows = [
        HonourFactory(person=PersonFactory(name=f"王{'甲乙丙丁'[n]}"), title="示例工匠")
        for n in range(count)
    ]
    keys = [str(row.public_id) for row in rows]
    return workflows.start_job(
        kind="certification.issue_honour", keys=keys, actor=by, title="工匠证书"
    )


def stored(certificate):
    with storages["private"].open(certificate.pdf.name) as file:
        return file.read()


def judged(pdf, service):
    """Judge with what is in the file alone, each certificate by its own list."""
    roots = [
        x509.Certificate.load(get_keyring().document.chain[-1]),
        x509.Certificate.load(der(service.root)),
    ]
    reader = PdfFileReader(io.BytesIO(pdf))
    store = DocumentSecurityStore.read_dss(reader)
    contexts = [
        store.as_validation_context({"trust_roots": roots, "revocation_mode": "require"})
        for _each in "st"
    ]
    return validate_pdf_signature(
        reader.embedded_signatures[0], contexts[0], ts_validation_context=contexts[1]
    )


def test_certificate_with_a_configured_service_proves_itself_for_years(service, client):
    certificate = issue.issue_certificate(actor=SYSTEM, order=make_order())
    assert certificate.signature_level == "LT"
    pdf = stored(certificate)
    status = judged(pdf, service)
    assert (status.bottom_line, status.timestamp_validity.trusted) == (True, True)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        kept = [crl.CertificateList.load(stream.read_bytes()) for stream in document.Root.DSS.CRLs]
    names = {
        one["tbs_cert_list"]["issuer"].native["common_name"].partition(" testserver")[0]
        for one in kept
    }
    assert "Timestamp root" in names
    assert any(name.startswith("Certificate root") for name in names)
    assert verify_pdf_signature(pdf, [get_keyring().document.chain[0]]).genuine
    assert (
        "PAdES B-LT"
        in client.get(
            reverse("certification:code", args=[certificate.code]), follow=True
        ).content.decode()
    )
    client.force_login(UserFactory(is_superuser=True))
    assert (
        "PAdES B-LT"
        in client.get(
            reverse("certification:office_certificate", args=[certificate.public_id])
        ).content.decode()
    )


def test_certificate_without_a_service_says_so(client):
    certificate = issue.issue_certificate(actor=SYSTEM, order=make_order())
    page = client.get(
        reverse("certification:code", args=[certificate.code]), follow=True
    ).content.decode()
    assert ("PAdES B-B" in page, "PAdES B-LT" in page) == (True, False)


def test_report_of_a_batch_says_which_level_its_signatures_have(service, settings, client):
    user = UserFactory(is_superuser=True)
    job = honours(2, user)
    runner.run_job_item(workflows.claim_job_item())
    settings.TIMESTAMP_URL = ""
    runner.run_waiting_items()
    assert sorted(Certificate.objects.values_list("signature_level", flat=True)) == ["B", "LT"]
    assert build_batch_report(job).level == "B, LT"
    client.force_login(user)
    assert (
        "部分带时间戳"
        in client.get(reverse("certification:batch_job", args=[job.public_id])).content.decode()
    )


def test_batch_waits_while_the_service_is_down_and_goes_on_by_itself(service, client, monkeypatch):
    user = UserFactory(is_superuser=True)
    client.force_login(user)
    service.mood = "error"
    job = honours(3, user)
    runner.run_waiting_items()
    items = list(JobItem.objects.filter(job=job))
    assert {(item.state, item.attempts, item.error_code) for item in items} == {
        (JobItemState.QUEUED, 0, "stamp_service_down")
    }
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    rows = list(Certificate.objects.all())
    assert {(row.state, row.hold_code, row.pdf.name, row.sha256) for row in rows} == {
        ("approved", "stamp_service_down", "", "")
    }
    numbers, credentials = (
        sorted(row.number for row in rows),
        sorted(Credential.objects.values_list("sha256", flat=True)),
    )
    sentence = items[0].error
    assert (
        sentence
        in client.get(reverse("certification:batch_job", args=[job.public_id])).content.decode()
    )
    assert sentence in client.get(reverse("jobs:detail", args=[job.public_id])).content.decode()

    service.mood = "well"
    assert runner.run_waiting_items() == 0  # not before its time
    JobItem.objects.update(not_before=None)
    runner.run_waiting_items()
    job.refresh_from_db()
    assert job.state == JobState.FINISHED
    rows = list(Certificate.objects.all())
    assert {(row.state, row.hold_code, row.hold_reason, row.signature_level) for row in rows} == {
        ("issued", "", "", "LT")
    }
    assert sorted(row.number for row in rows) == numbers
    assert sorted(Credential.objects.values_list("sha256", flat=True)) == credentials
    assert all(judged(stored(row), service).bottom_line for row in rows)


def test_service_that_is_not_there_at_all_waits_too_and_comes_back(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(stamped, "PAUSE", 0)
    with serving() as one:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = one.url, str(one.write_root(tmp_path))
    printing._press.cache_clear()
    job = honours(1, UserFactory())
    runner.run_waiting_items()
    assert JobItem.objects.get(job=job).error_code == "stamp_service_down"
    with serving(one):
        workflows.retry_failed_items(actor=SYSTEM, job=job)
        runner.run_waiting_items()
    assert Certificate.objects.get().signature_level == "LT"
    printing._press.cache_clear()


def test_single_certificate_stays_approved_with_its_reason_and_is_issued_later(service):
    service.mood = "portal"
    order = make_order()
    with pytest.raises(TimestampServiceDown) as caught:
        issue.issue_certificate(actor=SYSTEM, order=order)
    assert caught.value.status == 503
    held = Certificate.objects.get()
    assert (held.state, held.hold_code, held.hold_reason) == (
        CertificateState.APPROVED,
        "stamp_service_down",
        str(caught.value),
    )
    service.mood = "well"
    issued = issue.issue_certificate(actor=SYSTEM, order=order)
    assert (issued.pk, issued.number, issued.hold_reason, issued.signature_level) == (
        held.pk,
        held.number,
        "",
        "LT",
    )


def test_page_that_needs_the_service_answers_503_with_the_sentence(service, client, monkeypatch):
    row = HonourFactory(person=PersonFactory())
    service.mood = "error"
    with pytest.raises(TimestampServiceDown):
        honour.issue_for_honour(honour_public_id=str(row.public_id))
    certificate = Certificate.objects.get()
    service.mood = "well"
    issued = honour.issue_for_honour(honour_public_id=str(row.public_id))
    assert issued.pk == certificate.pk
    service.mood = "error"
    client.force_login(UserFactory(is_superuser=True))
    answer = client.post(
        reverse("certification:replace", args=[issued.public_id]), {"reason": "name_changed"}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert Certificate.objects.get(state="approved").hold_reason in answer.content.decode()

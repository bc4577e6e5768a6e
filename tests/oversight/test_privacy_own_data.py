"""My data: everything that is held, a copy that holds it all, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

import access
import audit
from audit.models import Event
from core import personal
from core.errors import NotFound
from core.sheets import XLSX
from jobs.runner import run_waiting_items
from oversight.workflows import privacy_export as exports
from oversight.workflows import privacy_requests, privacy_retention
from people.models import DataExport, PrivacyRequest
from tests.factories.certification import CertificateFactory
from tests.factories.competitions import EntryFactory
from tests.factories.courses import EnrolmentFactory
from tests.factories.ground import UserFactory
from tests.oversight.privacy_stage import JPEG, PHONE, id_number, worker

pytestmark = pytest.mark.django_db
HOME = "/me/data/"
# Fetching the copy writes here: they are newer than the copy.
GROWING = {"audit.Event", "people.DataExport"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def person():
    return worker()


@pytest.fixture
def own(client, person):
    client.force_login(person.user)
    return client


def body(answer) -> str:
    return answer.content.decode()


def test_page_shows_the_groups_and_masks_number_and_phone(own, person):
    CertificateFactory(person=person)
    text = body(own.get(HOME, headers={"Accept-Language": "en"}))
    assert person.name in text
    assert "Who you are" in text
    assert "137****5678" in text
    assert PHONE not in re.sub(r'value="[^"]*"', "", text).replace(person.user.username, "")
    assert id_number() not in text


def test_own_number_is_shown_in_full_after_step_up_and_the_look_is_noted(own, person):
    assert id_number() in body(own.get("/me/data/number/"))
    assert (
        Event.objects.filter(kind="privacy.own_number_seen", target_id=str(person.pk)).count() == 1
    )
    session = own.session
    session["people_confirmed_at"] = 0
    session.save()
    answer = own.get("/me/data/number/")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/sign-in/again/?next=%2Fme%2Fdata%2Fnumber%2F",
    )


def test_who_looked_at_my_number_and_why_stands_on_the_page(own, person):
    with transaction.atomic():
        audit.record(
            "people.identity_shown",
            actor=access.SYSTEM,
            target=person,
            reason="compared with the paper card",
        )
    assert "compared with the paper card" in body(own.get(HOME))


def content(answer) -> bytes:
    """Return what was sent, and close the file (closing the answer would close the test's
    connection too).
    """
    data = b"".join(answer.streaming_content)
    for closer in answer._resource_closers:
        closer()
    return data


def take(own, person) -> zipfile.ZipFile:
    assert own.post("/me/data/copy/").status_code == 302
    run_waiting_items()
    export = DataExport.objects.get(person=person)
    answer = own.get(f"/me/data/copy/{export.public_id}/")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(content(answer)))


def test_copy_holds_every_exportable_field_of_every_row_in_full(own, person):
    EnrolmentFactory(person=person)
    EntryFactory(person=person)
    CertificateFactory(person=person)
    privacy_requests.request_data_correction(
        actor=person.user, person=person, field="id_number", wanted=id_number(8)
    )
    archive = take(own, person)
    tables = json.loads(archive.read("data.json"))["tables"]
    for holding in personal.list_holdings():
        keys = {name for name, field in holding.fields.items() if field.export}
        if not keys or not (holding.person or holding.account):
            continue
        rows = personal.rows_about(holding, person, person.user)
        listed = tables.get(holding.key, [])
        if holding.label in GROWING:
            continue
        assert len(listed) == rows.count(), holding.label
        assert all(set(row) == keys for row in listed), holding.label
        for name in keys:
            field = holding.model._meta.get_field(name)
            if listed and isinstance(field, models.CharField) and not holding.fields[name].read:
                assert [row[name] for row in listed] == [
                    str(getattr(row, name)) for row in rows.order_by("-pk")
                ], f"{holding.label}.{name}"
    assert tables["people_identitydocument"][0]["number_encrypted"] == id_number()
    assert tables["people_privacyrequest"][0]["wanted_encrypted"] == id_number(8)
    assert tables["people_person"][0]["mobile"] == PHONE
    assert (
        len(tables["certification_certificate"])
        == len(tables["competitions_entry"])
        == len(tables["courses_enrolment"])
        == 1
    )


def test_copy_has_a_page_a_sheet_and_the_files(own, person):
    archive = take(own, person)
    names = set(archive.namelist())
    assert {"data.json", "data.xlsx", "read-me.html"} <= names
    assert archive.read("data.xlsx")[:2] == b"PK"
    assert XLSX
    assert person.name in archive.read("read-me.html").decode()
    assert archive.read(f"files/people_person-{person.pk}-photo.jpg") == JPEG


def test_copy_holds_nothing_of_anybody_else(own, person):
    worker(name="别人丁", phone="13711112222", serial=8)
    archive = take(own, person)
    assert "别人丁" not in archive.read("data.json").decode()
    assert "13711112222" not in archive.read("data.json").decode()


def test_copy_asked_twice_is_made_once(own, person):
    for _time in range(2):
        assert own.post("/me/data/copy/").status_code == 302
    run_waiting_items()
    own.post("/me/data/copy/")
    assert DataExport.objects.count() == 1


def test_copy_is_only_for_its_owner(own, person, client):
    take(own, person)
    export = DataExport.objects.get()
    stranger = worker(name="李四", phone="13711112222", serial=8)
    client.force_login(stranger.user)
    assert client.get(f"/me/data/copy/{export.public_id}/").status_code == 404
    assert client.post(f"/me/data/copy/{export.public_id}/delete/").status_code == 404
    with pytest.raises(NotFound):
        exports.note_copy_taken(actor=stranger.user, export=export)
    client.logout()
    assert client.get(f"/me/data/copy/{export.public_id}/").status_code == 302


def test_copy_ends_after_seven_days_and_the_night_deletes_its_file(
    own, person, django_capture_on_commit_callbacks
):
    take(own, person)
    old = timezone.now() - timedelta(days=7, minutes=1)
    DataExport.objects.update(ready_at=old, expires_at=timezone.now() - timedelta(minutes=1))
    export = DataExport.objects.get()
    path = export.file.name
    assert own.get(f"/me/data/copy/{export.public_id}/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert privacy_retention.delete_due_data("exports") == 1
    assert not storages["private"].exists(path)
    export.refresh_from_db()
    assert (export.state, str(export.file)) == ("deleted", "")


def test_correction_by_form_keeps_what_was_typed_and_takes_the_proof(own, person):
    wrong = own.post(
        "/me/data/correction/", {"field": "mobile", "wanted": "12345", "note": "bitte"}
    )
    assert wrong.status_code == 422
    assert 'value="12345"' in body(wrong)
    bad = SimpleUploadedFile("proof.pdf", b"MZ not a pdf")
    assert (
        own.post(
            "/me/data/correction/", {"field": "mobile", "wanted": "13700001111", "evidence": bad}
        ).status_code
        == 422
    )
    good = SimpleUploadedFile("../../奇怪.pdf", b"%PDF-1.7 ...")
    answer = own.post(
        "/me/data/correction/", {"field": "mobile", "wanted": "13700001111", "evidence": good}
    )
    row = PrivacyRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/me/data/requests/{row.public_id}/")
    assert row.evidence.name == f"privacy/evidence/{row.public_id}.pdf"
    again = own.post("/me/data/correction/", {"field": "mobile", "wanted": "13700001111"})
    assert again.status_code == 422
    proof = own.get(f"/me/data/requests/{row.public_id}/proof/")
    assert content(proof).startswith(b"%PDF-")
    assert proof["Content-Disposition"].startswith("attachment")


def test_requests_of_somebody_else_are_not_found(own, person):
    other = worker(name="李四", phone="13711112222", serial=8)
    row = privacy_requests.request_data_correction(
        actor=other.user, person=other, field="other", wanted="x"
    )
    for path in ("", "proof/"):
        assert own.get(f"/me/data/requests/{row.public_id}/{path}").status_code == 404
    assert own.post(f"/me/data/requests/{row.public_id}/withdraw/").status_code == 404


def test_deletion_takes_two_pages_a_tick_and_can_be_withdrawn_by_going_back(own, person):
    assert own.get("/me/data/deletion/").status_code == 200
    assert not PrivacyRequest.objects.exists()
    assert own.post("/me/data/deletion/confirm/", {}).status_code == 422
    answer = own.post("/me/data/deletion/confirm/", {"sure": "on"})
    row = PrivacyRequest.objects.get()
    assert answer["Location"] == f"/me/data/requests/{row.public_id}/"
    # Back button and a second click: the request that exists is shown.
    assert own.get("/me/data/deletion/confirm/")["Location"] == answer["Location"]
    assert own.post("/me/data/deletion/confirm/", {"sure": "on"})["Location"] == answer["Location"]
    for _time in range(2):
        assert own.post(f"/me/data/requests/{row.public_id}/withdraw/").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert PrivacyRequest.objects.count() == 1


def test_page_costs_the_same_for_one_and_thirty_entries(own, person):
    EnrolmentFactory(person=person)
    CertificateFactory(person=person)
    own.get(HOME)
    with CaptureQueriesContext(
        connection,
    ) as one:
        own.get(HOME)
    CertificateFactory.create_batch(29, person=person)
    for _number in range(29):
        EnrolmentFactory(person=person)
    with CaptureQueriesContext(connection) as many:
        own.get(HOME)
    # A table that is longer than the screen shows costs one count more.
    assert len(many) - len(one) <= 2


@pytest.mark.parametrize("path", ["", "notice/", "number/", "correction/", "deletion/"])
def test_stranger_signs_in_first_and_staff_without_person_is_told(client, path):
    assert client.get(f"/me/data/{path}").status_code == 302
    client.force_login(UserFactory())
    assert client.get(f"/me/data/{path}").status_code == (200 if path == "notice/" else 404)

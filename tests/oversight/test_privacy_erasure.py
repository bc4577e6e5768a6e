"""Deletion: what is blank stays blank everywhere, what is kept is kept, and it takes two."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connection, models
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import access
from audit import words
from audit.models import Event
from certification.models import Honour
from core import personal
from core.errors import DomainError, IllegalMove, InvalidInput, NotFound
from core.personal import OnErase
from oversight.workflows import privacy_requests as workflows
from people.models import Consent, IdentityDocument, Person, PrivacyRequest, User
from people.privacy_enums import ConsentPurpose
from people.workflows.privacy import give_consent
from tests.factories.certification import CertificateFactory, HonourFactory
from tests.factories.competitions import EntryFactory
from tests.factories.courses import EnrolmentFactory
from tests.oversight.privacy_stage import (
    PHONE,
    id_number,
    officer,
    prepared_erasure,
    publish_notice,
    ripe_erasure,
    worker,
)

pytestmark = pytest.mark.django_db

TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.DateField,
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def kept_places() -> set[tuple[str, str]]:
    """Return (table, column) of the fields that are declared to stay, and of rows about nobody in
    particular.
    """
    places = set()
    for holding in personal.list_holdings():
        for name, field in holding.fields.items():
            model_field = holding.model._meta.get_field(name)
            if field.on_erase == OnErase.KEEP and not holding.delete_rows:
                places.add((holding.model._meta.db_table, model_field.column))
    return places


def places_that_hold(needles: list[str]) -> set[tuple[str, str]]:
    """Return every (table, column) of the whole database in which one of *needles* stands,
    whatever the model or library.
    """
    found = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, TEXTS):
                continue
            with connection.cursor() as cursor:
                column = connection.ops.quote_name(field.column)
                text = f"CAST({column} AS TEXT)"
                where = " OR ".join([f"{text} LIKE %s"] * len(needles))
                cursor.execute(
                    f"SELECT 1 FROM {connection.ops.quote_name(table)} WHERE {where} LIMIT 1",
                    [f"%{one}%" for one in needles],
                )
                if cursor.fetchone():
                    found.add((table, field.column))
    return found


def erase(person):
    return workflows.execute_erasure(actor=officer(), request=prepared_erasure(person, officer()))


def test_after_erasure_nothing_declared_empty_still_holds_name_phone_or_number():
    publish_notice()
    person = worker()
    account = person.user
    CertificateFactory(person=person)
    give_consent(actor=account, person=person, purpose=ConsentPurpose.HONOUR_LIST)
    asked = workflows.request_data_correction(
        actor=account, person=person, field="mobile", wanted="13755550000", note=f"not {PHONE}"
    )
    workflows.withdraw_privacy_request(actor=account, request=asked)
    needles = [PHONE, id_number(), "欧阳静", "13755550000", "1988-06-05", account.username]
    before = places_that_hold(needles)
    assert {
        ("people_person", "name"),
        ("people_person", "mobile"),
        ("people_user", "phone"),
        ("people_user", "username"),
    } <= before
    erase(person)
    assert places_that_hold(needles) <= kept_places()
    person.refresh_from_db()
    account.refresh_from_db()
    assert person.name.startswith("已注销")
    assert (person.user, person.mobile, person.birth, person.sex, str(person.photo)) == (
        None,
        "",
        None,
        "",
        "",
    )
    assert (account.is_active, account.has_usable_password(), account.email, account.phone) == (
        False,
        False,
        "",
        "",
    )
    assert not IdentityDocument.objects.filter(person=person).exists()
    assert not Consent.objects.filter(person=person, withdrawn_at=None).exists()


def test_record_of_an_erasure_says_in_words_what_was_emptied():
    person = worker()
    EnrolmentFactory(person=person, state="withdrawn")
    erase(person)
    event = Event.objects.get(kind="privacy.person_erased")
    assert event.after["emptied"]["people.Person"] == 1
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            (emptied,) = [
                one for one in words.describe_changes([event])[event.pk] if one.key == "emptied"
            ]
            said[language] = (emptied.label, emptied.new)
    assert said["zh-hans"][0] == "清空或删除的记录"
    assert "人员：1" in said["zh-hans"][1].split("，")
    assert said["en"][0] == "Rows emptied or removed"
    assert "persons: 1" in said["en"][1].split(", ")
    for _label, text in said.values():
        assert not [key for key in event.after["emptied"] if key in text]
        assert "other rows" not in text


@hypothesis_settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(alphabet="王李欧阳𠮷㛃䶮·买提阿卜杜", min_size=2, max_size=12).filter(
        lambda text: text.strip("·") == text and "··" not in text
    ),
    phone=st.integers(min_value=13_000_000_000, max_value=19_999_999_999).map(str),
    serial=st.integers(min_value=1, max_value=999),
)
def test_whatever_the_name_and_number_erasure_leaves_them_in_kept_places_only(name, phone, serial):
    person = worker(name=name, phone=phone, serial=serial)
    erase(person)
    assert places_that_hold([phone, id_number(serial)]) <= kept_places()
    assert not Person.objects.filter(name=name).exists()
    assert not User.objects.filter(display_name=name).exists()
    IdentityDocument.objects.all().delete()


def test_control_a_forgotten_field_would_be_found(monkeypatch):
    """The scan above sees a field that the register leaves out: proof that it can fail."""
    person = worker()
    holding = next(one for one in personal.list_holdings() if one.label == "people.Person")
    forgotten = dict(holding.fields)
    del forgotten["mobile"]
    monkeypatch.setattr(holding, "fields", forgotten)
    erase(person)
    assert ("people_person", "mobile") in places_that_hold([PHONE]) - kept_places()


def test_photo_and_proof_leave_the_storage(django_capture_on_commit_callbacks):
    person = worker()
    path = person.photo.name
    assert storages["private"].exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        erase(person)
    assert not storages["private"].exists(path)


def test_certificate_keeps_the_name_as_printed_and_the_public_page_of_the_honour_goes(client):
    publish_notice()
    person = worker()
    paper = CertificateFactory(person=person)
    give_consent(actor=person.user, person=person, purpose=ConsentPurpose.HONOUR_LIST)
    honour = HonourFactory(person=person, display_name=person.name)
    assert client.get(honour.get_absolute_url()).status_code == 200
    erase(person)
    paper.refresh_from_db()
    assert paper.holder_name == "欧阳静𠮷"
    assert client.get(honour.get_absolute_url()).status_code == 404
    assert Honour.objects.get().published_on is None


def test_open_class_and_open_competition_are_named_and_stand_in_the_way():
    person = worker()
    EnrolmentFactory(person=person, training_class__course__title="焊接")
    EntryFactory(person=person, event__title="焊工决赛")
    with pytest.raises(DomainError) as caught:
        workflows.request_data_erasure(actor=person.user, person=person)
    assert caught.value.code == "open_cases"
    assert "焊接" in str(caught.value)
    assert "焊工决赛" in str(caught.value)


def test_certificate_being_issued_stands_in_the_way_even_after_preparation():
    person, second = worker(), officer()
    request = prepared_erasure(person, officer())
    CertificateFactory(person=person, state="approved")
    with pytest.raises(DomainError) as caught:
        workflows.execute_erasure(actor=second, request=request)
    assert caught.value.code == "open_cases"
    assert Person.objects.get(pk=person.pk).name == "欧阳静𠮷"


def test_whoever_holds_an_office_hands_it_over_first():
    assert "data protection officer" in " ".join(personal.erasure_blockers(_person_of(officer())))


def _person_of(account):
    person = worker(serial=99)
    Person.objects.filter(pk=person.pk).update(user=account)
    person.refresh_from_db()
    return person


def test_it_takes_two_and_seven_days():
    person, first, second = worker(), officer(), officer()
    request = workflows.request_data_erasure(actor=person.user, person=person)
    with pytest.raises(DomainError) as early:
        workflows.prepare_erasure(actor=first, request=request)
    assert early.value.code == "cooling_off"
    workflows.withdraw_privacy_request(actor=person.user, request=request)
    request = ripe_erasure(person)
    with pytest.raises(DomainError) as unprepared:
        workflows.execute_erasure(actor=second, request=request)
    assert unprepared.value.code == "not_prepared"
    workflows.prepare_erasure(actor=first, request=request)
    with pytest.raises(DomainError) as alone:
        workflows.execute_erasure(actor=first, request=request)
    assert alone.value.code == "second_person"
    done = workflows.execute_erasure(actor=second, request=request)
    assert (done.state, done.prepared_by, done.decided_by) == ("done", first, second)
    with pytest.raises(DomainError):
        workflows.execute_erasure(actor=second, request=done)


def test_nobody_answers_his_own_request():
    account = officer()
    person = _person_of(account)
    request = workflows.request_data_correction(
        actor=account, person=person, field="other", wanted="x"
    )
    with pytest.raises(DomainError) as caught:
        workflows.refuse_privacy_request(actor=account, request=request, reason="no papers shown")
    assert caught.value.code == "own_request"


def test_withdrawn_request_is_not_carried_out():
    person, first, second = worker(), officer(), officer()
    request = prepared_erasure(person, first)
    workflows.withdraw_privacy_request(actor=person.user, request=request)
    with pytest.raises(DomainError):
        workflows.execute_erasure(actor=second, request=request)
    assert (
        workflows.withdraw_privacy_request(actor=person.user, request=request).state == "withdrawn"
    )


def test_asked_twice_it_is_one_request():
    person = worker()
    workflows.request_data_erasure(actor=person.user, person=person)
    with pytest.raises(DomainError) as caught:
        workflows.request_data_erasure(actor=person.user, person=person)
    assert caught.value.code == "already_asked"
    assert PrivacyRequest.objects.count() == 1


def test_only_the_person_asks_and_only_the_desk_answers():
    person, stranger = worker(), worker(name="李四", phone="13711112222", serial=8)
    with pytest.raises(NotFound):
        workflows.request_data_erasure(actor=stranger.user, person=person)
    request = ripe_erasure(person)
    with pytest.raises(DomainError):
        workflows.prepare_erasure(actor=stranger.user, request=request)
    with pytest.raises(NotFound):
        workflows.withdraw_privacy_request(actor=stranger.user, request=request)


@pytest.mark.parametrize(
    ("field", "wanted", "now"),
    [
        ("name", "欧阳靖", lambda person: person.name),
        ("mobile", "+86 137 0000 1111", lambda person: person.mobile),
        (
            "id_number",
            id_number(8).lower(),
            lambda person: person.identity_documents.get().number(),
        ),
    ],
)
def test_accepted_correction_is_written_by_the_workflow_that_owns_the_field(field, wanted, now):
    person = worker()
    request = workflows.request_data_correction(
        actor=person.user, person=person, field=field, wanted=wanted
    )
    before = now(person)
    request, _follows = workflows.accept_correction(
        actor=officer(), request=request, reason="compared with the card"
    )
    person.refresh_from_db()
    assert request.state == "done"
    assert now(person) == request.wanted() != before


def test_corrected_name_names_the_certificates_that_still_carry_the_old_one():
    person = worker()
    paper = CertificateFactory(person=person)
    request = workflows.request_data_correction(
        actor=person.user, person=person, field="name", wanted="欧阳靖"
    )
    _request, follows = workflows.accept_correction(
        actor=officer(), request=request, reason="compared with the card"
    )
    assert len(follows) == 1
    assert paper.number in follows[0]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("mobile", "12345"),
        ("id_number", "330125198806050"),
        ("birth", "1988-13-01"),
        ("birth", "2999-01-01"),
        ("sex", "?"),
        ("name", " "),
        ("x", "y"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(field, wanted):
    person = worker()
    with pytest.raises(InvalidInput):
        workflows.request_data_correction(
            actor=person.user, person=person, field=field, wanted=wanted
        )
    assert not PrivacyRequest.objects.exists()


def test_wanted_number_is_never_kept_in_clear():
    person = worker()
    workflows.request_data_correction(
        actor=person.user, person=person, field="id_number", wanted=id_number(8)
    )
    assert places_that_hold([id_number(8)]) == set()


def test_refused_is_refused_for_good():
    person, desk = worker(), officer()
    request = workflows.request_data_correction(
        actor=person.user, person=person, field="other", wanted="x"
    )
    assert (
        workflows.refuse_privacy_request(
            actor=desk, request=request, reason="no papers shown"
        ).answer
        == "no papers shown"
    )
    with pytest.raises(IllegalMove):
        workflows.accept_correction(actor=desk, request=request, reason="changed my mind")
    assert access.SYSTEM.pk is None

"""The data protection officer's desk: who comes in, what is listed, what two people decide, what a
night deletes.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from core.errors import DomainError, InvalidInput, NotFound
from jobs.models import JobItem
from jobs.runner import run_waiting_items
from oversight.queries import privacy_desk
from oversight.workflows import privacy_requests
from oversight.workflows import privacy_retention as retention
from people.models import PolicyVersion, PrivacyRequest, RetentionRule, RetentionRun
from tests.factories.ground import UserFactory
from tests.oversight.privacy_stage import id_number, officer, prepared_erasure, ripe_erasure, worker

pytestmark = pytest.mark.django_db
DESK = "/oversight/privacy/"
PAGES = [
    "inventory/",
    "inventory.xlsx",
    "assessment/",
    "requests/",
    "requests.xlsx",
    "notice/",
    "retention/",
    "retention/sessions/",
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.CRAFTPATH_SECOND_FACTOR = False


@pytest.fixture
def desk(client):
    account = officer()
    client.force_login(account)
    client.account = account
    return client


@pytest.mark.parametrize("page", PAGES)
def test_desk_opens_to_the_officer_only(desk, client, page):
    assert desk.get(DESK + page).status_code == 200
    client.force_login(UserFactory())
    answer = client.get(DESK + page)
    assert answer.status_code == 403
    client.logout()
    assert client.get(DESK + page).status_code == 302


def test_inventory_is_the_register_and_the_command_prints_it(desk, capsys):
    text = desk.get(DESK + "inventory/", headers={"Accept-Language": "en"}).content.decode()
    assert "identity number" in text
    call_command("personal_data")
    printed = capsys.readouterr().out
    assert "people.IdentityDocument.number_encrypted *" in printed


def ask(serial: int) -> PrivacyRequest:
    person = worker(name="甲乙", phone=f"137{serial:08d}", serial=serial)
    return privacy_requests.request_data_correction(
        actor=person.user, person=person, field="other", wanted="x"
    )


def test_list_costs_the_same_for_one_and_thirty(desk):
    ask(1)
    desk.get(DESK + "requests/")
    with CaptureQueriesContext(connection) as one:
        desk.get(DESK + "requests/")
    for serial in range(2, 31):
        ask(serial)
    with CaptureQueriesContext(connection) as many:
        page = desk.get(DESK + "requests/")
    assert len(page.context["page_obj"]) == 30
    assert len(many) == len(one)


def test_correction_is_answered_on_the_page_and_a_missing_reason_keeps_it_open(desk):
    person = worker()
    row = privacy_requests.request_data_correction(
        actor=person.user, person=person, field="mobile", wanted="13700001111"
    )
    page = f"{DESK}requests/{row.public_id}/"
    assert "13700001111" in desk.get(page).content.decode()
    assert desk.post(page + "accept/", {"reason": ""}).status_code == 422
    assert desk.post(page + "accept/", {"reason": "ok"}).status_code == 422
    assert desk.post(page + "accept/", {"reason": "compared with the card"}).status_code == 302
    person.refresh_from_db()
    assert person.mobile == "13700001111"
    assert desk.post(page + "accept/", {"reason": "compared with the card"}).status_code == 409
    assert desk.post(page + "nonsense/", {"reason": "compared with the card"}).status_code == 404


def test_number_taken_meanwhile_is_refused_with_a_sentence_on_the_page(desk):
    person = worker()
    row = privacy_requests.request_data_correction(
        actor=person.user, person=person, field="id_number", wanted=id_number(8)
    )
    worker(name="别人", phone="13711112222", serial=8)
    answer = desk.post(
        f"{DESK}requests/{row.public_id}/accept/", {"reason": "compared with the card"}
    )
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (422, "waiting")


def test_deletion_on_the_desk_is_prepared_by_one_and_carried_out_by_another(desk, client):
    row = ripe_erasure(worker())
    page = f"{DESK}requests/{row.public_id}/"
    assert desk.post(page + "prepare/").status_code == 302
    assert desk.post(page + "execute/").status_code == 409
    client.force_login(officer())
    assert client.get(page + "execute/").status_code == 200
    assert client.post(page + "execute/").status_code == 302
    assert client.post(page + "execute/").status_code == 409
    row.refresh_from_db()
    assert row.state == "done"
    assert client.get(page).status_code == 200


def test_prepared_deletion_can_be_given_back(desk):
    row = prepared_erasure(worker(), officer())
    assert (
        desk.post(
            f"{DESK}requests/{row.public_id}/give-back/", {"reason": "papers are missing"}
        ).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.state, row.prepared_by) == ("waiting", None)


def test_report_counts_what_was_answered_in_time():
    rows = [ask(serial) for serial in range(1, 5)]
    account = officer()
    privacy_requests.accept_correction(
        actor=account, request=rows[0], reason="compared with the card"
    )
    privacy_requests.refuse_privacy_request(
        actor=account, request=rows[1], reason="no papers were shown"
    )
    PrivacyRequest.objects.filter(pk__in=[rows[1].pk, rows[2].pk]).update(
        due_on=timezone.localdate() - timedelta(days=1)
    )
    assert privacy_desk.count_request_answers() == privacy_desk.RequestReport(
        open=2, late=1, done=1, refused=1, withdrawn=0, in_time=1
    )


def test_notice_is_drafted_and_published_on_the_desk(desk):
    assert desk.post(DESK + "notice/", {"text_zh": "中", "text_en": ""}).status_code == 422
    assert desk.post(DESK + "notice/", {"text_zh": "中", "text_en": "en"}).status_code == 302
    draft = PolicyVersion.objects.get()
    assert desk.post(f"{DESK}notice/{draft.public_id}/publish/").status_code == 302
    assert desk.post(f"{DESK}notice/{draft.public_id}/publish/").status_code == 409


# ---- retention ----


def old_session() -> Session:
    return Session.objects.create(
        session_key="old", session_data="x", expire_date=timezone.now() - timedelta(days=90)
    )


def propose(actor, **changes):
    facts = {
        "key": "sessions",
        "months": 1,
        "basis": "own rule",
        "source_document": "R-1",
        **changes,
    }
    return retention.propose_rule(actor=actor, **facts)


def test_nothing_is_deleted_before_a_second_person_puts_the_rule_in_force(desk):
    old_session()
    first = officer()
    rule = propose(first)
    assert retention.delete_due_data("sessions") == 0
    with pytest.raises(DomainError) as alone:
        retention.confirm_rule(actor=first, rule=rule)
    assert alone.value.code == "second_person"
    page = desk.get(DESK + "retention/sessions/", headers={"Accept-Language": "en"})
    assert page.context["row"].due == 1
    assert len(page.context["due"]) == 1
    assert desk.post(f"{DESK}retention/rules/{rule.public_id}/confirm/").status_code == 302
    assert retention.delete_due_data("sessions") == 1
    assert not Session.objects.filter(session_key="old").exists()
    assert retention.delete_due_data("sessions") == 0


def test_rule_of_the_future_and_rule_switched_off_delete_nothing():
    old_session()
    first, second = officer(), officer()
    later = retention.confirm_rule(
        actor=second, rule=propose(first, valid_from=timezone.localdate() + timedelta(days=1))
    )
    assert retention.delete_due_data("sessions") == 0
    retention.switch_off_rule(actor=first, rule=later, reason="decided otherwise")
    RetentionRun.objects.all().delete()
    assert retention.delete_due_data("sessions") == 0
    with pytest.raises(InvalidInput):
        retention.refuse_rule(actor=first, rule=propose(first), reason="no")


def test_new_rule_replaces_the_old_one_as_a_new_version():
    first, second = officer(), officer()
    old = retention.confirm_rule(actor=second, rule=propose(first))
    propose(first)
    with pytest.raises(DomainError):
        propose(first)
    RetentionRule.objects.filter(state="proposed").delete()
    new = retention.confirm_rule(actor=second, rule=propose(first, months=2))
    old.refresh_from_db()
    assert (old.state, new.state, new.version) == ("replaced", "on", 2)


@pytest.mark.parametrize(
    "changes", [{"months": 0}, {"months": 1201}, {"basis": " "}, {"source_document": ""}]
)
def test_rule_without_ground_document_or_sense_is_refused(changes):
    with pytest.raises(InvalidInput):
        propose(officer(), **changes)


@pytest.mark.parametrize("key", ["audit", "lookups", "certificates", "exports", "nonsense"])
def test_what_is_kept_for_good_takes_no_rule(key):
    with pytest.raises((NotFound, LookupError)):
        propose(officer(), key=key)


def test_night_runs_once_and_only_for_rules_in_force():
    old_session()
    retention.confirm_rule(actor=officer(), rule=propose(officer()))
    assert retention.start_nightly_run() is not None
    assert retention.start_nightly_run() is None
    assert sorted(item.key.split("@")[0] for item in JobItem.objects.all()) == [
        "api_answers",
        "exports",
        "sessions",
        "watches",
        "webhook_deliveries",
    ]
    run_waiting_items()
    assert RetentionRun.objects.get(key="sessions").removed == 1
    assert not Session.objects.filter(session_key="old").exists()


def test_proofs_of_closed_requests_go_when_their_time_is_over():
    row = ask(1)
    privacy_requests.refuse_privacy_request(
        actor=officer(), request=row, reason="no papers were shown"
    )
    PrivacyRequest.objects.update(updated_at=timezone.now() - timedelta(days=500))
    retention.confirm_rule(actor=officer(), rule=propose(officer(), key="requests", months=12))
    assert retention.delete_due_data("requests") == 1
    row.refresh_from_db()
    assert (row.wanted(), row.note, str(row.evidence), row.state) == ("", "", "", "refused")

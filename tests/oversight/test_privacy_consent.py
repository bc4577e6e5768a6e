"""Consents: none is taken for granted, each can be withdrawn, the history stays; the notice comes
once.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone, translation

import access
from core.errors import DomainError, NotFound
from oversight.workflows import privacy_policy
from people.models import Consent, NoticeRead, PolicyVersion
from people.privacy import has_consent, purposes_agreed
from people.privacy_enums import ConsentPurpose
from people.workflows import privacy as workflows
from people.workflows.merge import approve_merge, propose_merge
from tests.factories.certification import HonourFactory
from tests.oversight.privacy_stage import officer, publish_notice, worker

pytestmark = pytest.mark.django_db
HONOUR = ConsentPurpose.HONOUR_LIST
NOTICE = "/me/data/notice/"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def person():
    publish_notice()
    return worker()


def give(person):
    return workflows.give_consent(actor=person.user, person=person, purpose=HONOUR)


def test_silence_is_no_consent(person):
    assert not has_consent(person, HONOUR)
    assert not has_consent(None, HONOUR)
    assert purposes_agreed([person], HONOUR) == set()


def test_consent_holds_from_its_moment_until_withdrawn_and_the_history_says_so(person):
    before = timezone.now()
    row = give(person)
    assert give(person) == row
    during = timezone.now()
    workflows.withdraw_consent(actor=person.user, person=person, purpose=HONOUR)
    assert workflows.withdraw_consent(actor=person.user, person=person, purpose=HONOUR) is None
    assert not has_consent(person, HONOUR)
    assert [
        has_consent(person, HONOUR, on=at)
        for at in (before - timedelta(seconds=1), during, timezone.now())
    ] == [False, True, False]
    again = give(person)
    assert Consent.objects.filter(person=person).count() == 2
    assert again.pk != row.pk
    assert purposes_agreed([person], HONOUR) == {person.pk}


def test_nobody_consents_for_somebody_else(person):
    other = worker(name="李四", phone="13711112222", serial=8)
    with pytest.raises(NotFound):
        workflows.give_consent(actor=other.user, person=person, purpose=HONOUR)
    give(person)
    with pytest.raises(NotFound):
        workflows.withdraw_consent(actor=other.user, person=person, purpose=HONOUR)


def test_without_a_notice_there_is_nothing_to_agree_to():
    with pytest.raises(DomainError) as caught:
        give(worker())
    assert caught.value.code == "no_notice"


def test_a_row_is_neither_rewritten_nor_deleted_nor_doubled(person):
    row = give(person)
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.bulk_create(
            [
                Consent(
                    person=person,
                    purpose=HONOUR,
                    policy_version=row.policy_version,
                    given_at=timezone.now(),
                    channel="my_data",
                )
            ]
        )


def rewritten(row, **changes):
    """Return what the database says to an UPDATE behind the model's back."""
    try:
        with transaction.atomic():
            Consent.objects.filter(pk=row.pk).update(**changes)
    except DatabaseError as error:
        return "append-only" if "append-only" in str(error) else str(error)
    return "done"


def test_database_itself_keeps_a_consent_and_lets_it_be_withdrawn_once_only(person):
    row, now = give(person), timezone.now()
    other = worker(name="李四", phone="13711112222", serial=8)
    earlier = now - timedelta(days=1)
    attempts = [
        {"given_at": earlier}, {"purpose": ConsentPurpose.SMS}, {"channel": "office"}, {"person": other}, {"withdrawn_channel": "office"},
        {"withdrawn_at": now, "given_at": earlier}, {"withdrawn_at": now, "person": other},
    ]  # fmt: skip
    assert [rewritten(row, **changes) for changes in attempts] == ["append-only"] * len(attempts)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=row.pk)._raw_delete(Consent.objects.db)
    workflows.withdraw_consent(actor=person.user, person=person, purpose=HONOUR)
    attempts = [
        {"withdrawn_at": None},
        {"withdrawn_at": now + timedelta(days=1)},
        {"withdrawn_channel": "office"},
        {"person": other},
    ]
    assert [rewritten(row, **changes) for changes in attempts] == ["append-only"] * len(attempts)


def test_consents_follow_a_decided_merge_and_no_other_way(person):
    give(person)
    workflows.withdraw_consent(actor=person.user, person=person, purpose=HONOUR)
    row = give(person)
    keep = worker(name="李四", phone="13711112222", serial=8)
    proposal = propose_merge(
        actor=officer(), keep=keep, gone=person, picks={}, reason="两证均已核对，同一人"
    )
    assert rewritten(row, person=keep) == "append-only"
    approve_merge(actor=officer(), proposal=proposal)
    assert list(Consent.objects.values_list("person", flat=True)) == [keep.pk, keep.pk]
    assert has_consent(keep, HONOUR)


def test_withdrawing_takes_the_public_page_away_at_once(client, person):
    give(person)
    honour = HonourFactory(person=person, display_name=person.name)
    workflows.withdraw_consent(actor=person.user, person=person, purpose=HONOUR)
    assert client.get(honour.get_absolute_url()).status_code == 404


# ---- the notice ----


def sign_in(client, person):
    client.force_login(person.user)


def test_after_sign_in_the_notice_comes_first_and_leads_back(client, person):
    sign_in(client, person)
    answer = client.get("/me/data/?x=1")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/me/data/notice/?next=%2Fme%2Fdata%2F%3Fx%3D1",
    )
    page = client.get(answer["Location"], headers={"Accept-Language": "en"})
    assert "checked" not in page.content.decode().split("<main")[1]
    version = page.context["policy"].public_id
    answer = client.post(NOTICE, {"version": version, "next": "/me/data/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/me/data/?x=1")
    assert client.get("/me/data/").status_code == 200
    assert NoticeRead.objects.get().user == person.user
    assert not Consent.objects.exists()


def test_read_once_it_does_not_come_again_until_the_next_version(client, person):
    workflows.record_notice_read(actor=person.user, version=PolicyVersion.objects.get())
    sign_in(client, person)
    assert client.get("/me/data/").status_code == 200
    publish_notice()
    assert client.get("/me/data/").status_code == 200, "nobody is interrupted in the middle of work"
    client.logout()
    sign_in(client, person)
    assert client.get("/me/data/").status_code == 302


def test_choice_ticked_beside_the_notice_is_kept_with_its_version(client, person):
    sign_in(client, person)
    policy = PolicyVersion.objects.get()
    client.post(NOTICE, {"version": policy.public_id, HONOUR: "on"})
    row = Consent.objects.get()
    assert (row.person, row.purpose, row.policy_version, row.channel) == (
        person,
        HONOUR,
        policy,
        "sign_in",
    )


def test_notice_replaced_while_reading_is_not_counted_as_read(client, person):
    sign_in(client, person)
    old = PolicyVersion.objects.get().public_id
    publish_notice()
    assert client.post(NOTICE, {"version": old}).status_code == 409
    assert not NoticeRead.objects.exists()


def test_notice_leads_nowhere_else(client, person):
    sign_in(client, person)
    answer = client.post(
        NOTICE,
        {"version": PolicyVersion.objects.get().public_id, "next": "https://elsewhere.example/"},
    )
    assert answer["Location"] == "/me/"


def test_leaving_and_a_running_deed_are_not_held_up(client, person):
    sign_in(client, person)
    assert client.post("/me/data/consent/honour_list/give/").status_code == 302
    assert client.post("/sign-out/").status_code == 302


def test_without_a_published_notice_nobody_is_held_up(client):
    person = worker()
    sign_in(client, person)
    assert client.get("/me/data/").status_code == 200
    assert client.get(NOTICE).status_code == 200


def test_published_text_never_changes_and_there_is_one_in_force():
    desk = officer()
    first = publish_notice()
    second = privacy_policy.save_draft(actor=desk, text_zh="二", text_en="two")
    assert (
        privacy_policy.save_draft(actor=desk, text_zh="二点", text_en="two and a bit").pk
        == second.pk
    )
    privacy_policy.publish_policy(actor=desk, policy=second)
    with pytest.raises(DomainError):
        privacy_policy.publish_policy(actor=desk, policy=second)
    first.refresh_from_db()
    assert (first.state, first.number, second.number) == ("replaced", 1, 2)
    with pytest.raises(DomainError):
        privacy_policy.save_draft(actor=worker().user, text_zh="三", text_en="three")
    with pytest.raises(DomainError):
        privacy_policy.save_draft(actor=access.SYSTEM, text_zh="", text_en="three")


@pytest.mark.parametrize("act", ["give", "withdraw"])
def test_consent_by_button_twice_and_by_a_stranger(client, person, act):
    workflows.record_notice_read(actor=person.user, version=PolicyVersion.objects.get())
    sign_in(client, person)
    for _time in range(2):
        assert client.post(f"/me/data/consent/honour_list/{act}/").status_code == 302
    assert Consent.objects.filter(withdrawn_at=None).count() == (1 if act == "give" else 0)
    assert client.post(f"/me/data/consent/nonsense/{act}/").status_code == 404
    assert client.get(f"/me/data/consent/honour_list/{act}/").status_code == 405

"""The holder's will about a watch-list (ADR 30): he ends it where he doesn't work, objects where
he does; silence ends it.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import access
from access.workflows import assign_role
from audit.models import Event
from certification.models import Watch
from certification.queries import watching as queries
from certification.workflows import status_changes
from certification.workflows import watching as workflows
from core.errors import DomainError, InvalidInput, NotFound
from notify.models import Message
from org.models import Employment
from tests.factories.certification import CertificateFactory
from tests.factories.ground import EmployerFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer():
    return EmployerFactory()


@pytest.fixture
def hr(employer):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="employer_hr", scope=employer)
    return user


@pytest.fixture
def holder():
    return UserFactory()


@pytest.fixture
def row(holder):
    return CertificateFactory(person=PersonFactory(user=holder))


@pytest.fixture
def made(hr, employer, row):
    return enter(hr, employer, row)


def enter(hr, employer, row):
    return workflows.watch_by_number_and_name(
        actor=hr, employer=employer, number=row.number, name=row.holder_name, address=None
    )


@pytest.fixture
def job(row, employer):
    return Employment.objects.create(
        person=row.person, employer=employer, starts_on=timezone.localdate() - timedelta(days=400)
    )


def told(user):
    return list(
        Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True)
    )


def later(made, days):
    """Let so many days go by for the entry."""
    past = {
        name: getattr(made, name) - timedelta(days=days)
        for name in ("added_on", "objected_on", "answer_due_on")
        if getattr(made, name)
    }
    Watch.objects.filter(pk=made.pk).update(**past)


def test_where_one_does_not_work_one_ends_it_at_once_and_the_employer_is_told(
    made, hr, holder, row
):
    workflows.end_watch_by_holder(actor=holder, watch=made)
    assert list(queries.list_running_watches()) == []
    assert told(hr) == ["certification.watch_ended_by_holder"]
    assert row.holder_name not in Message.objects.get(recipient=hr).text
    status_changes.suspend_certificate(
        actor=UserFactory(is_superuser=True), certificate=row, reason="under_review"
    )
    assert told(hr) == ["certification.watch_ended_by_holder"]
    assert (
        Event.objects.filter(kind="certification.watch_ended_by_holder").get().actor_id == holder.pk
    )
    with pytest.raises(DomainError, match="watch_over"):
        raise_code(workflows.end_watch_by_holder, actor=holder, watch=made)


def raise_code(deed, **values):
    """Call *deed*; let an error be found by its code."""
    try:
        return deed(**values)
    except DomainError as error:
        raise type(error)(error.code, error.code) from error


def test_what_was_ended_is_not_entered_again_until_the_holder_allows_it(
    made, hr, employer, holder, row
):
    workflows.end_watch_by_holder(actor=holder, watch=made)
    with pytest.raises(InvalidInput) as refused:
        enter(hr, employer, row)
    assert refused.value.code == "holder_refused"
    Watch.objects.update(
        added_on=timezone.localdate() - timedelta(days=800),
        ends_on=timezone.localdate() - timedelta(days=400),
    )
    assert workflows.purge_ended_watches(timezone.now()) == 0
    with pytest.raises(InvalidInput):
        enter(hr, employer, row)
    (one,) = queries.list_certificate_watchers(row)
    assert (one.refused, one.employed) == (True, False)
    workflows.allow_watch_again(actor=holder, watch=made)
    assert Watch.objects.count() == 0
    assert enter(hr, employer, row).pk != made.pk


def test_where_one_works_one_objects_and_the_employer_answers_why_it_stays(made, job, hr, holder):
    with pytest.raises(DomainError, match="employed_there"):
        raise_code(workflows.end_watch_by_holder, actor=holder, watch=made)
    objected = workflows.object_to_watch(
        actor=holder, watch=made, reason="  与岗位无关 ，\n请停止 "
    )
    assert (objected.objection, objected.answer_due_on) == (
        "与岗位无关 ， 请停止",
        timezone.localdate() + timedelta(days=15),
    )
    for deed in (workflows.renew_watch, workflows.watch_successor):
        with pytest.raises(DomainError, match="objection_open"):
            raise_code(deed, actor=hr, watch=made)
    with pytest.raises(DomainError, match="objected_already"):
        raise_code(workflows.object_to_watch, actor=holder, watch=made, reason="再次反对关注")
    kept = workflows.keep_watch(actor=hr, watch=made, answer="特种作业岗位须核对证书")
    assert (kept.answer, list(queries.list_running_watches())) == ("特种作业岗位须核对证书", [made])
    assert (told(hr), told(holder)) == (
        ["certification.watch_objected"],
        ["certification.watch_kept"],
    )
    assert "特种作业岗位须核对证书" in Message.objects.get(recipient=holder).text
    with pytest.raises(DomainError, match="nothing_to_answer"):
        raise_code(workflows.keep_watch, actor=hr, watch=made, answer="再次答复一遍")
    later(kept, 40)
    assert list(queries.list_running_watches()) == [made]
    workflows.renew_watch(actor=hr, watch=made)


def test_taken_off_after_an_objection_the_holder_is_told(made, job, hr, holder):
    workflows.object_to_watch(actor=holder, watch=made, reason="与岗位无关")
    workflows.remove_watch(actor=hr, watch=made)
    assert (Watch.objects.count(), told(holder)) == (0, ["certification.watch_taken_off"])


def test_objection_left_unanswered_ends_the_entry_and_is_remembered(
    made, job, hr, employer, holder, row
):
    objected = workflows.object_to_watch(actor=holder, watch=made, reason="与岗位无关")
    later(objected, 15)
    assert list(queries.list_running_watches()) == [made]
    later(objected, 16)
    assert list(queries.list_running_watches()) == []
    with pytest.raises(DomainError, match="nothing_to_answer"):
        raise_code(workflows.keep_watch, actor=hr, watch=made, answer="现在才答复")
    with pytest.raises(InvalidInput):
        enter(hr, employer, row)
    assert workflows.purge_ended_watches(timezone.now()) == 0
    assert [one.refused for one in queries.list_certificate_watchers(row)] == [True]


@pytest.mark.parametrize("text", ["", "  \n ", "不"])
def test_objection_and_answer_need_a_reason(made, job, hr, holder, text):
    with pytest.raises(InvalidInput) as refused:
        workflows.object_to_watch(actor=holder, watch=made, reason=text)
    assert list(refused.value.fields) == ["reason"]
    workflows.object_to_watch(actor=holder, watch=made, reason="与岗位无关")
    with pytest.raises(InvalidInput) as unanswered:
        workflows.keep_watch(actor=hr, watch=made, answer=text)
    assert list(unanswered.value.fields) == ["answer"]


def test_only_the_holder_has_a_say_and_only_the_employers_people_answer(
    made, job, hr, holder, settings
):
    stranger = PersonFactory(user=UserFactory()).user
    for deed, more in (
        (workflows.end_watch_by_holder, {}),
        (workflows.object_to_watch, {"reason": "与我无关"}),
        (workflows.allow_watch_again, {}),
    ):
        for who in (stranger, hr, UserFactory(is_superuser=True)):
            with pytest.raises(NotFound):
                deed(actor=who, watch=made, **more)
    workflows.object_to_watch(actor=holder, watch=made, reason="与岗位无关")
    with pytest.raises(NotFound):
        workflows.keep_watch(actor=holder, watch=made, answer="我来答复")
    settings.SHOW_WATCHERS = False
    with pytest.raises(NotFound):
        workflows.allow_watch_again(actor=holder, watch=made)


def test_matches_of_a_sheet_leave_out_what_holders_refused(made, hr, employer, holder, row):
    workflows.end_watch_by_holder(actor=holder, watch=made)
    assert queries.find_refused_certificates(employer, [row.pk, 0]) == {row.pk}
    assert queries.find_refused_certificates(EmployerFactory(), [row.pk]) == set()


def test_holders_pages_ask_then_do_and_lead_back(client, made, hr, holder, row):
    client.force_login(holder)
    wallet, door = (
        reverse("certification:certificate", args=[row.public_id]),
        reverse("certification:watched", args=[made.public_id]),
    )
    assert door in client.get(wallet).content.decode()
    asked = client.get(door).content.decode()
    assert made.employer.name in asked
    assert "textarea" not in asked
    done = client.post(door, follow=True)
    assert done.redirect_chain == [(f"{wallet}#watchers", 302)]
    assert queries.list_running_watches().count() == 0
    assert client.get(door).status_code == 200
    client.post(door)
    assert Watch.objects.count() == 0
    assert client.get(door).status_code == 404
    client.force_login(hr)
    assert client.get(door).status_code == 404


def test_objecting_and_answering_in_the_browser_keeps_what_was_typed(
    client, made, job, hr, holder, row
):
    client.force_login(holder)
    door = reverse("certification:watched", args=[made.public_id])
    assert "textarea" in client.get(door).content.decode()
    assert client.post(door, {"reason": ""}).status_code == 422
    refused = client.post(door, {"reason": "不 "})
    assert refused.status_code == 422
    assert ">\n不" in refused.content.decode()
    assert client.post(door, {"reason": "与岗位无关"}).status_code == 302
    shown = client.get(reverse("certification:certificate", args=[row.public_id])).content.decode()
    assert "与岗位无关" in shown
    client.force_login(hr)
    listed = client.get(reverse("certification:watch_list")).content.decode()
    answer = reverse("certification:watch_change", args=[made.public_id, "keep"])
    assert answer in listed
    assert "与岗位无关" in listed
    assert "与岗位无关" in client.get(answer).content.decode()
    assert client.post(answer, {"answer": ""}).status_code == 422
    assert client.post(answer, {"answer": "岗位须持证"}).status_code == 302
    assert Watch.objects.get().answer == "岗位须持证"
    assert answer not in client.get(reverse("certification:watch_list")).content.decode()


def test_who_watches_costs_one_query_however_many(row, hr):
    def count():
        with CaptureQueriesContext(connection) as caught:
            queries.list_certificate_watchers(row)
        return len(caught)

    for wanted in (1, 30):
        while Watch.objects.count() < wanted:
            today = timezone.localdate()
            Watch.objects.create(
                employer=EmployerFactory(),
                certificate=row,
                added_by=hr,
                added_on=today,
                ends_on=today,
            )
        assert (count(), len(queries.list_certificate_watchers(row))) == (1, wanted)

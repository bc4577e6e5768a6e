"""Large lists of members: asked for by one, decided by another, taken by the asker only, deleted
after seven days.
"""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from audit.models import Event
from core.errors import DomainError, Forbidden, IllegalMove, InvalidInput, NotFound
from core.todos import Asker
from jobs.runner import run_waiting_items
from notify.models import Message
from office.models import PeopleExport
from office.queries import todos
from office.workflows import bulk_export as work
from org.enums import OrgLevel
from org.workflows.belonging import join_union
from people.rules.identity import compute_id_check_character
from people.workflows.person import record_person
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
PURPOSE = "换届选举核对会员名册"


def number(serial):
    first = f"33010619800506{serial:03d}"
    return first + compute_id_check_character(first)


def an(role, unit):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=unit)
    return user


@pytest.fixture(autouse=True)
def small_cap(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(work, "EXPORT_CAP", 1)
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def city():
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def people(city):
    rows = []
    for serial, name in enumerate(("张伟强", "=1+1"), start=1):
        person = record_person(
            actor=access.SYSTEM,
            name=name,
            id_kind="resident",
            id_number=number(serial),
            mobile="13800001111",
        )
        join_union(actor=access.SYSTEM, person=person, org_unit=city, starts_on=date(2020, 1, 1))
        rows.append(person)
    return rows


@pytest.fixture
def officer(city, people):
    return an("union_officer", city)


@pytest.fixture
def reviewer(city):
    return an("union_reviewer", city)


@pytest.fixture
def asked(city, officer, reviewer):
    return work.request_people_export(actor=officer, org=city, purpose=PURPOSE)


def made(asked, reviewer):
    work.approve_export(actor=reviewer, export=asked)
    run_waiting_items()
    asked.refresh_from_db()
    return asked


def cells(export):
    with export.file.open("rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def waiting(provider, user):
    return [
        todo.href
        for todo in provider(Asker(user=user, person=None, held=frozenset(), now=timezone.now()))
    ]


def kinds():
    return list(
        Event.objects.filter(kind__startswith="office.export")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def told():
    return sorted(
        Message.objects.filter(kind__startswith="office.export").values_list("kind", "recipient")
    )


def url(name, export):
    return reverse(f"office:people_export_{name}", args=[export.public_id])


def test_list_is_asked_for_agreed_to_made_taken_and_deleted_after_seven_days(
    client, asked, officer, reviewer
):
    assert (told(), waiting(todos.list_export_decision_todos, reviewer)) == (
        [("office.export_waits", reviewer.pk)],
        [url("detail", asked)],
    )
    assert waiting(todos.list_export_decision_todos, officer) == []
    export = made(asked, reviewer)
    assert (export.state, export.rows, export.decided_by) == ("ready", 2, reviewer)
    assert told() == [("office.export_ready", officer.pk), ("office.export_waits", reviewer.pk)]
    assert (
        waiting(todos.list_export_pickup_todos, officer),
        waiting(todos.list_export_decision_todos, reviewer),
    ) == (
        [url("detail", asked)],
        [],
    )
    rows = cells(export)
    assert officer.username in rows[0][0]
    assert {tuple(row[:5]) for row in rows[2:]} == {
        ("张伟强", "男", "1980-05-06", f"3301************{number(1)[-2:]}", "138****1111"),
        ("=1+1", "女", "1980-05-06", f"3301************{number(2)[-2:]}", "138****1111"),
    }
    client.force_login(officer)
    for _time in range(2):
        answer = client.get(url("take", export))
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
        b"".join(answer.streaming_content)
    assert waiting(todos.list_export_pickup_todos, officer) == []
    assert kinds() == [
        "office.export_asked",
        "office.export_approved",
        "office.export_made",
        "office.export_taken",
        "office.export_taken",
    ]
    name, storage = export.file.name, export.file.storage
    assert (work.tidy_due_exports(), storage.exists(name)) == (0, True)
    PeopleExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(url("take", export)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_sweeper_deletes_the_file_when_its_days_are_over_and_only_once(asked, reviewer):
    export = made(asked, reviewer)
    name, storage = export.file.name, export.file.storage
    PeopleExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert work.has_due_exports()
    assert [work.tidy_due_exports(), work.tidy_due_exports(), work.has_due_exports()] == [
        1,
        0,
        False,
    ]
    export.refresh_from_db()
    assert (export.state, export.file.name, storage.exists(name)) == ("deleted", "", False)


def test_nobody_decides_about_the_own_request_nor_without_the_right(city, asked, officer):
    boss = an("union_admin", city)
    own = work.request_people_export(actor=boss, org=city, purpose=PURPOSE)
    with pytest.raises(DomainError) as refused:
        work.approve_export(actor=boss, export=own)
    assert refused.value.code == "export_own"
    with pytest.raises(Forbidden):
        work.approve_export(actor=an("union_officer", city), export=asked)
    with pytest.raises(NotFound):
        work.approve_export(actor=an("union_reviewer", OrgUnitFactory(code="340000")), export=asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleExport.objects.filter(pk=own.pk).update(decided_by=boss)


def test_decision_falls_once(asked, reviewer, city):
    work.decline_export(actor=reviewer, export=asked, reason="请按单位分别申请")
    with pytest.raises(IllegalMove):
        work.approve_export(actor=an("union_admin", city), export=asked)
    assert (run_waiting_items(), told()[0]) == (0, ("office.export_declined", asked.asked_by_id))


def test_list_holds_only_what_the_asker_may_take_out_when_it_is_made(
    city, asked, officer, reviewer
):
    work.approve_export(actor=reviewer, export=asked)
    officer.role_assignments.update(withdrawn_at=timezone.now())
    run_waiting_items()
    asked.refresh_from_db()
    assert asked.rows == 0
    with pytest.raises((Forbidden, NotFound)):
        work.note_people_export_taken(actor=officer, export=asked)


def test_asker_who_lost_the_right_is_agreed_to_by_nobody(asked, officer, reviewer):
    officer.role_assignments.update(withdrawn_at=timezone.now())
    with pytest.raises(DomainError) as refused:
        work.approve_export(actor=reviewer, export=asked)
    assert refused.value.code == "export_right_gone"


def test_full_numbers_need_the_right_to_look_and_each_person_sees_it(
    city, officer, reviewer, people
):
    export = made(
        work.request_people_export(actor=officer, org=city, full_numbers=True, purpose=PURPOSE),
        reviewer,
    )
    assert sorted(row[3] for row in cells(export)[2:]) == sorted([number(1), number(2)])
    shown = Event.objects.filter(kind="people.identity_shown").order_by("target_id")
    assert [(row.actor, row.target_id, row.reason) for row in shown] == [
        (officer, str(person.pk), PURPOSE) for person in people
    ]
    assert not any(number(1) in str((event.before, event.after)) for event in Event.objects.all())


@pytest.mark.parametrize(("purpose", "code"), [("短", "purpose_missing"), ("", "purpose_missing")])
def test_request_without_a_purpose_is_refused_on_its_field(city, officer, reviewer, purpose, code):
    with pytest.raises(InvalidInput) as refused:
        work.request_people_export(actor=officer, org=city, purpose=purpose)
    assert (refused.value.code, list(refused.value.fields)) == (code, ["purpose"])


def test_request_nobody_could_decide_or_nobody_is_in_or_that_is_short_is_refused(
    city, officer, monkeypatch
):
    def code(**changes):
        with pytest.raises(DomainError) as refused:
            work.request_people_export(
                **{"actor": officer, "org": city, "purpose": PURPOSE, **changes}
            )
        return refused.value.code

    assert code() == "export_no_second"
    an("union_reviewer", city)
    assert code(standing="left") == "export_empty"
    monkeypatch.setattr(work, "LARGEST", 1)
    assert code() == "export_too_large"
    monkeypatch.setattr(work, "LARGEST", 10)
    monkeypatch.setattr(work, "EXPORT_CAP", 2)
    assert code() == "export_small"


def test_file_that_can_not_be_made_ends_the_request_and_tells_the_asker(
    asked, officer, reviewer, monkeypatch
):
    def broken(*args, **kwargs):
        raise NotFound

    work.approve_export(actor=reviewer, export=asked)
    monkeypatch.setattr(work, "build_people_workbook", broken)
    for _try in range(10):
        run_waiting_items()
    asked.refresh_from_db()
    assert (asked.state, told()[0]) == ("failed", ("office.export_failed", officer.pk))


def test_old_request_lapses(asked):
    PeopleExport.objects.update(created_at=timezone.now() - work.LAPSES)
    assert (work.tidy_due_exports(), PeopleExport.objects.get().state) == (1, "lapsed")


# ---- screens ----


def test_page_shows_the_decision_to_the_second_person_the_file_to_the_asker_and_nothing_to_others(
    client, city, asked, officer, reviewer
):
    client.force_login(officer)
    assert (
        url("agree", asked) in client.get(url("detail", asked)).content.decode(),
        client.get(url("take", asked)).status_code,
    ) == (
        False,
        404,
    )
    assert client.post(url("agree", asked)).status_code in (403, 404)
    client.force_login(reviewer)
    assert url("agree", asked) in client.get(url("detail", asked)).content.decode()
    assert client.post(url("agree", asked), {"reason": "已核对"}).url == url("detail", asked)
    run_waiting_items()
    assert client.get(url("take", asked)).status_code == 404
    client.force_login(an("union_officer", city))
    assert [client.get(url(name, asked)).status_code for name in ("detail", "take", "decline")] == [
        404,
        404,
        404,
    ]


def test_file_needs_a_recent_sign_in(client, asked, officer, reviewer):
    export = made(asked, reviewer)
    client.force_login(officer)
    session = client.session
    session["people_confirmed_at"] = 0
    session.save()
    answer = client.get(url("take", export))
    assert (answer.status_code, answer.url.startswith("/sign-in/again/")) == (302, True)


def test_name_searched_for_is_left_out_and_the_wish_is_kept_on_wrong_input(
    client, city, officer, reviewer
):
    client.force_login(officer)
    address = reverse("office:people_export_ask")
    page = client.get(address, {"q": "张", "union": str(city.public_id)})
    assert (page.context["count"], page.context["name_left_out"]) == (2, "张")
    assert client.post(address, {"purpose": "短"}).status_code == 422
    answer = client.post(f"{address}?union={city.public_id}", {"purpose": PURPOSE})
    row = PeopleExport.objects.get()
    assert (answer.url, row.org, row.count, row.full_numbers) == (
        url("detail", row),
        city,
        2,
        False,
    )


def test_clerk_of_several_unions_chooses_one_first(client, officer):
    assign_role(
        actor=access.SYSTEM, user=officer, role="union_officer", scope=OrgUnitFactory(code="340000")
    )
    client.force_login(officer)
    assert client.get(reverse("office:people_export_ask")).url == reverse("office:people")


def test_decline_and_withdraw_and_delete_by_their_pages(client, city, asked, officer, reviewer):
    client.force_login(reviewer)
    assert client.post(url("decline", asked), {"reason": "短"}).status_code == 422
    assert client.post(url("withdraw", asked)).status_code == 404
    client.force_login(officer)
    assert client.post(url("withdraw", asked)).url == reverse("office:people_exports")
    export = made(work.request_people_export(actor=officer, org=city, purpose=PURPOSE), reviewer)
    assert client.post(url("delete", export)).url == url("detail", export)
    assert [row.state for row in client.get(reverse("office:people_exports")).context["page"]] == [
        "deleted",
        "withdrawn",
    ]


def test_lists_cost_the_same_queries_at_1_and_30_rows(
    client, city, officer, reviewer, django_assert_max_num_queries
):
    client.force_login(reviewer)
    work.request_people_export(actor=officer, org=city, purpose=PURPOSE)
    address = reverse("office:people_exports")
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    for _ in range(29):
        work.request_people_export(actor=officer, org=city, purpose=PURPOSE)
    with django_assert_max_num_queries(len(one)):
        client.get(address)

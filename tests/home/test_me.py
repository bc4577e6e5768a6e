"""Everybody's own page: a worker's record, an officer's places, a judge's sheets; strangers are sent to sign in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

import access
from access.workflows import assign_role
from home import queries
from tests.factories.certification import CertificateFactory
from tests.factories.competitions import EntryFactory, EventFactory
from tests.factories.courses import EnrolmentFactory, TrainingClassFactory
from tests.factories.ground import EmploymentFactory, MembershipFactory, OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
ME = "/me/"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_stranger_is_sent_to_sign_in_and_comes_back(client):
    answer = client.get(ME)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/me/")


def test_new_worker_sees_an_empty_record_and_where_to_begin(client):
    worker = WorkerFactory()
    client.force_login(worker.user)
    text = client.get(ME, headers={"Accept-Language": "en"}).content.decode()
    assert "Your record begins with the first class" in text
    assert worker.name in text


def test_worker_record_shows_union_and_employer_of_today():
    worker = WorkerFactory()
    MembershipFactory(person=worker, org_unit=OrgUnitFactory(name="老工会"), ends_on=date(2021, 1, 1))
    MembershipFactory(person=worker, org_unit=OrgUnitFactory(name="新工会"), starts_on=date(2021, 1, 2))
    EmploymentFactory(person=worker, employer__name="示例厂")
    assert queries.own_page(worker.user).under == "新工会 · 示例厂"


def test_offered_place_comes_before_everything_else():
    worker = WorkerFactory()
    EnrolmentFactory(person=worker, training_class__course__title="焊接")
    until = timezone.now() + timedelta(hours=24)
    EnrolmentFactory(person=worker, training_class__course__title="电工", state="offered", offered_until=until)
    page = queries.own_page(worker.user)
    assert [(row.title, row.urgent) for row in page.todos] == [("A place is free: 电工", True), ("焊接", False)]


def test_path_shows_at_most_one_red_stage():
    worker = WorkerFactory()
    EnrolmentFactory(person=worker)
    EntryFactory(person=worker, event__starts_on=timezone.localdate(), event__ends_on=timezone.localdate())
    CertificateFactory(person=worker)
    page = queries.own_page(worker.user)
    assert [stage.state for stage in page.stages] == ["done", "", "now", "done", ""]
    assert [stage.text for stage in page.stages] == ["1 class · 0 hours", "no agreement yet", "entered", "1 certificate", "still ahead"]


def test_only_the_newest_three_certificates_stand_on_the_page():
    worker = WorkerFactory()
    for month in range(1, 6):
        CertificateFactory(person=worker, issued_on=date(2026, month, 1))
    page = queries.own_page(worker.user)
    assert ([card.issued_on.month for card in page.certificates], page.more_certificates) == ([5, 4, 3], True)


def test_officer_without_person_has_places_and_roles_and_no_record():
    officer, city = UserFactory(display_name="经办"), OrgUnitFactory(name="市总工会")
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    EventFactory(org=city, title="焊工决赛")
    page = queries.own_page(officer)
    assert (page.is_worker, page.title, page.stages) == (False, "经办", ())
    assert [(row.title, row.text) for row in page.roles] == [("union officer", "市总工会")]
    assert "Imports" in [row.title for row in page.desks]
    assert [row.title for row in page.todos] == ["焊工决赛"]


def test_officer_sees_nothing_of_another_union():
    officer, city, other = UserFactory(), OrgUnitFactory(), OrgUnitFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    EventFactory(org=other, title="邻市的赛事")
    assert [row.title for row in queries.own_page(officer).todos] == []


def test_role_that_ends_soon_is_marked():
    officer, city = UserFactory(), OrgUnitFactory()
    ends = timezone.localdate() + timedelta(days=8)
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city, ends_on=ends)
    (row,) = queries.own_page(officer).roles
    assert (row.word, row.tone) == (f"until {ends.isoformat()}", "warn")


def test_page_of_another_worker_is_never_shown(client):
    mine, other = WorkerFactory(), WorkerFactory(name="别人家")
    EnrolmentFactory(person=other, training_class__course__title="别人的课")
    client.force_login(mine.user)
    text = client.get(ME).content.decode()
    assert ["别人家" in text, "别人的课" in text] == [False, False]


def test_own_page_asks_the_same_queries_for_one_and_for_thirty(client):
    worker = WorkerFactory()

    def fill(times: int) -> int:
        for _n in range(times):
            EnrolmentFactory(person=worker, training_class=TrainingClassFactory())
            EntryFactory(person=worker)
            CertificateFactory(person=worker)
        client.force_login(worker.user)
        client.get(ME)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ME).status_code == 200
        return len(asked)

    one = fill(1)
    assert (fill(29), one <= 14) == (one, True)


def test_officers_page_asks_the_same_queries_for_one_and_for_thirty_events(client):
    officer, city = UserFactory(), OrgUnitFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)

    def fill(times: int) -> int:
        for _n in range(times):
            EventFactory(org=city)
        client.force_login(officer)
        client.get(ME)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ME).status_code == 200
        return len(asked)

    one = fill(1)
    assert (fill(29), one <= 14) == (one, True)


def test_name_outside_the_basic_plane_survives(client):
    worker = WorkerFactory(name="𬭎𠮷·阿𡈽")
    client.force_login(worker.user)
    assert "𬭎𠮷·阿𡈽" in client.get(ME).content.decode()

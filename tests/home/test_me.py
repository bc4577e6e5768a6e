"""Everybody's own page: a worker's record, an officer's places, a judge's sheets; strangers are
sent to sign in.
"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from icalendar import Calendar
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from core import todos
from home import queries
from occupations.models import Occupation
from tests.factories.certification import CertificateFactory
from tests.factories.competitions import EntryFactory, EventFactory
from tests.factories.courses import EnrolmentFactory, SessionFactory, TrainingClassFactory
from tests.factories.ground import (
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    UserFactory,
    WorkerFactory,
)

pytestmark = pytest.mark.django_db
ME = "/me/"
NOW = timezone.now()


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
    assert "Your record starts with your first class" in text
    assert worker.name in text


def test_worker_record_shows_union_and_employer_of_today():
    worker = WorkerFactory()
    MembershipFactory(
        person=worker, org_unit=OrgUnitFactory(name="老工会"), ends_on=date(2021, 1, 1)
    )
    MembershipFactory(
        person=worker, org_unit=OrgUnitFactory(name="新工会"), starts_on=date(2021, 1, 2)
    )
    EmploymentFactory(person=worker, employer__name="示例厂")
    assert queries.own_page(worker.user).under == "新工会 · 示例厂"


def test_offered_place_comes_before_everything_else():
    worker = WorkerFactory()
    EnrolmentFactory(person=worker, training_class__course__title="焊接")
    until = timezone.now() + timedelta(hours=24)
    EnrolmentFactory(
        person=worker, training_class__course__title="电工", state="offered", offered_until=until
    )
    page = queries.own_page(worker.user)
    assert [(row.title, row.urgent) for row in page.todos] == [
        ("A place is free: 电工", True),
        ("焊接", False),
    ]


def test_path_shows_at_most_one_red_stage():
    worker = WorkerFactory()
    EnrolmentFactory(person=worker)
    EntryFactory(
        person=worker, event__starts_on=timezone.localdate(), event__ends_on=timezone.localdate()
    )
    CertificateFactory(person=worker)
    page = queries.own_page(worker.user)
    assert [stage.state for stage in page.stages] == ["done", "", "now", "done", ""]
    assert [stage.text for stage in page.stages] == [
        "1 class · 0 hours",
        "no agreement yet",
        "entered",
        "1 certificate",
        "still ahead",
    ]


def test_only_the_newest_three_certificates_stand_on_the_page():
    worker = WorkerFactory()
    for month in range(1, 6):
        CertificateFactory(person=worker, issued_on=date(2026, month, 1))
    page = queries.own_page(worker.user)
    assert ([card.issued_on.month for card in page.certificates], page.more_certificates) == (
        [5, 4, 3],
        True,
    )


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
    assert (fill(29), one <= 20) == (one, True)


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
    assert (fill(29), one <= 20) == (one, True)


def test_name_outside_the_basic_plane_survives(client):
    worker = WorkerFactory(name="𬭎𠮷·阿𡈽")
    client.force_login(worker.user)
    assert "𬭎𠮷·阿𡈽" in client.get(ME).content.decode()


# ---- calendar, record, openings ----


def test_session_of_mine_goes_into_a_calendar_file_and_another_persons_does_not(client):
    worker, other = WorkerFactory(), WorkerFactory()
    training_class = TrainingClassFactory(state="running", venue="二号楼 204")
    EnrolmentFactory(person=worker, training_class=training_class, state="attending")
    start = timezone.now() + timedelta(days=2)
    session = SessionFactory(
        training_class=training_class,
        title="第 6 讲",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
    )
    (todo,) = queries.own_page(worker.user).todos
    address = f"/me/calendar/session-{session.public_id}.ics"
    client.force_login(worker.user)
    assert address in client.get(ME).content.decode()
    answer = client.get(address)
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (
        answer["Content-Type"],
        str(entry["LOCATION"]),
        entry.decoded("DTSTART"),
        str(entry["SUMMARY"]),
        todo.due,
    ) == (
        "text/calendar; charset=utf-8",
        "二号楼 204",
        start.replace(microsecond=0),
        f"{training_class.course.title}：第 6 讲",
        start,
    )
    client.force_login(other.user)
    assert client.get(address).status_code == 404


def test_record_is_printed_and_exported_whole_and_only_for_a_person(client):
    worker = WorkerFactory(name="𬭎𠮷")
    EnrolmentFactory(
        person=worker,
        training_class__course__title="=电工",
        state="certified",
        decided_at=timezone.now(),
    )
    client.force_login(worker.user)
    page = client.get("/me/record/").content.decode()
    assert ("𬭎𠮷" in page, "=电工" in page) == (True, True)
    rows = list(
        load_workbook(BytesIO(client.get("/me/record.xlsx").content)).active.iter_rows(
            values_only=True
        )
    )
    assert [row[1] for row in rows] == ["内容", "结业：=电工"]
    client.force_login(UserFactory())
    assert [client.get(path).status_code for path in ("/me/record/", "/me/record.xlsx")] == [
        404,
        404,
    ]


def test_openings_name_what_is_open_and_not_yet_mine(open_class):
    worker, welder = WorkerFactory(), Occupation.objects.create(code="6-18-02-04", name="焊工")
    mine = open_class(course__title="我的课", course__occupation=welder)
    open_class(course__title="远的课", enrol_closes_at=NOW + timedelta(days=1))
    open_class(course__title="近的课", course__occupation=welder)
    open_class(
        course__title="已截止",
        enrol_opens_at=NOW - timedelta(days=9),
        enrol_closes_at=NOW - timedelta(days=1),
    )
    EnrolmentFactory(person=worker, training_class=mine, state="attending")
    EntryFactory(person=worker, event=EventFactory(state="open", title="已报的赛"))
    EventFactory(state="open", title="可报的赛")
    EventFactory(state="draft", title="未公布的赛")
    assert [row.title for row in queries.own_page(worker.user).openings] == [
        "近的课",
        "远的课",
        "可报的赛",
    ]


def test_openings_leave_out_no_class_that_can_be_enrolled_in(open_class):
    """W3: classes of a course once left, refused or failed were missing."""
    worker = WorkerFactory()
    for number, state in enumerate(
        (
            "withdrawn",
            "dropped",
            "refused",
            "failed",
            "absent",
            "passed",
            "waitlisted",
            "attending",
        ),
        start=1,
    ):
        again = open_class(
            course__title=f"再开的课 {number}", enrol_closes_at=NOW + timedelta(days=number)
        )
        before = TrainingClassFactory(course=again.course, rule=again.rule, state="finished")
        EnrolmentFactory(
            person=worker,
            training_class=before,
            state=state,
            waitlist_no=1 if state == "waitlisted" else None,
        )
    assert [row.title for row in queries.own_page(worker.user).openings] == [
        f"再开的课 {number}" for number in range(1, 6)
    ]


def test_openings_do_not_stop_at_the_fourth(open_class):
    for number in range(1, 7):
        open_class(course__title=f"课 {number}", enrol_closes_at=NOW + timedelta(days=number))
    assert [row.title for row in queries.own_page(WorkerFactory().user).openings] == [
        f"课 {number}" for number in range(1, 7)
    ]


def test_reviewer_sees_the_class_others_filed_with_their_name_and_not_the_own_one():
    city = OrgUnitFactory(name="市总工会")
    reviewer, filer = UserFactory(), UserFactory(display_name="经办甲")
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=city)
    TrainingClassFactory(org=city, state="filed", filed_by=filer, name="一班")
    TrainingClassFactory(org=city, state="filed", filed_by=reviewer, name="二班")
    TrainingClassFactory(state="filed", filed_by=filer, name="别处的班")
    todos = [(todo.title, todo.by) for todo in queries.own_page(reviewer).todos]
    assert todos == [("Class to approve: 一班", "市总工会 · 经办甲")]


def test_todos_come_urgent_first_then_by_deadline_then_the_rest(monkeypatch):
    now = timezone.now()
    rows = [
        todos.Todo("none", "/", ""),
        todos.Todo("day", "/", "", due=now.date()),
        todos.Todo("later", "/", "", due=now + timedelta(days=9)),
        todos.Todo("urgent", "/", "", urgent=True),
    ]
    monkeypatch.setattr(todos, "_providers", {})
    todos.register_todos("a", lambda asker: rows)
    todos.register_todos("b", lambda asker: [todos.Todo("secret", "/", "")], codenames={"x.y"})
    asker = todos.Asker(user=UserFactory(), person=None, held=frozenset(), now=now)
    assert [row.title for row in todos.gather_todos(asker)] == ["urgent", "day", "later", "none"]

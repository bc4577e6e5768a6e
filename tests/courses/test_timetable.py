"""Sessions: how many class hours fit, who is told, what clashes; and the screens on which they are
planned.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.clock import now
from courses.errors import ClassNotReady, TimetableClash
from courses.models import ClassSession, TrainingClass
from courses.queries.timetable import token_of
from courses.workflows.timetable import add_session, change_session
from courses.workflows.training_class import save_class
from notify.models import Message
from tests.courses.test_attendance import go as check_in
from tests.courses.test_enrolment import kinds_of
from tests.factories.courses import EnrolmentFactory, SessionFactory, TrainingClassFactory

pytestmark = pytest.mark.django_db


def plan(training_class, officer, *, days=20, hours="4", minutes=180, **fields):
    starts = now().replace(microsecond=0) + timedelta(days=days)
    return add_session(
        actor=officer,
        training_class=training_class,
        title="加课",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        hours=Decimal(hours),
        **fields,
    )


@pytest.fixture
def officer(training_class, staff_of):
    return staff_of(training_class, "training_officer")


# ---- class hours ----


@pytest.mark.parametrize(
    ("minutes", "hours", "fits"),
    [(45, "1", True), (45, "99", False), (180, "4", True), (179, "4", False), (90, "2.5", False)],
)
def test_session_credits_no_more_class_hours_than_fit(
    training_class, officer, minutes, hours, fits
):
    if fits:
        assert plan(training_class, officer, minutes=minutes, hours=hours).hours == Decimal(hours)
        return
    with pytest.raises(ValidationError) as caught:
        plan(training_class, officer, minutes=minutes, hours=hours)
    assert "45 分钟" in caught.value.message_dict["hours"][0]
    assert training_class.sessions.count() == 1


def test_session_can_not_be_shortened_below_its_hours(training_class, officer):
    session = plan(training_class, officer)
    with pytest.raises(ValidationError):
        change_session(
            actor=officer, session=session, ends_at=session.starts_at + timedelta(minutes=45)
        )


# ---- who is told ----


def test_everybody_enrolled_is_told_of_a_new_session_and_of_a_new_time_or_place(
    training_class, officer
):
    people = [
        EnrolmentFactory(training_class=training_class, state=state)
        for state in ("admitted", "attending", "passed")
    ]
    waiting = EnrolmentFactory(training_class=training_class, state="waitlisted", waitlist_no=1)
    session = plan(training_class, officer)
    session = change_session(actor=officer, session=session, venue="301 教室")
    change_session(
        actor=officer,
        session=session,
        starts_at=session.starts_at + timedelta(hours=1),
        ends_at=session.ends_at + timedelta(hours=1),
    )
    change_session(actor=officer, session=ClassSession.objects.get(pk=session.pk), title="改个名字")
    for person in people:
        assert kinds_of(person) == [
            "courses.session_added",
            "courses.session_changed",
            "courses.session_changed",
        ]
    assert kinds_of(waiting) == []
    assert "301 教室" in Message.objects.filter(kind="courses.session_changed").first().text


def test_draft_tells_nobody(officer, training_class):
    TrainingClass.objects.filter(pk=training_class.pk).update(state="draft")
    EnrolmentFactory(training_class=training_class)
    plan(TrainingClass.objects.get(pk=training_class.pk), officer)
    assert Message.objects.count() == 0


# ---- what clashes ----


@pytest.fixture
def elsewhere(training_class):
    """Another class in the same room, with the same teacher and a common trainee, in twenty days."""
    other = TrainingClassFactory(
        org=training_class.org, venue="3  号楼 108", teacher="王敏、任教员（技师）"
    )
    start = now().replace(microsecond=0) + timedelta(days=20)
    SessionFactory(
        training_class=other,
        number=1,
        starts_at=start + timedelta(hours=1),
        ends_at=start + timedelta(hours=4),
    )
    both = EnrolmentFactory(training_class=training_class)
    EnrolmentFactory(training_class=other, person=both.person)
    return other


def test_clashes_of_room_teacher_and_trainees_are_shown_before_they_are_confirmed(
    training_class, officer, elsewhere
):
    with pytest.raises(TimetableClash) as caught:
        plan(training_class, officer)
    assert [clash.kind.value for clash in caught.value.clashes] == ["room", "teacher", "trainee"]
    assert training_class.sessions.count() == 1
    assert Message.objects.count() == 0
    token = token_of(caught.value.clashes)
    EnrolmentFactory(
        training_class=elsewhere, person=EnrolmentFactory(training_class=training_class).person
    )
    with pytest.raises(TimetableClash):
        plan(training_class, officer, confirmed=token)  # one more than was shown
    with pytest.raises(TimetableClash) as caught:
        plan(training_class, officer, confirmed="x")
    assert plan(training_class, officer, confirmed=token_of(caught.value.clashes)).number == 2


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"state": "finished"}])
def test_classes_that_are_over_clash_with_nothing(training_class, officer, elsewhere, change):
    TrainingClass.objects.filter(pk=elsewhere.pk).update(**change)
    assert plan(training_class, officer).pk


def test_back_to_back_and_another_room_is_no_clash(training_class, officer, elsewhere):
    TrainingClass.objects.filter(pk=training_class.pk).update(teacher="")
    elsewhere.enrolments.all().delete()
    training_class.refresh_from_db()
    assert plan(training_class, officer, venue="301").pk
    assert plan(training_class, officer, days=21).pk


def test_new_teacher_of_the_class_clashes_until_it_is_meant(training_class, officer, elsewhere):
    TrainingClass.objects.filter(pk=training_class.pk).update(teacher="", venue="别处")
    elsewhere.enrolments.all().delete()
    training_class.refresh_from_db()
    plan(training_class, officer)
    act = {
        "actor": officer,
        "course": training_class.course,
        "training_class": training_class,
        "teacher": "王敏",
        "change_notice": "换教师",
    }
    with pytest.raises(TimetableClash):
        save_class(**act)
    assert save_class(**act, despite_clashes=True).teacher == "王敏"


# ---- what can't be changed ----


def test_time_of_a_session_with_presence_stays(trainee, going_on, staff_of):
    officer, session = staff_of(going_on, "training_officer"), going_on.sessions.get()
    check_in(trainee, session)
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "presence_recorded"):
        change_session(actor=officer, session=session, hours=Decimal(1))
    assert change_session(actor=officer, session=session, venue="隔壁").venue == "隔壁"


def test_session_that_is_over_stays(training_class, officer, stopped_clock):
    stopped_clock.move_by(days=11)
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "session_over"):
        change_session(actor=officer, session=training_class.sessions.get(), venue="隔壁")


# ---- the screen ----


def typed(**changes):
    day = timezone.localtime() + timedelta(days=20)
    return {
        "title": "加课",
        "kind": "theory",
        "starts_at": f"{day:%Y-%m-%d}T08:30",
        "ends_at": f"{day:%Y-%m-%d}T11:30",
        "hours": "4",
        "venue": "",
        "minutes_before": "30",
        "minutes_after": "20",
        **changes,
    }


def test_screen_adds_and_changes_a_session_and_keeps_what_was_typed(
    client, training_class, officer
):
    EnrolmentFactory(training_class=training_class)
    client.force_login(officer)
    address = reverse("courses:new_session", args=[training_class.public_id])
    assert "1 名已报名职工" in client.get(address).content.decode()
    for wrong in (
        {"hours": "99"},
        {"ends_at": "x"},
        {"ends_at": typed()["starts_at"]},
        {"title": ""},
    ):
        answer = client.post(address, typed(**wrong))
        assert answer.status_code == 422
        assert (
            'value="11:30"' in answer.content.decode()
            or "T11:30" in answer.content.decode()
            or "ends_at" in wrong
        )
    assert client.post(address, typed()).status_code == 302
    session = training_class.sessions.get(number=2)
    change = reverse("courses:change_session", args=[training_class.public_id, session.public_id])
    assert "T08:30" in client.get(change).content.decode()
    assert client.post(change, typed(venue="301 教室")).status_code == 302
    session.refresh_from_db()
    assert (session.venue, session.title) == ("301 教室", "加课")


def test_screen_shows_the_clash_and_saves_only_after_the_second_press(
    client, training_class, officer, elsewhere
):
    client.force_login(officer)
    address = reverse("courses:new_session", args=[training_class.public_id])
    day = timezone.localtime(elsewhere.sessions.get().starts_at)
    data = typed(
        starts_at=f"{day:%Y-%m-%dT%H:%M}", ends_at=f"{day + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    )
    answer = client.post(address, data)
    page = answer.content.decode()
    assert (answer.status_code, elsewhere.name in page, "仍要保存" in page) == (409, True, True)
    token = page.split('name="confirmed" value="')[1].split('"')[0]
    assert len(token) == 24
    assert client.post(address, data | {"confirmed": token}).status_code == 302


def test_screen_is_for_who_manages_the_class(client, training_class, staff_of, worker):
    address = reverse("courses:new_session", args=[training_class.public_id])
    for user, status in ((staff_of(training_class), 403), (worker.user, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status

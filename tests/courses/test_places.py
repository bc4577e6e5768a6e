"""Who gets a seat, and when: the queue before newcomers, one class at a time, applications,
leaving and coming back.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.clock import now
from core.errors import Forbidden, NotFound
from courses import tasks
from courses.errors import ClassNotReady, EnrolmentRefused
from courses.models import ClassSession, Enrolment, TrainingClass
from courses.queries.enrolment import queues_to_serve
from courses.workflows.attendance import check_in_trainee
from courses.workflows.enrolment import (
    accept_offer,
    admit_person,
    drop_trainee,
    enrol_person,
    lapse_unaccepted_offers,
    refuse_applicant,
    serve_all_queues,
    withdraw_enrolment,
)
from courses.workflows.training_class import (
    cancel_class,
    finish_class,
    resume_class,
    save_class,
    start_class,
    suspend_class,
)
from jobs import sweeper
from tests.courses.test_attendance import wall
from tests.courses.test_enrolment import go, kinds_of, seats
from tests.factories.courses import EnrolmentFactory, SessionFactory, TrainingClassFactory
from tests.factories.ground import WorkerFactory

pytestmark = pytest.mark.django_db


def refused(code):
    return pytest.raises(EnrolmentRefused, check=lambda error: error.code == code)


@pytest.fixture
def small(db):
    """A class of one seat, taken, with three people waiting."""
    training_class = TrainingClassFactory(capacity=1)
    SessionFactory(training_class=training_class, number=1)
    for _n in range(4):
        go(WorkerFactory(), training_class)
    return training_class


def states(training_class):
    return list(
        Enrolment.objects.filter(training_class=training_class)
        .order_by("pk")
        .values_list("state", flat=True)
    )


# ---- the queue before newcomers ----


def test_raised_capacity_is_offered_to_the_queue_and_a_newcomer_joins_its_end(small, staff_of):
    save_class(
        actor=staff_of(small, "training_officer"),
        course=small.course,
        training_class=small,
        capacity=3,
    )
    assert states(small) == ["admitted", "offered", "offered", "waitlisted"]
    newcomer = go(WorkerFactory(), small)
    assert (newcomer.state, newcomer.waitlist_no, seats(small)) == ("waitlisted", 4, 3)
    offered = Enrolment.objects.filter(training_class=small, state="offered").first()
    assert kinds_of(offered) == ["courses.place_offered"]


def test_seat_that_became_free_unnoticed_goes_to_the_queue_when_a_newcomer_comes(small):
    TrainingClass.objects.filter(pk=small.pk).update(capacity=2)  # by hand, in the database
    assert go(WorkerFactory(), small).state == "waitlisted"
    assert states(small) == ["admitted", "offered", "waitlisted", "waitlisted", "waitlisted"]


def test_sweeper_serves_queues_that_have_a_seat(small):
    assert not queues_to_serve(now()).exists()
    TrainingClass.objects.filter(pk=small.pk).update(capacity=2)
    assert sweeper._chores["courses.serve_queues"].is_due()
    assert (tasks.serve_queues(), tasks.serve_queues()) == (1, 0)
    assert states(small) == ["admitted", "offered", "waitlisted", "waitlisted"]
    assert not sweeper._chores["courses.serve_queues"].is_due()


def test_declined_lapsed_and_dropped_seats_go_to_the_next(small, stopped_clock, staff_of):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    drop_trainee(actor=staff_of(small), enrolment=rows[0], reason="调岗")
    assert states(small) == ["dropped", "offered", "waitlisted", "waitlisted"]
    withdraw_enrolment(actor=rows[1].person.user, enrolment=rows[1])
    assert states(small) == ["dropped", "withdrawn", "offered", "waitlisted"]
    stopped_clock.move_by(hours=24)
    lapse_unaccepted_offers()
    assert states(small) == ["dropped", "withdrawn", "withdrawn", "offered"]
    assert seats(small) == 1


def test_waiting_person_who_is_elsewhere_by_now_is_passed_over_and_keeps_the_place(small):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    other = TrainingClassFactory(course=small.course, rule=small.rule)
    assert go(rows[1].person, other).state == "admitted"
    withdraw_enrolment(actor=rows[0].person.user, enrolment=rows[0])
    assert states(small) == ["withdrawn", "waitlisted", "offered", "waitlisted"]
    assert kinds_of(rows[1]) == ["courses.passed_over"]
    withdraw_enrolment(actor=rows[2].person.user, enrolment=rows[2])
    assert kinds_of(rows[1]) == ["courses.passed_over"], "told once"
    withdraw_enrolment(
        actor=rows[1].person.user, enrolment=Enrolment.objects.get(training_class=other)
    )
    rows[3].refresh_from_db()
    withdraw_enrolment(actor=rows[3].person.user, enrolment=rows[3])
    rows[1].refresh_from_db()
    assert rows[1].state == "offered"


def test_newcomer_gets_the_seat_when_nobody_in_the_queue_can_take_it(db):
    training_class = TrainingClassFactory(capacity=1)
    first, waiting = go(WorkerFactory(), training_class), go(WorkerFactory(), training_class)
    go(waiting.person, TrainingClassFactory(course=training_class.course, rule=training_class.rule))
    withdraw_enrolment(actor=first.person.user, enrolment=first)
    assert go(WorkerFactory(), training_class).state == "admitted"


def test_offer_can_not_be_accepted_into_a_second_class_of_the_course(small):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    withdraw_enrolment(actor=rows[0].person.user, enrolment=rows[0])
    with refused("same_course"):
        go(rows[1].person, TrainingClassFactory(course=small.course, rule=small.rule))
    twin = EnrolmentFactory(
        training_class=TrainingClassFactory(course=small.course, rule=small.rule),
        person=rows[1].person,
    )
    with refused("same_course"):
        accept_offer(actor=rows[1].person.user, enrolment=rows[1])
    assert twin.state == "admitted"


# ---- the class begins ----


def test_offer_can_not_be_accepted_after_the_first_session_began(small, stopped_clock):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    withdraw_enrolment(actor=rows[0].person.user, enrolment=rows[0])
    ClassSession.objects.update(
        starts_at=now() - timedelta(minutes=1)
    )  # brought forward after the offer was made
    with refused("class_began"):
        accept_offer(actor=rows[1].person.user, enrolment=rows[1])


def test_start_closes_the_queue_frees_offered_seats_and_tells_everybody(small, staff_of):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    TrainingClass.objects.filter(pk=small.pk).update(capacity=2)
    serve_all_queues()
    start_class(actor=staff_of(small, "training_officer"), training_class=small)
    assert states(small) == ["admitted", "withdrawn", "withdrawn", "withdrawn"]
    assert seats(small) == 1
    assert [kinds_of(row)[-1:] for row in rows] == [[], *[["courses.queue_closed"]] * 3]
    rows[1].refresh_from_db()
    with refused("class_began"):
        accept_offer(actor=rows[1].person.user, enrolment=rows[1])


def test_start_counts_seats_taken_not_offers(small, staff_of):
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    withdraw_enrolment(actor=rows[0].person.user, enrolment=rows[0])
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "too_small"):
        start_class(actor=staff_of(small, "training_officer"), training_class=small)
    assert states(small) == ["withdrawn", "offered", "waitlisted", "waitlisted"], (
        "refused: nothing is changed"
    )


def test_queue_of_a_class_that_began_by_itself_is_closed_by_the_sweeper(small, stopped_clock):
    stopped_clock.move_by(days=10, minutes=1)
    assert sweeper._chores["courses.serve_queues"].is_due()
    assert tasks.serve_queues() == 0
    assert states(small) == ["admitted", "withdrawn", "withdrawn", "withdrawn"]


def test_full_class_that_has_begun_has_no_queue(small, stopped_clock):
    TrainingClass.objects.filter(pk=small.pk).update(enrol_closes_at=now() + timedelta(days=11))
    stopped_clock.move_by(days=10, minutes=1)
    with refused("full"):
        go(WorkerFactory(), small)


def test_enrolment_can_not_close_after_the_class_has_ended(training_class, staff_of):
    late = now() + timedelta(days=13)
    with pytest.raises(ValidationError) as caught:
        save_class(
            actor=staff_of(training_class, "training_officer"),
            course=training_class.course,
            training_class=training_class,
            enrol_closes_at=late,
        )
    assert set(caught.value.message_dict) == {"enrol_closes_at"}


# ---- applications ----


@pytest.fixture
def reviewed(db):
    return TrainingClassFactory(capacity=1, enrolment_reviewed=True)


def test_application_holds_no_seat_until_it_is_admitted(reviewed, staff_of):
    head = staff_of(reviewed)
    first, second, third = (go(WorkerFactory(), reviewed) for _n in range(3))
    assert ([first.state, second.state], seats(reviewed)) == (["applied", "applied"], 0)
    assert admit_person(actor=head, enrolment=first).state == "admitted"
    assert admit_person(actor=head, enrolment=first).state == "admitted"
    assert admit_person(actor=head, enrolment=second).state == "waitlisted"
    assert refuse_applicant(actor=head, enrolment=third, reason="本班只收焊工").state == "refused"
    assert [kinds_of(row) for row in (first, second, third)] == [
        ["courses.place_given"],
        ["courses.waitlisted"],
        ["courses.refused"],
    ]
    with refused("ended"):
        go(third.person, reviewed)
    assert admit_person(actor=head, enrolment=third).state == "waitlisted", (
        "the office may think again"
    )


def test_refusing_needs_a_reason_and_the_right(reviewed, staff_of):
    row = go(WorkerFactory(), reviewed)
    with refused("reason_needed"):
        refuse_applicant(actor=staff_of(reviewed), enrolment=row, reason=" ")
    with pytest.raises(Forbidden):
        admit_person(actor=staff_of(reviewed, "trainer"), enrolment=row)
    with pytest.raises(NotFound):
        admit_person(actor=row.person.user, enrolment=row)
    assert withdraw_enrolment(actor=row.person.user, enrolment=row).state == "withdrawn"


def test_admitting_asks_whether_the_time_is_still_free(reviewed, staff_of):
    row = go(WorkerFactory(), reviewed)
    go(row.person, TrainingClassFactory(course=reviewed.course, rule=reviewed.rule))
    with refused("same_course"):
        admit_person(actor=staff_of(reviewed), enrolment=row)


def test_officer_who_enrols_somebody_has_reviewed_it(reviewed, staff_of):
    person = WorkerFactory()
    assert (
        enrol_person(
            actor=staff_of(reviewed, "training_officer"), training_class=reviewed, person=person
        ).state
        == "admitted"
    )


# ---- leaving, being taken off, coming back ----


def test_trainee_leaves_after_the_start_and_only_the_head_lets_back_in(trainee, going_on, staff_of):
    check_in_trainee(
        actor=trainee.person.user,
        enrolment=trainee,
        session=going_on.sessions.get(),
        code=wall(going_on.sessions.get()),
        device="",
    )
    with refused("class_began"):
        withdraw_enrolment(actor=trainee.person.user, enrolment=trainee)
    with refused("reason_needed"):
        drop_trainee(actor=trainee.person.user, enrolment=trainee, reason="")
    assert (
        drop_trainee(actor=trainee.person.user, enrolment=trainee, reason="换了班次").state
        == "dropped"
    )
    assert seats(going_on) == 0
    assert kinds_of(trainee) == []
    with refused("ended"):
        go(trainee.person, going_on)
    assert admit_person(actor=staff_of(going_on), enrolment=trainee).state == "admitted"
    assert (seats(going_on), trainee.attendances.count()) == (1, 1)


def test_taken_off_the_list_is_told_why(trainee, going_on, staff_of):
    drop_trainee(actor=staff_of(going_on), enrolment=trainee, reason="连续三次缺课")
    assert kinds_of(trainee) == ["courses.place_taken_away"]
    with pytest.raises(NotFound):
        drop_trainee(actor=WorkerFactory().user, enrolment=trainee, reason="x")


def test_coming_back_into_a_full_class_is_refused(going_on, trainee, staff_of):
    drop_trainee(actor=staff_of(going_on), enrolment=trainee, reason="误操作")
    TrainingClass.objects.filter(pk=going_on.pk).update(capacity=1, seats_taken=1)
    with refused("full"):
        admit_person(actor=staff_of(going_on), enrolment=trainee)


# ---- suspended ----


def test_suspended_class_stops_everything_keeps_places_and_goes_on_where_it_stood(small, staff_of):
    officer = staff_of(small, "training_officer")
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    with pytest.raises(ClassNotReady):
        suspend_class(actor=officer, training_class=small, reason=" ")
    suspend_class(actor=officer, training_class=small, reason="检查发现问题")
    small.refresh_from_db()
    with refused("enrolment_over"):
        go(WorkerFactory(), small)
    for step in (start_class, finish_class):
        with pytest.raises(Exception, match=r"已暂停|suspended"):
            step(actor=officer, training_class=small)
    withdraw_enrolment(actor=rows[0].person.user, enrolment=rows[0])
    assert states(small) == ["withdrawn", "waitlisted", "waitlisted", "waitlisted"], (
        "nobody is offered a seat now"
    )
    resume_class(actor=officer, training_class=small)
    small.refresh_from_db()
    assert (small.state, small.suspended_from) == ("enrolling", "")
    assert states(small) == ["withdrawn", "offered", "waitlisted", "waitlisted"]
    assert kinds_of(rows[1]) == [
        "courses.class_suspended",
        "courses.class_resumed",
        "courses.place_offered",
    ]
    with pytest.raises(ClassNotReady, check=lambda error: error.code == "not_suspended"):
        resume_class(actor=officer, training_class=small)


def test_suspended_class_can_be_cancelled(small, staff_of):
    officer = staff_of(small, "training_officer")
    suspend_class(actor=officer, training_class=small, reason="检查发现问题")
    cancel_class(actor=officer, training_class=small, reason="整改不合格")
    small.refresh_from_db()
    assert (small.state, set(states(small)), seats(small)) == ("cancelled", {"withdrawn"}, 0)


# ---- screens ----


def url(name, *args):
    return reverse(f"courses:{name}", args=args)


def test_roster_shows_the_queue_with_places_and_the_head_acts(client, small, staff_of):
    head = staff_of(small)
    client.force_login(head)
    page = client.get(url("roster", small.public_id)).content.decode()
    rows = list(Enrolment.objects.filter(training_class=small).order_by("pk"))
    places = [page.index(f">{n}</span>") for n in (1, 2, 3)]
    assert places == sorted(places)
    take_off = url("place", small.public_id, rows[1].public_id, "take-off-queue")
    assert take_off in page
    assert client.get(take_off).status_code == 200
    assert client.post(take_off, {"reason": " "}).status_code == 422
    assert client.post(take_off, {"reason": "本人电话说明不来"}).status_code == 302
    rows[1].refresh_from_db()
    assert rows[1].state == "withdrawn"
    TrainingClass.objects.filter(pk=small.pk).update(capacity=2)
    assert (
        url("serve_queue", small.public_id)
        in client.get(url("roster", small.public_id)).content.decode()
    )
    client.post(url("serve_queue", small.public_id))
    assert states(small) == ["admitted", "withdrawn", "offered", "waitlisted"]
    drop = url("place", small.public_id, rows[0].public_id, "drop")
    client.post(drop, {"reason": "调岗"})
    assert states(small)[0] == "dropped"
    assert (
        client.get(url("place", small.public_id, rows[0].public_id, "nonsense")).status_code == 404
    )


def test_places_are_closed_to_trainers_and_strangers(client, small, staff_of):
    row = Enrolment.objects.filter(training_class=small).first()
    for user, status in ((staff_of(small, "trainer"), 403), (row.person.user, 404)):
        client.force_login(user)
        assert (
            client.get(url("place", small.public_id, row.public_id, "drop")).status_code == status
        )
        assert client.post(url("serve_queue", small.public_id)).status_code == status


def test_worker_sees_application_leaves_and_declines(client, reviewed, worker):
    client.force_login(worker.user)
    assert "提交申请" in client.get(url("enrol", reviewed.public_id)).content.decode()
    client.post(url("enrol", reviewed.public_id))
    page = client.get(url("class", reviewed.public_id)).content.decode()
    assert "正在审核" in page
    client.post(url("withdraw", reviewed.public_id))
    assert Enrolment.objects.get().state == "withdrawn"


def test_worker_leaves_a_class_that_has_begun(client, trainee, going_on):
    client.force_login(trainee.person.user)
    assert (
        url("leave", going_on.public_id)
        in client.get(url("class", going_on.public_id)).content.decode()
    )
    assert client.get(url("leave", going_on.public_id)).status_code == 200
    assert client.post(url("leave", going_on.public_id), {"reason": ""}).status_code == 422
    client.post(url("leave", going_on.public_id), {"reason": "出差"})
    trainee.refresh_from_db()
    assert trainee.state == "dropped"


def test_suspend_resume_and_archive_from_the_roster(client, going_on, trainee, staff_of):
    client.force_login(staff_of(going_on, "training_officer"))
    suspend = url("move", going_on.public_id, "suspended")
    assert "1 人会立即收到通知" in client.get(suspend).content.decode()
    client.post(suspend, {"reason": "设备检查"})
    page = client.get(url("roster", going_on.public_id)).content.decode()
    assert url("move", going_on.public_id, "resumed") in page
    assert url("move", going_on.public_id, "closed") not in page
    client.post(url("move", going_on.public_id, "resumed"))
    for to in ("running", "assessing", "finished", "archived"):
        assert client.get(url("move", going_on.public_id, to)).status_code == 200
        client.post(url("move", going_on.public_id, to))
    going_on.refresh_from_db()
    assert going_on.state == "archived"
    client.get(url("classes"))  # says what was done
    assert going_on.name not in client.get(url("classes")).content.decode()
    assert going_on.name in client.get(f"{url('classes')}?archive=1").content.decode()

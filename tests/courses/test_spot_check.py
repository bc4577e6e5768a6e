"""Spot checks: one button for a minute on each phone, the class head sees who pressed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import now
from core.errors import Forbidden, NotFound
from courses.models import SpotAnswer, SpotCheck
from courses.queries.spot_check import find_waiting_spot_check, tally_spot_checks
from courses.workflows.attendance import record_check_in
from courses.workflows.spot_check import answer_spot_check, ask_spot_check
from tests.courses.test_attendance import go as check_in
from tests.courses.test_attendance import refused
from tests.courses.test_screens import queries
from tests.factories.courses import EnrolmentFactory, SessionFactory

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_X_REQUESTED_WITH": "spot-check"}


@pytest.fixture
def session(going_on):
    return going_on.sessions.get()


@pytest.fixture
def others(going_on):
    return [EnrolmentFactory(training_class=going_on) for _ in range(2)]


def press(row, spot_check, device="phone-a"):
    return answer_spot_check(
        actor=row.person.user, spot_check=spot_check, person=row.person, device=device
    )


def test_asks_those_present_and_records_who_answers_in_time(
    trainee, others, going_on, session, staff_of, stopped_clock
):
    check_in(trainee, session)
    check_in(others[0], session, device="phone-b")
    spot_check = ask_spot_check(actor=staff_of(going_on), session=session)
    assert ask_spot_check(actor=staff_of(going_on, "trainer"), session=session) == spot_check, (
        "one at a time"
    )
    assert set(spot_check.answers.values_list("enrolment", flat=True)) == {trainee.pk, others[0].pk}
    stopped_clock.move_by(seconds=59)
    answer = press(trainee, spot_check)
    assert (answer.answered_at, answer.same_phone) == (now(), True)
    stopped_clock.move_by(seconds=1)
    assert press(trainee, spot_check).answered_at == answer.answered_at, (
        "pressing again changes nothing"
    )
    with refused("spot_check_over"):
        press(others[0], spot_check)
    with pytest.raises(NotFound):
        press(others[1], spot_check)
    (tally,) = tally_spot_checks(session)
    assert [row.enrolment for row in tally.missed] == [others[0]]
    assert ([row.enrolment for row in tally.answered], tally.is_open) == ([trainee], False)
    trainee.refresh_from_db()
    others[0].refresh_from_db()
    assert others[0].attendances.get().counts, "nothing follows by itself"


def test_answer_from_another_phone_counts_and_is_marked(
    trainee, others, going_on, session, staff_of
):
    check_in(trainee, session, device="phone-a")
    by_hand = record_check_in(
        actor=staff_of(going_on), enrolment=others[0], session=session, reason="手机没电"
    )
    by_hand.confirmed_by = staff_of(going_on, "trainer")
    by_hand.save()
    spot_check = ask_spot_check(actor=staff_of(going_on), session=session)
    assert press(trainee, spot_check, device="phone-z").same_phone is False
    assert press(others[0], spot_check, device="phone-z").same_phone is None
    (tally,) = tally_spot_checks(session)
    assert [row.enrolment for row in tally.other_phone] == [trainee]


def test_is_refused_outside_the_session_and_without_anybody(
    trainee, going_on, session, staff_of, stopped_clock
):
    with refused("nobody_present"):
        ask_spot_check(actor=staff_of(going_on), session=session)
    with refused("not_going_on"):
        ask_spot_check(
            actor=staff_of(going_on), session=SessionFactory(training_class=going_on, number=2)
        )
    with pytest.raises(Forbidden):
        ask_spot_check(actor=staff_of(going_on, "class_assessor"), session=session)
    check_in(trainee, session)
    stopped_clock.move_by(hours=3)
    with refused("not_going_on"):
        ask_spot_check(actor=staff_of(going_on), session=session)


def test_nobody_answers_for_somebody_else(trainee, others, going_on, session, staff_of):
    check_in(trainee, session)
    spot_check = ask_spot_check(actor=staff_of(going_on), session=session)
    with pytest.raises(NotFound):
        answer_spot_check(
            actor=others[0].person.user, spot_check=spot_check, person=trainee.person, device=""
        )
    with pytest.raises(NotFound):
        answer_spot_check(
            actor=staff_of(going_on), spot_check=spot_check, person=trainee.person, device=""
        )


# ---- screens ----


def test_phone_sees_the_button_on_its_pages_and_by_polling_and_presses_it(
    client, trainee, going_on, session, staff_of
):
    mine, now = reverse("courses:class", args=[going_on.public_id]), reverse("courses:spot_check")
    client.force_login(trainee.person.user)
    assert 'id="spot-check"' not in client.get(mine).content.decode(), (
        "no polling for who isn't in a session"
    )
    check_in(trainee, session)
    for page in (mine, "/me/"):
        body = client.get(page).content.decode()
        assert ('id="spot-check"' in body, "spot-left" in body) == (True, False)
    assert client.get(now, **SCRIPT).status_code == 204
    assert "现在没有点名" in client.get(now).content.decode()
    spot_check = ask_spot_check(actor=staff_of(going_on), session=session)
    press_at = reverse("courses:answer_spot_check", args=[spot_check.public_id])
    for page in (mine, "/me/", now):
        assert press_at in client.get(page).content.decode()
    part = client.get(now, **SCRIPT)
    assert (
        part.status_code,
        press_at in part.content.decode(),
        "<html" in part.content.decode(),
    ) == (200, True, False)
    answer = client.post(press_at, **SCRIPT)
    assert (answer.status_code, "已记录" in answer.content.decode()) == (200, True)
    assert client.get(now, **SCRIPT).status_code == 204
    assert SpotAnswer.objects.get().answered_at is not None


def test_button_works_as_an_ordinary_form_and_says_when_it_is_too_late(
    client, trainee, going_on, session, staff_of, stopped_clock
):
    check_in(trainee, session)
    spot_check = ask_spot_check(actor=staff_of(going_on), session=session)
    client.force_login(trainee.person.user)
    address = reverse("courses:answer_spot_check", args=[spot_check.public_id])
    stopped_clock.move_by(seconds=60)
    late = client.post(address)
    assert (
        late.status_code,
        "时间已过" in late.content.decode(),
        "<html" in late.content.decode(),
    ) == (409, True, True)
    assert client.get(address).status_code == 405


def test_class_head_asks_sees_counts_and_who_missed(
    client, trainee, others, going_on, session, staff_of, stopped_clock
):
    check_in(trainee, session)
    check_in(others[0], session, device="phone-b")
    head = staff_of(going_on)
    client.force_login(head)
    address = reverse("courses:spot_checks", args=[going_on.public_id, session.public_id])
    assert (
        address in client.get(reverse("courses:roster", args=[going_on.public_id])).content.decode()
    )
    assert client.post(address).status_code == 302
    press(trainee, SpotCheck.objects.get())
    part = client.get(
        reverse("courses:spot_checks_now", args=[going_on.public_id, session.public_id])
    ).content.decode()
    assert ("data-open" in part, others[0].person.name in part, "尚未应答" in part) == (
        True,
        True,
        True,
    )
    stopped_clock.move_by(seconds=60)
    client.force_login(head)
    page = client.get(address).content.decode()
    assert ("data-open" in page, "未应答" in page) == (False, True)


def test_class_head_without_anybody_present_is_told(client, going_on, session, staff_of):
    client.force_login(staff_of(going_on))
    address = reverse("courses:spot_checks", args=[going_on.public_id, session.public_id])
    assert "还没有人签到" in client.post(address, follow=True).content.decode()


def test_spot_checks_cost_the_same_for_one_and_for_thirty(client, going_on, session, staff_of):
    head = staff_of(going_on)
    client.force_login(head)
    address = reverse("courses:spot_checks_now", args=[going_on.public_id, session.public_id])

    def ask(people):
        spot_check = SpotCheck.objects.create(
            session=session,
            asked_at=now(),
            closes_at=now() + timedelta(seconds=60),
        )
        for _n in range(people):
            SpotAnswer.objects.create(
                spot_check=spot_check, enrolment=EnrolmentFactory(training_class=going_on)
            )

    ask(1)
    one = queries(client, address)
    ask(30)
    assert queries(client, address) == one


def test_waiting_for_is_one_query(django_assert_num_queries, trainee):
    with django_assert_num_queries(1):
        assert find_waiting_spot_check(trainee.person) is None

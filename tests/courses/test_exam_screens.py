"""Screens of the exam: what one answer costs, the staff's list, the decision on late answers,
the result.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from courses.models import Attempt, LateDecision
from courses.workflows.exam import (
    collect_overdue_papers,
    save_answers,
    start_attempt,
    submit_attempt,
)
from tests.courses.test_exam import op
from tests.factories.courses import EnrolmentFactory

pytestmark = pytest.mark.django_db

AT_MOST = 6  # statements for one answer, session and user included


def url(name, *args):
    return reverse(f"courses:{name}", args=args)


@pytest.fixture
def exam(going_on):
    return going_on.exams.get()


@pytest.fixture
def attempt(trainee, exam, client):
    client.force_login(trainee.person.user)
    return start_attempt(actor=trainee.person.user, exam=exam, enrolment=trainee)


def post(client, attempt, *changes, seen=0):
    body = {"seen": seen, "ops": list(changes)}
    return client.post(
        url("answers", attempt.public_id), json.dumps(body), content_type="application/json"
    )


def change(attempt, place=1, **fields):
    value = [attempt.paper[place - 1]["options"][0]["id"]]
    at = now().timestamp() * 1000
    return {
        "id": str(uuid4()),
        "seq": 1,
        "place": place,
        "value": value,
        "at": at,
        "device": "d",
        "page": "p",
        **fields,
    }


def statements(captured):
    return [
        row["sql"]
        for row in captured
        if not row["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]


@pytest.mark.parametrize("before", [0, 30])
def test_one_answer_costs_six_statements_however_many_were_given(client, attempt, before):
    for n in range(before + 1):
        post(client, attempt, change(attempt, seq=n + 1))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = post(client, attempt, change(attempt, 2, seq=99), seen=before + 1)
    assert list(answer.json()["saved"].values()) == ["saved"]
    assert len(statements(captured)) <= AT_MOST, statements(captured)
    assert len(answer.content) < 1000


def test_question_how_things_stand_costs_three_statements(client, attempt):
    post(client, attempt, change(attempt))
    with CaptureQueriesContext(connection) as captured:
        answer = post(client, attempt, seen=1).json()
    assert (answer["state"], answer["counts"], answer["received"]) == ("running", {}, 1)
    assert 0 < answer["left"] <= 30 * 60_000
    assert len(statements(captured)) == 3


def test_answer_says_where_what_counts_came_from(client, attempt):
    post(client, attempt, change(attempt, device="A", page="a"))
    counts = post(client, attempt, change(attempt, 2, device="B", page="b")).json()["counts"]
    assert {
        place: (row["device"], row["page"], row["number"]) for place, row in counts.items()
    } == {"1": ("A", "a", 1), "2": ("B", "b", 2)}


def test_server_ends_the_sitting_when_the_page_asks_after_the_end(client, attempt, stopped_clock):
    post(client, attempt, change(attempt))
    stopped_clock.move_by(minutes=30, seconds=1)
    answer = post(client, attempt, change(attempt, 2)).json()
    assert (answer["state"], list(answer["saved"].values()), answer["left"]) == (
        "collected",
        ["late"],
        0,
    )
    attempt.refresh_from_db()
    assert answer["receipt"] == attempt.receipt


def test_hand_in_of_a_screen_that_shows_something_else_says_what_counts(client, attempt):
    post(client, attempt, change(attempt))
    address = url("submit", attempt.public_id)
    answer = client.post(address, json.dumps({"shown": "0" * 64}), content_type="application/json")
    assert (answer.status_code, answer.json()["code"], list(answer.json()["counts"])) == (
        409,
        "answers_differ",
        ["1"],
    )
    assert client.post(address, "{}", content_type="application/json").status_code == 422
    attempt.refresh_from_db()
    assert attempt.state == "running"


def test_receipt_can_be_computed_again_from_the_file(client, attempt):
    assert client.get(url("receipt", attempt.public_id)).status_code == 404
    post(client, attempt, change(attempt), change(attempt, 2))
    client.post(url("submit", attempt.public_id))
    attempt.refresh_from_db()
    body = client.get(url("receipt", attempt.public_id)).content
    assert hashlib.sha256(body).hexdigest() == attempt.receipt
    assert attempt.receipt[:8] in client.get(url("result", attempt.public_id)).content.decode()


def submitted(attempt, places=5):
    actor = attempt.enrolment.person.user
    save_answers(
        actor=actor,
        attempt_id=attempt.public_id,
        ops=[op(attempt, place, seq=place) for place in range(1, places + 1)],
    )
    return submit_attempt(actor=actor, attempt=attempt)


def test_right_answers_appear_when_the_exam_has_closed_for_all_and_its_rule_allows(
    client, attempt, exam, stopped_clock
):
    other = EnrolmentFactory(training_class=exam.training_class)
    submitted(attempt)
    address = url("result", attempt.public_id)

    def shows():
        client.force_login(attempt.enrolment.person.user)
        return "见第一课" in client.get(address).content.decode()

    assert not shows()  # passed, but others may still sit it
    exam.closes_at = now() + timedelta(minutes=1)
    exam.save()
    stopped_clock.move_by(minutes=0)
    running = start_attempt(actor=other.person.user, exam=exam, enrolment=other)
    stopped_clock.move_by(minutes=2)
    assert not shows()  # the window is over, one sitting not yet settled
    collect_overdue_papers()
    assert not shows()  # late answers may come
    stopped_clock.move_by(minutes=11)
    collect_overdue_papers()
    running.refresh_from_db()
    assert running.settled_at
    assert shows()
    exam.shows_answers = False
    exam.save()
    assert not shows()


def test_before_the_exam_has_closed_nothing_tells_right_from_wrong(client, attempt):
    actor = attempt.enrolment.person.user
    save_answers(
        actor=actor,
        attempt_id=attempt.public_id,
        ops=[op(attempt, 1), op(attempt, 2, "错一", seq=2)],
    )
    submit_attempt(actor=actor, attempt=attempt)
    lines = client.get(url("result", attempt.public_id)).context["review"]
    page = client.get(url("result", attempt.public_id)).content.decode()
    review = page[page.index("review") :]
    assert (lines[0]["marked"].right, lines[1]["marked"].right) == (True, False)
    assert "答对" not in review
    assert "20 / 20" not in review


def test_result_says_that_a_decision_is_awaited_and_what_was_decided(
    client, attempt, stopped_clock, staff_of
):
    post(client, attempt, change(attempt))
    stopped_clock.move_by(minutes=31)
    post(client, attempt, change(attempt, 2))
    page = client.get(url("result", attempt.public_id)).content.decode()
    assert "1 个迟到的答案等待决定" in page
    assessor = staff_of(attempt.exam.training_class, "class_assessor")
    client.force_login(assessor)
    address = url("exam_late", attempt.exam.training_class.public_id, attempt.public_id)
    shown = client.get(address).content.decode()
    assert attempt.enrolment.person.name in shown
    assert client.post(address, {"accepted": "yes", "reason": "", "up_to": 2}).status_code == 422
    assert (
        client.post(address, {"accepted": "maybe", "reason": "断网", "up_to": 2}).status_code == 422
    )
    done = client.post(address, {"accepted": "no", "reason": "无断网记录", "up_to": 2})
    assert done.url == url(
        "exam_sittings", attempt.exam.training_class.public_id, attempt.exam.public_id
    )
    assert (
        client.post(address, {"accepted": "yes", "reason": "再来", "up_to": 2}).status_code == 409
    )
    assert LateDecision.objects.get().accepted is False
    client.force_login(attempt.enrolment.person.user)
    assert "无断网记录" in client.get(url("result", attempt.public_id)).content.decode()


def test_door_says_how_many_hours_are_missing_and_offers_no_start(client, trainee, exam):
    exam.hours_needed = Decimal(4)
    exam.save()
    client.force_login(trainee.person.user)
    address = url("exam", exam.training_class.public_id, exam.public_id)
    page = client.get(address)
    assert "还差 4 学时" in page.content.decode()
    assert "开始考试" not in page.content.decode()
    assert client.post(address).status_code == 409
    assert not Attempt.objects.exists()


def test_list_of_sittings_asks_as_many_queries_for_thirty_as_for_one(client, exam, staff_of):
    head = staff_of(exam.training_class)
    client.force_login(head)
    address = url("exam_sittings", exam.training_class.public_id, exam.public_id)

    def asked():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    counts = []
    for size in (1, 30):
        while Attempt.objects.count() < size:
            enrolment = EnrolmentFactory(training_class=exam.training_class)
            submitted(
                start_attempt(actor=enrolment.person.user, exam=exam, enrolment=enrolment), places=1
            )
        counts.append(asked())
    assert counts[0] == counts[1] <= 14


def test_roster_leads_to_the_sittings_and_says_what_waits(client, attempt, stopped_clock, staff_of):
    training_class = attempt.exam.training_class
    stopped_clock.move_by(minutes=31)
    post(client, attempt, change(attempt))
    officer = staff_of(training_class, "training_officer")
    client.force_login(officer)
    sittings = url("exam_sittings", training_class.public_id, attempt.exam.public_id)
    assert sittings in client.get(url("roster", training_class.public_id)).content.decode()
    assert (
        url("exam_late", training_class.public_id, attempt.public_id)
        in client.get(sittings).content.decode()
    )
    assert sittings in client.get("/me/").content.decode()

"""Screens of training: ways in, bad input, who sees what, and how many queries a page costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from access import SYSTEM
from audit.models import Event
from core.clock import now
from courses.models import Attempt, Attendance, Course, Enrolment, TrainingClass
from courses.pages import CourseIndexPage, CoursePage, LessonPage
from courses.rules.check_in import code_at, token_at
from courses.workflows.enrolment import enrol_person
from courses.workflows.exam import start_attempt
from tests.factories.courses import (
    CompletionRuleFactory,
    EnrolmentFactory,
    LessonFactory,
    SessionFactory,
    TrainingClassFactory,
)
from tests.factories.ground import PersonFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(db):
    return CourseIndexPage.objects.get()


def put_page(catalogue, course, **fields):
    page = CoursePage(title=course.title, slug=course.code, course=course, **fields)
    catalogue.add_child(instance=page)
    return page


@pytest.fixture
def course_page(catalogue, training_class):
    return put_page(catalogue, training_class.course)


def url(name, *args, **query):
    address = reverse(f"courses:{name}", args=args)
    return (
        f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}"
        if query
        else address
    )


def queries(client, address):
    client.get(address)  # caches of sites and translations are warm from now on
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, response
    return len(captured)


# ---- the way in ----


def test_enrolling_takes_three_steps_and_signing_in_keeps_the_choice(
    client, course_page, training_class, worker
):
    page = client.get(course_page.url)
    assert f'value="{training_class.public_id}" checked' in page.content.decode()
    chosen = client.get(url("choose", **{"class": training_class.public_id}))
    confirm = client.get(chosen.url)
    assert confirm.url == f"/sign-in/?next={url('enrol', training_class.public_id)}"
    client.force_login(worker.user)
    assert worker.name in client.get(url("enrol", training_class.public_id)).content.decode()
    done = client.post(url("enrol", training_class.public_id), follow=True)
    assert done.redirect_chain == [(url("class", training_class.public_id), 302)]
    assert Enrolment.objects.get().person == worker


def test_enrol_form_sent_twice_and_back_button_lead_to_the_class(client, training_class, worker):
    client.force_login(worker.user)
    for _n in range(2):
        assert client.post(url("enrol", training_class.public_id)).url == url(
            "class", training_class.public_id
        )
    assert client.get(url("enrol", training_class.public_id)).url == url(
        "class", training_class.public_id
    )
    assert Enrolment.objects.count() == 1


def test_enrol_when_times_clash_shows_the_sentence_and_another_way(client, training_class, worker):
    client.force_login(worker.user)
    enrol_person(actor=worker.user, training_class=training_class, person=worker)
    other = TrainingClassFactory()
    SessionFactory(training_class=other, starts_at=training_class.sessions.get().starts_at)
    for answer in (
        client.get(url("enrol", other.public_id)),
        client.post(url("enrol", other.public_id)),
    ):
        assert answer.status_code == 409
        assert training_class.name in answer.content.decode()
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("value", ["", "nonsense", "1", "%00"])
def test_choose_without_a_class_leads_back_to_the_course(client, value):
    answer = client.get(f"{url('choose')}?class={value}&back=/training/welding/")
    assert answer.url == "/training/welding/"
    assert client.get(f"{url('choose')}?class=&back=https://elsewhere.example/").url == "/training/"


def test_account_without_a_worker_is_told_so(client, training_class):
    client.force_login(UserFactory())
    assert client.get(url("enrol", training_class.public_id)).status_code == 403


def test_class_page_leads_strangers_to_the_course_and_staff_to_the_roster(
    client, course_page, training_class, worker, staff_of
):
    client.force_login(worker.user)
    assert (
        client.get(url("class", training_class.public_id)).url
        == f"{course_page.url}?class={training_class.public_id}"
    )
    client.force_login(staff_of(training_class))
    assert client.get(url("class", training_class.public_id)).url == url(
        "roster", training_class.public_id
    )


def test_withdraw_asks_first_and_twice_is_as_good_as_once(
    client, course_page, training_class, worker
):
    client.force_login(worker.user)
    client.post(url("enrol", training_class.public_id))
    assert client.get(url("withdraw", training_class.public_id)).status_code == 200
    assert Enrolment.objects.get().state == "admitted"
    for _n in range(2):
        assert client.post(url("withdraw", training_class.public_id)).url.startswith(
            course_page.url
        )
    assert Enrolment.objects.get().state == "withdrawn"


def test_offer_can_be_accepted_on_the_class_page(client, worker):
    training_class = TrainingClassFactory(capacity=1)
    EnrolmentFactory(
        training_class=training_class,
        person=worker,
        state="offered",
        offered_until=now() + timedelta(hours=3),
    )
    client.force_login(worker.user)
    assert (
        url("accept", training_class.public_id)
        in client.get(url("class", training_class.public_id)).content.decode()
    )
    client.post(url("accept", training_class.public_id))
    assert Enrolment.objects.get().state == "admitted"


# ---- check-in ----


@pytest.fixture
def inside(client, trainee):
    client.force_login(trainee.person.user)
    return trainee


@pytest.mark.parametrize(
    ("code", "status"), [("", 422), ("12", 422), ("x" * 500, 422), ("000000", 409)]
)
def test_check_in_bad_code_is_answered_and_the_page_stays(client, inside, going_on, code, status):
    answer = client.post(url("check_in", going_on.public_id), {"code": code})
    assert answer.status_code == status
    assert 'name="code"' in answer.content.decode()
    assert Attendance.objects.count() == 0


def test_check_in_scan_is_kept_by_the_phone_and_one_tap_sends_it(client, inside, going_on):
    session = going_on.sessions.get()
    address = url("check_in", going_on.public_id, s=session.public_id)
    token = token_at(session.secret, now())
    assert client.get(f"{address}&c={token}").url == address
    assert "扫码有效" in client.get(address).content.decode()
    assert Attendance.objects.count() == 0, "looking is not checking in"
    client.post(address, {"session": session.public_id})
    assert Attendance.objects.get().counts


def test_check_in_guessing_is_stopped(client, inside, going_on):
    session = going_on.sessions.get()
    for _n in range(12):
        client.post(url("check_in", going_on.public_id), {"code": "000000"})
    answer = client.post(
        url("check_in", going_on.public_id), {"code": code_at(session.secret, now())}
    )
    assert (answer.status_code, Attendance.objects.count()) == (409, 0)


def test_check_in_of_a_class_one_isnt_in_is_a_404(client, inside, training_class):
    assert client.get(url("check_in", training_class.public_id)).status_code == 404


# ---- lessons ----


@pytest.fixture
def lesson(catalogue, going_on):
    course_page = put_page(catalogue, going_on.course)
    lesson = LessonFactory(course=going_on.course, number=1)
    quiz = {
        "question": "手套湿了？",
        "answers": [{"text": "接着用", "correct": False}, {"text": "换一副", "correct": True}],
        "explanation": "",
    }
    course_page.add_child(
        instance=LessonPage(
            title="劳动保护", slug="l1", lesson=lesson, body=[("heading", "穿戴"), ("quiz", quiz)]
        )
    )
    return lesson


@pytest.fixture
def quiz_id(lesson):
    return next(iter(lesson.page.quiz_keys()))


def report(client, going_on, page, **more):
    """Report as the reader's script does."""
    body = json.dumps({"page": page, "untouched": 0, **more})
    return client.post(url("beat", going_on.public_id, 1), body, content_type="application/json")


def page_number(answer):
    return str(answer.context["page_number"])


def test_lesson_too_early_keeps_what_was_chosen_and_the_place_at_the_end(
    client, inside, going_on, lesson, quiz_id
):
    address = url("lesson", going_on.public_id, 1)
    client.get(address)
    answer = client.post(address, {f"quiz-{quiz_id}": "1"})
    assert answer.status_code == 409
    shown = " ".join(answer.content.decode().split())
    assert re.search(r'value="1" checked', shown)
    assert re.search(r'type="submit" autofocus', shown)


def test_lesson_read_and_answered_is_done(client, inside, going_on, lesson, quiz_id, stopped_clock):
    address = url("lesson", going_on.public_id, 1)
    page = page_number(client.get(address))
    stopped_clock.move_by(seconds=40)
    said = report(client, going_on, page).json()
    assert (said["state"], said["seconds"], said["left"]) == ("counting", 40, 20)
    stopped_clock.move_by(seconds=30)
    assert client.post(address, {"page": page, f"quiz-{quiz_id}": "0"}).status_code == 409
    assert client.post(address, {"page": page, f"quiz-{quiz_id}": ["9", "zzz"]}).status_code == 409
    done = client.post(address, {"page": page, f"quiz-{quiz_id}": "1"})
    assert done.url == f"{url('class', going_on.public_id)}#lessons"
    assert inside.progress.get().completed_at


def test_refused_lesson_leads_to_the_wrong_question_without_a_script(
    client, inside, going_on, lesson, quiz_id, stopped_clock
):
    address = url("lesson", going_on.public_id, 1)
    page = page_number(client.get(address))
    stopped_clock.move_by(seconds=70)
    shown = " ".join(
        client.post(address, {"page": page, f"quiz-{quiz_id}": "0"}).content.decode().split()
    )
    assert re.search(rf'name="quiz-{quiz_id}" value="0" checked autofocus', shown)
    assert shown.count("autofocus") == 1


def test_question_is_checked_by_itself_and_the_page_stays_there(
    client, inside, going_on, lesson, quiz_id
):
    address = url("lesson", going_on.public_id, 1)
    shown = " ".join(client.get(address).content.decode().split())
    assert f'name="check" value="{quiz_id}" formaction="{address}#quiz-{quiz_id}"' in shown
    wrong = client.post(address, {"check": quiz_id, f"quiz-{quiz_id}": "0"})
    assert (wrong.status_code, wrong.context["quiz_wrong"], wrong.context["refusal"]) == (
        200,
        {quiz_id},
        None,
    )
    right = client.post(address, {"check": quiz_id, f"quiz-{quiz_id}": "1"})
    assert (right.context["quiz_right"], inside.progress.get().completed_at) == ({quiz_id}, None)


def test_script_gets_what_changed_and_the_question_to_look_at(
    client, inside, going_on, lesson, quiz_id, stopped_clock
):
    address = url("lesson", going_on.public_id, 1)
    page = page_number(client.get(address))
    stopped_clock.move_by(seconds=70)

    def ask(**fields):
        return client.post(
            address, {"page": page, **fields}, headers={"Accept": "application/json"}
        )

    wrong = ask(**{f"quiz-{quiz_id}": "0"})
    said = wrong.json()
    assert (wrong.status_code, said["lead"], list(said["quiz"]), said["right"]) == (
        409,
        quiz_id,
        [quiz_id],
        [],
    )
    assert said["refusal"]
    assert ask(check=quiz_id, **{f"quiz-{quiz_id}": "1"}).json()["right"] == [quiz_id]
    assert ask().json() == {"next": f"{url('class', going_on.public_id)}#lessons"}


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", '{"page": 1, "untouched": 0}', '{"page": "x", "untouched": "long"}', "\x00"],
)
def test_report_nobody_can_read_is_refused_with_a_sentence(client, inside, going_on, lesson, body):
    answer = client.post(url("beat", going_on.public_id, 1), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")


def test_page_says_where_else_the_lesson_is_read_and_takes_over_by_a_button(
    client, inside, going_on, lesson, stopped_clock
):
    address = url("lesson", going_on.public_id, 1)
    client.get(address)
    other = Client()
    other.force_login(inside.person.user)
    shown = other.get(address)
    assert (
        shown.context["reading"]["state"],
        "另一台设备" in shown.context["reading"]["text"],
    ) == ("elsewhere", True)
    taken = other.post(address, {"page": page_number(shown), "take": "1"})
    assert (taken.status_code, taken.context["reading"]["state"]) == (200, "counting")
    again = client.get(address)
    assert "另一台设备" in again.context["reading"]["text"]


def test_lesson_not_published_is_not_shown_and_not_offered(
    client, inside, going_on, lesson, stopped_clock
):
    address = url("lesson", going_on.public_id, 1)
    page = page_number(client.get(address))
    stopped_clock.move_by(seconds=40)
    report(client, going_on, page)
    lesson.page.unpublish()
    shown = client.get(address)
    assert "换一副" not in shown.content.decode()
    assert "尚未发布" in shown.content.decode() or "没有发布" in shown.content.decode()
    assert inside.progress.get().seconds == 40
    assert address not in client.get(url("class", going_on.public_id)).content.decode()


def test_lesson_page_is_public_and_leads_trainees_to_their_class(client, inside, going_on, lesson):
    assert client.get(lesson.page.url).url == url("lesson", going_on.public_id, 1)
    client.logout()
    assert "穿戴" in client.get(lesson.page.url).content.decode()


def test_lesson_that_isnt_there_is_a_404(client, inside, going_on):
    assert client.get(url("lesson", going_on.public_id, 99)).status_code == 404


# ---- exam ----


@pytest.fixture
def sitting(inside, going_on):
    return start_attempt(actor=inside.person.user, exam=going_on.exams.get(), enrolment=inside)


def send(client, attempt, body):
    return client.post(
        url("answers", attempt.public_id),
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
    )


def change(attempt, **fields):
    return {
        "id": str(uuid4()),
        "seq": 1,
        "place": 1,
        "value": [attempt.paper[0]["options"][0]["id"]],
        "at": now().timestamp() * 1000,
        **fields,
    }


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"ops": 3}',
        '{"ops": {}}',
        "9" * 300_000,
    ],
)
def test_answers_bad_body_is_422_with_a_sentence(client, sitting, body):
    answer = send(client, sitting, body)
    assert answer.status_code == 422
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (1, "#0"),
        ({}, "#0"),
        ({"id": "x", "seq": 1, "place": 1, "value": [], "at": 1}, "x"),
        ({"id": str(UUID(int=1)), "seq": "1", "place": 1, "value": []}, str(UUID(int=1))),
        ({"id": str(UUID(int=1)), "seq": 1, "place": True, "value": []}, str(UUID(int=1))),
        ({"id": str(UUID(int=1)), "seq": 1, "place": 99, "value": []}, str(UUID(int=1))),
        ({"id": str(UUID(int=1)), "seq": 1, "place": 2, "value": [{"a": [1]}]}, str(UUID(int=1))),
        ({"id": str(UUID(int=1)), "seq": 1, "place": 2, "value": ["\x00"]}, str(UUID(int=1))),
        ({"id": str(UUID(int=1)), "seq": 1, "place": 2, "value": "\ud800"}, str(UUID(int=1))),
        (
            {"id": str(UUID(int=1)), "seq": 1, "place": 2, "value": [], "device": "\x00"},
            str(UUID(int=1)),
        ),
        (
            {"id": str(UUID(int=1)), "seq": 1, "place": 2, "value": [], "page": "\ud800"},
            str(UUID(int=1)),
        ),
    ],
)
def test_answers_one_bad_change_is_answered_by_itself_and_the_others_are_taken(
    client, sitting, bad, name
):
    good = change(sitting)
    answer = send(client, sitting, {"ops": [bad, good]})
    assert (answer.status_code, answer.json()["saved"]) == (
        200,
        {name: "unreadable", good["id"]: "saved"},
    )
    assert client.post(url("submit", sitting.public_id)).url == url("result", sitting.public_id)


@pytest.mark.parametrize("at", [1e308, "soon", None, -1e300, -6e13])
def test_answers_with_an_impossible_time_are_taken(client, sitting, at):
    assert list(
        send(client, sitting, {"ops": [change(sitting, at=at)]}).json()["saved"].values()
    ) == ["saved"]


def test_answers_saved_and_repeated(client, sitting):
    body = {"ops": [change(sitting)]}
    for _n in range(2):
        answer = send(client, sitting, body)
        assert (answer.status_code, list(answer.json()["saved"].values())) == (200, ["saved"])
    assert sitting.ops.count() == 1


def test_reload_shows_the_saved_answer(client, sitting):
    body = change(sitting)
    send(client, sitting, {"ops": [body]})
    assert (
        f'value="{body["value"][0]}" checked'
        in client.get(url("sitting", sitting.public_id)).content.decode()
    )


def test_sitting_page_shows_no_key(client, sitting):
    page = client.get(url("sitting", sitting.public_id)).content.decode()
    assert "见第一课" not in page
    assert "correct" not in page


def test_hand_in_then_back_button_leads_to_the_result(client, sitting):
    assert client.get(url("submit", sitting.public_id)).url == url("sitting", sitting.public_id)
    assert client.get(url("result", sitting.public_id)).url == url("sitting", sitting.public_id)
    for _n in range(2):
        assert client.post(url("submit", sitting.public_id)).url == url("result", sitting.public_id)
    assert client.get(url("sitting", sitting.public_id)).url == url("result", sitting.public_id)
    answer = send(client, sitting, {"ops": [change(sitting)]}).json()
    assert (list(answer["saved"].values()), answer["state"], len(answer["receipt"])) == (
        ["handed_in"],
        "submitted",
        64,
    )
    assert "未合格" in client.get(url("result", sitting.public_id)).content.decode()


def test_sitting_of_somebody_else_is_a_404_for_everybody(client, sitting, going_on, staff_of):
    for user in (WorkerFactory().user, staff_of(going_on)):
        client.force_login(user)
        for name in ("sitting", "submit", "result", "receipt"):
            assert client.get(url(name, sitting.public_id)).status_code == 404
        assert send(client, sitting, {"ops": []}).status_code == 404
        assert send(client, sitting, "").status_code == 404


def test_exam_started_twice_is_one_sitting(client, inside, going_on):
    exam = going_on.exams.get()
    first, second = (
        client.post(url("exam", going_on.public_id, exam.public_id)).url for _n in range(2)
    )
    assert first == second
    assert Attempt.objects.count() == 1


def test_exam_before_it_opens_is_answered_with_the_time(client, inside, going_on):
    exam = going_on.exams.get()
    exam.opens_at = now() + timedelta(days=1)
    exam.save()
    assert client.post(url("exam", going_on.public_id, exam.public_id)).status_code == 409
    assert Attempt.objects.count() == 0


# ---- staff ----


def test_roster_rights_404_for_strangers_403_without_the_right(client, going_on, trainee, staff_of):
    client.force_login(WorkerFactory().user)
    for name in ("roster",):
        assert client.get(url(name, going_on.public_id)).status_code == 404
    assert client.post(url("roster_xlsx", going_on.public_id)).status_code == 404
    client.force_login(staff_of(going_on, "trainer"))
    assert client.get(url("roster", going_on.public_id)).status_code == 200
    assert client.post(url("roster_xlsx", going_on.public_id)).status_code == 403
    assert client.get(url("move", going_on.public_id, "cancelled")).status_code == 403
    assert client.get(url("move", going_on.public_id, "nowhere")).status_code == 404


def test_roster_export_is_text_stamped_and_recorded(client, going_on, staff_of):
    EnrolmentFactory(training_class=going_on, person=PersonFactory(name="=1+1𠮷"))
    head = staff_of(going_on)
    client.force_login(head)
    answer = client.post(url("roster_xlsx", going_on.public_id))
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert head.username in rows[0][0]
    assert (rows[2][1], sheet["B3"].data_type) == ("=1+1𠮷", "s")
    assert Event.objects.filter(kind="courses.roster_exported").count() == 1


def test_presence_by_hand_needs_two_people(client, going_on, trainee, staff_of):
    head, second = staff_of(going_on), staff_of(going_on, "trainer")
    client.force_login(head)
    address = url("present", going_on.public_id, trainee.public_id)
    session = going_on.sessions.get()
    for bad in (
        {},
        {"session": session.pk},
        {"session": "x", "reason": "y"},
        {"session": session.pk, "reason": "x" * 201},
    ):
        assert client.post(address, bad).status_code == 422
    client.post(address, {"session": session.pk, "reason": "手机没电"})
    attendance = Attendance.objects.get()
    client.post(url("confirm", going_on.public_id, attendance.public_id))
    attendance.refresh_from_db()
    assert not attendance.counts
    client.force_login(second)
    client.post(url("confirm", going_on.public_id, attendance.public_id))
    attendance.refresh_from_db()
    assert attendance.counts


def test_wall_shows_a_code_that_works_and_only_to_staff(client, going_on, trainee, staff_of):
    session = going_on.sessions.get()
    client.force_login(trainee.person.user)
    for name in ("wall", "wall_now"):
        assert client.get(url(name, going_on.public_id, session.public_id)).status_code == 404
    client.force_login(staff_of(going_on))
    code = code_at(session.secret, now())
    page = client.get(url("wall", going_on.public_id, session.public_id)).content.decode()
    assert f"{code[:3]} {code[3:]}" in page
    assert "<svg" in page


def test_mark_bad_input_is_answered(client, going_on, trainee, staff_of):
    going_on.rule.pass_marks = {"practice": "60"}
    going_on.rule.save()
    client.force_login(staff_of(going_on, "class_assessor"))
    address = url("mark", going_on.public_id, trainee.public_id)
    for bad in (
        {},
        {"part": "practice", "mark": "101", "assessor": "x"},
        {"part": "theory", "mark": "1", "assessor": "x"},
        {"mark": "abc"},
    ):
        assert client.post(address, bad).status_code == 422
    assert client.post(
        address, {"part": "practice", "mark": "75.5", "assessor": "外聘考评员"}
    ).url == url("roster", going_on.public_id)
    assert (
        client.post(
            address, {"part": "practice", "mark": "80", "assessor": "外聘考评员"}
        ).status_code
        == 409
    )


def test_class_moves_from_plan_to_enrolment_by_two_people(client, staff_of):
    training_class = TrainingClassFactory(planned=True, rule=CompletionRuleFactory(pass_marks={}))
    SessionFactory(training_class=training_class)
    officer, reviewer = (
        staff_of(training_class, "training_officer"),
        staff_of(training_class, "union_reviewer"),
    )
    for user, to in ((officer, "filed"), (reviewer, "approved"), (officer, "enrolling")):
        client.force_login(user)
        assert client.get(url("move", training_class.public_id, to)).status_code == 200
        client.post(url("move", training_class.public_id, to))
        training_class.refresh_from_db()
        assert training_class.state == to
    client.post(url("move", training_class.public_id, "enrolling"))
    assert (
        client.post(url("move", training_class.public_id, "cancelled"), {"reason": ""}).status_code
        == 422
    )
    training_class.refresh_from_db()
    assert training_class.state == "enrolling"


def test_session_is_cancelled_with_a_reason_and_says_whom_it_concerns(
    client, going_on, trainee, staff_of
):
    session = going_on.sessions.get()
    address = url("cancel_session", going_on.public_id, session.public_id)
    client.force_login(WorkerFactory().user)
    assert client.get(address).status_code == 404
    client.force_login(staff_of(going_on, "trainer"))
    assert client.get(address).status_code == 403
    client.force_login(staff_of(going_on, "training_officer"))
    assert address in client.get(url("roster", going_on.public_id)).content.decode()
    assert "已签到 0 人" in client.get(address).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "停电"}).status_code == 302
    session.refresh_from_db()
    assert session.state == "cancelled"
    roster = client.get(
        url("roster", going_on.public_id), {"session": session.public_id}
    ).content.decode()
    assert address not in roster
    kept = Event.objects.count()
    again = client.post(address, {"reason": "又停电"}, follow=True).content.decode()
    assert "当前状态为“已取消”，不能这样办理。" in again
    session.refresh_from_db()
    assert (session.state, Event.objects.count()) == ("cancelled", kept)
    assert (
        client.get(url("cancel_session", going_on.public_id, going_on.public_id)).status_code == 404
    )


def test_every_class_screen_asks_to_sign_in(client, going_on, trainee, staff_of):
    session, exam = going_on.sessions.get(), going_on.exams.get()
    for address in (
        url("classes"),
        url("class", going_on.public_id),
        url("enrol", going_on.public_id),
        url("withdraw", going_on.public_id),
        url("check_in", going_on.public_id),
        url("lesson", going_on.public_id, 1),
        url("exam", going_on.public_id, exam.public_id),
        url("exam_sittings", going_on.public_id, exam.public_id),
        url("roster", going_on.public_id),
        url("present", going_on.public_id, trainee.public_id),
        url("mark", going_on.public_id, trainee.public_id),
        url("move", going_on.public_id, "closed"),
        url("wall", going_on.public_id, session.public_id),
    ):
        assert client.get(address).url == f"/sign-in/?next={address}"


# ---- the catalogue ----


def test_catalogue_filters_and_forgives_old_links(client, catalogue):
    for n in range(3):
        training_class = TrainingClassFactory(state="enrolling" if n else "draft")
        put_page(catalogue, training_class.course)
    titles = {course.title for course in Course.objects.all()}

    def shown(query):
        body = client.get(f"/training/{query}").content.decode()
        return {title for title in titles if f">{title}</a>" in body}

    assert shown("") == titles
    assert len(shown("?open=1")) == 2
    assert shown("?occupation=nonsense&level=99&page=abc") == titles
    assert shown("?level=%27%22") == titles


def test_catalogue_empty_says_so(client, catalogue):
    assert client.get("/training/").status_code == 200


# ---- how many queries ----

COUNTS = {"catalogue": 8, "course": 18, "class": 19, "roster": 24, "classes": 6}


def test_catalogue_costs_the_same_for_one_and_for_thirty(client, catalogue, settings):
    put_page(catalogue, TrainingClassFactory().course)
    one = queries(client, "/training/")
    for _n in range(29):
        put_page(catalogue, TrainingClassFactory().course)
    assert queries(client, "/training/") == one
    assert one == COUNTS["catalogue"]


def test_course_page_costs_the_same_for_one_class_and_for_thirty(
    client, course_page, training_class, worker
):
    client.force_login(worker.user)
    one = queries(client, course_page.url)
    for _n in range(29):
        TrainingClassFactory(course=training_class.course, rule=training_class.rule)
    assert queries(client, course_page.url) == one
    assert one == COUNTS["course"]


def test_class_page_costs_the_same_for_one_session_and_for_thirty(client, inside, going_on):
    LessonFactory(course=going_on.course, number=1)
    one = queries(client, url("class", going_on.public_id))
    for n in range(2, 31):
        SessionFactory(training_class=going_on, number=n)
        LessonFactory(course=going_on.course, number=n)
    assert queries(client, url("class", going_on.public_id)) == one
    assert one == COUNTS["class"]


def test_roster_costs_the_same_for_one_trainee_and_for_thirty(client, trainee, going_on, staff_of):
    client.force_login(staff_of(going_on))
    one = queries(client, url("roster", going_on.public_id))
    for _n in range(29):
        EnrolmentFactory(training_class=going_on)
    assert queries(client, url("roster", going_on.public_id)) == one
    assert one == COUNTS["roster"]


def test_classes_cost_the_same_for_one_and_for_thirty(client, going_on, staff_of):
    client.force_login(staff_of(going_on, "training_officer"))
    one = queries(client, url("classes"))
    for _n in range(29):
        TrainingClassFactory(course=going_on.course, rule=going_on.rule)
    assert queries(client, url("classes")) == one
    assert one == COUNTS["classes"]
    assert TrainingClass.objects.count() == 30


def test_public_answers_cost_one_query_each(
    django_assert_num_queries, catalogue, going_on, trainee
):
    from courses import public

    put_page(catalogue, going_on.course)
    public.open_classes()
    with django_assert_num_queries(1):
        (card,) = public.open_classes()
    assert (card.seats_left, card.url) == (
        39,
        f"/training/{going_on.course.code}/?class={going_on.public_id}",
    )
    with django_assert_num_queries(1):
        assert [row.class_name for row in public.enrolments_of(trainee.person)] == [going_on.name]
    with django_assert_num_queries(3):
        counts = public.count_training_figures()
    assert counts == public.TrainingFigures(
        courses=1, open_classes=1, free_seats=39, learning=1, passed=0
    )
    assert public.course_cards()[0].hours == Decimal(8)
    assert SYSTEM.audit_label == "system"

"""The demo loads through the workflows, twice; the desk in Wagtail's admin saves through them too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from wagtail.images.models import Image
from wagtail.models import Page

import access
from access.workflows import assign_role
from audit.models import Event
from core.clock import now
from courses import demo
from courses.demo import bank, pictures
from courses.indexing import CourseDocument
from courses.models import CompletionRule, Course, Enrolment, Question, TrainingClass
from courses.pages import LessonPage
from courses.rules.paper import BankItem, draw_paper
from courses.workflows.exam import start_attempt
from tests.factories.courses import CompletionRuleFactory, CourseFactory, QuestionFactory
from tests.factories.ground import OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(db):
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.fixture
def loaded(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return demo.load_courses_demo(actor=actor, org=OrgUnitFactory())


def test_demo_holds_what_the_walk_needs(loaded):
    assert (loaded.today.capacity, loaded.today.seats_taken, loaded.today.state) == (
        40,
        0,
        "enrolling",
    )
    states = list(
        Enrolment.objects.filter(training_class=loaded.evening)
        .order_by("pk")
        .values_list("state", flat=True)
    )
    assert states == ["admitted", "admitted", "waitlisted", "waitlisted"]
    assert LessonPage.objects.live().filter(lesson__course=loaded.course).count() == 4
    assert all(page.quiz_keys() for page in LessonPage.objects.live())
    assert Course.objects.filter(page__live=True).count() == 3


def test_demo_loaded_twice_changes_nothing(loaded, actor):
    def counted():
        return [
            model.objects.count()
            for model in (
                Course,
                TrainingClass,
                Question,
                Enrolment,
                CompletionRule,
                Page,
                Image,
                Event,
            )
        ]

    before = counted()
    assert demo.load_courses_demo(actor=actor, org=loaded.course.org) == loaded
    assert counted() == before


def test_demo_opened_days_later_still_has_a_session_today(loaded, actor, stopped_clock):
    stopped_clock.move_by(days=3)
    again = demo.load_courses_demo(actor=actor, org=loaded.course.org)
    planned = again.today.sessions.get(state="planned")
    assert planned.check_in_opens_at < now() < planned.check_in_closes_at
    assert again.today.sessions.count() == 2


def test_demo_exam_can_be_sat(loaded, actor):
    from courses.workflows.enrolment import enrol_person

    worker = WorkerFactory()
    enrolment = enrol_person(actor=worker.user, training_class=loaded.today, person=worker)
    attempt = start_attempt(actor=worker.user, exam=loaded.today.exams.get(), enrolment=enrolment)
    assert len(attempt.paper) == 10
    assert attempt.ends_at - attempt.started_at == timedelta(minutes=30)


def test_bank_is_large_and_every_question_has_its_reason():
    assert len(bank.WELDING) >= 20
    assert all(question["explanation"] for question in bank.WELDING)
    assert len({question["text"] for question in bank.WELDING}) == len(bank.WELDING)
    items = [BankItem(str(n), question["topic"]) for n, question in enumerate(bank.WELDING)]
    assert draw_paper(
        items,
        seed="x",
        count=10,
        per_topic={bank.AIR: 2, bank.PPE: 2, bank.FIRE: 2, bank.GAS: 2, bank.ELECTRIC: 2},
    )


def test_pictures_are_the_same_every_time():
    assert pictures.draw_png("hot-work") == pictures.draw_png("hot-work")


def test_search_document_finds_the_course_by_its_occupation(loaded):
    document = CourseDocument()
    row = document.queryset().get(pk=loaded.course.pk)
    indexed = document.indexed(row)
    assert indexed.payload["title"] == "焊接安全"
    assert indexed.payload["url"] == "/training/welding-safety/"
    assert "焊工" in " ".join(document.keywords(row))
    assert "<" not in document.indexed(row).payload["excerpt"][:200]


# ---- the desk ----


@pytest.fixture
def desk(client):
    """A training officer signed in, and the course of his union."""
    course = CourseFactory()
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role="training_officer", scope=course.org)
    client.force_login(user)
    return course


def options(*pairs):
    form = {
        "options-TOTAL_FORMS": len(pairs),
        "options-INITIAL_FORMS": 0,
        "options-MIN_NUM_FORMS": 0,
        "options-MAX_NUM_FORMS": 1000,
    }
    for n, (text, right) in enumerate(pairs):
        form |= {
            f"options-{n}-text": text,
            f"options-{n}-ORDER": n + 1,
            f"options-{n}-DELETE": "",
            f"options-{n}-id": "",
        }
        if right:
            form[f"options-{n}-is_right"] = "on"
    return form


def question(course, **fields):
    return {
        "course": course.pk,
        "topic": "气瓶",
        "kind": "single",
        "text": "乙炔管什么颜色？",
        "partial_credit": "no_wrong",
        "tolerance": "0",
        **fields,
    }


def test_desk_saves_a_question_through_the_workflow(client, desk):
    answer = client.post(
        "/manage/question/new/", question(desk) | options(("红", True), ("蓝", False))
    )
    assert answer.status_code == 302, answer.content.decode()
    row = Question.objects.get()
    assert list(row.options.values_list("text", "is_right")) == [("红", True), ("蓝", False)]
    assert Event.objects.filter(kind="courses.question_saved").count() == 1


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("红", True)],
        [("红", False), ("蓝", False)],
        [("红", True), ("红", False)],
        [("红", True), ("蓝", True)],
    ],
)
def test_desk_refuses_options_that_make_no_question(client, desk, pairs):
    answer = client.post("/manage/question/new/", question(desk) | options(*pairs))
    assert answer.status_code == 200
    assert "乙炔管什么颜色" in answer.content.decode()
    assert Question.objects.count() == 0


def test_desk_shows_only_the_own_union(client, desk):
    QuestionFactory(course=desk, text="本会的题？")
    QuestionFactory(text="别会的题？")
    page = client.get("/manage/question/").content.decode()
    assert ("本会的题？" in page, "别会的题？" in page) == (True, False)


def test_desk_plans_a_class_and_freezes_the_rule(client, desk):
    rule = CompletionRuleFactory(course=desk)
    form = {
        "course": desk.pk,
        "code": "w-1",
        "name": "周末班",
        "capacity": 40,
        "min_size": 1,
        "offer_hours": 24,
        "enrol_opens_at": "2026-12-01 08:00",
        "enrol_closes_at": "2026-12-04 08:00",
        "starts_on": "2026-12-05",
        "ends_on": "2026-12-06",
        "timetable": "",
        "venue": "108",
        "teacher": "",
        "change_notice": "",
    }
    answer = client.post("/manage/trainingclass/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    assert (TrainingClass.objects.get().rule, TrainingClass.objects.get().state) == (rule, "draft")
    refused = client.post(
        "/manage/trainingclass/new/", form | {"code": "w-2", "ends_on": "2026-12-01"}
    )
    assert (refused.status_code, TrainingClass.objects.count()) == (200, 1)


def test_desk_course_without_a_rule_is_refused_with_the_sentence(client, desk):
    form = {
        "course": desk.pk,
        "code": "w-1",
        "name": "周末班",
        "capacity": 40,
        "min_size": 1,
        "offer_hours": 24,
        "enrol_opens_at": "2026-12-01 08:00",
        "enrol_closes_at": "2026-12-04 08:00",
        "starts_on": "2026-12-05",
        "ends_on": "2026-12-06",
        "venue": "108",
    }
    answer = client.post("/manage/trainingclass/new/", form)
    assert "结业规则" in answer.content.decode()
    assert TrainingClass.objects.count() == 0


def test_desk_is_closed_to_workers(client):
    client.force_login(WorkerFactory().user)
    assert client.get("/manage/question/").status_code in {302, 403}

"""From the outcome of a lower domain to the certificate, through the job rows, as the worker does
it.
"""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from certification import tasks
from certification.models import Certificate, Credential
from certification.workflows import award, completion
from competitions import workflows as competing
from core.errors import NotFound
from courses.enums import EnrolmentState
from jobs import outcomes, registry, runner, workflows
from jobs.enums import JobItemState
from jobs.models import Job
from jobs.outcomes import _subscribers
from tests.competitions.stage import build
from tests.factories.certification import HonourFactory
from tests.factories.courses import EnrolmentFactory
from tests.factories.ground import PersonFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


def test_outcomes_of_the_lower_domains_start_our_work():
    assert "certification.issue_completion" in [
        kind for kind, _title in _subscribers["courses.enrolment_passed"]
    ]
    assert "certification.issue_award" in [
        kind for kind, _title in _subscribers["competitions.results_published"]
    ]
    assert {
        "certification.issue_completion",
        "certification.issue_award",
        "certification.issue_honour",
    } <= set(registry.list_job_kinds())


def test_item_is_done_once_and_a_second_delivery_changes_nothing():
    honour = HonourFactory(person=PersonFactory())
    job = workflows.start_job(
        kind="certification.issue_honour",
        keys=[str(honour.public_id)],
        actor=access.SYSTEM,
        title="x",
    )
    runner.run_waiting_items()
    item = job.items.get()
    certificate = Certificate.objects.get()
    assert (item.state, item.result) == (
        JobItemState.DONE,
        {"number": certificate.number, "certificate": str(certificate.public_id)},
    )
    assert tasks.issue_honour(item) == item.result
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("character", "code"), [("\U0003fffd", "unseen_text"), ("\U00021d5a", "unsettable_text")]
)
def test_name_without_glyph_stops_its_item_with_a_sentence_and_the_others_go_on(character, code):
    good, bad = (
        HonourFactory(person=PersonFactory()),
        HonourFactory(person=PersonFactory(name=f"王{character}")),
    )
    job = workflows.start_job(
        kind="certification.issue_honour",
        keys=[str(bad.public_id), str(good.public_id)],
        actor=access.SYSTEM,
        title="x",
    )
    runner.run_waiting_items()
    failed, done = job.items.order_by("position")
    assert (failed.state, failed.error_code, failed.attempts, done.state) == (
        JobItemState.FAILED,
        code,
        1,
        JobItemState.DONE,
    )
    assert f"U+{ord(character):X}" in failed.error
    assert sorted(Certificate.objects.values_list("state", flat=True)) == ["approved", "issued"]
    bad.person.name = "王明"
    bad.person.save()
    Certificate.objects.filter(state="approved").update(holder_name="王明")
    workflows.retry_failed_items(actor=access.SYSTEM, job=Job.objects.get(pk=job.pk))
    runner.run_waiting_items()
    assert list(Certificate.objects.values_list("state", flat=True)) == ["issued", "issued"]


@pytest.mark.parametrize("character", ["\x07", "\x1f", "\x85"])
def test_title_with_a_control_character_stops_its_item_without_advice_about_fonts(character):
    good, bad = (
        HonourFactory(person=PersonFactory()),
        HonourFactory(person=PersonFactory(), title=f"示例{character}工匠"),
    )
    job = workflows.start_job(
        kind="certification.issue_honour",
        keys=[str(bad.public_id), str(good.public_id)],
        actor=access.SYSTEM,
        title="x",
    )
    runner.run_waiting_items()
    failed, done = job.items.order_by("position")
    assert (failed.state, failed.error_code, failed.attempts, done.state) == (
        JobItemState.FAILED,
        "unseen_text",
        1,
        JobItemState.DONE,
    )
    assert f"U+{ord(character):04X}" in failed.error
    assert "这与字库无关" in failed.error
    assert Certificate.objects.filter(state="issued").count() == 1


def test_unknown_outcome_is_refused_without_a_row():
    for call in (
        lambda: completion.issue_for_completion(
            enrolment_public_id="00000000-0000-4000-8000-000000000000"
        ),
        lambda: award.issue_for_result(result_public_id="00000000-0000-4000-8000-000000000000"),
    ):
        with pytest.raises(NotFound):
            call()
    assert Certificate.objects.count() == 0


def passed(**changes):
    """Return an enrolment that has passed, with the facts of its decision."""
    values = {
        "state": EnrolmentState.PASSED,
        "decided_at": timezone.now(),
        "decision": {
            "session_hours": "48",
            "lesson_hours": "12",
            "attendance_percent": "100",
            "marks": {"theory": "86.5", "practice": None},
        },
    }
    return EnrolmentFactory(**(values | changes))


def test_passed_training_becomes_a_certificate_with_its_facts_and_the_enrolment_is_certified():
    enrolment = passed()
    outcomes.announce_outcome(
        "courses.enrolment_passed", [str(enrolment.public_id)], actor=access.SYSTEM
    )
    runner.run_waiting_items()
    certificate = Certificate.objects.get()
    enrolment.refresh_from_db()
    assert (enrolment.state, certificate.state, certificate.person_id) == (
        EnrolmentState.CERTIFIED,
        "issued",
        enrolment.person_id,
    )
    assert certificate.org_id == enrolment.training_class.org_id
    text = "".join(run for paragraph in certificate.body for run, *_how in paragraph)
    assert enrolment.training_class.course.title in text
    assert "修满六十学时，理论成绩八十六点五分，考核合格" in text
    assert "实操" not in text
    outcomes.announce_outcome(
        "courses.enrolment_passed", [str(enrolment.public_id)], actor=access.SYSTEM
    )
    runner.run_waiting_items()
    assert Certificate.objects.count() == 1


def test_crash_between_certificate_and_notice_to_courses_is_made_good(monkeypatch):
    enrolment = passed()
    with monkeypatch.context() as patch:
        patch.setattr(
            completion.courses,
            "mark_certified_all",
            lambda **_: (_ for _ in ()).throw(KeyboardInterrupt()),
        )
        with pytest.raises(KeyboardInterrupt):
            completion.issue_for_completion(enrolment_public_id=str(enrolment.public_id))
    enrolment.refresh_from_db()
    assert (enrolment.state, Certificate.objects.get().state) == (EnrolmentState.PASSED, "issued")
    completion.issue_for_completion(enrolment_public_id=str(enrolment.public_id))
    enrolment.refresh_from_db()
    assert (enrolment.state, Certificate.objects.count()) == (EnrolmentState.CERTIFIED, 1)


def test_officer_issues_a_batch_and_follows_it(client):
    first = passed()
    second = passed(training_class=first.training_class, person=WorkerFactory(name="王\U0003fffd"))
    foreign = passed()
    officer = UserFactory()
    assign_role(
        actor=access.SYSTEM, user=officer, role="union_officer", scope=first.training_class.org
    )
    client.force_login(officer)
    page = client.get("/office/certificates/issue/")
    assert {row.public_id for row in page.context["rows"]} == {first.public_id, second.public_id}
    ids = [str(one.public_id) for one in (first, second, foreign)]
    response = client.post("/office/certificates/issue/", {"enrolment": ids})
    job = Job.objects.get(kind=completion.JOB)
    assert (response.status_code, response.url, job.total) == (
        302,
        f"/office/certificates/issue/{job.public_id}/",
        2,
    )
    assert "正在签发 2 张证书" in client.get(response.url).content.decode()
    client.post(response.url + "pause/")
    assert runner.run_waiting_items() == 0
    client.post(response.url + "resume/")
    runner.run_waiting_items()
    body = client.get(response.url).content.decode()
    assert "已签发 1 张证书" in body
    assert "停下的 1 张" in body
    assert "U+3FFFD" in body
    assert Certificate.objects.get(state="issued").number in body
    client.force_login(UserFactory())
    assert client.get(response.url).status_code == 404
    assert client.post("/office/certificates/issue/", {"enrolment": ids}).status_code == 403


def test_batch_with_nothing_to_issue_is_answered_with_a_sentence(client):
    enrolment = passed(state=EnrolmentState.CERTIFIED)
    officer = UserFactory()
    assign_role(
        actor=access.SYSTEM, user=officer, role="union_officer", scope=enrolment.training_class.org
    )
    client.force_login(officer)
    assert (
        client.post(
            "/office/certificates/issue/", {"enrolment": [str(enrolment.public_id)]}
        ).status_code
        == 409
    )
    assert client.post("/office/certificates/issue/", {}).status_code == 409
    assert Job.objects.count() == 0


def test_results_become_award_certificates_when_they_are_published_and_not_at_confirmation():
    stage = build().confirmed()
    assert (runner.run_waiting_items(), Certificate.objects.count()) == (0, 0)
    competing.publish_results(actor=stage.manager, event=stage.event)
    assert runner.run_waiting_items() == 4
    rows = stage.results.rows.select_related("entry__person").order_by("rank")
    won = {str(row.public_id): row for row in rows if row.award}
    certificates = {row.source_key: row for row in Certificate.objects.all()}
    assert set(certificates) == set(won) != set()
    best = rows[0]
    certificate = certificates[str(best.public_id)]
    assert (certificate.kind, certificate.state, certificate.person_id) == (
        "JS",
        "issued",
        best.entry.person_id,
    )
    text = "".join(run for paragraph in certificate.body for run, *_how in paragraph)
    assert f"位列第一名，荣获{certificate.distinction}" in text
    assert "二〇二六年十一月二十一日至二〇二六年十一月二十二日" in text
    tasks.issue_award(Job.objects.get(kind=award.JOB).items.get(key=str(best.public_id)))
    assert Certificate.objects.count() == len(won)


def test_report_of_a_batch_says_how_each_was_printed_signed_and_registered(client):
    actor = UserFactory()
    honours = [HonourFactory(person=PersonFactory()) for _each in range(3)]
    keys = [str(honour.public_id) for honour in honours]
    job = workflows.start_job(kind="certification.issue_honour", keys=keys, actor=actor, title="x")
    runner.run_waiting_items()
    client.force_login(actor)
    page = client.get(reverse("certification:batch_job", args=[job.public_id])).content.decode()
    assert "PAdES B-B" in page
    sheet = load_workbook(
        BytesIO(
            client.get(reverse("certification:batch_issue_report", args=[job.public_id])).content
        )
    ).active
    rows = list(sheet.iter_rows(values_only=True))[1:]
    assert [row[0] for row in rows] == [1, 2, 3]
    assert {row[5] for row in rows} == {"PAdES B-B"}
    assert [row[6] for row in rows] == list(
        Credential.objects.order_by("pk").values_list("leaf_index", flat=True)
    )

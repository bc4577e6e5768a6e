"""Credential, page and screens of every kind claim nothing that isn't on record."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

import access
from access import SYSTEM
from certification import demo
from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.models import Certificate, CertificateTemplate, HonourList
from certification.rules import criteria, english, wording
from certification.rules.claims import unsupported_claims
from certification.rules.criteria import Notice
from certification.workflows import award, completion, issue, programs, status_changes
from certification.workflows import honour as honours
from competitions import public as competitions
from competitions import workflows as competing
from courses import public as courses
from courses.models import ClassSession
from courses.workflows.attendance import check_in_trainee
from courses.workflows.completion import announce_all_passed
from courses.workflows.exam import record_mark
from jobs import runner
from tests.competitions.stage import build
from tests.courses.test_attendance import wall
from tests.factories.certification import HonourFactory, make_order
from tests.factories.courses import (
    CompletionRuleFactory,
    EnrolmentFactory,
    SessionFactory,
    TrainingClassFactory,
)
from tests.factories.ground import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
CLAIMS = ("公示", "异议", "审定", "评审", "评定", "复核", "审核", "批准", "带徒协议")
EXAMINED = ("考核", "考试", "考评")
NOTICE = Notice("示例公示〔2026〕3号", date(2026, 9, 1), date(2026, 9, 7))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def claims_of(token: str) -> str:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def words_of(certificate: Certificate, client) -> str:
    """Return all that is said of *certificate* anywhere: credential, page, verification, API, the
    screens of holder and office.
    """
    certificate.refresh_from_db()
    with certificate.pdf.open("rb") as file:
        pdf = text_of(file.read())
    credential = certificate.credential
    said = [credential.data, claims_of(credential.jwt), pdf]
    answered = client.get(f"/V/{certificate.code}", follow=True)
    assert answered.status_code == 200
    said.append(answered.content.decode())
    from certification.queries.verification import verify_by_code

    found = verify_by_code(certificate.code, today=timezone.localdate())
    said.append(
        json.dumps(programs.describe_verdict(found.verdict, found.certificate), ensure_ascii=False)
    )
    officer = UserFactory()
    access.workflows.assign_role(
        actor=SYSTEM, user=officer, role="union_officer", scope=certificate.org
    )
    client.force_login(officer)
    said.append(
        client.get(
            reverse("certification:office_certificate", args=[certificate.public_id])
        ).content.decode()
    )
    client.logout()
    return "\n".join(said)


def trained(*, rule=None, sessions=((0, 4),), attend=(0,), marks=True):
    """Return an enrolment that has passed by a rule: *sessions* are (days from today, hours),
    *attend* those signed in to.
    """
    today = timezone.now()
    training_class = TrainingClassFactory(
        starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=30)
    )
    facts = {
        "attendance_share": Decimal("0.5"),
        "pass_marks": {"theory": "60"} if marks else {},
        "source": "示例培训办法",
    }
    training_class.rule = CompletionRuleFactory(
        course=training_class.course, **(facts | (rule or {}))
    )
    training_class.save()
    rows = [
        SessionFactory(
            training_class=training_class,
            number=number + 1,
            starts_at=today + timedelta(days=days, minutes=-5),
            hours=hours,
        )
        for number, (days, hours) in enumerate(sessions)
    ]
    enrolment = EnrolmentFactory(training_class=training_class)
    if marks:
        record_mark(
            actor=SYSTEM,
            enrolment=enrolment,
            part="theory",
            mark=Decimal(86),
            assessor="外聘考评员",
        )
    for at in attend:
        check_in_trainee(
            actor=enrolment.person.user,
            enrolment=enrolment,
            session=rows[at],
            code=wall(rows[at]),
            device="",
        )
    return enrolment


def end_class(enrolment) -> None:
    """Let the sessions of the class be over, their sign-ins staying where they are."""
    ClassSession.objects.filter(training_class=enrolment.training_class).update(
        starts_at=timezone.now() - timedelta(minutes=5),
        ends_at=timezone.now() - timedelta(minutes=1),
    )
    announce_all_passed()
    runner.run_waiting_items()


def test_training_says_what_was_attended_and_marked_and_nothing_of_the_planned_days(client):
    enrolment = trained(sessions=((0, 4), (20, 4)))
    end_class(enrolment)
    certificate = Certificate.objects.get()
    today = criteria.format_chinese_day(timezone.localdate())
    training_class = enrolment.training_class
    assert certificate.criteria == (
        f"培训班编号{training_class.code}。结业条件（第{training_class.rule.version}版，依据示例培训办法）："
        "出勤不少于课次的50%；理论成绩不低于60分。"
    )
    assert (
        certificate.on_record
        == f"应到2次课，签到1次，在册学习日期{today}，在册4学时，理论成绩86分，{today}按结业条件判定合格。"
    )
    body = "".join(text for paragraph in certificate.body for text, *_how in paragraph)
    assert "修满四学时，理论成绩八十六分，考核合格，符合结业条件，特发此证。" in body
    assert "至二〇" not in body
    subject = json.loads(certificate.credential.data)["credentialSubject"]
    assert subject["achievement"]["criteria"]["narrative"] == certificate.criteria
    assert subject["narrative"] == body + certificate.on_record
    words = words_of(certificate, client)
    assert [claim for claim in CLAIMS if claim in words] == []


def test_training_by_a_rule_without_exam_claims_none(client):
    enrolment = trained(marks=False)
    end_class(enrolment)
    words = words_of(Certificate.objects.get(), client)
    assert [claim for claim in (*CLAIMS, *EXAMINED) if claim in words] == []


def test_training_is_not_certified_while_a_session_is_ahead(client):
    enrolment = trained(sessions=((0, 4), (20, 4)))
    enrolment.refresh_from_db()
    assert (enrolment.state, runner.run_waiting_items(), Certificate.objects.count()) == (
        "passed",
        0,
        0,
    )
    with pytest.raises(NotIssuable) as caught:
        completion.issue_for_completion(enrolment_public_id=str(enrolment.public_id))
    assert caught.value.code == "class_not_over"
    officer = UserFactory()
    access.workflows.assign_role(
        actor=SYSTEM, user=officer, role="union_officer", scope=enrolment.training_class.org
    )
    client.force_login(officer)
    assert (
        "另有 1 人已合格，所在的班还有课"
        in client.get("/office/certificates/issue/").content.decode()
    )
    assert (
        client.post(
            "/office/certificates/issue/", {"enrolment": [str(enrolment.public_id)]}
        ).status_code
        == 409
    )


def test_training_nobody_attended_names_no_days(client):
    enrolment = trained(sessions=(), attend=(), rule={"attendance_share": Decimal(0)})
    runner.run_waiting_items()
    certificate = Certificate.objects.get()
    body = "".join(text for paragraph in certificate.body for text, *_how in paragraph)
    assert body.startswith(
        f"完成“{enrolment.training_class.course.title}”培训课程，理论成绩八十六分，考核合格，"
    )
    assert "学时" not in certificate.on_record


def test_training_whose_record_fell_below_the_rule_is_not_certified():
    enrolment = trained()
    enrolment.refresh_from_db()
    enrolment.decision["missing"] = [{"code": "attendance", "part": "", "needed": "1", "have": "0"}]
    enrolment.save()
    ClassSession.objects.update(ends_at=timezone.now())
    with pytest.raises(NotIssuable) as caught:
        completion.issue_for_completion(enrolment_public_id=str(enrolment.public_id))
    assert (caught.value.code, "已到课 0 次" in caught.value.message) == ("record_changed", True)


def test_award_names_confirmation_and_publication_and_no_notice(client):
    stage = build().published()
    runner.run_waiting_items()
    certificate = Certificate.objects.filter(kind=CertificateKind.AWARD).order_by("pk").first()
    facts = competitions.award_facts(certificate.source_key)
    assert certificate.criteria == (
        f"“{stage.event.title}”的成绩由一人统计、另一人确认（{criteria.format_chinese_day(facts.confirmed_on)}），"
        f"于{criteria.format_chinese_day(facts.published_on)}发布。"
    )
    assert f"第{facts.rank}名" in certificate.on_record
    words = words_of(certificate, client)
    assert [claim for claim in (*CLAIMS, *EXAMINED) if claim in words] == []


def test_award_of_a_competition_planned_beyond_its_publication_leaves_the_planned_day_out():
    stage = build().confirmed()
    type(stage.event).objects.filter(pk=stage.event.pk).update(
        ends_on=timezone.localdate() + timedelta(days=31)
    )
    competing.publish_results(actor=stage.manager, event=stage.event)
    runner.run_waiting_items()
    body = "".join(
        text for paragraph in Certificate.objects.first().body for text, *_how in paragraph
    )
    assert "至二〇" not in body
    type(stage.event).objects.filter(pk=stage.event.pk).update(
        starts_on=timezone.localdate() + timedelta(days=31)
    )
    row = stage.results.rows.exclude(award="").first()
    with pytest.raises(NotIssuable) as caught:
        award.build_award_order(competitions.award_facts(row.public_id), employer="", host="")
    assert caught.value.code == "competition_ahead"


@pytest.mark.parametrize("listed", [True, False])
def test_honour_names_the_decision_on_record_or_none(client, listed):
    honour = HonourFactory(person=PersonFactory())
    if listed:
        honour.honour_list = HonourList.objects.create(
            org=honour.org,
            title="示例工匠",
            year=2026,
            document_number="示例总工发〔2026〕12号",
            announced_on=date(2026, 4, 28),
        )
        honour.save()
    certificate = honours.issue_for_honour(honour_public_id=str(honour.public_id))
    assert certificate.criteria == (
        f"由{honour.org.name}依据示例总工发〔2026〕12号授予，2026年4月28日公布。"
        if listed
        else f"由{honour.org.name}认定并颁发；认定过程未在本系统记录。"
    )
    words = words_of(certificate, client)
    assert ("示例总工发〔2026〕12号" in words) is listed
    assert [claim for claim in (*CLAIMS, *EXAMINED) if claim in words] == []


ORDERS = {
    CertificateKind.LEVEL: {"fields": {}},
    CertificateKind.TITLE: {"subject": "示例工匠", "fields": {}},
    CertificateKind.MENTORING: {
        "fields": {"starts": "二〇二六年六月一日", "ends": "二〇二六年九月二十日"}
    },
}


@pytest.mark.parametrize("kind", sorted(ORDERS))
def test_kind_without_facts_of_its_making_claims_none(client, kind):
    certificate = issue.issue_certificate(
        actor=SYSTEM, order=make_order(kind=kind, **ORDERS[CertificateKind(kind)])
    )
    words = words_of(certificate, client)
    assert "认定过程未在本系统记录" in words
    assert [claim for claim in (*CLAIMS, *EXAMINED) if claim in words] == []


def test_notice_that_took_place_stands_with_its_number_and_days_in_page_and_credential(client):
    order = make_order(
        kind=CertificateKind.TITLE,
        subject="示例工匠",
        fields={"document": "示例总工发〔2026〕12号"},
        notice=NOTICE,
    )
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    assert certificate.criteria.endswith(
        "经公示（示例公示〔2026〕3号，2026年9月1日至2026年9月7日）。"
    )
    body = "".join(text for paragraph in certificate.body for text, *_how in paragraph)
    assert (
        "经公示（示例公示〔2026〕3号，2026年9月1日至2026年9月7日），依据示例总工发〔2026〕12号，授予示例工匠称号"
        in body
    )


def test_no_house_template_and_no_wording_of_the_demo_claims_without_its_fact():
    rows = CertificateTemplate.objects.filter(org=None)
    assert {row.kind for row in rows} == set(CertificateKind.values)
    texts = [getattr(row, name) for row in rows for name in ("wording", "wording_en", "lead")] + [
        demo.TRAINING_WORDING
    ]
    assert [claim for text in texts for claim in unsupported_claims(text)] == []


def test_template_of_an_older_day_that_claims_is_not_issued_from():
    CertificateTemplate.objects.filter(org=None, kind=CertificateKind.TITLE).update(
        wording="经评审并公示，授予**{subject}**称号。"
    )
    with pytest.raises(NotIssuable) as caught:
        issue.issue_certificate(actor=SYSTEM, order=make_order(kind=CertificateKind.TITLE))
    assert (caught.value.code, Certificate.objects.count()) == ("wording_claims", 0)


def test_session_moved_after_the_certificate_changes_nothing_of_it(client):
    enrolment = trained()
    end_class(enrolment)
    before = Certificate.objects.values().get()
    ClassSession.objects.update(
        starts_at=timezone.now() + timedelta(days=40), ends_at=timezone.now() + timedelta(days=41)
    )
    completion.issue_for_completion(enrolment_public_id=str(enrolment.public_id))
    assert Certificate.objects.values().get() == before
    facts = courses.completion_facts(enrolment.public_id)
    assert facts.ends_on == timezone.localdate()


def test_replacement_keeps_what_was_on_record():
    enrolment = trained()
    end_class(enrolment)
    old = Certificate.objects.get()
    old.person.name = "欧阳改名"
    old.person.save()
    new = status_changes.replace_certificate(actor=SYSTEM, certificate=old, reason="name_changed")
    assert (new.holder_name, new.criteria, new.on_record, new.body) == (
        "欧阳改名",
        old.criteria,
        old.on_record,
        old.body,
    )


def test_marks_are_written_in_both_languages():
    chinese = wording.format_marks_field("八十六点五", "九十一")
    assert chinese == "理论成绩八十六点五分，实操成绩九十一分"
    assert english.translate_fields({"marks": chinese})["marks"] == "theory 86.5, practice 91"
    assert (
        wording.format_marks_field("", ""),
        english.translate_fields({"marks": "良"})["marks"],
    ) == ("", "良")

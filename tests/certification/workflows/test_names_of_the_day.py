"""A certificate issued late names employer and host as they were called when it was earned."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

import access
from certification.queries.names import employers_of_day, unions_of_day
from certification.workflows.award import build_award_order
from certification.workflows.completion import build_completion_order
from competitions.public import AwardFacts
from courses.public import CompletionFacts
from org.workflows.employers import rename_employer
from org.workflows.history import rename_unit
from org.workflows.unit import create_employer
from tests.factories.ground import OrgUnitFactory, PersonFactory

pytestmark = pytest.mark.django_db
BEFORE, RENAMED, AFTER = date(2024, 6, 30), date(2024, 7, 1), date(2024, 7, 2)


@pytest.fixture
def union():
    unit = OrgUnitFactory(name="示例纺织厂工会", code="330901")
    rename_unit(
        actor=access.SYSTEM,
        unit=unit,
        name="示例纺织集团工会",
        on=RENAMED,
        document_no="示工发〔2024〕7号",
        reason="企业改制更名",
    )
    return unit


@pytest.fixture
def employer(union):
    firm = create_employer(actor=access.SYSTEM, name="示例纺织厂", unions=(union,))
    rename_employer(
        actor=access.SYSTEM,
        employer=firm,
        name="示例纺织集团有限公司",
        on=RENAMED,
        reason="企业改制更名",
    )
    firm.refresh_from_db()
    return firm


def completion(union, employer, day):
    return CompletionFacts(
        enrolment_public_id=uuid4(), person_id=PersonFactory().pk, person_name="张伟强", course_public_id=uuid4(), course_code="A",
        course_title="挡车工", class_code="A1", class_name="一班", occupation_name="", occupation_code="", level=None, level_label="",
        hours=Decimal(8), starts_on=date(2024, 6, 1), ends_on=day, decided_on=date(2024, 9, 1), marks={}, attendance_percent="100",
        union_id=union.pk, union_name=union.name, employer_id=employer.pk, employer_name=employer.name, issuer_org_id=union.pk,
        issuer_org_name=union.name,
    )  # fmt: skip


def award(union, employer, day):
    return AwardFacts(
        result_public_id=uuid4(), person_id=PersonFactory().pk, person_name="张伟强", event_public_id=uuid4(), event_title="挡车工比赛",
        occupation_name="", occupation_code="", rank=1, shared=False, award="first", award_label="一等奖", total=Decimal(90), scale=None,
        starts_on=date(2024, 6, 1), ends_on=day, confirmed_on=date(2024, 9, 1), employer_id=employer.pk, employer_name=employer.name,
        org_id=union.pk, org_name=union.name,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "firm"),
    [(BEFORE, "示例纺织厂"), (RENAMED, "示例纺织集团有限公司"), (AFTER, "示例纺织集团有限公司")],
)
def test_training_certificate_issued_after_a_renaming_names_the_employer_of_the_last_day(
    union, employer, day, firm
):
    assert employers_of_day([(employer.pk, day)]) == {(employer.pk, day): firm}
    assert build_completion_order(completion(union, employer, day), employer=firm).employer == firm


@pytest.mark.parametrize(
    ("day", "firm", "host"),
    [(BEFORE, "示例纺织厂", "示例纺织厂工会"), (AFTER, "示例纺织集团有限公司", "示例纺织集团工会")],
)
def test_award_issued_after_a_renaming_names_employer_and_host_of_the_day(
    union, employer, day, firm, host
):
    names = {
        "employer": employers_of_day([(employer.pk, day)])[employer.pk, day],
        "host": unions_of_day([(union.pk, day)])[union.pk, day],
    }
    order = build_award_order(award(union, employer, day), **names)
    assert (order.employer, order.fields["host"]) == (firm, host)


def test_worker_without_an_employer_gets_none(union, employer):
    asked = [(None, AFTER), (employer.pk, BEFORE), (employer.pk, AFTER)]
    assert employers_of_day(asked) == {
        asked[0]: "",
        asked[1]: "示例纺织厂",
        asked[2]: "示例纺织集团有限公司",
    }

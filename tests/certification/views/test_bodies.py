"""Registered assessment bodies: only they number with 22 characters, from the first day of the filing
to its last.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from access import SYSTEM
from access.workflows import assign_role
from audit.models import Event
from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.models import AssessmentBody, Certificate
from certification.workflows import issue
from certification.workflows.body import allocate_certificate_number, end_filing, record_filing
from certification.workflows.print_data import build_print_data
from core.errors import Forbidden
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
FIELDS = {"theory": "八十六", "practice": "九十一"}


@pytest.fixture
def org(db):
    return OrgUnitFactory(name="示例市总工会")


@pytest.fixture
def administrator(client, org):
    user = UserFactory()
    assign_role(actor=SYSTEM, user=user, role="union_admin", scope=org, reason="测试")
    client.force_login(user)
    return user


def file(org, **changes):
    return record_filing(
        actor=SYSTEM,
        org=org,
        **(
            {"prefix": "Y000133000001", "valid_from": TODAY(), "document": "示例〔2026〕1号"}
            | changes
        ),
    )


def number(org, **changes):
    return issue.approve_certificate(
        actor=SYSTEM,
        order=make_order(org=org, **({"kind": CertificateKind.LEVEL, "fields": FIELDS} | changes)),
    ).number


def filed(org, **changes):
    with transaction.atomic():
        return allocate_certificate_number(
            make_order(org=org, **({"kind": CertificateKind.LEVEL, "fields": FIELDS} | changes)),
            org,
            TODAY(),
        )


def test_level_of_a_filed_body_has_22_characters_and_counts_on(org):
    file(org)
    year = f"{TODAY().year % 100:02d}"
    assert [filed(org), filed(org)] == [
        f"Y000133000001{year}3000001",
        f"Y000133000001{year}3000002",
    ]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "can't be printed here yet"), ("zh-hans", "暂不能打印")]
)
def test_number_of_a_filed_body_stands_under_no_template_of_ours(org, language, said):
    """Our templates lack what 人社鉴发〔2021〕1号 demands, and say that the certificate is no state skill
    level certificate.
    """
    file(org)
    with override(language), pytest.raises(NotIssuable, match=said) as refused:
        number(org)
    assert refused.value.code == "prescribed_layout"
    assert not Certificate.objects.filter(org=org).exists()
    assert filed(org).endswith("000001")  # none was taken by the refusal
    with override(language), pytest.raises(NotIssuable, match=said):
        build_print_data(
            CertificateFactory(org=org, kind=CertificateKind.LEVEL, number="Y000133000001263000001")
        )
    assert (
        "-PX-" in issue.approve_certificate(actor=SYSTEM, order=make_order(org=org)).number
    )  # other kinds go on


def test_other_kinds_other_unions_and_other_days_have_numbers_of_ours(org):
    file(org, valid_from=TODAY() + timedelta(days=1))
    child = OrgUnitFactory(parent=org)
    file(child, valid_from=TODAY() - timedelta(days=9), valid_until=TODAY() - timedelta(days=1))
    assert "-DJ-" in number(org)
    assert "-DJ-" in number(child)
    now = OrgUnitFactory()
    file(now)
    assert "-PX-" in issue.approve_certificate(actor=SYSTEM, order=make_order(org=now)).number


def test_level_without_a_number_is_refused_and_takes_none(org):
    file(org)
    with pytest.raises(NotIssuable):
        filed(org, level=6)
    assert filed(org).endswith("000001")


def test_administrator_records_and_ends_a_filing(client, administrator, org):
    sent = {
        "org": org.pk,
        "prefix": "y000133000001 ",
        "valid_from": "2026-01-01",
        "valid_until": "",
        "document": "示例〔2026〕1号",
    }
    assert client.post(reverse("certification:bodies"), sent).status_code == 302
    body = AssessmentBody.objects.get()
    assert (body.prefix, body.recorded_by) == ("Y000133000001", administrator)
    address = reverse("certification:body_end", args=[body.public_id])
    assert client.post(address, {"on": "2025-12-31"}).status_code == 422
    assert client.post(address, {"on": "2026-06-30"}).status_code == 302
    body.refresh_from_db()
    assert str(body.valid_until) == "2026-06-30"
    assert "示例〔2026〕1号" in client.get(reverse("certification:bodies")).content.decode()
    assert list(
        Event.objects.filter(kind__startswith="certification.body")
        .values_list("kind", flat=True)
        .order_by("pk")
    ) == [
        "certification.body_filed",
        "certification.body_ended",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"prefix": "Z000133000001"},
        {"prefix": "Y1"},
        {"document": ""},
        {"valid_until": "2020-01-01"},
        {"org": "0"},
    ],
)
def test_filing_that_can_not_be_is_answered_and_stays_typed(client, administrator, org, changes):
    sent = {
        "org": org.pk,
        "prefix": "Y000133000001",
        "valid_from": "2026-01-01",
        "valid_until": "",
        "document": "某文号",
    }
    page = client.post(reverse("certification:bodies"), sent | changes)
    assert page.status_code == 422
    assert not AssessmentBody.objects.exists()
    assert 'value="2026-01-01"' in page.content.decode()


def test_nobody_else_records_or_ends(client, org):
    officer = UserFactory()
    assign_role(actor=SYSTEM, user=officer, role="union_officer", scope=org, reason="测试")
    with pytest.raises(Forbidden):
        record_filing(
            actor=officer, org=org, prefix="Y000133000001", valid_from=TODAY(), document="x"
        )
    body = file(org)
    with pytest.raises(Forbidden):
        end_filing(actor=officer, body=body, on=TODAY())
    client.force_login(officer)
    assert client.get(reverse("certification:bodies")).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_for_one_and_thirty(
    client, administrator, org, rows, django_assert_max_num_queries
):
    for day in range(rows):
        file(org, valid_from=TODAY() - timedelta(days=day))
    client.get(reverse("certification:bodies"))
    with django_assert_max_num_queries(16):
        client.get(reverse("certification:bodies"))

"""What was issued and submitted keeps the name of its day, whatever becomes of the union."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

import access
from access.queries import permitted
from access.workflows import assign_role
from certification.workflows.issue import approve_certificate
from certification.workflows.print_data import build_print_data
from courses.models import Enrolment
from org.enums import OrgLevel
from org.models import OrgUnit
from org.queries.history import name_on
from org.workflows.employers import rename_employer
from org.workflows.ending import merge_units
from org.workflows.history import rename_unit
from org.workflows.unit import create_unit
from tests.factories.certification import CertificateFactory, HonourFactory, make_order
from tests.factories.courses import EnrolmentFactory
from tests.factories.ground import EmployerFactory, UserFactory

pytestmark = pytest.mark.django_db
SYSTEM = access.SYSTEM


@pytest.fixture
def units(db):
    city = create_unit(actor=SYSTEM, name="示例市总工会", code="3309", level=OrgLevel.CITY)
    made = [
        create_unit(actor=SYSTEM, name=name, code=code, level=OrgLevel.COUNTY, parent=city)
        for name, code in (("老城区总工会", "330901"), ("新城区总工会", "330902"))
    ]
    return city, *made


def rename_and_merge(old, new):
    rename_unit(
        actor=SYSTEM,
        unit=old,
        name="古城区总工会",
        on=date(2026, 4, 1),
        reason="更名",
        document_no="工发〔2026〕4号",
    )
    merge_units(actor=SYSTEM, unit=old, into=new, on=date(2026, 5, 1), reason="合并")


def test_certificate_shows_the_name_of_its_day_after_rename_and_merger_and_the_page_shows_the_chain(
    client, units
):
    city, old, new = units
    certificate = approve_certificate(
        actor=SYSTEM, order=make_order(org=old, issued_on=date(2026, 3, 1), employer="示例厂")
    )
    rename_and_merge(old, new)
    certificate.refresh_from_db()
    assert (certificate.issuer_name, build_print_data(certificate).issuer, certificate.org) == (
        "老城区总工会",
        "老城区总工会",
        old,
    )
    assert name_on(OrgUnit.objects.get(pk=old.pk), certificate.issued_on) == certificate.issuer_name
    user = UserFactory()
    assign_role(actor=SYSTEM, user=user, role="union_officer", scope=city)
    client.force_login(user)
    page = client.get(reverse("office:unit", args=[new.public_id])).content.decode()
    assert "古城区总工会" in page
    page = client.get(reverse("office:unit", args=[old.public_id])).content.decode()
    assert [name in page for name in ("老城区总工会", "新城区总工会", "工发〔2026〕4号")] == [
        True,
        True,
        True,
    ]


def test_certificate_of_a_merged_union_is_in_reach_of_the_successors_officer(units):

    _city, old, new = units
    certificate = CertificateFactory(org=old)
    officer = UserFactory()
    assign_role(actor=SYSTEM, user=officer, role="union_officer", scope=new)
    seen = permitted(officer, None, type(certificate).objects.all())
    assert list(seen) == []
    rename_and_merge(old, new)
    assert list(seen.all()) == [certificate]


def test_enrolment_keeps_its_union_and_employer(units):
    _city, old, new = units
    firm = EmployerFactory(name="老厂")
    row = EnrolmentFactory(union=old, employer=firm)
    rename_employer(actor=SYSTEM, employer=firm, name="新厂", on=date(2026, 4, 1), reason="更名")
    rename_and_merge(old, new)
    kept = Enrolment.objects.get(pk=row.pk)
    assert (kept.union, kept.employer) == (old, firm)


def test_honour_names_the_union_as_it_was_called_when_it_was_published(client, units):
    _city, old, new = units
    honour = HonourFactory(org=old, published_on=date(2026, 2, 1))
    rename_and_merge(old, new)
    page = client.get(reverse("certification:honour", args=[honour.public_id])).content.decode()
    assert "老城区总工会" in page
    assert "古城区总工会" not in page

"""Certificates, honours and templates for tests. A factory's certificate has no PDF of its own
unless a test issues it for real.
"""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from certification.enums import CertificateKind, CertificateState
from certification.models import Certificate, CertificateTemplate, Credential, Honour
from certification.rules import number
from certification.rules.order import CertificateOrder
from core import clock
from tests.factories.ground import OrgUnitFactory, PersonFactory


class CertificateFactory(DjangoModelFactory):
    """An issued certificate of training completion, valid without end."""

    class Meta:
        model = Certificate

    class Params:
        serial = factory.Sequence(lambda n: n + 1)

    person = factory.SubFactory(PersonFactory)
    holder_name = factory.LazyAttribute(lambda row: row.person.name)
    org = factory.SubFactory(OrgUnitFactory)
    issuer_name = factory.LazyAttribute(lambda row: row.org.name)
    template = factory.LazyFunction(
        lambda: CertificateTemplate.objects.get(org=None, kind=CertificateKind.TRAINING, version=1)
    )
    kind = CertificateKind.TRAINING
    number = factory.LazyAttribute(
        lambda row: str(
            number.make_certificate_number(
                org="990000", kind=row.kind, year=row.issued_on.year, serial=row.serial
            )
        )
    )
    source_kind = "test"
    source_key = factory.Sequence(str)
    title = "培训合格证书"
    subject = "焊接作业安全"
    occupation_name = "焊工"
    level = 3
    body = [[["考核合格，特发此证。", False]]]
    issued_on = date(2026, 3, 1)
    state = CertificateState.ISSUED
    sha256 = "0" * 64


class CredentialFactory(DjangoModelFactory):
    """The row of a credential, signed by nobody."""

    class Meta:
        model = Credential

    certificate = factory.SubFactory(CertificateFactory)
    data = "{}"
    jwt = "e30.e30.e30"
    offline = "1"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    signed_at = factory.LazyFunction(clock.now)


class HonourFactory(DjangoModelFactory):
    """A published honour with consent."""

    class Meta:
        model = Honour

    org = factory.SubFactory(OrgUnitFactory)
    display_name = factory.Sequence(lambda n: f"示例匠人{n}")
    title = "示例工匠"
    year = 2026
    trade = "焊工"
    consent_given_on = date(2026, 1, 1)
    published_on = date(2026, 2, 1)


def make_order(person=None, org=None, **changes) -> CertificateOrder:
    """Return an order for a training certificate that the house's template can word."""
    person = person or PersonFactory()
    org = org or OrgUnitFactory()
    values = {
        "kind": CertificateKind.TRAINING,
        "source_kind": "test",
        "source_key": str(person.public_id),
        "person_id": person.pk,
        "holder": person.name,
        "org_id": org.pk,
        "subject": "焊接作业安全",
        "occupation": "焊工",
        "level": 3,
        "fields": {"starts": "二〇二六年六月一日", "ends": "二〇二六年九月二十日", "hours": "六十"},
    }
    return CertificateOrder(**(values | changes))

"""Honours: named with consent only."""

import pytest

import access
from access.workflows import assign_role
from certification import public
from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.indexing import HonourDocument
from certification.models import Honour
from certification.workflows import honour as workflows
from core.errors import DomainError, Forbidden, NotFound
from tests.factories.certification import HonourFactory
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


def test_gallery_shows_names_with_consent_and_counts_the_others(client):
    HonourFactory(display_name="示例匠人甲", year=2026)
    HonourFactory(display_name="示例匠人乙", year=2025)
    HonourFactory(display_name="不公开的人", consent_given_on=None, published_on=None)
    page = client.get("/honours/")
    body = page.content.decode()
    assert [row.display_name for row in page.context["page_obj"]] == ["示例匠人甲", "示例匠人乙"]
    assert "不公开的人" not in body
    assert "另有 1 位获誉者" in body
    assert [row.display_name for row in client.get("/honours/?year=2025").context["page_obj"]] == [
        "示例匠人乙"
    ]
    assert len(client.get("/honours/?year=1999").context["page_obj"]) == 2


@pytest.mark.parametrize("rows", [1, 24])
def test_gallery_costs_the_same_for_one_and_many(client, rows, django_assert_num_queries):
    HonourFactory.create_batch(rows)
    client.get("/honours/")
    with django_assert_num_queries(4):
        client.get("/honours/")


def test_hidden_honour_is_not_found(client):
    shown, hidden = HonourFactory(), HonourFactory(published_on=None)
    assert [client.get(one.get_absolute_url()).status_code for one in (shown, hidden)] == [200, 404]


def test_without_consent_nothing_is_published_and_withdrawal_hides_at_once(client):
    org, officer = OrgUnitFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    person = WorkerFactory()
    honour = workflows.record_honour(
        actor=officer, org=org, display_name=person.name, person=person, title="示例工匠", year=2026
    )
    with pytest.raises(DomainError) as caught:
        workflows.publish_honour(actor=officer, honour=honour)
    assert caught.value.code == "no_consent"
    Honour.objects.update(consent_given_on="2026-01-01")
    workflows.publish_honour(actor=officer, honour=honour)
    assert client.get(honour.get_absolute_url()).status_code == 200
    with pytest.raises(NotFound):
        workflows.withdraw_honour_consent(actor=UserFactory(), honour=honour)
    workflows.withdraw_honour_consent(actor=person.user, honour=honour)
    assert client.get(honour.get_absolute_url()).status_code == 404
    with pytest.raises(DomainError):
        workflows.publish_honour(actor=officer, honour=honour)


def test_reviewer_may_not_record_honours():
    org, reviewer = OrgUnitFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=org)
    with pytest.raises(Forbidden):
        workflows.record_honour(
            actor=reviewer, org=org, display_name="甲", title="示例工匠", year=2026
        )


def test_certificate_of_honour_is_issued_once_and_tied():
    honour = HonourFactory(person=PersonFactory())
    first = workflows.issue_for_honour(honour_public_id=str(honour.public_id))
    second = workflows.issue_for_honour(honour_public_id=str(honour.public_id))
    honour.refresh_from_db()
    assert first.pk == second.pk == honour.certificate_id
    assert (first.kind, first.state, first.subject, "-RY-" in first.number) == (
        CertificateKind.HONOUR,
        "issued",
        "示例工匠",
        True,
    )
    with pytest.raises(NotIssuable):
        workflows.issue_for_honour(honour_public_id=str(HonourFactory().public_id))


def test_search_document_holds_public_honours_only():
    shown = HonourFactory(display_name="示例匠人", quote="一条焊缝")
    HonourFactory(published_on=None)
    document = HonourDocument()
    assert list(document.queryset()) == [shown]
    indexed = document.indexed(shown)
    assert indexed.payload["title"] == "示例匠人 示例工匠"
    assert indexed.payload["url"] == shown.get_absolute_url()


def test_public_answers_for_the_home_page(django_assert_num_queries):
    HonourFactory.create_batch(5)
    with django_assert_num_queries(1):
        cards = public.latest_honours(4)
    assert len(cards) == 4
    with django_assert_num_queries(1):
        assert public.count_issued_certificates() == public.CertificateCounts(
            issued=0, training=0, awards=0, honours=0
        )

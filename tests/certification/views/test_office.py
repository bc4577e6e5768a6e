"""An officer's register: only one's own unions, each act confirmed, revocation by two."""

import pytest
from django.urls import reverse

import access
from access.workflows import assign_role
from certification.enums import CertificateState
from certification.models import Certificate, RevocationRequest
from certification.workflows import issue
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return OrgUnitFactory()


def signed_in(client, role, org):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=org)
    client.force_login(user)
    return user


def url(name, row):
    return reverse(f"certification:{name}", args=[row.public_id])


def test_register_shows_ones_own_unions_and_finds_by_number_and_whole_name(client, org):
    mine = CertificateFactory(org=OrgUnitFactory(parent=org), person=PersonFactory(name="欧阳示例"))
    CertificateFactory(org=org)
    foreign = CertificateFactory()
    signed_in(client, "union_officer", org)
    assert len(client.get("/office/certificates/").context["page_obj"]) == 2
    for text in (mine.number.lower(), "欧阳示例"):
        assert list(client.get("/office/certificates/", {"q": text}).context["page_obj"]) == [mine]
    assert (
        list(client.get("/office/certificates/", {"q": foreign.number}).context["page_obj"]) == []
    )
    assert list(client.get("/office/certificates/", {"state": "revoked"}).context["page_obj"]) == []
    assert client.get(url("office_certificate", foreign)).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_register_costs_the_same_for_one_and_many(client, org, rows, django_assert_num_queries):
    for _ in range(rows):
        CertificateFactory(org=org)
    signed_in(client, "union_officer", org)
    client.get("/office/certificates/")
    with django_assert_num_queries(10):
        client.get("/office/certificates/")


def test_whoever_has_no_such_role_is_told_which(client, org):
    client.force_login(UserFactory())
    assert [
        client.get(path).status_code
        for path in ("/office/certificates/", "/office/certificates/issue/")
    ] == [403, 403]


def test_revocation_walks_through_two_people(client, org):
    row = CertificateFactory(org=org)
    signed_in(client, "union_officer", org)
    assert "不可恢复" in client.get(url("revoke", row)).content.decode()
    assert client.post(url("revoke", row), {"reason": "fraud"}).status_code == 422
    client.post(url("revoke", row), {"reason": "fraud", "note": "由他人代考"})
    assert client.post(url("confirm_revocation", row), {}).status_code == 403
    assert Certificate.objects.get(pk=row.pk).state == CertificateState.ISSUED
    signed_in(client, "union_reviewer", org)
    page = client.get(url("office_certificate", row)).content.decode()
    assert "由他人代考" in page
    assert "确认撤销" in page
    client.post(url("confirm_revocation", row), {})
    assert Certificate.objects.get(pk=row.pk).state == CertificateState.REVOKED
    assert RevocationRequest.objects.get().state == "confirmed"
    again = client.post(url("confirm_revocation", row), {})
    assert again.status_code == 409
    assert "没有待确认的撤销" in again.content.decode()


def test_suspend_twice_is_answered_with_a_sentence(client, org):
    row = CertificateFactory(org=org)
    signed_in(client, "union_officer", org)
    assert client.post(url("suspend", row), {"reason": "under_review"}).status_code == 302
    assert client.post(url("suspend", row), {"reason": "under_review"}).status_code == 409
    assert client.post(url("reinstate", row), {}).status_code == 302
    assert Certificate.objects.get(pk=row.pk).state == CertificateState.ISSUED


def test_replacement_leads_to_the_new_one(client, org):
    row = issue.issue_certificate(actor=access.SYSTEM, order=make_order(org=org))
    signed_in(client, "union_officer", org)
    response = client.post(url("replace", row), {"reason": "corrected"})
    new = Certificate.objects.exclude(pk=row.pk).get()
    assert response.url == url("office_certificate", new)


def test_held_certificate_says_why_and_is_printed_once_mended(client, org):
    row = issue.approve_certificate(
        actor=access.SYSTEM, order=make_order(org=org, person=PersonFactory(name="王\U0003fffd"))
    )
    signed_in(client, "union_officer", org)
    refused = client.post(url("print", row))
    assert refused.status_code == 409
    assert "U+3FFFD" in client.get("/office/certificates/").content.decode()
    Certificate.objects.filter(pk=row.pk).update(holder_name="王明")
    client.post(url("print", row))
    assert Certificate.objects.get(pk=row.pk).state == CertificateState.ISSUED


@pytest.mark.parametrize(
    "act", ["suspend", "replace", "revoke", "reinstate", "confirm_revocation", "refuse_revocation"]
)
def test_each_act_is_a_page_of_its_own_and_unknown_ones_are_not_found(client, org, act):
    signed_in(client, "union_officer", org)
    assert client.get(url(act, CertificateFactory())).status_code == 404

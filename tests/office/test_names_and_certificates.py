"""An officer who corrects a name, or merges two records, is led to the certificates that print
another name.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import access
from access.workflows import assign_role
from certification.enums import CertificateState, Provenance
from certification.models import Certificate
from certification.workflows import issue
from core.personal import follow_correction
from office.workflows import people as desk
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory
from tests.office.test_people import member, page

pytestmark = pytest.mark.django_db
REASON = "户口簿已更正"


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return officer


def replace_links(response) -> list[str]:
    return [one.url for one in response.context["other_names"] if one.url]


def correct(client, person, name):
    data = {"name": name, "reason": REASON}
    return client.post(reverse("office:person_name", args=[person.public_id]), data, follow=True)


def test_page_after_a_corrected_name_leads_to_replacing_each_certificate_with_the_old_one(
    client, city, signed_in
):
    person = member(city)
    first = issue.issue_certificate(actor=access.SYSTEM, order=make_order(person=person, org=city))
    CertificateFactory(person=person, org=city, state=CertificateState.REVOKED, serial=7)
    shown = correct(client, person, "张维强")
    link = f"{reverse('certification:replace', args=[first.public_id])}?reason=name_changed"
    assert replace_links(shown) == [link]
    assert f'href="{link}"' in shown.content.decode()
    assert first.number in shown.content.decode()
    asked = client.get(link)
    assert '<option value="name_changed" selected>' in asked.content.decode()
    client.post(link, {"reason": "name_changed"})
    first.refresh_from_db()
    assert (first.state, first.replaced_by.holder_name) == (CertificateState.SUPERSEDED, "张维强")
    assert page(client, "person", person.public_id).context["other_names"] == []


def test_name_corrected_back_asks_for_nothing_and_after_a_replacement_for_the_new_one(
    client, city, signed_in
):
    person = member(city)
    old = issue.issue_certificate(actor=access.SYSTEM, order=make_order(person=person, org=city))
    assert len(replace_links(correct(client, person, "张维强"))) == 1
    assert replace_links(correct(client, person, "张伟强")) == []
    correct(client, person, "张维强")
    client.post(reverse("certification:replace", args=[old.public_id]), {"reason": "name_changed"})
    new = Certificate.objects.get(replaces=old)
    shown = correct(client, person, "张伟强")
    assert replace_links(shown) == [
        f"{reverse('certification:replace', args=[new.public_id])}?reason=name_changed"
    ]


def test_merge_leads_to_the_certificates_under_the_name_that_went(client, city, signed_in):
    keep, gone = member(city, "张伟强", 1), member(city, "张维强", 2)
    certificate = CertificateFactory(person=gone, org=city)
    proposal = desk.propose_merge_as_officer(
        actor=signed_in, keep=keep, gone=gone, picks={}, reason="同一人两份档案"
    )
    reviewer = UserFactory()
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=city)
    desk.approve_merge_as_officer(actor=reviewer, proposal=proposal, reason="")
    shown = page(client, "person", keep.public_id)
    assert replace_links(shown) == [
        f"{reverse('certification:replace', args=[certificate.public_id])}?reason=name_changed"
    ]


def test_who_may_not_replace_is_told_who_may(city):
    person = PersonFactory(name="张维强")
    other = OrgUnitFactory(name="示例县总工会")
    certificate = CertificateFactory(
        person=person, holder_name="张伟强", org=other, issuer_name=other.name
    )
    viewer = UserFactory()
    assign_role(actor=access.SYSTEM, user=viewer, role="union_officer", scope=city)
    (one,) = follow_correction(person, "name", viewer)
    assert (
        one.url,
        one.act,
        certificate.number in one.sentence,
        "示例县总工会" in one.sentence,
    ) == ("", "", True, True)


def test_suspended_ones_are_settled_first_and_papers_keep_what_is_written(city, officer):
    person = PersonFactory(name="张维强")
    CertificateFactory(
        person=person, holder_name="张伟强", org=city, state=CertificateState.SUSPENDED
    )
    CertificateFactory(
        person=person,
        holder_name="张伟强",
        org=city,
        provenance=Provenance.LIST,
        sha256="",
        template=None,
        number="浙焊字0123",
    )
    (one,) = follow_correction(person, "name", officer)
    assert (one.url, "暂停" in one.sentence) == ("", True)


def test_person_page_asks_as_often_for_thirty_certificates_under_the_old_name_as_for_one(
    client, city, signed_in
):
    person = member(city)
    CertificateFactory(person=person, holder_name="张维强", org=city)
    address = reverse("office:person", args=[person.public_id])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _each in range(29):
        CertificateFactory(person=person, holder_name="张维强", org=city)
    with CaptureQueriesContext(connection) as thirty:
        assert len(replace_links(client.get(address))) == 30
    assert len(thirty) == len(one)

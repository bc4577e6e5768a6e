"""What other people's verifiers read: DID document, credential, status lists; fresh to the last
change, without a session.
"""

import json

import pytest
from django.conf import settings
from django.urls import reverse

from access import SYSTEM
from certification.credentials import jose, proof, status_list
from certification.enums import Reason
from certification.models import Credential, PublishedList, RegisterEntry
from certification.queries import keys
from certification.tlog import leaves
from certification.workflows import issue, status_changes
from certification.workflows.status_lists import FRESH
from jobs import runner
from tests.factories.certification import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(db):
    return issue.issue_certificate(actor=SYSTEM, order=make_order())


def bit(client, certificate, name):
    answer = client.get(
        reverse("certification:status_list", args=[certificate.status_list.number, name])
    )
    assert answer.status_code == 200
    document = json.loads(answer.content)
    proof.verify_credential_proof(document, key_of=keys.key_of_method())
    return status_list.is_status_bit_set(
        document["credentialSubject"]["encodedList"], certificate.status_index
    )


def bits(client, certificate):
    return tuple(
        bit(client, certificate, name) for name in ("standing", "revocation", "suspension")
    )


def test_credential_is_read_at_its_own_address_in_both_forms(client, certificate):
    credential = Credential.objects.get()
    address = json.loads(credential.data)["id"].removeprefix(settings.BASE_URL)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == (
        200,
        "application/vc",
        "*",
    )
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert answer.content.decode() == credential.data
    proof.verify_credential_proof(json.loads(answer.content), key_of=keys.key_of_method())
    as_jwt = client.get(address, headers={"accept": "application/vc+jwt"})
    assert (
        jose.verify_credential_jwt(as_jwt.content.decode(), key_of=keys.key_of_method())[
            "credentialSubject"
        ]
        == json.loads(answer.content)["credentialSubject"]
    )


def test_address_of_no_credential_is_not_found(client, certificate):
    assert (
        client.get(reverse("certification:credential", args=[certificate.public_id])).status_code
        == 404
    )


def test_did_document_names_the_keys_that_signed(client, certificate):
    document = client.get("/.well-known/did.json").json()
    method = json.loads(Credential.objects.get().data)["proof"][0]["verificationMethod"]
    assert method in document["assertionMethod"]
    assert document["id"] == method.partition("#")[0]


def test_root_certificate_can_be_fetched_for_a_pdf_reader(client, certificate):
    assert client.get(reverse("certification:document_root")).content == keys.document_root()


def test_root_certificate_of_a_site_without_keys_is_not_found(client):
    assert client.get(reverse("certification:document_root")).status_code == 404


def test_every_change_of_standing_shows_in_the_lists_at_once(client, certificate):
    assert bits(client, certificate) == (False, False, False)
    status_changes.suspend_certificate(
        actor=SYSTEM, certificate=certificate, reason=Reason.UNDER_REVIEW
    )
    assert bits(client, certificate) == (True, False, True)
    status_changes.reinstate_certificate(actor=SYSTEM, certificate=certificate)
    assert bits(client, certificate) == (False, False, False)
    status_changes.replace_certificate(
        actor=SYSTEM, certificate=certificate, reason=Reason.CORRECTED
    )
    assert bits(client, certificate) == (True, True, False)


def test_changes_enter_the_register_each_once(certificate):
    for _turn in range(2):
        status_changes.suspend_certificate(
            actor=SYSTEM, certificate=certificate, reason=Reason.UNDER_REVIEW
        )
        status_changes.reinstate_certificate(actor=SYSTEM, certificate=certificate)
    runner.run_waiting_items()
    about = bytes.fromhex(Credential.objects.get().sha256)
    said = [
        leaves.parse_leaf(bytes(data))
        for data in RegisterEntry.objects.filter(about=about)
        .order_by("index")
        .values_list("data", flat=True)
    ]
    assert [(leaf.kind, leaf.nth) for leaf in said] == [
        ("issue", 1),
        ("suspend", 1),
        ("reinstate", 1),
        ("suspend", 2),
        ("reinstate", 2),
    ]


def test_unchanged_list_costs_one_query_and_is_not_signed_again(
    client, certificate, django_assert_num_queries
):
    address = reverse("certification:status_list", args=[1, "revocation"])
    first = client.get(address)
    with django_assert_num_queries(1):
        again = client.get(address)
    assert again.content == first.content
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert PublishedList.objects.count() == 1


def test_list_is_signed_anew_before_it_grows_old(client, certificate):
    address = reverse("certification:status_list", args=[1, "revocation"])
    client.get(address)
    row = PublishedList.objects.get()
    PublishedList.objects.update(signed_at=row.signed_at - FRESH, data="old")
    assert json.loads(client.get(address).content)["validFrom"] >= json.loads(row.data)["validFrom"]
    assert PublishedList.objects.get().signed_at >= row.signed_at


def test_list_as_jwt_is_signed_by_the_first_key(client, certificate):
    answer = client.get(
        reverse("certification:status_list", args=[1, "revocation"]),
        headers={"accept": "application/jwt"},
    )
    head = json.loads(jose._bytes(answer.content.decode().split(".")[0]))
    assert head["alg"] == "EdDSA"
    assert head["kid"] == client.get("/.well-known/did.json").json()["verificationMethod"][0]["id"]


@pytest.mark.parametrize(
    "address", ["/status/2/revocation", "/status/1/message", "/status/0/suspension"]
)
def test_list_that_is_not_there_is_not_found(client, certificate, address):
    assert client.get(address).status_code == 404

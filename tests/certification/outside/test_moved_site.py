"""A site that moves twice: what it issued at each address stays genuine, at our own door and for
verifiers that nobody here wrote.
"""

import json
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access import SYSTEM
from certification.credentials import offline_token
from certification.enums import CertificateKind, Reason
from certification.models import Certificate, Credential, HandedIn, PublishedList
from certification.queries import keys
from certification.workflows import issue, status_changes
from core.addresses import get_address_host
from tests.certification.outside.test_python import openbadges_at, openbadges_jwt_at, openvc_at
from tests.certification.outside.world import AWARD
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Another scheme, another name, another port.
ADDRESSES = ["http://old.example.cn", "https://cert.example.cn", "https://www.cert.example.cn:8443"]


@dataclass
class Issued:
    """What a holder and an employer took home while the site was at *address*."""

    address: str
    certificate: Certificate
    credential: Credential
    pdf: bytes
    report: bytes


def move(settings, address, *former):
    settings.BASE_URL, settings.FORMER_ADDRESSES = address, list(former)
    settings.ALLOWED_HOSTS = ["testserver", *map(get_address_host, [address, *former])]
    cache.clear()


def browser(address):
    scheme, _, authority = address.partition("://")
    return Client(headers={"host": authority}), {"secure": scheme == "https"}


def hand_in(address, data, name="a.pdf"):
    """Return (cause, page) of our own door at *address*."""
    client, how = browser(address)
    page = client.post(
        reverse("certification:verify_file"), {"file": SimpleUploadedFile(name, data)}, **how
    )
    row = HandedIn.objects.latest("pk")
    return row.cause, client.get(page.url, **how) if page.status_code == 302 else page


def issued_at(address, name, **order):
    certificate = issue.issue_certificate(
        actor=SYSTEM,
        order=make_order(PersonFactory(name=name), holder=name, source_key=name, **order),
    )
    credential = Credential.objects.get(certificate=certificate)
    client, how = browser(address)
    page = client.post(
        reverse("certification:verify"), {"number": certificate.number, "name": name}, **how
    )
    report = client.get(page.url + "report.pdf", **how)
    assert report.status_code == 200
    with storages["private"].open(Certificate.objects.get(pk=certificate.pk).pdf.name) as file:
        return Issued(address, certificate, credential, file.read(), report.content)


def published(addresses):
    """Return what the site answers at each of *addresses*, as a verifier asks: (table of JSON,
    table of JWT).
    """
    texts, tokens = {}, {}
    for address in addresses:
        client, how = browser(address)
        did = client.get("/.well-known/did.json", **how)
        assert did.status_code == 200
        # did:web always asks over HTTPS.
        where = f"https://{address.partition('://')[2]}/.well-known/did.json"
        texts[where] = tokens[where] = did.content.decode()
        for name in ("standing", "revocation", "suspension"):
            texts[f"{address}/status/1/{name}"] = client.get(
                f"/status/1/{name}", **how
            ).content.decode()
            tokens[f"{address}/status/1/{name}"] = client.get(
                f"/status/1/{name}", headers={"accept": "application/vc+jwt"}, **how
            ).content.decode()
    return texts, tokens


def test_a_site_that_moved_twice_verifies_old_and_new(settings):
    everything = []
    for n, address in enumerate(ADDRESSES):
        move(settings, address, *reversed(ADDRESSES[:n]))
        everything.append(
            issued_at(
                address,
                f"张示例{n}",
                kind=CertificateKind.AWARD,
                subject="示例市职工职业技能大赛",
                distinction="一等奖",
                fields=AWARD,
            )
        )
        assert everything[-1].credential.issuer == keys.get_issuer_did()
        # A credential is verifiable in the minute after the move, and what was issued before still
        # is.
        texts, tokens = published(ADDRESSES[: n + 1])
        for one in everything:
            did = json.loads(one.credential.data)["issuer"]["id"]
            assert did == one.credential.issuer
            assert openvc_at(texts, did)(one.credential.data).issuer == did
            assert openbadges_at(tokens, did)(one.credential.data)
            assert openbadges_jwt_at(tokens, did)(one.credential.jwt).issuer.id == did
            assert (
                offline_token.verify_offline_token(
                    one.credential.offline, key_of_kid=keys.key_of_kid()
                ).number
                == one.certificate.number
            )
            for data in (one.pdf, one.credential.data.encode(), one.credential.jwt.encode()):
                cause, page = hand_in(address, data)
                assert (cause, b'data-answer="valid"' in page.content) == ("genuine", True)
            assert hand_in(address, one.report)[0] == "report"
            for at in ADDRESSES[: n + 1]:  # the code on the paper opens the address of its day
                client, how = browser(at)
                assert client.get(f"/V/{one.certificate.code}", **how).status_code == 200
    assert len({one.credential.issuer for one in everything}) == 3


def test_a_revocation_after_the_move_reaches_the_lists_of_every_address(settings):
    move(settings, ADDRESSES[0])
    old = issued_at(ADDRESSES[0], "张示例")
    published(ADDRESSES[:1])
    move(settings, ADDRESSES[1], ADDRESSES[0])
    status_changes.replace_certificate(
        actor=SYSTEM, certificate=old.certificate, reason=Reason.CORRECTED
    )
    texts, _tokens = published(ADDRESSES[:2])
    did = old.credential.issuer
    with pytest.raises(Exception, match=r"(?i)status|revoked"):
        openvc_at(texts, did)(old.credential.data)
    issuers = {
        json.loads(texts[f"{address}/status/1/standing"])["issuer"] for address in ADDRESSES[:2]
    }
    assert issuers == {"did:web:old.example.cn", "did:web:cert.example.cn"}
    assert PublishedList.objects.filter(purpose="standing").count() == 2


def test_old_files_stay_genuine_where_the_settings_forget_the_old_address(settings):
    """Only what others ask is lost then: our own record knows under which addresses we signed."""
    move(settings, ADDRESSES[0])
    old = issued_at(ADDRESSES[0], "张示例")
    move(settings, ADDRESSES[1])
    for data in (old.pdf, old.credential.data.encode(), old.credential.jwt.encode()):
        assert hand_in(ADDRESSES[1], data)[0] == "genuine"
    assert hand_in(ADDRESSES[1], old.report)[0] == "report"
    from certification.queries.addresses import warn_of_forgotten_addresses

    assert warn_of_forgotten_addresses() == "forgotten"
    settings.FORMER_ADDRESSES = [ADDRESSES[0]]
    assert warn_of_forgotten_addresses() == ""


def test_a_host_that_was_never_ours_signs_nothing(settings):
    move(settings, ADDRESSES[1], ADDRESSES[0])
    settings.ALLOWED_HOSTS = ["*"]
    for host in (
        "evil.example",
        "cert.example.cn.evil.example",
        "old.example.cn:8080",
        "xn--",
        "[::1]",
        "testserver",
    ):
        answer = Client(headers={"host": host}).get("/.well-known/did.json", secure=True)
        assert answer.json()["id"] == "did:web:cert.example.cn"
    for host, did in (
        ("OLD.example.cn", "old.example.cn"),
        ("cert.example.cn.", "cert.example.cn"),
        ("cert.example.cn:443", "cert.example.cn"),
    ):
        assert (
            Client(headers={"host": host}).get("/.well-known/did.json", secure=True).json()["id"]
            == f"did:web:{did}"
        )


def test_reports_of_another_copy_of_the_site_are_not_ours(settings):
    """A staging copy has our keys, not our addresses: what it says of itself must not pass for
    ours.
    """
    from django.utils import timezone

    from certification.credentials import jose, timestamps
    from certification.keys import get_keyring

    move(settings, ADDRESSES[1])
    issued_at(ADDRESSES[1], "张示例")
    said = {
        "id": "https://staging.example.cn/verify/result/1/",
        "type": ["VerifiableCredential", "VerificationReport"],
    }
    said |= {
        "issuer": "did:web:staging.example.cn",
        "validFrom": timestamps.format_utc_moment(timezone.now()),
        "credentialSubject": {"id": "urn:x"},
    }
    token = jose.sign_credential_jwt(
        said, signer=get_keyring().token, controller="did:web:staging.example.cn"
    )
    assert hand_in(ADDRESSES[1], token.encode())[0] == "foreign"


def test_the_keys_are_written_for_both_kinds_of_verifiers(settings):
    """1EdTech's public validator looks a JWT's `kid` up among the methods, wants it in
    assertionMethod, and reads `publicKeyJwk` alone.
    """
    import jwt as pyjwt

    move(settings, ADDRESSES[1])
    one = issued_at(ADDRESSES[1], "张示例").credential
    document = Client().get("/.well-known/did.json").json()
    kid = pyjwt.get_unverified_header(one.jwt)["kid"]
    (method,) = [method for method in document["verificationMethod"] if method["id"] == kid]
    assert kid in document["assertionMethod"]
    assert method["controller"] == document["id"] == "did:web:cert.example.cn"
    claims = pyjwt.decode(
        one.jwt,
        pyjwt.PyJWK(method["publicKeyJwk"]).key,
        algorithms=["ES256"],
        options={"verify_iat": False},
    )
    assert claims["iss"] == document["id"]
    assert all(
        {"publicKeyJwk", "publicKeyMultibase"} <= set(method)
        for method in document["verificationMethod"]
    )

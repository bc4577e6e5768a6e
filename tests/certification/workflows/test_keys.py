"""Keys: made once, newest signs, public halves announced before use, old signatures stay good."""

from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from django.core.management import CommandError, call_command

from access import SYSTEM
from certification.credentials import badge, proof
from certification.errors import NoAddress
from certification.keys import KeyPurpose, get_keyring
from certification.keys.errors import NoKey
from certification.models import Certificate, Credential, IssuerKey, RegisterEntry
from certification.queries import keys as queries
from certification.workflows import issue
from certification.workflows.keys import load_announced_keys, rotate_issuer_key
from tests.certification.credentials.making import AT, make_badge
from tests.factories.certification import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.CERTIFICATE_KEY_FOLDER = tmp_path / "keys"
    return tmp_path / "keys"


def test_first_use_makes_one_key_for_each_purpose_readable_by_its_owner_only(folder):
    ring = load_announced_keys()
    assert [path.name.split("-")[0] for path in sorted(folder.glob("*-*-1.pem"))] == [
        "credential",
        "document",
        "register",
        "token",
    ]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    names = {key.kid for key in (ring.credential, ring.token, ring.register, ring.document)}
    assert set(IssuerKey.objects.values_list("kid", flat=True)) == names
    assert RegisterEntry.objects.count() == 4
    load_announced_keys()
    assert RegisterEntry.objects.count() == 4


def test_production_makes_nothing_by_itself_and_says_what_to_do(settings, folder):
    settings.CERTIFICATE_KEYS_SELF_MADE = False
    with pytest.raises(NoKey, match="make_certificate_keys"):
        get_keyring()
    call_command("make_certificate_keys", stdout=(said := StringIO()))
    assert "vc-" in said.getvalue()
    assert get_keyring().credential.kid.startswith("vc-")
    call_command("make_certificate_keys", stdout=(again := StringIO()))
    assert "nothing to make" in again.getvalue()


@pytest.mark.parametrize("purpose", list(KeyPurpose))
def test_newer_key_signs_and_the_older_one_stays_known(purpose):
    before = load_announced_keys()
    kid = rotate_issuer_key(actor=None, purpose=purpose)
    after = get_keyring()
    assert getattr(after, purpose.value).kid == kid != getattr(before, purpose.value).kid
    assert IssuerKey.objects.filter(purpose=purpose.value).count() == 2


def test_what_an_older_key_signed_stays_verifiable():
    ring = load_announced_keys()
    issuer = queries.get_issuer_did()
    document = proof.add_credential_proof(
        badge.build_badge_credential(make_badge(issuer=issuer)),
        signer=ring.credential,
        controller=issuer,
        at=AT,
    )
    rotate_issuer_key(actor=None, purpose=KeyPurpose.CREDENTIAL)
    assert (
        proof.verify_credential_proof(document, key_of=queries.key_of_method())
        == f"{issuer}#{ring.credential.kid}"
    )
    methods = [method["id"] for method in queries.did_document()["verificationMethod"]]
    assert [one.split("#")[1].split("-")[0] for one in methods] == ["vc", "vc", "qr"]


def test_signing_key_of_pdfs_changes_under_one_root():
    first = load_announced_keys().document
    rotate_issuer_key(actor=None, purpose=KeyPurpose.DOCUMENT)
    second = get_keyring().document
    assert first.chain[0] != second.chain[0]
    assert first.chain[-1] == second.chain[-1] == queries.document_root()
    leaf, root = (x509.load_der_x509_certificate(one) for one in second.chain)
    leaf.verify_directly_issued_by(root)
    assert len(queries.document_signers()) == 2
    assert second.sign_digest(b"d" * 32) == second.sign_digest(b"d" * 32)


def test_key_of_an_authority_comes_from_pkcs12(settings, tmp_path):
    own = load_announced_keys().document
    key = own.private
    leaf, root = (x509.load_der_x509_certificate(one) for one in own.chain)
    path = tmp_path / "ca.p12"
    path.write_bytes(
        serialize_key_and_certificates(b"x", key, leaf, [root], BestAvailableEncryption(b"secret"))
    )
    settings.CERTIFICATE_PKCS12, settings.CERTIFICATE_PKCS12_PASSWORD = str(path), "secret"
    settings.CERTIFICATE_KEY_FOLDER = tmp_path / "others"
    assert get_keyring().document.chain == own.chain
    assert not list((tmp_path / "others").glob("document-*-*.pem"))
    with pytest.raises(CommandError, match="PKCS12"):
        call_command("rotate_certificate_key", "document")
    settings.CERTIFICATE_PKCS12_PASSWORD = "wrong"
    settings.CERTIFICATE_KEY_FOLDER = tmp_path / "third"
    with pytest.raises(NoKey):
        get_keyring()


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n"]
)
def test_file_that_is_no_key_is_named(folder, content):
    load_announced_keys()
    next(folder.glob("credential-*.pem")).write_bytes(content)
    get_keyring.__globals__["_ring"].cache_clear()
    with pytest.raises(NoKey, match="credential"):
        get_keyring()


def test_key_of_another_curve_under_the_name_is_not_used(folder):
    load_announced_keys()
    path = next(folder.glob("credential-*.pem"))
    path.write_bytes(next(folder.glob("token-*.pem")).read_bytes())
    assert isinstance(load_pem_private_key(path.read_bytes(), None), ec.EllipticCurvePrivateKey)
    get_keyring.__globals__["_ring"].cache_clear()
    with pytest.raises(NoKey):
        get_keyring()


def test_a_process_that_was_not_told_the_address_signs_nothing(settings):
    """A command run without CRAFTPATH_BASE_URL would issue under 127.0.0.1 for good."""
    settings.BASE_URL_IS_SET = False
    with pytest.raises(NoAddress) as refused:
        issue.issue_certificate(actor=SYSTEM, order=make_order())
    assert "CRAFTPATH_BASE_URL" in str(refused.value)
    waiting = Certificate.objects.get()
    assert (
        waiting.state,
        waiting.hold_code,
        Credential.objects.count(),
        IssuerKey.objects.count(),
    ) == ("approved", "no_address", 0, 0)
    with pytest.raises(CommandError, match="CRAFTPATH_BASE_URL"):
        call_command("make_certificate_keys")
    settings.BASE_URL_IS_SET = True
    assert issue.print_certificate(actor=SYSTEM, certificate=waiting).state == "issued"

"""A proof stands only on what was signed, by a key of ours, for this purpose."""

import copy
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from certification.credentials import badge, did, jose, multikey, proof
from certification.credentials.credential_template import CanonicalTemplates
from certification.credentials.errors import NotGenuine
from tests.certification.credentials.making import AT, DID, P256, Ed, make_badge

KEY, OTHER, JWT_KEY = Ed(), Ed(seed=2), P256()


def signed(**changes):
    return proof.add_credential_proof(
        badge.build_badge_credential(make_badge(**changes)),
        signer=KEY,
        controller=DID,
        at=AT,
        canonical=CanonicalTemplates().canonical,
    )


def cause_of(document, find=KEY.find):
    with pytest.raises(NotGenuine) as caught:
        proof.verify_credential_proof(document, key_of=find)
    return caught.value.cause


def test_signed_credential_is_genuine_and_the_same_each_time():
    assert proof.verify_credential_proof(signed(), key_of=KEY.find) == f"{DID}#vc-2026-1"
    assert signed() == signed()


def changed(path, value):
    document = copy.deepcopy(signed())
    *way, last = path
    at = document
    for step in way:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "cause"),
    [
        (("credentialSubject", "identifier", 0, "identityHash"), "张伟", "signature"),
        (("credentialSubject", "narrative"), "完成 240 学时", "signature"),
        (("credentialStatus",), None, "signature"),
        (("validUntil",), "2099-01-01T00:00:00Z", "signature"),
        (("nickname",), "小张", "signature"),
        (("@context",), ["https://evil.example/"], "signature"),
        (("issuer", "id"), "did:web:evil.example", "foreign_issuer"),
        (("issuer",), None, "foreign_issuer"),
        (("proof", 0, "created"), "2026-05-06T08:00:01Z", "signature"),
        (("proof", 0, "proofPurpose"), "authentication", "purpose"),
        (("proof", 0, "verificationMethod"), "did:key:z6MkevilEvilEvil#z6Mkevil", "foreign_key"),
        (("proof", 0, "verificationMethod"), f"{DID}#unheard", "foreign_key"),
        (("proof", 0, "cryptosuite"), "eddsa-jcs-2022", "suite"),
        (("proof", 0, "domain"), "x", "suite"),
        (("proof", 0, "proofValue"), "z", "signature"),
        (("proof", 0, "proofValue"), "z0OIl", "signature"),
        (("proof", 0, "proofValue"), 5, "no_proof"),
        (("proof",), [], "no_proof"),
        (("proof",), None, "no_proof"),
    ],
)
def test_changed_copy_is_refused_with_its_cause(path, value, cause):
    assert cause_of(changed(path, value)) == cause


def test_key_of_another_under_our_name_is_refused():
    forged = proof.add_credential_proof(
        badge.build_badge_credential(make_badge(holder="张伟")), signer=OTHER, controller=DID, at=AT
    )
    assert cause_of(forged) == "signature"


def test_key_of_the_wrong_kind_is_refused():
    assert cause_of(signed(), find=lambda _method: JWT_KEY.private.public_key()) == "foreign_key"


def test_two_proofs_are_refused():
    document = signed()
    document["proof"] *= 2
    assert cause_of(document) == "no_proof"


# ---- the same as JWT ----


def jwt(**changes):
    return jose.sign_credential_jwt(
        badge.build_badge_credential(make_badge(**changes)), signer=JWT_KEY, controller=DID
    )


def test_jwt_repeats_what_the_registered_claims_ask_for():
    claims = jose.verify_credential_jwt(jwt(valid_until=AT.replace(year=2029)), key_of=JWT_KEY.find)
    registered = {name: claims[name] for name in ("iss", "jti", "sub", "nbf", "iat", "exp")}
    assert registered == {
        "iss": DID,
        "jti": make_badge().address,
        "sub": make_badge().subject.urn,
        "nbf": 1778054400,
        "iat": 1778054400,
        "exp": 1872748800,
    }


def with_header(token, **header):
    head, claims, signature = token.split(".")
    new = {**json.loads(jose._bytes(head)), **header}
    return ".".join([jose._b64(json.dumps(new).encode()).decode(), claims, signature])


@pytest.mark.parametrize(
    ("token", "cause"),
    [
        (with_header(jwt(), alg="none"), "suite"),
        (with_header(jwt(), alg="HS256"), "suite"),
        (with_header(jwt(), crit=["b64"]), "suite"),
        (with_header(jwt(), kid="did:web:evil.example#k"), "foreign_key"),
        (with_header(jwt(), kid=None), "foreign_key"),
        (with_header(jwt(), typ="vc+jwt"), "signature"),
        (jwt()[:-8] + "AAAAAAAA", "signature"),
        (jwt().rsplit(".", 1)[0] + ".", "signature"),
        (jwt().rsplit(".", 1)[0], "format"),
        ("a.b.c", "format"),
        ("." * 2, "format"),
        ("é.e.e", "format"),
        ("x" * 70_000, "format"),
    ],
)
def test_hostile_jwt_is_refused_with_its_cause(token, cause):
    with pytest.raises(NotGenuine) as caught:
        jose.verify_credential_jwt(token, key_of=JWT_KEY.find)
    assert caught.value.cause == cause


def test_jwt_that_names_another_issuer_than_its_key_is_refused():
    document = {**badge.build_badge_credential(make_badge()), "iss": "did:web:other.example"}
    head, _claims, _signature = jwt().split(".")
    body = f"{head}.{jose._b64(json.dumps(document).encode()).decode()}"
    with pytest.raises(NotGenuine) as caught:
        jose.verify_credential_jwt(
            f"{body}.{jose._b64(JWT_KEY.sign(body.encode())).decode()}", key_of=JWT_KEY.find
        )
    assert caught.value.cause == "foreign_issuer"


# ---- names of keys ----


@given(st.binary(min_size=32, max_size=32))
def test_key_written_as_multikey_reads_back(seed):
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert multikey.decode_multikey(multikey.encode_multikey(key)) == key
    assert multikey.encode_multikey(key).startswith("z6Mk")


def test_p256_key_written_as_multikey_reads_back():
    key = JWT_KEY.private.public_key()
    assert multikey.decode_multikey(multikey.encode_multikey(key)) == key
    assert multikey.encode_multikey(key).startswith("zDn")


@pytest.mark.parametrize("text", ["", "z", "m123", "z0", "z6Mk", "zDn" + "1" * 40])
def test_text_that_is_no_key_is_refused(text):
    with pytest.raises(NotGenuine):
        multikey.decode_multikey(text)


def test_did_writes_a_port_so_that_it_is_no_path():
    assert did.did_of("http://127.0.0.1:8000") == "did:web:127.0.0.1%3A8000"
    assert did.did_of("https://cert.example.cn") == "did:web:cert.example.cn"

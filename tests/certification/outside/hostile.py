"""Copies that somebody would make who wants to be taken for a holder: each must be refused by
every verifier.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certification.credentials import jose, multikey, proof
from certification.credentials.badge import LISTS
from tests.certification.credentials.making import P256, Ed
from tests.certification.outside.world import DID, HOST, Issued, World

THIEF, THIEF_P256 = Ed("vc-2026-1", seed=9), P256("qr-2026-1", number=99)
Document = dict[str, Any]


# ---- embedded proof ----


def _changed(change: Callable[[Document], object]) -> Callable[[Issued], str]:
    def make(one: Issued) -> str:
        document = copy.deepcopy(json.loads(one.data))
        change(document)
        return json.dumps(document, ensure_ascii=False)

    return make


def _signed_by_thief(method: str | None = None) -> Callable[[Issued], str]:
    """Somebody else's name in it, signed anew: under our key's name, or under *method*."""

    def make(one: Issued) -> str:
        document = json.loads(one.data)
        created = datetime.fromisoformat(document.pop("proof")[0]["created"])
        document["credentialSubject"]["identifier"][0]["identityHash"] = "冒名者"
        key = THIEF
        controller = DID
        if method is not None:
            controller, kid = method.split("#")
            key = Ed(kid, seed=9)
        return json.dumps(
            proof.add_credential_proof(document, signer=key, controller=controller, at=created),
            ensure_ascii=False,
        )

    return make


def thief_did_key() -> str:
    """Return the thief's own DID."""
    return "did:key:" + multikey.encode_multikey(THIEF.private.public_key())


def _purpose(document: Document) -> None:
    document["proof"][0]["proofPurpose"] = "authentication"


def _own_key(document: Document) -> None:
    document["proof"][0]["verificationMethod"] = (
        f"{thief_did_key()}#{thief_did_key().removeprefix('did:key:')}"
    )


def _name(document: Document) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "冒名者"


def _score(document: Document) -> None:
    document["credentialSubject"]["narrative"] = (
        document["credentialSubject"]["narrative"] + "成绩100分。"
    )


JSON: dict[str, Callable[[Issued], str]] = {
    "changed name": _changed(_name),
    "changed score": _changed(_score),
    "changed level": _changed(
        lambda one: one["credentialSubject"]["achievement"].update(description="焊工 一级/高级技师")
    ),
    "later end": _changed(lambda one: one.update(validUntil="2099-12-31T00:00:00Z")),
    "no status": _changed(lambda one: one.pop("credentialStatus")),
    "undefined term": _changed(lambda one: one["credentialSubject"].update(nickname="小张")),
    "wrong purpose": _changed(_purpose),
    "no proof": _changed(lambda one: one.pop("proof")),
    "signature of another": _changed(
        lambda one: one["proof"][0].update(proofValue="z" + base58.b58encode(b"\1" * 64).decode())
    ),
    "thief's key named on our proof": _changed(_own_key),
    "thief's key under our name": _signed_by_thief(),
    "thief's did:key": _signed_by_thief(
        f"{thief_did_key()}#{thief_did_key().removeprefix('did:key:')}"
    ),
    "key that isn't there": _signed_by_thief(f"{DID}#vc-1999-1"),
}


# ---- JWT ----


def _parts(token: str) -> tuple[Document, Document, str]:
    head, claims, signature = token.split(".")
    return json.loads(_bytes(head)), json.loads(_bytes(claims)), signature


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _b64(value: Document | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwt_name(one: Issued) -> str:
    head, claims, signature = _parts(one.jwt)
    _name(claims)
    return f"{_b64(head)}.{_b64(claims)}.{signature}"


def _jwt_none(one: Issued) -> str:
    head, claims, _signature = _parts(one.jwt)
    _name(claims)
    return f"{_b64({**head, 'alg': 'none'})}.{_b64(claims)}."


def _jwt_confused(one: Issued, public: bytes) -> str:
    """HS256 with our public key for the secret: what a verifier falls for that lets the token
    choose.
    """
    head, claims, _signature = _parts(one.jwt)
    body = f"{_b64({**head, 'alg': 'HS256'})}.{_b64(claims)}"
    return f"{body}.{_b64(hmac.new(public, body.encode(), hashlib.sha256).digest())}"


def _jwt_by(one: Issued, **header: str) -> str:
    head, claims, _signature = _parts(one.jwt)
    body = f"{_b64({**head, **header})}.{_b64(claims)}"
    return f"{body}.{_b64(THIEF_P256.sign(body.encode()))}"


def _jwt_other_issuer(one: Issued) -> str:
    _head, claims, _signature = _parts(one.jwt)
    document = {
        name: value
        for name, value in claims.items()
        if name not in {"iss", "jti", "sub", "nbf", "iat", "exp"}
    }
    document["issuer"] = {**document["issuer"], "id": "did:web:evil.example"}
    return jose.sign_credential_jwt(document, signer=THIEF_P256, controller="did:web:evil.example")


def jwts(one: Issued, world: World) -> dict[str, str]:
    """Return the hostile copies of the JWT of *one*."""
    key = next(
        multikey.decode_multikey(method["publicKeyMultibase"])
        for method in json.loads(world.table[f"{HOST}/.well-known/did.json"])["verificationMethod"]
        if method["publicKeyMultibase"].startswith("zDn")
    )
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "changed name": _jwt_name(one),
        "alg none": _jwt_none(one),
        "HS256 with our public key": _jwt_confused(one, pem),
        "HS256, named RS256 before": _jwt_confused(
            one, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ),
        "thief's key under our name": _jwt_by(one),
        "thief's key under a name of his": _jwt_by(one, kid=f"{thief_did_key()}#x"),
        "another issuer": _jwt_other_issuer(one),
        "no signature": one.jwt.rsplit(".", 1)[0] + ".",
    }


# ---- status lists ----


def lists_of_thief(world: World) -> dict[str, str]:
    """Return our lists with every bit cleared, signed by the thief under our key's name."""
    answers = {}
    for name in LISTS:
        address = f"{HOST}/status/1/{name}"
        document = json.loads(world.table[address])
        created = datetime.fromisoformat(document.pop("proof")["created"])
        document["credentialSubject"]["encodedList"] = json.loads(world.lapsed_lists[address])[
            "credentialSubject"
        ]["encodedList"]
        answers[address] = json.dumps(
            proof.add_credential_proof(
                document, signer=THIEF, controller=DID, at=created, alone=True
            )
        )
    return answers


def lists_swapped(world: World) -> dict[str, str]:
    """Return, where the list of standing is asked for, our list of suspended ones: signed, fresh,
    and of another purpose.
    """
    return {f"{HOST}/status/1/standing": world.table[f"{HOST}/status/1/suspension"]}

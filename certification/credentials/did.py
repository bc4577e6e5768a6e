"""The issuer's `did:web` identifier and its document, which holds every key there ever was."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from certification.credentials import multikey
from core.addresses import normalise_address

CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


@lru_cache(maxsize=64)
def did_of(address: str) -> str:
    """Return the DID of the site at *address*, such as `did:web:cert.example.cn`.

    A port is written as `%3A8000` (did:web, 3.1).
    """
    return "did:web:" + quote(urlsplit(normalise_address(address)).netloc, safe="")


def build_did_document(did: str, keys: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the DID document for *keys*, which are (kid, multibase) pairs with the newest first.

    Retired keys stay in it, because certificates they signed couldn't be checked otherwise.

    Each key is listed as Multikey and as JWK. Verifiers of the embedded proof read the first, those
    of the JWT (1EdTech's public validator among them) only the second, and both look the key up by
    the one name that signatures carry (ADR 33).
    """
    methods = [
        {
            "id": f"{did}#{kid}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key,
            "publicKeyJwk": multikey.to_jwk(multikey.decode_multikey(key)),
        }
        for kid, key in keys
    ]
    return {
        "@context": CONTEXT,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }

"""The issuer's name that keys hang on: did:web, with every key there ever was."""

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
    """Return the DID of the site at *address*: did:web:cert.example.cn; a port is written %3A8000 (did:web, 3.1)."""
    return "did:web:" + quote(urlsplit(normalise_address(address)).netloc, safe="")


def document(did: str, keys: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the DID document. *keys* are (kid, multibase), newest first: retired ones stay, or old certificates couldn't be checked.

    Each key stands there twice, as Multikey and as JWK: verifiers of the embedded proof read the first, those of the JWT (1EdTech's
    public validator among them) only the second, and both look it up by the one name that signatures carry (ADR 33).
    """
    methods = [
        {
            "id": f"{did}#{kid}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key,
            "publicKeyJwk": multikey.to_jwk(multikey.decode(key)),
        }
        for kid, key in keys
    ]
    return {"@context": CONTEXT, "id": did, "verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}

"""The issuer's name that keys hang on: did:web, with every key there ever was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def did_of(base_url: str) -> str:
    """Return the DID of the site at *base_url*: did:web:cert.example.cn; a port is written %3A8000 (did:web, 3.1)."""
    return "did:web:" + quote(urlsplit(base_url).netloc, safe="")


def document(did: str, keys: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the DID document. *keys* are (kid, multibase), newest first: retired ones stay, or old certificates couldn't be checked."""
    methods = [{"id": f"{did}#{kid}", "type": "Multikey", "controller": did, "publicKeyMultibase": key} for kid, key in keys]
    return {"@context": CONTEXT, "id": did, "verificationMethod": methods, "assertionMethod": [method["id"] for method in methods]}

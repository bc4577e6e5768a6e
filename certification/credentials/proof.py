"""The embedded Data Integrity proof, eddsa-rdfc-2022 (W3C VC Data Integrity EdDSA Cryptosuites
1.0, 3.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from certification.credentials import linked_data
from certification.credentials.errors import NotGenuine, NotSignable
from certification.credentials.timestamps import format_utc_moment

SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
_MEMBERS = frozenset(
    {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
)


class CredentialSigner(Protocol):
    """A private key that only signs. `kid` is its name in the issuer's DID document."""

    @property
    def kid(self) -> str:
        """Return the name of the key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of *data*."""
        ...


Canonical = Callable[[dict[str, Any]], str]


def add_credential_proof(
    document: dict[str, Any],
    *,
    signer: CredentialSigner,
    controller: str,
    at: datetime,
    canonical: Canonical = linked_data.canonicalise_document,
    alone: bool = False,
) -> dict[str, Any]:
    """Return *document* with its proof. *controller* is the issuer's DID, *at* the moment of
    signing.

    A badge holds its proof in a list of one (1EdTech's strict schema wants it), a status list as an
    object (*alone*). Raises `NotSignable`.
    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": format_utc_moment(at),
        "verificationMethod": f"{controller}#{signer.kid}",
        "proofPurpose": PURPOSE,
    }
    value = signer.sign(_digest(document, options, canonical))
    proof = {**options, "proofValue": "z" + base58.b58encode(value).decode()}
    return {**document, "proof": proof if alone else [proof]}


def verify_credential_proof(document: dict[str, Any], *, key_of: Callable[[str], Any]) -> str:
    """Return the verification method whose proof on *document* is valid. Raises `NotGenuine` with
    the cause.

    *key_of* returns the public key of a verification method, or None if it isn't one of ours.
    Nothing is ever fetched.
    """
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    proofs = document.get("proof")
    proof = proofs[0] if isinstance(proofs, list) and len(proofs) == 1 else proofs
    if not isinstance(proof, dict) or not all(isinstance(value, str) for value in proof.values()):
        raise NotGenuine("no_proof")
    if (
        proof.get("type") != "DataIntegrityProof"
        or proof.get("cryptosuite") != SUITE
        or not set(proof) <= _MEMBERS
    ):
        raise NotGenuine("suite")
    if proof.get("proofPurpose") != PURPOSE:
        raise NotGenuine("purpose")
    method = proof.get("verificationMethod", "")
    key = key_of(method)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise NotGenuine("foreign_key")
    issuer = document.get("issuer")
    if (issuer.get("id") if isinstance(issuer, dict) else issuer) != method.partition("#")[0]:
        raise NotGenuine("foreign_issuer")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        value = base58.b58decode(proof.get("proofValue", "")[1:])
        key.verify(value, _digest(unsigned, options, linked_data.canonicalise_document))
    except (InvalidSignature, ValueError, NotSignable) as error:
        raise NotGenuine("signature") from error
    return str(method)


def _digest(document: dict[str, Any], options: dict[str, str], canonical: Canonical) -> bytes:
    """Return the 64 bytes to be signed, which are SHA-256 of the canonical proof options and
    SHA-256 of the canonical document.
    """
    with_context = {"@context": document.get("@context"), **options}
    return b"".join(
        hashlib.sha256(canonical(part).encode()).digest() for part in (with_context, document)
    )

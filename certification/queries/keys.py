"""Read the issuer's public keys as others see them. Every key there ever was is included, and
nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certification.credentials import did, multikey
from certification.keys import KeyPurpose
from certification.models import IssuerKey
from certification.queries.addresses import list_own_issuers, present_address

_IN_THE_DOCUMENT = (KeyPurpose.CREDENTIAL, KeyPurpose.TOKEN)


def get_issuer_did() -> str:
    """Return the DID under which this site signs today."""
    return did.did_of(present_address())


def did_document(address: str = "") -> dict[str, Any]:
    """Return the content of /.well-known/did.json at *address*, with the same keys at each
    address. One query.

    *address* is one of the site's own, and today's if it is left out.
    """
    # The key of credentials first: there are verifiers that take the first for the only one.
    rows = IssuerKey.objects.filter(purpose__in=_IN_THE_DOCUMENT).order_by("purpose", "-pk")
    return did.build_did_document(
        did.did_of(address or present_address()), [(row.kid, row.public) for row in rows]
    )


def key_of_method(*issuers: str) -> Callable[[str], multikey.PublicKey | None]:
    """Return a function from a verification method (`did:web:…#kid`) to our key of that name, or
    None. Two queries, made at once.

    The DID may be that of any address of the site, present or former. It may also be one of
    *issuers*, which our own record names as issuer in this case.
    """
    ours = {*list_own_issuers(), *issuers}
    keys = {row.kid: row.public for row in IssuerKey.objects.filter(purpose__in=_IN_THE_DOCUMENT)}

    def find(method: str) -> multikey.PublicKey | None:
        controller, _hash, kid = method.partition("#")
        return multikey.decode_multikey(keys[kid]) if controller in ours and kid in keys else None

    return find


def key_of_kid() -> Callable[[str], ec.EllipticCurvePublicKey | None]:
    """Return a function from the name of a key of QR tokens to the key, or None. One query, made
    at once.
    """
    keys = {row.kid: row.public for row in IssuerKey.objects.filter(purpose=KeyPurpose.TOKEN)}

    def find(kid: str) -> ec.EllipticCurvePublicKey | None:
        key = multikey.decode_multikey(keys[kid]) if kid in keys else None
        return key if isinstance(key, ec.EllipticCurvePublicKey) else None

    return find


def document_signers() -> list[bytes]:
    """Return the certificates (DER) of every key that ever signed a PDF of ours. One query."""
    return [chain[0] for chain in _chains()]


def document_root() -> bytes | None:
    """Return the root certificate (DER) of the newest key of PDF signatures, or None. A reader
    imports it to trust them all.
    """
    chains = _chains()
    return chains[0][-1] if chains else None


def _chains() -> list[list[bytes]]:
    rows = (
        IssuerKey.objects.filter(purpose=KeyPurpose.DOCUMENT)
        .order_by("-pk")
        .values_list("public", flat=True)
    )
    return [
        [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(text.encode())]
        for text in rows
    ]

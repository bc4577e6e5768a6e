"""A signed statement of ours about anything, as a compact JWT (ES256).

The report of a check carries one, so that it can be shown to be ours.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from certification.credentials import jose
from certification.credentials.errors import NotGenuine
from certification.credentials.proof import CredentialSigner


def sign_statement(
    claims: dict[str, Any], *, signer: CredentialSigner, controller: str, kind: str
) -> str:
    """Return *claims* as JWT of the type *kind*, which is the `typ` of its header.

    `verify_statement` checks the type, so a statement of one kind is never accepted as another.
    """
    header = {"alg": "ES256", "typ": kind, "kid": f"{controller}#{signer.kid}"}
    parts = [
        json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
        for part in (header, {"iss": controller, **claims})
    ]
    body = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (body + b"." + base64.urlsafe_b64encode(signer.sign(body)).rstrip(b"=")).decode("ascii")


def verify_statement(token: str, *, kind: str, key_of: Callable[[str], Any]) -> dict[str, Any]:
    """Return the claims of a statement of *kind* signed by one of our keys. Raises `NotGenuine`."""
    claims = jose.verify_credential_jwt(token, key_of=key_of)
    head = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if header.get("typ") != kind:
        raise NotGenuine("format")
    return claims

"""The same credential as a compact JWT with ES256 (Open Badges 3.0, 8.2).

ES256 is used because every platform's cryptography can verify P-256.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certification.credentials import strict_json
from certification.credentials.errors import NotGenuine
from certification.credentials.proof import CredentialSigner
from certification.credentials.timestamps import parse_moment

_LONGEST = 64 * 1024
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def sign_credential_jwt(
    credential: dict[str, Any],
    *,
    signer: CredentialSigner,
    controller: str,
    algorithm: str = "ES256",
) -> str:
    """Return *credential* (without proof) as JWT. The registered claims repeat issuer, address,
    subject and times.

    *algorithm* is EdDSA for status lists, because some verifiers read those only in this form, by
    the first key of the DID document.
    """
    claims: dict[str, Any] = {
        **credential,
        "iss": controller,
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": _seconds(credential["validFrom"]),
        "iat": _seconds(credential["validFrom"]),
    }
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    header = {"alg": algorithm, "typ": "JWT", "kid": f"{controller}#{signer.kid}"}
    body = b".".join(_b64(_JSON.encode(part).encode()) for part in (header, claims))
    return (body + b"." + _b64(signer.sign(body))).decode("ascii")


def verify_credential_jwt(token: str, *, key_of: Callable[[str], Any]) -> dict[str, Any]:
    """Return the claims of *token* after verifying its signature. Raises `NotGenuine`.

    Only ES256 by one of our keys is accepted, never `none` or the like. Reading is strict. Each of
    the three parts has only one spelling in base64url, and no object has a member twice.
    """
    if len(token) > _LONGEST or token.count(".") != 2:
        raise NotGenuine("format")
    head, claims, signature = token.split(".")
    try:
        header = strict_json.parse_json(_bytes(head))
        read = strict_json.parse_json(_bytes(claims))
        raw = _bytes(signature)
    except strict_json.DuplicateMember as error:
        raise NotGenuine("ambiguous") from error
    except (ValueError, RecursionError) as error:
        raise NotGenuine("format") from error
    if (
        not isinstance(header, dict)
        or not isinstance(read, dict)
        or header.get("alg") != "ES256"
        or "crit" in header
    ):
        raise NotGenuine("suite")
    method = header.get("kid")
    key = key_of(method) if isinstance(method, str) else None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise NotGenuine("foreign_key")
    if read.get("iss") != str(method).partition("#")[0]:
        raise NotGenuine("foreign_issuer")
    verify_es256_signature(key, raw, f"{head}.{claims}".encode("ascii"))
    return read


def verify_es256_signature(key: ec.EllipticCurvePublicKey, raw: bytes, data: bytes) -> None:
    """Raise `NotGenuine` unless *raw* (r and s, 64 bytes) is the ES256 signature of *data* by
    *key*.
    """
    try:
        if len(raw) != 64:
            raise NotGenuine("signature")
        pair = encode_dss_signature(
            int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        )
        key.verify(pair, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise NotGenuine("signature") from error


@lru_cache(maxsize=256)  # certificates of a batch begin on few days
def _seconds(text: str) -> int:
    return int(parse_moment(text).timestamp())


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if (
        _b64(data) != text.encode()
    ):  # the last character has bits that mean nothing, and + and / are another alphabet
        msg = "not the one spelling of base64url"
        raise ValueError(msg)
    return data

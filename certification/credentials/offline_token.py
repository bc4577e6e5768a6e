"""The token in the QR code, which is enough to check a certificate without a network (COSE_Sign1,
ES256, RFC 9052).

It is written as decimal digits behind the `#` of the address, which no server ever sees. A QR code
packs three digits into ten bits, and any phone camera opens the address. A leading byte 01
preserves leading zeros. ES256 is used because every browser's WebCrypto has it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import cbor2

from certification.credentials import jose
from certification.credentials.errors import NotGenuine
from certification.credentials.proof import CredentialSigner

_ALG, _KID, _ES256 = 1, 4, -7
_LONGEST_DIGITS = 1500
# Keys of the map inside; a number once given is never given another meaning. What was awarded is
# text, or bytes in GBK.
_NUMBER, _NAME, _WHAT, _LEVEL, _ISSUED, _UNTIL, _LIST, _INDEX = range(1, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineToken:
    """What the offline page can say about a certificate. *status_list* and *status_index* lead to
    the cached lists.
    """

    number: str
    name: str
    what: str
    level: int | None
    issued: date
    until: date | None
    status_list: int
    status_index: int


def sign_offline_token(token: OfflineToken, *, signer: CredentialSigner) -> str:
    """Return *token* signed, as decimal digits."""
    claims: dict[int, Any] = {
        _NUMBER: token.number,
        _NAME: token.name,
        _WHAT: _packed(token.what),
        _LEVEL: token.level,
        _ISSUED: _days(token.issued),
        _UNTIL: None if token.until is None else _days(token.until),
        _LIST: token.status_list,
        _INDEX: token.status_index,
    }
    payload = cbor2.dumps({key: value for key, value in claims.items() if value is not None})
    protected = cbor2.dumps({_ALG: _ES256, _KID: signer.kid.encode()})
    signature = signer.sign(_to_be_signed(protected, payload))
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    return str(int.from_bytes(b"\x01" + message, "big"))


def verify_offline_token(digits: str, *, key_of_kid: Callable[[str], Any]) -> OfflineToken:
    """Verify *digits* and return the token they hold. Raises `NotGenuine` with the cause."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_DIGITS):
        raise NotGenuine("format")
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    try:
        if data[:1] != b"\x01":
            raise NotGenuine("format")
        message = _whole(data[1:])
        if message.tag != 18:
            raise NotGenuine("format")
        protected, unprotected, payload, signature = message.value
        header, claims = _whole(protected), _whole(payload)
        if header.get(_ALG) != _ES256 or set(header) != {_ALG, _KID} or unprotected != {}:
            raise NotGenuine("suite")
        key = key_of_kid(header[_KID].decode("ascii"))
        if key is None:
            raise NotGenuine("foreign_key")
        jose.verify_es256_signature(key, signature, _to_be_signed(protected, payload))
        return OfflineToken(
            number=claims[_NUMBER],
            name=claims[_NAME],
            what=_unpacked(claims[_WHAT]),
            level=claims.get(_LEVEL),
            issued=_day(claims[_ISSUED]),
            until=_day(claims[_UNTIL]) if _UNTIL in claims else None,
            status_list=claims[_LIST],
            status_index=claims[_INDEX],
        )
    except (
        cbor2.CBORError,
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        OverflowError,
        RecursionError,
    ) as error:
        raise NotGenuine("format") from error


def _whole(data: bytes) -> Any:
    """Return the one CBOR value in *data*. Raises `ValueError` if anything follows it."""
    source = io.BytesIO(data)
    value = cbor2.CBORDecoder(source).decode()
    if source.read(1):
        raise ValueError(data)
    return value


def measure_award_text(text: str) -> int:
    """Return how many bytes *text* takes in a token as the description of what was awarded."""
    return len(packed if isinstance(packed := _packed(text), bytes) else packed.encode())


def _packed(text: str) -> str | bytes:
    """Return *text* as GBK bytes if GBK has each of its characters, and as text otherwise.

    GBK is a third shorter than UTF-8. Python and the browsers agree on every character of GBK,
    which a test checks. They don't agree on the rare ones that GB 18030 adds.
    """
    try:
        return text.encode("gbk")
    except UnicodeEncodeError:
        return text


def _unpacked(value: str | bytes) -> str:
    return value.decode("gbk") if isinstance(value, bytes) else value


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


_EPOCH = date(1970, 1, 1)


def _days(day: date) -> int:
    return (day - _EPOCH).days


def _day(days: int) -> date:
    return _EPOCH + timedelta(days=days)

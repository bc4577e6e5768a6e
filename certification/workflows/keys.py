"""Announce the public halves of signing keys before anything is signed.

They go into the database and the public register, since a key that nobody was told of proves
nothing.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction

import audit
from certification.credentials import multikey
from certification.errors import NoAddress
from certification.keys import DocumentKey, KeyPurpose, KeyRing, SigningKey, get_keyring
from certification.keys import generate_next_key as _rotate
from certification.models import IssuerAddress, IssuerKey
from certification.queries.addresses import present_address
from certification.queries.register import get_register_origin
from certification.tlog import leaves, notes
from certification.workflows import register
from core import clock
from core.actors import Actor


class LogSigner:
    """Signs for the register with the register's key and name."""

    def __init__(self, key: SigningKey) -> None:
        """Take the key. The name is the one the register began with."""
        self.name = get_register_origin()
        self.public = key.public
        self.key_hash = notes.key_hash(self.name, key.public)
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        """Return the signature over *data*."""
        return self._key.sign(data)


def load_announced_keys() -> KeyRing:
    """Return the keys that sign now, after making sure that they are announced and the site's
    address is on record.

    One query if they are. It must not be called inside a transaction, since what enters the
    register isn't rolled back. Raises `NoKey`. Raises `NoAddress` if the operator hasn't set the
    site's address, since what was signed under a default would be wrong for good.
    """
    require_address()
    ring = get_keyring()
    texts, address = list_announced_keys(ring), present_address()
    names = IssuerKey.objects.order_by().filter(kid__in=texts).values_list("kid")
    known = {
        name
        for (name,) in names.union(
            IssuerAddress.objects.order_by().filter(address=address).values_list("address")
        )
    }
    if address not in known:
        IssuerAddress.objects.get_or_create(address=address)
    if missing := {kid: said for kid, said in texts.items() if kid not in known}:
        _announce(ring, missing)
    return ring


def require_address() -> None:
    """Raise `NoAddress` unless the operator has set the site's address."""
    if not settings.BASE_URL_IS_SET:
        raise NoAddress.unset()


def rotate_issuer_key(*, actor: Actor, purpose: KeyPurpose) -> str:
    """Make a newer key for *purpose*, announce it, and return its name. What older keys signed
    stays verifiable. Raises `NoKey`.
    """
    kid = _rotate(purpose)
    load_announced_keys()
    with transaction.atomic():
        made = IssuerKey.objects.get(kid=kid)
        audit.record(
            "certification.key_rotated",
            actor=actor,
            target=made,
            after={"key": kid, "purpose": purpose.value},
        )
    return kid


def list_announced_keys(ring: KeyRing) -> dict[str, tuple[KeyPurpose, str]]:
    """Return the public half of each key of *ring* by its name, in the form that is announced,
    with its purpose.
    """
    signing = {
        key.kid: (key.purpose, _written(key))
        for key in (ring.credential, ring.token, ring.register)
    }
    return signing | {ring.document.kid: (KeyPurpose.DOCUMENT, format_chain_as_pem(ring.document))}


def _announce(ring: KeyRing, texts: dict[str, tuple[KeyPurpose, str]]) -> None:
    day = clock.today()
    entries = [
        leaves.write_leaf("key", hashlib.sha256(text.encode()).digest(), day)
        for _purpose, text in texts.values()
    ]
    register.append_register_entries(entries, sign=LogSigner(ring.register))
    with transaction.atomic():
        for kid, (purpose, text) in texts.items():
            row, new = IssuerKey.objects.get_or_create(
                kid=kid, defaults={"purpose": purpose.value, "public": text}
            )
            if new:
                audit.record(
                    "certification.key_announced", actor=None, target=row, after={"key": kid}
                )


def _written(key: SigningKey) -> str:
    return multikey.encode_multikey(key.public_key)


def format_chain_as_pem(key: DocumentKey) -> str:
    """Return the certificates of *key* as PEM text, the signer's first."""
    return "".join(
        x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM).decode() for one in key.chain
    )

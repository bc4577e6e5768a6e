"""Find, make and rotate the key files.

In the embedded form the keys are made at the first start. One folder holds
`<purpose>-<year>-<number>.pem`. The newest file signs. The others only wait for the operator to
remove them, because their public halves are in the database (`models.IssuerKey`), so old
certificates can be verified without them. The key of the PDF signature may come from a PKCS#12 file
instead, as certificate authorities hand it out, or stay in a PKCS #11 device (`Pkcs11Key`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _

from certification.keys import generation
from certification.keys.document import DocumentKey as FileKey
from certification.keys.errors import NoKey
from certification.keys.pkcs11 import Pkcs11Key, Pkcs11Location, read_pin
from core import clock

_FILE = re.compile(r"(?P<purpose>[a-z]+)-(?P<year>\d{4})-(?P<number>\d+)\.pem")


class KeyPurpose(StrEnum):
    """What a key signs. It signs nothing else."""

    CREDENTIAL = "credential"
    TOKEN = "token"  # noqa: S105 - the name of a purpose
    REGISTER = "register"
    DOCUMENT = "document"


# How a key of the purpose is called in the issuer's DID document and in headers; part of every
# signature, so never changed.
PREFIX = {
    KeyPurpose.CREDENTIAL: "vc",
    KeyPurpose.TOKEN: "qr",
    KeyPurpose.REGISTER: "log",
    KeyPurpose.DOCUMENT: "pdf",
}
DocumentKey = FileKey | Pkcs11Key
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


class RawSigner(Protocol):
    """Anything that signs, whether a key from a file or one inside a device."""

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of *data*."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with its name. `sign` returns 64 raw bytes, for Ed25519 as well as for ES256 (r and
    s).
    """

    kid: str
    purpose: KeyPurpose
    private: PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of *data*."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        r, s = decode_dss_signature(
            self.private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        )
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def public_key(self) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        """Return the public half."""
        return self.private.public_key()

    @property
    def public(self) -> bytes:
        """Return the raw public half, which is 32 bytes for Ed25519 and the compressed point for
        P-256.
        """
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that sign now."""

    credential: SigningKey
    token: SigningKey
    register: SigningKey
    document: DocumentKey


def get_keyring() -> KeyRing:
    """Return the keys that sign now. Where the form of the site allows it, missing ones are made
    first.

    Raises `NoKey` with a sentence.
    """
    return _ring(_folder(), _newest_names(_folder()))


def generate_next_key(purpose: KeyPurpose) -> str:
    """Make a newer key for *purpose* and return its name.

    It signs from the next `get_keyring()` on. The older file stays. Raises `NoKey` for a document
    key that comes from outside.
    """
    folder = _folder()
    if purpose == KeyPurpose.DOCUMENT and not _is_ours(purpose):
        sentence = _(
            "The document key is supplied from outside. Put the new key where %(setting)s "
            "points, then restart."
        )
        setting = (
            "CRAFTPATH_PKCS11_KEY" if settings.PKCS11_MODULE else "CRAFTPATH_CERTIFICATE_PKCS12"
        )
        raise NoKey("key_from_outside", sentence % {"setting": setting})
    path = _make(folder, purpose)
    return _kid(purpose, path.stem)


def generate_missing_keys(folder: Path) -> list[str]:
    """Make a first key for every purpose that has none in *folder*, and return the names of those
    made.
    """
    return [
        _kid(purpose, _make(folder, purpose, first=True).stem)
        for purpose in KeyPurpose
        if not _files(folder, purpose) and _is_ours(purpose)
    ]


def list_own_crls(root: bytes) -> list[bytes]:
    """Return the revocation lists (DER) that we issue ourselves, which is one if *root* (DER) is
    the root this site made.
    """
    made = generation.make_root_crl(_folder(), root)
    return [] if made is None else [made]


def _folder() -> Path:
    return Path(settings.CERTIFICATE_KEY_FOLDER)


def _newest_names(folder: Path) -> tuple[str, ...]:
    """Return the cache key of key rings, so that every process notices a rotation at its next
    signature.
    """
    return tuple(
        files[-1].name if (files := _files(folder, purpose)) else "" for purpose in KeyPurpose
    )


@cache
def _ring(folder: Path, _names: tuple[str, ...]) -> KeyRing:
    if settings.CERTIFICATE_KEYS_SELF_MADE:
        generate_missing_keys(folder)
    signing = {
        purpose: _signing(folder, purpose)
        for purpose in KeyPurpose
        if purpose != KeyPurpose.DOCUMENT
    }
    return KeyRing(
        signing[KeyPurpose.CREDENTIAL],
        signing[KeyPurpose.TOKEN],
        signing[KeyPurpose.REGISTER],
        _document(folder),
    )


def _signing(folder: Path, purpose: KeyPurpose) -> SigningKey:
    files = _files(folder, purpose)
    if not files:
        raise NoKey.absent(purpose)
    try:
        key = load_pem_private_key(files[-1].read_bytes(), None)
    except (ValueError, TypeError, OSError) as error:
        raise NoKey.unreadable(files[-1].name) from error
    wanted = (
        ec.EllipticCurvePrivateKey if purpose == KeyPurpose.TOKEN else ed25519.Ed25519PrivateKey
    )
    if not isinstance(key, wanted):
        raise NoKey.unreadable(files[-1].name)
    return SigningKey(_kid(purpose, files[-1].stem), purpose, key)


def _document(folder: Path) -> DocumentKey:
    if settings.PKCS11_MODULE:
        return Pkcs11Key.open(
            Pkcs11Location(
                module=settings.PKCS11_MODULE,
                token=settings.PKCS11_TOKEN,
                key=settings.PKCS11_KEY,
                pin=read_pin(settings.PKCS11_PIN, settings.PKCS11_PIN_FILE),
                chain=settings.PKCS11_CERTIFICATES,
            )
        )
    if settings.CERTIFICATE_PKCS12:
        return FileKey.from_pkcs12(
            Path(settings.CERTIFICATE_PKCS12), settings.CERTIFICATE_PKCS12_PASSWORD
        )
    files = _files(folder, KeyPurpose.DOCUMENT)
    if not files:
        raise NoKey.absent(KeyPurpose.DOCUMENT)
    return FileKey.from_pem(_kid(KeyPurpose.DOCUMENT, files[-1].stem), files[-1])


def _files(folder: Path, purpose: KeyPurpose) -> list[Path]:
    found = [
        (match, path)
        for path in folder.glob(f"{purpose}-*.pem")
        if (match := _FILE.fullmatch(path.name))
    ]
    return [
        path
        for match, path in sorted(
            found, key=lambda pair: (int(pair[0]["year"]), int(pair[0]["number"]))
        )
    ]


def _make(folder: Path, purpose: KeyPurpose, *, first: bool = False) -> Path:
    """Write a new key file beside the others and return its path. If two processes start for the
    first time at once, they agree on one file.
    """
    year = clock.today().year
    numbers = [
        int(match["number"])
        for path in _files(folder, purpose)
        if (match := _FILE.fullmatch(path.name)) and int(match["year"]) == year
    ]
    path = folder / f"{purpose}-{year}-{1 if first else max(numbers, default=0) + 1}.pem"
    made = {
        KeyPurpose.CREDENTIAL: generation.generate_ed25519_pem,
        KeyPurpose.REGISTER: generation.generate_ed25519_pem,
        KeyPurpose.TOKEN: generation.generate_p256_pem,
        KeyPurpose.DOCUMENT: lambda: generation.generate_document_pem(folder),
    }[purpose]
    generation.create_key_file(path, made)
    return path


def _kid(purpose: KeyPurpose, stem: str) -> str:
    return f"{PREFIX[purpose]}-{stem.partition('-')[2]}"


def _is_ours(purpose: KeyPurpose) -> bool:
    return purpose != KeyPurpose.DOCUMENT or not (
        settings.CERTIFICATE_PKCS12 or settings.PKCS11_MODULE
    )


__all__ = [
    "PREFIX",
    "DocumentKey",
    "KeyPurpose",
    "KeyRing",
    "SigningKey",
    "generate_missing_keys",
    "generate_next_key",
    "get_keyring",
    "list_own_crls",
]

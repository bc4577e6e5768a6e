"""The document key in a PKCS #11 device that it never leaves, such as a smart card, a USB token or
a network HSM (ADR 28).

A signature is one round trip to the device. A device that doesn't answer now (pulled out, its
network down) is waited for. A PIN that was wrong is not tried again by this process, because
devices lock themselves after a few attempts.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _

from certification.keys.document import order_chain
from certification.keys.errors import KeyDeviceUnavailable, NoKey

_TRIAL = hashlib.sha256(b"which certificate belongs to this key?").digest()
_wrong: set[tuple[str, str, bytes]] = set()


@dataclass(frozen=True, slots=True)
class Pkcs11Location:
    """Where the key is.

    *module* is the library that came with the device. *chain* is a PEM file, or "" for the
    certificates in the device.
    """

    module: str
    token: str
    key: str
    pin: str = field(repr=False)
    chain: str = ""


@dataclass(frozen=True, eq=False)
class Pkcs11Key:
    """A P-256 key in a PKCS #11 device. `chain` holds DER certificates, the signer's first.

    It is equal only to itself, so it can be the key of a cache.
    """

    kid: str
    chain: tuple[bytes, ...]
    box: _Box = field(repr=False)

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature of a SHA-256 *digest* in DER, which differs each time.

        Raises `KeyDeviceUnavailable` and `NoKey`.
        """
        return self.box.sign(digest)

    @classmethod
    def open(cls, place: Pkcs11Location) -> Pkcs11Key:
        """Find key and certificates.

        Raises `NoKey` with what is wrong, and `KeyDeviceUnavailable` if the device doesn't answer
        now.
        """
        box = _Box(place)
        signature = box.sign(_TRIAL)
        offered = (
            x509.load_pem_x509_certificates(_file(place.chain))
            if place.chain
            else box.certificates()
        )
        leaf = next((one for one in offered if _signed_by(one, signature)), None)
        if leaf is None:
            raise NoKey(
                "box_without_certificate",
                _("The signing device has no certificate for the key “%(key)s”.")
                % {"key": place.key},
            )
        chain = [leaf, *order_chain(leaf, [one for one in offered if one != leaf])]
        kid = f"pdf-{leaf.fingerprint(hashes.SHA256()).hex()[:16]}"
        return cls(kid, tuple(one.public_bytes(Encoding.DER) for one in chain), box)


class _Box:
    """One session with the device for each process, opened at the first use and again after it was
    lost.
    """

    def __init__(self, place: Pkcs11Location) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._session: Any = None
        self._key: Any = None
        self._process = 0

    def sign(self, digest: bytes) -> bytes:
        """Return the signature in DER."""
        pkcs11 = _library()

        def ask() -> bytes:
            raw: bytes = self._key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
            half = len(raw) // 2
            return encode_dss_signature(
                int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
            )

        return self._asked(pkcs11, ask)

    def certificates(self) -> list[x509.Certificate]:
        """Return the certificates in the device."""
        pkcs11 = _library()

        def ask() -> list[x509.Certificate]:
            rows = self._session.get_objects(
                {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
            )
            return _readable(bytes(row[pkcs11.Attribute.VALUE]) for row in rows)

        return self._asked(pkcs11, ask)

    def _asked(self, pkcs11: ModuleType, ask: Callable[[], Any]) -> Any:
        """Return what the device answers.

        A session that was lost, because the device was pulled out and put back, is opened once
        more.
        """
        with self._lock:
            for attempt in (1, 2):
                try:
                    if self._session is None or self._process != os.getpid():
                        self._open(pkcs11)
                    return ask()
                except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
                    self._close(pkcs11)
                    raise NoKey(
                        "box_without_key",
                        _("The signing device has no key “%(key)s”.") % {"key": self._place.key},
                    ) from error
                except (pkcs11.PKCS11Error, OSError) as error:
                    self._close(pkcs11)
                    if attempt == 2 or isinstance(error, OSError):
                        raise KeyDeviceUnavailable.now() from error
            raise AssertionError("unreachable")

    def _open(self, pkcs11: ModuleType) -> None:
        place = self._place
        tried = (place.module, place.token, hashlib.sha256(place.pin.encode()).digest())
        if tried in _wrong:
            raise NoKey.wrong_pin()
        try:
            library = pkcs11.lib(place.module)
        except (RuntimeError, pkcs11.PKCS11Error, OSError) as error:
            raise NoKey(
                "box_without_library",
                _("The library “%(file)s” can't be loaded.") % {"file": place.module},
            ) from error
        if self._process:
            library.reinitialize()  # after a fork the library belongs to the parent; and it sees a box that was put back only from anew
        self._process = os.getpid()
        token = library.get_token(token_label=place.token)
        try:
            self._session = token.open(user_pin=place.pin)
        except (
            pkcs11.UserAlreadyLoggedIn
        ):  # by another session of this process, which the box counts as the same user
            self._session = token.open()
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
            _wrong.add(tried)
            raise NoKey.wrong_pin() from error
        except (pkcs11.PinLocked, pkcs11.PinExpired) as error:
            raise NoKey(
                "box_locked",
                _(
                    "The signing device is locked after wrong PINs, or its PIN has expired. "
                    "Unlock it with the program that came with it."
                ),
            ) from error
        self._key = self._session.get_key(
            object_class=pkcs11.ObjectClass.PRIVATE_KEY, key_type=pkcs11.KeyType.EC, label=place.key
        )

    def _close(self, pkcs11: ModuleType) -> None:
        session, self._session, self._key = self._session, None, None
        try:
            if session is not None:
                session.close()
        except pkcs11.PKCS11Error:
            pass  # it is lost already


def _library() -> ModuleType:
    try:
        import pkcs11  # slow import: only sites with a box have it
    except ImportError as error:
        raise NoKey(
            "box_without_support",
            _("Keys on a signing device need the extra “hsm”. Install craftpath[hsm]."),
        ) from error
    module: ModuleType = pkcs11
    return module


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise NoKey.unreadable(path) from error


def _readable(values: Iterable[bytes]) -> list[x509.Certificate]:
    found = []
    for value in values:
        try:
            found.append(x509.load_der_x509_certificate(value))
        except ValueError:
            continue  # a box may hold certificates of other people's taste
    return found


def _signed_by(certificate: x509.Certificate, signature: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return False
    try:
        key.verify(signature, _TRIAL, ec.ECDSA(Prehashed(hashes.SHA256())))
    except InvalidSignature:
        return False
    return True


def read_pin(pin: str, file: str) -> str:
    """Return *pin*, or the first line of *file* where *pin* is empty. Raises `NoKey` if the file
    can't be read.
    """
    if pin or not file:
        return pin
    lines: Sequence[str] = _file(file).decode("utf-8", "replace").splitlines()
    return lines[0].strip() if lines else ""

"""Signed notes, which are a text, an empty line and one line for each signature (C2SP signed-note).

Cosignatures of witnesses follow tlog-cosignature. Only signatures of known keys are verified. Those
of unknown keys are kept without being checked, so that a witness nobody here knows yet isn't lost.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 0x01
"""The log's own signature."""
COSIGNATURE = 0x04
"""A witness's: Ed25519 over the time and the text."""
MOST_SIGNATURES = 64
MOST_BYTES = 64 * 1024
_DASH = "\u2014 "


class NoteError(ValueError):
    """The text isn't a signed note, or no known key signed it, or a known key's signature is
    wrong.
    """


class NoteSigner(Protocol):
    """An Ed25519 key that signs notes and is used for nothing else."""

    @property
    def name(self) -> str:
        """Return the key's name. For a log it is its origin."""

    @property
    def public(self) -> bytes:
        """Return the 32 bytes of the public key."""

    @property
    def key_hash(self) -> bytes:
        """Return the 4 bytes of `key_hash(name, public)`."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64 bytes of the signature over *data*."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A `NoteSigner` made of a name and a key without one, as in `NamedKey(origin, key.public,
    key.sign)`.
    """

    name: str
    public: bytes
    signing: Callable[[bytes], bytes]

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes by which a signature names this key."""
        return key_hash(self.name, self.public)

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64 bytes of the signature over *data*."""
        return self.signing(data)


def key_hash(name: str, public: bytes, kind: int = ED25519) -> bytes:
    """Return the four bytes by which a signature names its key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A trusted public key with its name."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes by which a signature names this key."""
        return key_hash(self.name, self.public, self.kind)

    @property
    def vkey(self) -> str:
        """Return the key in one line, in the form that is given to verifiers."""
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Return whether *signature* (without the key's four bytes) is this key's signature of
        *text*.
        """
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72 or signature[0] & 0x80:
                return False
            message = (
                f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n".encode() + message
            )
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def read_vkey(text: str) -> Verifier:
    """Parse a key written as `name+hash+base64`. Raises `NoteError` if it isn't one or the hash is
    wrong.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _is_name(parts[0]):
        msg = "a verifier key has three parts: name+hash+key"
        raise NoteError(msg)
    material = _decode(parts[2])
    if len(material) != 33 or material[0] not in {ED25519, COSIGNATURE}:
        msg = "only Ed25519 keys are known here"
        raise NoteError(msg)
    key = Verifier(parts[0], material[1:], material[0])
    if key.key_hash.hex() != parts[1]:
        msg = "the key's hash doesn't belong to it"
        raise NoteError(msg)
    return key


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_hash: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """Return the signature line without its line end."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.raw).decode()}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note that was parsed but not verified."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def written(self) -> str:
        """Return the note in the form in which it is sent."""
        return f"{self.text}\n" + "".join(f"{signature.line}\n" for signature in self.signatures)

    def signed_by(self, name: str, hashed: bytes) -> bool:
        """Return whether a signature line names that key. Only `verify_note` tells whether the
        signature is valid.
        """
        return any(
            signature.name == name and signature.key_hash == hashed for signature in self.signatures
        )


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """A note with at least one valid signature.

    *by* are the keys that signed, *strangers* the signature lines of unknown keys.
    """

    note: SignedNote
    by: tuple[Verifier, ...]
    strangers: tuple[NoteSignature, ...]


def parse_note(written: str | bytes) -> SignedNote:
    """Parse *written* into a note. Raises `NoteError` if it isn't a signed note."""
    data = written.encode() if isinstance(written, str) else written
    if len(data) > MOST_BYTES:
        msg = "the note is too long"
        raise NoteError(msg)
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        msg = "the note isn't UTF-8"
        raise NoteError(msg) from error
    if any(sign < " " and sign != "\n" for sign in whole):
        msg = "the note holds control characters"
        raise NoteError(msg)
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n") or cut + 2 >= len(whole):
        msg = "the note has no signatures"
        raise NoteError(msg)
    lines = whole[cut + 2 : -1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        msg = "the note has too many signatures"
        raise NoteError(msg)
    return SignedNote(whole[: cut + 1], tuple(_signature(line) for line in lines))


def verify_note(note: SignedNote, known: Iterable[Verifier]) -> VerifiedNote:
    """Verify *note*. Each signature of a *known* key must be valid, and there must be at least
    one. Raises `NoteError` otherwise.
    """
    keys = {(key.name, key.key_hash): key for key in known}
    by: list[Verifier] = []
    strangers = []
    for signature in note.signatures:
        key = keys.get((signature.name, signature.key_hash))
        if key is None:
            strangers.append(signature)
        elif not key.holds(note.text, signature.raw):
            msg = f"the signature of {key.name} doesn't hold"
            raise NoteError(msg)
        elif key not in by:
            by.append(key)
    if not by:
        msg = "no known key signed the note"
        raise NoteError(msg)
    return VerifiedNote(note, tuple(by), tuple(strangers))


def open_note(written: str | bytes, known: Iterable[Verifier]) -> VerifiedNote:
    """Parse and verify a note. Raises `NoteError`."""
    return verify_note(parse_note(written), known)


def sign_note(text: str, *signers: NoteSigner, keep: Sequence[NoteSignature] = ()) -> SignedNote:
    """Return *text* signed by *signers*, followed by the signature lines *keep*.

    Of *keep*, lines of a key that signs now are left out. Raises `NoteError` if the text doesn't
    end its last line or holds control characters, or if a key's name holds spaces or a plus.
    """
    if not text.endswith("\n") or any(sign < " " and sign != "\n" for sign in text):
        msg = "the text must end its last line and hold no control characters"
        raise NoteError(msg)
    for signer in signers:
        if not _is_name(signer.name):
            msg = "a key's name holds neither spaces nor +"
            raise NoteError(msg)
    lines = [
        NoteSignature(signer.name, signer.key_hash, signer.sign(text.encode()))
        for signer in signers
    ]
    own = {(line.name, line.key_hash) for line in lines}
    return SignedNote(
        text, (*lines, *(line for line in keep if (line.name, line.key_hash) not in own))
    )


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() or sign < " " for sign in name)


def _decode(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        msg = "that isn't base64"
        raise NoteError(msg) from error
    if base64.b64encode(data).decode() != text:
        msg = "base64 can be written one way only"
        raise NoteError(msg)
    return data


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not _is_name(name):
        msg = "a signature line is a dash, a name and the signature"
        raise NoteError(msg)
    data = _decode(encoded)
    if len(data) < 5:
        msg = "the signature is too short"
        raise NoteError(msg)
    return NoteSignature(name, data[:4], data[4:])

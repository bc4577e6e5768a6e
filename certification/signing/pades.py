"""PAdES baseline B in the same write as the page. A gap is left for the signature, the rest is
hashed, and the gap is filled.

There is only one revision, so the signature covers the whole file and nothing was added later. The
CMS message (RFC 5652, ETSI EN 319 122) is constant except for the digest and the signature value.
It is built once for each signer and those two are put in, which takes a hundredth of the time of
building it each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from asn1crypto import algos, cms, tsp, x509

if TYPE_CHECKING:
    from hashlib import _Hash

FIELD = "Signature1"
_DIGEST = hashlib.sha256(b"the place of a digest").digest()
_MARK = b"/ByteRange[0 ########## ########## ##########]"
_P256_LONGEST = 72  # bytes of an ECDSA signature in DER: two numbers of up to 33 bytes, each with its head, and the head of both
_P256_BITS = 256


class DocumentSigner(Protocol):
    """A signer of documents. `chain` holds DER certificates, the signer's own first."""

    @property
    def chain(self) -> Sequence[bytes]:
        """Return the certificates that go into the signature."""

    def sign_digest(self, digest: bytes, /) -> bytes:
        """Return the signature over a SHA-256 digest, which is ECDSA in DER or RSA PKCS #1 v1.5."""


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A signed file.

    `unsigned_sha256` is the digest that is signed, over all bytes except the gap. It is the same at
    every signing.
    """

    pdf: bytes
    sha256: str
    unsigned_sha256: str


class PadesSigner:
    """Signs PDF files for one signer, with all constant parts of the signature built beforehand."""

    def __init__(self, signer: DocumentSigner) -> None:
        """Build the constant parts. Raises `ValueError` for a key that is neither P-256 nor RSA."""
        self._signer = signer
        self._chain = [x509.Certificate.load(der) for der in signer.chain]
        key = self._chain[0].public_key
        if key.algorithm == "rsa":
            self._name, longest = "sha256_rsa", (key.bit_size + 7) // 8
        elif key.algorithm == "ec" and key.bit_size == _P256_BITS:
            self._name, longest = "sha256_ecdsa", _P256_LONGEST
        else:
            raise ValueError("documents are signed with P-256 or RSA keys")
        self._attributes = self._signed_attributes()
        self._to_be_signed = (
            b"\x31" + self._attributes.dump()[1:]
        )  # signed as a SET, stored under an implicit tag (RFC 5652, 5.4)
        self._messages: dict[int, tuple[bytes, int, int]] = {}
        self.room = len(self._message(longest)[0]) * 2

    def dictionary(self, at: datetime) -> bytes:
        """Return the signature dictionary with its gap. *at* is the moment of signing that it
        names, with a time zone.
        """
        return (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M("
            + _pdf_date(at)
            + b")"
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
            + _MARK
            + b"/Contents<"
            + b"0" * self.room
            + b">>>"
        )

    @staticmethod
    def catalog_entries(widget: bytes, signature: bytes) -> dict[str, bytes]:
        """Return the catalog entries, which say that there is a form, that it is signed, and that
        no change is permitted.
        """
        return {
            "AcroForm": b"<</Fields[%s]/SigFlags 3>>" % widget,
            "Perms": b"<</DocMDP %s>>" % signature,
        }

    def sign(self, data: bytearray, *, start: tuple[_Hash, int] | None = None) -> SignedPdf:
        """Fill the gap in *data*, which is changed. *start* is a hash over the first so many
        bytes, if the caller kept one.

        Raises `ValueError` if there is no gap.
        """
        mark = data.rindex(_MARK)
        opening = mark + len(_MARK) + len(b"/Contents")
        closing = opening + self.room + 2
        data[mark : mark + len(_MARK)] = b"/ByteRange[0 %-10d %-10d %-10d]" % (
            opening,
            closing,
            len(data) - closing,
        )
        with memoryview(data) as view:
            if start is None or start[1] > mark:
                head = hashlib.sha256(view[:opening])
            else:
                head = start[0].copy()
                head.update(view[start[1] : opening])
            signed = head.copy()
            signed.update(view[closing:])
        message = self.message(signed.digest()).hex().encode("ascii")
        data[opening + 1 : opening + 1 + len(message)] = message
        with memoryview(data) as view:
            head.update(view[opening:])
        return SignedPdf(bytes(data), head.hexdigest(), signed.hexdigest())

    def message(self, digest: bytes) -> bytes:
        """Return the CMS message (DER) that signs a file with this SHA-256 *digest*."""
        signature = self._signer.sign_digest(
            hashlib.sha256(self._to_be_signed.replace(_DIGEST, digest)).digest()
        )
        shell, digest_at, signature_at = self._message(len(signature))
        return b"".join(
            (
                shell[:digest_at],
                digest,
                shell[digest_at + 32 : signature_at],
                signature,
                shell[signature_at + len(signature) :],
            )
        )

    def _signed_attributes(self) -> cms.CMSAttributes:
        named = tsp.ESSCertIDv2(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "cert_hash": hashlib.sha256(self._signer.chain[0]).digest(),
            }
        )
        return cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [_DIGEST]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [tsp.SigningCertificateV2({"certs": [named]})],
                    }
                ),
            ]
        )

    def _message(self, length: int) -> tuple[bytes, int, int]:
        """Return the message for a signature value of *length* bytes, and the positions of digest
        and value in it.
        """
        if length in self._messages:
            return self._messages[length]
        leaf, value = self._chain[0], b"\xbb" * length
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                        )
                    }
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": self._attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": self._name}),
                "signature": value,
            }
        )
        data = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {"content_type": "data"},
                "certificates": self._chain,
                "signer_infos": [info],
            }
        )
        whole = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
        found = self._messages[length] = (whole, whole.rindex(_DIGEST), whole.rindex(value))
        return found


def field_widget(page: bytes, *, label: str, parent: int, signature: bytes | None) -> bytes:
    """Return the invisible field on *page* that holds *signature* (both references), or that holds
    nothing yet.

    It is printable and locked, as PDF/A requires. PDF/UA requires the other two (ISO 14289-1,
    7.18), which are *label*, what a screen reader says, and *parent*, its key in the parent tree.
    """
    said = label.encode("utf-16-be").hex().encode("ascii")
    value = b"" if signature is None else b"/V %s" % signature
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/TU<feff%s>/Rect[0 0 0 0]/F 132/P %s/StructParent %d%s>>"
        % (
            FIELD.encode("ascii"),
            said,
            page,
            parent,
            value,
        )
    )


def _pdf_date(at: datetime) -> bytes:
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("the moment of signing needs a time zone")
    minutes = round(offset.total_seconds() / 60)
    zone = (
        "Z"
        if not minutes
        else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}'{abs(minutes) % 60:02d}'"
    )
    return f"D:{at:%Y%m%d%H%M%S}{zone}".encode("ascii")

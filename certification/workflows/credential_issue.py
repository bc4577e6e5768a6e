"""Make the credential of a certificate once, and enter it into the register.

The signed credential, its entry in the register and the place of that entry are written in one
transaction. After a crash there are all three or none. Run again, it ends with one credential at
one place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from certification.credentials import badge, jose, offline_token, proof, timestamps
from certification.credentials.credential_template import CanonicalTemplates
from certification.enums import CertificateKind
from certification.keys import KeyRing
from certification.models import Certificate, Credential, RegisterCheckpoint, StatusList
from certification.queries.addresses import present_address
from certification.queries.keys import get_issuer_did
from certification.queries.register import write_proof_texts
from certification.rules import criteria, status_index, wording
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, load_announced_keys
from core import clock
from core.bulk import build_like, insert_rows

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# Words of a document, not of the interface: they don't follow the reader's language.
_TYPES = {
    CertificateKind.TRAINING: "CertificateOfCompletion",
    CertificateKind.AWARD: "Award",
    CertificateKind.HONOUR: "Award",
    CertificateKind.LEVEL: "Certification",
    CertificateKind.TITLE: "Award",
    CertificateKind.MENTORING: "Certificate",
}


_ROOM, _LEAST_ROOM = 80, 24
"""Bytes for the holder's name and what was awarded, and the least for the latter, so that the code keeps to `sheet.QR_VERSION`."""


def assign_status_places(certificates: Sequence[Certificate]) -> None:
    """Give each of *certificates* a place in a status list, in the caller's transaction. When a
    list is full, the next one is used.
    """
    waiting = list(certificates)
    while waiting:
        row, first = _room_for(len(waiting))
        secret = bytes(row.secret)
        for serial in range(first, row.taken):
            one = waiting.pop(0)
            one.status_list, one.status_index = (
                row,
                status_index.compute_status_index(serial, secret),
            )


def assign_status_place(certificate: Certificate) -> None:
    """Give *certificate* a place in a status list. See `assign_status_places`."""
    assign_status_places([certificate])


def issue_credentials(
    certificates: Sequence[Certificate], ring: KeyRing | None = None
) -> dict[int, Credential]:
    """Return the credentials of *certificates* by their keys. Missing ones are made and entered
    into the register.

    *ring*: what `load_announced_keys` returned, if it was called already. It must not be called
    inside a transaction. It is safe at any time from any number of workers.
    """
    found = _credentials_of(certificates)
    missing = [one for one in certificates if one.pk not in found]
    if missing:
        ring = ring or load_announced_keys()
        made = [_signed(one, ring) for one in missing]
        try:
            _register(made, ring)
        except IntegrityError:
            known = len(found)
            if len(_credentials_of(certificates)) == known:
                raise
            return issue_credentials(
                certificates, ring
            )  # another worker was here in between: whoever came first has signed
        found |= {row.certificate_id: row for row in made}
    return found


def _credentials_of(certificates: Sequence[Certificate]) -> dict[int, Credential]:
    return {
        row.certificate_id: row
        for row in Credential.objects.filter(
            certificate__pk__among=[one.pk for one in certificates]
        )
    }


@transaction.atomic(durable=True)
def _register(credentials: Sequence[Credential], ring: KeyRing) -> None:
    """Insert *credentials* together with their entries in the register.

    Raises `IntegrityError` if a certificate has a credential already.
    """
    entries = [
        leaves.write_leaf("issue", bytes.fromhex(row.sha256), timezone.localdate(row.signed_at))
        for row in credentials
    ]
    appended = register.append_entries_in_transaction(entries, sign=LogSigner(ring.register))
    for row, index in zip(credentials, appended.indexes, strict=True):
        row.leaf_index, row.tree_size = index, appended.checkpoint.size
    insert_rows(credentials)


def list_certificate_attachments(
    certificate: Certificate, credential: Credential
) -> list[tuple[str, bytes]]:
    """Return what the PDF of *certificate* contains beside the page."""
    del certificate
    return list_credential_attachments([credential])[0]


def list_credential_attachments(credentials: Sequence[Credential]) -> list[list[tuple[str, bytes]]]:
    """Return for each of *credentials* what the PDF contains beside the page.

    These are its two forms and the proof of its place in the register.
    """
    return [
        [
            ("credential.json", credential.data.encode()),
            ("credential.jwt", credential.jwt.encode("ascii")),
            ("register.tlog-proof", proof.encode()),
        ]
        for credential, proof in zip(credentials, register_proofs(credentials), strict=True)
    ]


def register_proofs(credentials: Sequence[Credential]) -> list[str]:
    """Return the proofs that *credentials* are in the register, each under the head of its day.
    The text is the same every time.
    """
    sizes = {row.tree_size for row in credentials if row.tree_size is not None}
    heads: dict[int, RegisterCheckpoint] = {}
    for head in RegisterCheckpoint.objects.filter(size__in=sizes).order_by("-pk"):
        heads[head.size] = head  # of several notes about one size the first stays
    texts: dict[int, str] = {}
    for size, head in heads.items():
        rows = [row for row in credentials if row.tree_size == size]
        texts |= dict(
            zip(
                [row.certificate_id for row in rows],
                write_proof_texts([row.leaf_index or 0 for row in rows], head),
                strict=True,
            )
        )
    return [texts[row.certificate_id] for row in credentials]


def build_qr_address(certificate: Certificate, credential: Credential | None) -> str:
    """Return the content of the QR code.

    It is the address and, after the #, what no server sees. The address is in small letters as
    browsers write it, since some phone cameras hand `HTTPS://` on as text, and no page opens.
    """
    address = f"{present_address()}/V/{certificate.code}"
    return f"{address}#{credential.offline}" if credential else address


def _room_for(wanted: int) -> tuple[StatusList, int]:
    """Take up to *wanted* places in the newest list, or open the next one. Returns the list after
    that, and the first serial that was taken.

    The row's own counter decides between two workers who ask at once.
    """
    while True:
        newest = StatusList.objects.order_by("-number").first()
        if newest is not None:
            count = min(wanted, status_index.LENGTH - newest.taken)
            open_ = (
                StatusList.objects.filter(pk=newest.pk, taken__lte=status_index.LENGTH - count)
                if count
                else StatusList.objects.none()
            )
            if open_.update(taken=F("taken") + count):
                row = StatusList.objects.get(pk=newest.pk)
                return row, row.taken - count
        StatusList.objects.get_or_create(number=newest.number + 1 if newest else 1)


def _signed(certificate: Certificate, ring: KeyRing) -> Credential:
    at, controller = clock.now().replace(microsecond=0), get_issuer_did()
    address_id = uuid4()
    document = badge.build_badge_credential(_badge(certificate, address_id))
    whole = proof.add_credential_proof(
        document,
        signer=ring.credential,
        controller=controller,
        at=at,
        canonical=_moulds().canonical,
    )
    data = _JSON.encode(whole)
    return build_like(
        _BLANK,
        certificate_id=certificate.pk,
        address_id=address_id,
        issuer=controller,
        data=data,
        jwt=jose.sign_credential_jwt(document, signer=ring.token, controller=controller),
        offline=offline_token.sign_offline_token(_token(certificate), signer=ring.token),
        sha256=hashlib.sha256(data.encode()).hexdigest(),
        signed_at=at,
    )


_BLANK = Credential()


def _badge(certificate: Certificate, address_id: UUID) -> badge.Badge:
    kind = CertificateKind(certificate.kind)
    trade = wording.format_trade(certificate.occupation_name, certificate.level)
    earned = certificate.criteria or criteria.describe_unrecorded_criteria(certificate.issuer_name)
    site, did = present_address(), get_issuer_did()
    about = [
        str(certificate.org_id),
        kind.value,
        certificate.title,
        certificate.subject,
        trade,
        certificate.distinction,
        earned,
    ]
    return badge.Badge(
        address=f"{site}/credentials/{address_id}",
        subject=uuid4(),
        issuer=did,
        issuer_name=certificate.issuer_name,
        issuer_url=f"{site}/",
        holder=certificate.holder_name,
        number=certificate.number,
        title=certificate.title,
        achievement=_named(f"{site}/achievement/" + "\x1f".join(about)),
        achievement_name=certificate.distinction or certificate.subject,
        achievement_type=_TYPES[kind],
        description=f"{certificate.subject} {trade}".strip(),
        criteria=earned,
        narrative="".join(
            [
                *(text for paragraph in certificate.body for text, *_how in paragraph),
                certificate.on_record,
            ]
        ),
        valid_from=timestamps.start_of_day(certificate.issued_on, _zone()),
        valid_until=None
        if certificate.valid_until is None
        else timestamps.end_of_day(certificate.valid_until, _zone()),
        status=_status(certificate, site),
    )


@lru_cache(maxsize=256)  # those of a batch have few achievements
def _named(address: str) -> str:
    return uuid5(NAMESPACE_URL, address).urn


def _token(certificate: Certificate) -> offline_token.OfflineToken:
    return offline_token.OfflineToken(
        number=certificate.number,
        name=certificate.holder_name,
        what=_what(certificate),
        level=certificate.level,
        issued=certificate.issued_on,
        until=certificate.valid_until,
        status_list=_place(certificate)[0],
        status_index=_place(certificate)[1],
    )


def _what(certificate: Certificate) -> str:
    """Return what was awarded, which is the competition, course or honour, then the trade and the
    award.

    Only a long title is cut, with "…".
    """
    room = max(_LEAST_ROOM, _ROOM - len(certificate.holder_name.encode()))
    return (
        _fitting(certificate.subject, certificate.occupation_name, certificate.distinction, room)
        or certificate.title
    )


@lru_cache(maxsize=256)  # those of a batch differ in how long the name is
def _fitting(subject: str, trade: str, distinction: str, room: int) -> str:
    rest = " ".join(filter(None, (trade if trade not in subject else "", distinction)))
    kept = len(subject)
    while kept > 1 and offline_token.measure_award_text(_cut(subject, kept, rest)) > room:
        kept -= 1
    return _cut(subject, kept, rest)


def _cut(subject: str, kept: int, rest: str) -> str:
    return " ".join(
        filter(None, (subject if kept == len(subject) else f"{subject[:kept].rstrip()}…", rest))
    )


def _status(certificate: Certificate, site: str) -> badge.StatusEntry:
    number, index = _place(certificate)
    return badge.StatusEntry(f"{site}/status/{number}", index)


def _place(certificate: Certificate) -> tuple[int, int]:
    if certificate.status_list is None or certificate.status_index is None:
        msg = "a certificate without a place in a status list can't be sealed"
        raise ValueError(msg)
    return certificate.status_list.number, certificate.status_index


@cache
def _moulds() -> CanonicalTemplates:
    return CanonicalTemplates()


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)

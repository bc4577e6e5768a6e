"""Judge a file that a stranger hands in: PDF, credential.json or credential.jwt. Never stored, nothing fetched; logged like a look-up.

A credential is first compared with the one we keep under its address: only what equals ours is ever put into canonical form, so a
document made to exhaust that (nesting, blank nodes, contexts elsewhere) is found to be changed by a comparison. Keys come from our
own table of them; a key that is named but not ours is nobody's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ed25519
from django.db import transaction
from django.utils import timezone

from certification.credentials import jose, multikey, proof
from certification.credentials.errors import NotGenuine
from certification.enums import OUT_STATES, Answer, Provenance, Way
from certification.keys import Purpose
from certification.models import Certificate, Credential, HandedIn, IssuerKey, LookUp
from certification.queries import keys, register
from certification.queries.verification import Found, canonical, foremost
from certification.rules import status
from certification.rules.checklist import Cause, Checklist, Point, State
from certification.signing import check
from certification.tlog import leaves, proof_text
from certification.tlog.notes import NoteError, Verifier
from certification.workflows import verification

LARGEST = 10 << 20
"""Bytes of a file."""
LARGEST_TEXT = 256 << 10
"""Bytes of a credential: ours have four thousand."""
REPORT_TYPE = "VerificationReport"
REPORT_FILE = "verification-report.jwt"
_ADDRESS = re.compile(r"/credentials/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_JWT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)
_OF_JWT = {"format": Cause.DAMAGED, "suite": Cause.UNSIGNED, "signature": Cause.CHANGED}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file came to. *report*: what a verification report of ours says, for `Cause.REPORT`.

    *names_holder*: the file itself has the holder's full name, so whoever handed it in may read it. A report to somebody who only
    scanned a code has the masked name, and must not be a way to the whole one.
    """

    checklist: Checklist
    found: Found
    report: dict[str, str] = field(default_factory=dict)
    names_holder: bool = False

    @property
    def genuine(self) -> bool:
        """Say whether every word of the file is ours."""
        return self.checklist.cause in {Cause.GENUINE, Cause.REPORT}


def judge_and_log(*, data: bytes, address: str | None) -> tuple[LookUp, Judged]:
    """Judge *data* and log that it was done: the fingerprint of the file, what was found, never the file."""
    judged = judge(data)
    listed = judged.checklist
    with transaction.atomic():
        look_up = LookUp.objects.create(
            way=Way.FILE,
            answer=judged.found.verdict.answer,
            certificate=judged.found.certificate,
            address_hash=verification.address_hash(address),
        )
        HandedIn.objects.create(
            look_up=look_up,
            kind=listed.kind,
            cause=listed.cause,
            points={point.value: state.value for point, state in listed.points.items()},
            report=judged.report,
            names_holder=judged.names_holder,
            sha256=hashlib.sha256(data).hexdigest(),
        )
    return look_up, judged


def judge(data: bytes) -> Judged:
    """Return what *data* is and whether it may be believed. At most `LARGEST` bytes are looked at."""
    if len(data) > LARGEST:
        return _refused("", Cause.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return _refused("", Cause.EMPTY)
    kind = "json" if text[:1] in b"{[" else "jwt" if _JWT.fullmatch(text[:LARGEST_TEXT]) else ""
    if not kind:
        return _refused("", Cause.UNKNOWN_KIND)
    if len(text) > LARGEST_TEXT:
        return _refused(kind, Cause.TOO_COMPLEX)
    return _json(text) if kind == "json" else _jwt(text.decode("ascii"))


def _refused(kind: str, cause: Cause, *failed: Point) -> Judged:
    return Judged(Checklist.refused(kind, cause, *failed), Found(status.NO_MATCH))


# --- JSON --------------------------------------------------------------------------------------------------------------


def _json(text: bytes) -> Judged:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _refused("json", Cause.TOO_COMPLEX if isinstance(error, RecursionError) else Cause.DAMAGED)
    if not isinstance(document, dict) or not ({"@context", "credentialSubject"} & set(document)):
        return _refused("json", Cause.UNKNOWN_KIND)
    if _is(document, "BitstringStatusListCredential"):
        return _refused("json", Cause.STATUS_LIST)
    row, cause = _credential(document)
    if cause is Cause.GENUINE and row is not None:
        return _of_row("json", row)
    wrong = {
        Cause.CHANGED: (Point.SIGNATURE, Point.UNCHANGED),
        Cause.UNSIGNED: (Point.SIGNATURE,),
        Cause.FOREIGN_SIGNATURE: (Point.SIGNATURE,),
    }
    return _refused("json", cause, *wrong.get(cause, (Point.SIGNATURE,)))


def _credential(document: dict[str, Any]) -> tuple[Credential | None, Cause]:
    """Return the credential of ours that *document* is, or why it is none."""
    row = _kept(document.get("id"))
    if row is None:
        return None, Cause.FOREIGN if document.get("proof") else Cause.UNSIGNED
    ours = json.loads(row.data)
    try:
        same = _bare(document) == _bare(ours)
    except RecursionError:
        return row, Cause.TOO_COMPLEX
    if not same:
        return row, Cause.CHANGED
    try:
        proof.check({**ours, "proof": document.get("proof")}, key_of=keys.key_of_method(row.issuer))
    except NotGenuine as error:
        return row, Cause.UNSIGNED if error.cause == "no_proof" else Cause.FOREIGN_SIGNATURE
    return row, Cause.GENUINE


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _kept(address: object) -> Credential | None:
    """Return the credential at *address*, wherever the site stands today, with its certificate. One query."""
    match = _ADDRESS.search(address[-60:]) if isinstance(address, str) else None
    if match is None:
        return None
    rows = Credential.objects.select_related("certificate__replaced_by").filter(address_id=UUID(match[1]))
    return rows.filter(certificate__state__in=sorted(OUT_STATES)).first()


# --- JWT ---------------------------------------------------------------------------------------------------------------


def _jwt(token: str) -> Judged:
    claimed = _kept(_claimed(token).get("jti"))
    try:
        claims = jose.check(token, key_of=keys.key_of_method(*([claimed.issuer] if claimed else [])))
    except NotGenuine as error:
        if _is(_claimed(token), "BitstringStatusListCredential"):
            return _refused("jwt", Cause.STATUS_LIST)
        cause = _OF_JWT.get(error.cause, Cause.FOREIGN)
        return _refused("jwt", cause, Point.SIGNATURE, *([Point.UNCHANGED] if cause is Cause.CHANGED else []))
    if _is(claims, REPORT_TYPE):
        return _report("jwt", claims)
    row = _kept(claims.get("jti"))
    if row is None or row.jwt != token:
        return _refused("jwt", Cause.NOT_REGISTERED, Point.REGISTER)
    return _of_row("jwt", row)


def _claimed(token: str) -> dict[str, Any]:
    """Return what *token* says without believing it."""
    part = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _is(document: dict[str, Any], kind: str) -> bool:
    kinds = document.get("type")
    return kind in kinds if isinstance(kinds, list) else kinds == kind


# --- PDF ---------------------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Judged:
    said = check.judge(data, keys.document_signers())
    if not said.genuine:
        cause = Cause.UNKNOWN_KIND if said.cause is check.Cause.NOT_PDF else Cause(said.cause.value)
        wrong = {
            Cause.CHANGED: (Point.SIGNATURE, Point.UNCHANGED),
            Cause.ADDED_TO: (Point.UNCHANGED,),
            Cause.FOREIGN: (Point.SIGNATURE,),
            Cause.UNSIGNED: (Point.SIGNATURE,),
            Cause.INCOMPLETE: (Point.ATTACHMENTS,),
        }
        return _refused("pdf", cause, *wrong.get(cause, ()))
    if REPORT_FILE in said.attachments:
        return _of_report(said.attachments[REPORT_FILE])
    try:
        document = json.loads(said.attachments["credential.json"])
    except (ValueError, RecursionError, KeyError):
        document = {}
    row, cause = _credential(document if isinstance(document, dict) else {})
    if row is None or cause is not Cause.GENUINE or row.jwt.encode() != said.attachments.get("credential.jwt"):
        return _refused("pdf", Cause.INCOMPLETE, Point.ATTACHMENTS)
    if row.certificate.number != said.number:
        return _refused("pdf", Cause.INCOMPLETE, Point.ATTACHMENTS)
    return _of_row("pdf", row, said.attachments.get("register.tlog-proof", b""))


# --- what stands behind it ---------------------------------------------------------------------------------------------


def _of_row(kind: str, row: Credential, text: bytes | None = None) -> Judged:
    """Return the judgement of a file that is *row*, word for word. *text* is the proof it brings of its place in the register."""
    certificate = row.certificate
    verdict = status.judge(certificate.standing, today=timezone.localdate())
    points = dict.fromkeys(Point, State.OK)
    if text is None:
        points[Point.ATTACHMENTS] = State.ABSENT
        points[Point.REGISTER] = _entered(row)
    elif not _proven(row, text):
        points[Point.REGISTER] = State.FAILED
    if verdict.answer != Answer.VALID:
        points[Point.STANDING] = State.FAILED
    cause = Cause.NOT_REGISTERED if points[Point.REGISTER] is State.FAILED else Cause.GENUINE
    if cause is not Cause.GENUINE:
        return Judged(Checklist(kind, cause, points), Found(status.NO_MATCH))
    return Judged(Checklist(kind, cause, points), Found(verdict, certificate, entry=row.leaf_index), names_holder=True)


def _entry(row: Credential) -> bytes:
    return leaves.write("issue", bytes.fromhex(row.sha256), timezone.localdate(row.signed_at))


def _entered(row: Credential) -> State:
    """Say whether our own register holds the entry where the row says; an entry under way is no fault."""
    if row.leaf_index is None:
        return State.ABSENT
    key = hashlib.sha256(_entry(row)).digest()
    return State.OK if register.places_of([key]).get(key) == row.leaf_index else State.FAILED


def _proven(row: Credential, text: bytes) -> bool:
    """Say whether the proof in the file holds: this very entry, at this very place, under a head that we signed."""
    publics = IssuerKey.objects.filter(purpose=Purpose.REGISTER).values_list("public", flat=True)
    decoded = [multikey.decode(public) for public in publics]
    known = [Verifier(register.origin(), key.public_bytes_raw()) for key in decoded if isinstance(key, ed25519.Ed25519PublicKey)]
    try:
        return proof_text.verify(text, _entry(row), known).index == row.leaf_index
    except NoteError:
        return False


# --- our own reports ---------------------------------------------------------------------------------------------------


def _of_report(token: bytes) -> Judged:
    try:
        claims = jose.check(token.decode("ascii"), key_of=keys.key_of_method())
    except (NotGenuine, UnicodeDecodeError):
        return _refused("pdf", Cause.INCOMPLETE, Point.ATTACHMENTS)
    return _report("pdf", claims)


def _reported(said: dict[str, str]) -> Certificate | None:
    """Return the certificate that a report of ours is about. Several issuers may have given the number on a paper."""
    rows = Certificate.objects.select_related("replaced_by").filter(number_key=canonical(said["number"]), state__in=sorted(OUT_STATES))
    if said.get("provenance", Provenance.ISSUED) == Provenance.ISSUED:
        return rows.filter(provenance=Provenance.ISSUED).first()
    of_paper = [row for row in rows if row.of_paper and row.issuer_name == said.get("issuer") and f"{row.issued_on}" == said.get("issued")]
    return foremost(of_paper)


def _report(kind: str, claims: dict[str, Any]) -> Judged:
    """Return what a report of ours says, with the standing of its certificate today."""
    subject = claims.get("credentialSubject")
    said = {name: str(value) for name, value in subject.items() if isinstance(value, str)} if isinstance(subject, dict) else {}
    points = dict.fromkeys(Point, State.ABSENT) | {Point.SIGNATURE: State.OK, Point.UNCHANGED: State.OK}
    number = said.get("number", "")
    certificate = _reported(said) if number else None
    report = {name: said.get(name, "") for name in ("reference", "answer", "answered", "found")}
    if certificate is None:
        return Judged(Checklist(kind, Cause.REPORT, points), Found(status.NO_MATCH), report)
    verdict = status.judge(certificate.standing, today=timezone.localdate())
    points[Point.STANDING] = State.OK if verdict.answer == Answer.VALID else State.FAILED
    named = said.get("holder") == certificate.holder_name
    return Judged(Checklist(kind, Cause.REPORT, points), Found(verdict, certificate), report, names_holder=named)

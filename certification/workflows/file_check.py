"""Check whether an uploaded file is genuine. It may be a PDF, a credential.json, a credential.jwt
or a picture.

Nothing is stored and nothing is fetched. A file of ours is known by its bytes: the database keeps
the fingerprint of each PDF and each credential.json, and the text of each credential.jwt. That
settles every genuine file without opening it. Only other files are read. A credential is read here,
strictly and within 64 KB, and found genuine only if every member of it is what we issued. A PDF or
a picture is read in a process of the sandbox (ADR 37), which may be busy.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ed25519
from django.db import transaction
from django.utils import timezone

from certification.credentials import jose, multikey, strict_json
from certification.credentials.errors import NotGenuine
from certification.enums import OUT_STATES, Provenance, VerificationAnswer, VerificationWay
from certification.keys import KeyPurpose
from certification.models import Certificate, Credential, HandedIn, IssuerKey, LookUp
from certification.queries import keys, register
from certification.queries import verification as queries
from certification.queries.known_files import KnownFile, find_by_file, find_by_json, find_by_jwt
from certification.queries.printed_codes import own_hosts
from certification.queries.verification import (
    VerificationResult,
    choose_answering_record,
    normalise_certificate_number,
)
from certification.rules import code as codes
from certification.rules import status
from certification.rules.checklist import Checklist, Compared, FileCause, Point, State
from certification.sandbox.client import sandbox
from certification.sandbox.kinds import is_picture
from certification.signing import check
from certification.tlog import leaves, proof_text
from certification.tlog.notes import NoteError, Verifier
from certification.workflows import verification
from core import clock

LARGEST = 10 << 20
"""Bytes of a file."""
LARGEST_TEXT = 64 << 10
"""Bytes of a credential: ours have four thousand."""
REPORT_TYPE = "VerificationReport"
REPORT_FILE = "verification-report.jwt"
_ADDRESS = re.compile(r"/credentials/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_ADDRESS_BYTES = re.compile(_ADDRESS.pattern.encode("ascii"))
_JWT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)
_OF_JWT = {
    "format": FileCause.DAMAGED,
    "ambiguous": FileCause.AMBIGUOUS,
    "suite": FileCause.UNSIGNED,
    "signature": FileCause.CHANGED,
}
_WRONG = {
    FileCause.CHANGED: (Point.UNCHANGED,),
    FileCause.ADDED_TO: (Point.UNCHANGED,),
    FileCause.BORROWED: (Point.SIGNATURE,),
    FileCause.FOREIGN: (Point.SIGNATURE,),
    FileCause.FOREIGN_SIGNATURE: (Point.SIGNATURE,),
    FileCause.INCOMPLETE: (Point.ATTACHMENTS,),
    FileCause.NOT_REGISTERED: (Point.REGISTER,),
    FileCause.UNSIGNED: (Point.SIGNATURE,),
}
"""What is said to be wrong with a file, beside the cause."""


@dataclass(frozen=True, slots=True)
class FileJudgement:
    """What the check of a file found.

    *report*: what a verification report of ours says, for `Cause.REPORT`.

    *names_holder*: the file itself has the holder's full name, so anybody who has it may read the
    name. A report to somebody who only scanned a code has the masked name, and must not be a way to
    the whole one.

    *codes*: the codes of several certificates in one picture, for `Cause.CODES_SEVERAL`.
    """

    checklist: Checklist
    found: VerificationResult
    report: dict[str, str] = field(default_factory=dict)
    names_holder: bool = False
    codes: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Say whether the file has an answer that can be opened again.

        It has one if every word of the file is ours, or its code leads to a certificate.
        """
        return self.checklist.cause in {FileCause.GENUINE, FileCause.REPORT, FileCause.PICTURE}


def verify_and_log_file(*, data: bytes, address: str | None) -> tuple[LookUp, FileJudgement]:
    """Check *data* and log the check. The log has the fingerprint of the file and what was found,
    never the file.

    Raises as `verify_uploaded_file` does.
    """
    judged = verify_uploaded_file(data)
    listed = judged.checklist
    with transaction.atomic():
        look_up = LookUp.objects.create(
            way=VerificationWay.PICTURE
            if listed.cause is FileCause.PICTURE
            else VerificationWay.FILE,
            answer=judged.found.verdict.answer,
            certificate=judged.found.certificate,
            address_hash=verification.address_hash(address),
        )
        HandedIn.objects.create(
            look_up=look_up,
            kind=listed.kind,
            cause=listed.cause,
            points={point.value: state.value for point, state in listed.points.items()},
            compared=listed.compared,
            report=judged.report,
            names_holder=judged.names_holder,
            sha256=hashlib.sha256(data).hexdigest(),
        )
    return look_up, judged


def verify_uploaded_file(data: bytes) -> FileJudgement:
    """Return what *data* is and whether it can be trusted. More than `LARGEST` bytes are refused
    unread.

    Raises `sandbox.errors.SandboxBusy` at once for a file that must be opened while the sandbox is full.
    Raises `Interrupted` if the process that opened it was ended from outside, since nothing is
    known about the file then.
    """
    if len(data) > LARGEST:
        return _refused("", FileCause.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        return _known_pdf(data) or _pdf(data)
    if is_picture(data):
        return _picture("picture", sandbox.examine(data, trusted=[]))
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return _refused("", FileCause.EMPTY)
    kind = (
        "json" if text[:1] in b"{[" else "jwt" if _JWT.fullmatch(text[: LARGEST_TEXT + 1]) else ""
    )
    if not kind:
        return _refused("", FileCause.UNKNOWN_KIND)
    if len(text) > LARGEST_TEXT:
        return _refused(kind, FileCause.TOO_COMPLEX)
    if kind == "json":
        return _known_json(data) or _json(text)
    token = text.decode("ascii")
    return _known_jwt(token, Compared.BYTES if text == data else Compared.CONTENT) or _jwt(token)


def _refused(kind: str, cause: FileCause, *failed: Point) -> FileJudgement:
    return FileJudgement(
        Checklist.refused(kind, cause, *(failed or _WRONG.get(cause, ()))),
        VerificationResult(status.NO_MATCH),
    )


# --- known by the bytes ------------------------------------------------------------------------------------------------


def _known_pdf(data: bytes) -> FileJudgement | None:
    """Return the judgement of a PDF that is on record byte for byte, or of one on record with
    something appended.
    """
    known = find_by_file(hashlib.sha256(data).hexdigest())
    if known is not None:
        return _of_known("pdf", known, Compared.BYTES)
    if fingerprints := _fingerprints_before_additions(data):
        rows = Certificate.objects.filter(sha256__in=fingerprints, state__in=sorted(OUT_STATES))
        if rows.exists():
            return _refused("pdf", FileCause.ADDED_TO)
    return None


def _fingerprints_before_additions(data: bytes) -> list[str]:
    """Return the fingerprints that *data* may have had before something was appended to it."""
    digest, at, found = hashlib.sha256(), 0, []
    with memoryview(data) as view:
        for end in check.find_file_ends(data):
            digest.update(view[at:end])
            at = end
            found.append(digest.hexdigest())
    return found


def _known_json(data: bytes) -> FileJudgement | None:
    known = find_by_json(hashlib.sha256(data).hexdigest())
    return None if known is None else _of_known("json", known, Compared.BYTES)


def _known_jwt(token: str, compared: Compared) -> FileJudgement | None:
    """Return the judgement of a JWT that is on record letter for letter.

    Its content is read just enough to find the record. A text that merely names the same credential
    isn't that record's.
    """
    part = token.split(".", 2)[1]
    try:
        match = _ADDRESS_BYTES.search(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    known = None if match is None else find_by_jwt(UUID(match[1].decode("ascii")), token)
    return None if known is None else _of_known("jwt", known, compared)


# --- JSON --------------------------------------------------------------------------------------------------------------


def _json(text: bytes) -> FileJudgement:
    try:
        document = strict_json.parse_json(text)
    except strict_json.DuplicateMember:
        return _refused("json", FileCause.AMBIGUOUS)
    except RecursionError:
        return _refused("json", FileCause.TOO_COMPLEX)
    except ValueError:
        return _refused("json", FileCause.DAMAGED)
    if not isinstance(document, dict) or not ({"@context", "credentialSubject"} & set(document)):
        return _refused("json", FileCause.UNKNOWN_KIND)
    if _is(document, "BitstringStatusListCredential"):
        return _refused("json", FileCause.STATUS_LIST)
    row, cause = _credential(document)
    if cause is FileCause.GENUINE and row is not None:
        return _of_credential("json", row, Compared.CONTENT)
    return _refused("json", cause)


def _credential(document: dict[str, Any]) -> tuple[Credential | None, FileCause]:
    """Return the credential of ours that *document* is, or why it is none.

    A proof is compared like everything else. We made one for each credential and keep it, and any
    other isn't the one that we made. So nothing of *document* is ever put into canonical RDF.
    """
    row = _kept(document.get("id"))
    if row is None:
        return None, FileCause.FOREIGN if document.get("proof") else FileCause.UNSIGNED
    if hashlib.sha256(row.data.encode()).hexdigest() != row.sha256:
        return (
            row,
            FileCause.NOT_REGISTERED,
        )  # our own record was changed: the register has the fingerprint of another text
    ours = strict_json.parse_json(row.data)
    try:
        content, proof = (
            strict_json.write_canonically(one) for one in (_bare(document), _proof(document))
        )
    except RecursionError:
        return row, FileCause.TOO_COMPLEX
    if content != strict_json.write_canonically(_bare(ours)):
        return row, FileCause.CHANGED
    if proof == strict_json.write_canonically(_proof(ours)):
        return row, FileCause.GENUINE
    return row, FileCause.FOREIGN_SIGNATURE if document.get("proof") else FileCause.UNSIGNED


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _proof(document: dict[str, Any]) -> Any:
    """Return the proof, whether or not it is in a list of one, since both are the same statement."""
    proof = document.get("proof")
    return proof[0] if isinstance(proof, list) and len(proof) == 1 else proof


def _kept(address: object) -> Credential | None:
    """Return the credential at *address* with its certificate, if that was handed out.

    The host doesn't matter, so the site may have moved. One query.
    """
    match = _ADDRESS.search(address[-60:]) if isinstance(address, str) else None
    if match is None:
        return None
    out = Credential.objects.select_related("certificate").filter(
        certificate__state__in=sorted(OUT_STATES)
    )
    return out.filter(address_id=UUID(match[1])).first()


# --- JWT ---------------------------------------------------------------------------------------------------------------


def _jwt(token: str) -> FileJudgement:
    """Return the judgement of a JWT that isn't on record letter for letter."""
    claimed = _claimed(token)
    row = _kept(claimed.get("jti"))
    try:
        claims = jose.verify_credential_jwt(
            token, key_of=keys.key_of_method(*([row.issuer] if row else []))
        )
    except NotGenuine as error:
        if _is(claimed, "BitstringStatusListCredential"):
            return _refused("jwt", FileCause.STATUS_LIST)
        cause = _OF_JWT.get(error.cause, FileCause.FOREIGN)
        return _refused(
            "jwt",
            cause,
            *((Point.SIGNATURE, Point.UNCHANGED) if cause is FileCause.CHANGED else ()),
        )
    if _is(claims, REPORT_TYPE):
        return _report("jwt", claims)
    return _refused("jwt", FileCause.NOT_REGISTERED)


def _claimed(token: str) -> dict[str, Any]:
    """Return what *token* says, without verifying it."""
    part = token.split(".")[1]
    try:
        claims = strict_json.parse_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _is(document: dict[str, Any], kind: str) -> bool:
    kinds = document.get("type")
    return kind in kinds if isinstance(kinds, list) else kinds == kind


# --- PDF ---------------------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> FileJudgement:
    said = check.verify_pdf_signature(data, keys.document_signers())
    if said.genuine:
        return _signed_pdf(said)
    if _borrowed(said.attachments):
        return _refused("pdf", FileCause.BORROWED)
    cause = (
        FileCause.UNKNOWN_KIND
        if said.cause is check.PdfCause.NOT_PDF
        else FileCause(said.cause.value)
    )
    if said.codes:
        of_codes = _of_codes("scan", said.codes)
        # A code of somebody else on a page that somebody else signed says nothing new.
        if of_codes.checklist.cause is not FileCause.CODE_FOREIGN or cause is FileCause.UNSIGNED:
            return of_codes
    return _refused(
        "pdf", cause, *((Point.SIGNATURE, Point.UNCHANGED) if cause is FileCause.CHANGED else ())
    )


def _signed_pdf(said: check.PdfJudgement) -> FileJudgement:
    """Return the judgement of a PDF with an intact signature of ours that isn't on record byte for
    byte.
    """
    if REPORT_FILE in said.attachments:
        return _of_report(said.attachments[REPORT_FILE])
    try:
        document = strict_json.parse_json(said.attachments["credential.json"])
    except (ValueError, RecursionError, KeyError):
        document = {}
    row, cause = _credential(document if isinstance(document, dict) else {})
    if (
        row is None
        or cause is not FileCause.GENUINE
        or row.jwt.encode() != said.attachments.get("credential.jwt")
    ):
        return _refused("pdf", FileCause.INCOMPLETE)
    if row.certificate.number != said.number:
        return _refused("pdf", FileCause.INCOMPLETE)
    return _of_credential(
        "pdf", row, Compared.SIGNED_PART, said.attachments.get("register.tlog-proof", b"")
    )


def _borrowed(attachments: dict[str, bytes]) -> bool:
    """Say whether one of *attachments* is a credential of ours, or a report that we signed."""
    json_text, token = (
        attachments.get("credential.json", b""),
        attachments.get("credential.jwt", b""),
    )
    if Credential.objects.filter(sha256=hashlib.sha256(json_text).hexdigest()).exists():
        return True
    if (
        _JWT.fullmatch(token)
        and len(token) <= LARGEST_TEXT
        and _known_jwt(token.decode("ascii"), Compared.BYTES) is not None
    ):
        return True
    return REPORT_FILE in attachments and _report_claims(attachments[REPORT_FILE]) is not None


# --- a picture, a scan, a printed page ---------------------------------------------------------------------------------


def _picture(kind: str, answer: dict[str, Any]) -> FileJudgement:
    """Return the judgement of a picture from the answer of the sandbox."""
    causes = {
        "picture_damaged": FileCause.PICTURE_DAMAGED,
        "too_many_pixels": FileCause.TOO_MANY_PIXELS,
        "picture": FileCause.NO_CODE,
    }
    cause = causes.get(str(answer.get("cause")), FileCause.TOO_COMPLEX)
    found = answer.get("codes")
    if cause is not FileCause.NO_CODE or not isinstance(found, list):
        return _refused(kind, cause)
    texts = tuple(str(one.get("text") or "") or None for one in found if isinstance(one, dict))
    return _of_codes(kind, texts) if texts else _refused(kind, FileCause.NO_CODE)


def _of_codes(kind: str, texts: tuple[str | None, ...]) -> FileJudgement:
    """Return the judgement of a picture with codes on it.

    *texts*: what each code says, None for one that can't be read. Codes of other things on the
    paper (a firm's account, a form) don't matter beside one of ours.
    """
    hosts = own_hosts()
    addresses = [address for text in texts if text and (address := codes.parse_code_address(text))]
    ours = list(dict.fromkeys(code for host, code in addresses if host in hosts))
    if len(ours) > 1:
        return FileJudgement(
            Checklist.refused(kind, FileCause.CODES_SEVERAL),
            VerificationResult(status.NO_MATCH),
            codes=tuple(ours),
        )
    if not ours:
        if any(
            queries.verify_by_code(code, today=clock.today()).certificate
            for _host, code in addresses[:4]
        ):
            return _refused(kind, FileCause.CODE_MISLEADING)
        if any(codes.parse_web_host(text) in hosts for text in texts if text):
            return _refused(kind, FileCause.CODE_OF_PAGE)
        return _refused(kind, FileCause.CODE_FOREIGN if any(texts) else FileCause.CODE_UNREADABLE)
    found = queries.verify_by_code(ours[0], today=clock.today())
    if found.certificate is None:
        return _refused(kind, FileCause.CODE_UNKNOWN, Point.REGISTER)
    points = dict.fromkeys(Point, State.ABSENT)
    points[Point.REGISTER] = State.ABSENT if found.entry is None else State.OK
    points[Point.STANDING] = (
        State.OK if found.verdict.answer == VerificationAnswer.VALID else State.FAILED
    )
    return FileJudgement(Checklist(kind, FileCause.PICTURE, points), found)


# --- what stands behind it ---------------------------------------------------------------------------------------------


def _of_known(kind: str, known: KnownFile, compared: Compared) -> FileJudgement:
    """Return the judgement of a file that is on record byte for byte. Its entry in the register
    was read with the record.
    """
    entered = State.ABSENT
    if known.leaf_index is not None and known.sha256 is not None and known.signed_at is not None:
        entry = hashlib.sha256(_entry(known.sha256, known.signed_at)).digest()
        entered = State.OK if known.entry_key == entry else State.FAILED
    return _of_certificate(kind, known.certificate, entered, known.leaf_index, compared)


def _of_credential(
    kind: str, row: Credential, compared: Compared, text: bytes | None = None
) -> FileJudgement:
    """Return the judgement of a file that says what *row* says.

    *text* is the proof of its place in the register that a PDF brings whose bytes aren't on record.
    """
    held = _entered(row) if text is None else State.OK if _proven(row, text) else State.FAILED
    return _of_certificate(kind, row.certificate, held, row.leaf_index, compared)


def _of_certificate(
    kind: str, certificate: Certificate, entered: State, leaf_index: int | None, compared: Compared
) -> FileJudgement:
    """Return the judgement of a file that is *certificate*, as far as *compared* says.

    *entered*: whether the register holds its entry.
    """
    verdict = status.determine_verdict(certificate.standing, today=clock.today())
    points = dict(_ALL_OK)
    if kind != "pdf":
        points[Point.ATTACHMENTS] = State.ABSENT
    points[Point.REGISTER] = entered
    if verdict.answer != VerificationAnswer.VALID:
        points[Point.STANDING] = State.FAILED
    if entered is State.FAILED:
        return FileJudgement(
            Checklist(kind, FileCause.NOT_REGISTERED, points), VerificationResult(status.NO_MATCH)
        )
    found = VerificationResult(verdict, certificate, entry=leaf_index)
    return FileJudgement(
        Checklist(kind, FileCause.GENUINE, points, compared), found, names_holder=True
    )


_ALL_OK = dict.fromkeys(Point, State.OK)


def _entry(sha256: str, signed_at: datetime) -> bytes:
    return leaves.write_leaf("issue", bytes.fromhex(sha256), timezone.localdate(signed_at))


def _entered(row: Credential) -> State:
    """Say whether our own register holds the entry where the row says. An entry that isn't there
    yet is no fault.
    """
    if row.leaf_index is None:
        return State.ABSENT
    key = hashlib.sha256(_entry(row.sha256, row.signed_at)).digest()
    return (
        State.OK if register.find_entry_places([key]).get(key) == row.leaf_index else State.FAILED
    )


def _proven(row: Credential, text: bytes) -> bool:
    """Say whether the proof in the file holds.

    It must be for this very entry, at this very place, under a head that we signed.
    """
    publics = IssuerKey.objects.filter(purpose=KeyPurpose.REGISTER).values_list("public", flat=True)
    decoded = [multikey.decode_multikey(public) for public in publics]
    known = [
        Verifier(register.get_register_origin(), key.public_bytes_raw())
        for key in decoded
        if isinstance(key, ed25519.Ed25519PublicKey)
    ]
    try:
        return (
            proof_text.verify_proof_text(text, _entry(row.sha256, row.signed_at), known).index
            == row.leaf_index
        )
    except NoteError:
        return False


# --- our own reports ---------------------------------------------------------------------------------------------------


def _of_report(token: bytes) -> FileJudgement:
    claims = _report_claims(token)
    return _refused("pdf", FileCause.INCOMPLETE) if claims is None else _report("pdf", claims)


def _report_claims(token: bytes) -> dict[str, Any] | None:
    """Return what the report *token* says, or None if we didn't sign it as a report."""
    try:
        claims = jose.verify_credential_jwt(token.decode("ascii"), key_of=keys.key_of_method())
    except (NotGenuine, UnicodeDecodeError):
        return None
    return claims if _is(claims, REPORT_TYPE) else None


def _reported(said: dict[str, str]) -> Certificate | None:
    """Return the certificate that a report of ours is about. Papers of several issuers may have
    the same number.
    """
    rows = Certificate.objects.select_related("replaced_by").filter(
        number_key=normalise_certificate_number(said["number"]), state__in=sorted(OUT_STATES)
    )
    if said.get("provenance", Provenance.ISSUED) == Provenance.ISSUED:
        return rows.filter(provenance=Provenance.ISSUED).first()
    of_paper = [
        row
        for row in rows
        if row.of_paper
        and row.issuer_name == said.get("issuer")
        and f"{row.issued_on}" == said.get("issued")
    ]
    return choose_answering_record(of_paper)


def _report(kind: str, claims: dict[str, Any]) -> FileJudgement:
    """Return what a report of ours says, with the status of its certificate today."""
    subject = claims.get("credentialSubject")
    said = (
        {name: str(value) for name, value in subject.items() if isinstance(value, str)}
        if isinstance(subject, dict)
        else {}
    )
    points = dict.fromkeys(Point, State.ABSENT) | {
        Point.SIGNATURE: State.OK,
        Point.UNCHANGED: State.OK,
    }
    number = said.get("number", "")
    certificate = _reported(said) if number else None
    report = {name: said.get(name, "") for name in ("reference", "answer", "answered", "found")}
    if certificate is None:
        return FileJudgement(
            Checklist(kind, FileCause.REPORT, points), VerificationResult(status.NO_MATCH), report
        )
    verdict = status.determine_verdict(certificate.standing, today=clock.today())
    points[Point.STANDING] = (
        State.OK if verdict.answer == VerificationAnswer.VALID else State.FAILED
    )
    named = said.get("holder") == certificate.holder_name
    return FileJudgement(
        Checklist(kind, FileCause.REPORT, points),
        VerificationResult(verdict, certificate),
        report,
        names_holder=named,
    )

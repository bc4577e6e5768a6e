"""Let a holder ask for a corrected name or photo, and an officer decide.

A new certificate supersedes the old one, whose history stays.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import (
    CORRECTION_MOVES,
    CertificateState,
    CorrectionState,
    CorrectionSubject,
    Reason,
)
from certification.errors import SecondOfficerNeeded
from certification.grants import ISSUE
from certification.models import Certificate, CorrectionRequest
from certification.workflows import status_changes
from certification.workflows.notifications import (
    notify_correction_decided,
    notify_correction_requested,
)
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.states import lock, move
from office.workflows import people as desk
from people.accounts import require_account
from people.queries import person_of
from people.workflows import person as persons

DAYS = 15
LARGEST = 8 * 1024 * 1024
# What a file begins with, by its ending: a paper that isn't one is refused before anybody opens it.
KINDS = {
    ".pdf": b"%PDF-",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n",
}


@transaction.atomic
def request_certificate_correction(
    *,
    actor: Actor,
    certificate: Certificate,
    what: str,
    reason: str,
    evidence: UploadedFile[Any],
    name: str = "",
) -> CorrectionRequest:
    """Ask for *certificate* with another name, or with the photo in *evidence*. Only the holder
    may, with one request at a time.

    Raises `NotFound` for anybody else, `DomainError` if the certificate is from paper, isn't in
    good standing or has a request already, and `InvalidInput` for an unsuitable file or the name it
    already has.
    """
    certificate = lock(certificate)
    person = person_of(actor)
    if person is None or person.pk != certificate.person_id:
        raise NotFound
    if certificate.of_paper:
        raise DomainError(
            "of_paper",
            _(
                "This record was imported from paper. If it is wrong, show the paper to the "
                "issuing union."
            ),
        )
    if certificate.state != CertificateState.ISSUED:
        raise DomainError(
            "not_correctable",
            _("Only a certificate in good standing can be corrected. Contact the issuing union."),
        )
    if CorrectionRequest.objects.filter(
        certificate=certificate, state=CorrectionState.WAITING
    ).exists():
        raise DomainError(
            "correction_waits",
            _("You have already sent a request. Wait for the answer, or withdraw your request."),
        )
    _check(evidence, what)
    wanted = persons.need_name(name).text if what == CorrectionSubject.NAME else ""
    if wanted and wanted == certificate.holder_name:
        sentence = _("That is already the name on the certificate.")
        raise InvalidInput("name_same", sentence, fields={"name": sentence})
    request = CorrectionRequest(
        certificate=certificate,
        what=what,
        name=wanted,
        reason=reason.strip(),
        evidence=evidence,
        asked_by=require_account(actor),
        due_on=clock.today() + timedelta(days=DAYS),
    )
    request.full_clean()
    request.save()
    audit.record(
        "certification.correction_asked", actor=actor, target=certificate, after={"what": what}
    )
    notify_correction_requested(request)
    return request


@transaction.atomic
def withdraw_correction_request(*, actor: Actor, request: CorrectionRequest) -> CorrectionRequest:
    """Withdraw a request before it is decided. Only the person who made it may."""
    request = lock(request)
    if request.asked_by_id != actor.pk:
        raise NotFound
    move(request, CorrectionState.TAKEN_BACK, table=CORRECTION_MOVES)
    audit.record("certification.correction_taken_back", actor=actor, target=request.certificate)
    return request


def grant_correction_request(
    *, actor: Actor, request: CorrectionRequest, answer: str = ""
) -> Certificate:
    """Correct the record, issue a new certificate in place of the old one and return it.

    Needs `certification.issue` and `people.edit_person`, and another person than the holder. It
    renders, so it must not be called inside a transaction. It is safe to call again, since a
    request granted before its certificate could be printed goes on where it stopped.
    """
    with transaction.atomic():
        certificate = lock(Certificate(pk=request.certificate_id))
        request = lock(request)
        _may(actor, request, certificate)
        if request.state != CorrectionState.GRANTED:
            if certificate.state != CertificateState.ISSUED:
                raise DomainError(
                    "not_correctable",
                    _(
                        "Only a certificate in good standing can be corrected. Settle its "
                        "status first."
                    ),
                )
            _correct(actor, request)
            _decide(actor=actor, request=request, to=CorrectionState.GRANTED, answer=answer)
    reason = Reason.NAME_CHANGED if request.what == CorrectionSubject.NAME else Reason.CORRECTED
    return status_changes.replace_certificate(
        actor=actor, certificate=request.certificate, reason=reason
    )


@transaction.atomic
def refuse_correction_request(
    *, actor: Actor, request: CorrectionRequest, answer: str
) -> CorrectionRequest:
    """Turn a request down with a reason. Needs `certification.issue`, and another person than the
    holder.
    """
    certificate = lock(Certificate(pk=request.certificate_id))
    request = lock(request)
    _may(actor, request, certificate)
    if not answer.strip():
        sentence = _("Say why in a sentence the holder understands.")
        raise InvalidInput("answer_missing", sentence, fields={"answer": sentence})
    _decide(actor=actor, request=request, to=CorrectionState.REFUSED, answer=answer)
    return request


def _may(actor: Actor, request: CorrectionRequest, certificate: Certificate) -> None:
    require(actor, ISSUE, certificate)
    if actor.pk is not None and actor.pk == request.asked_by_id:
        raise SecondOfficerNeeded(
            "second_person",
            _("You can't decide your own request. Another officer has to decide it."),
        )


def _decide(*, actor: Actor, request: CorrectionRequest, to: str, answer: str) -> None:
    request.decided_by_id, request.decided_at, request.answer = (
        actor.pk,
        clock.now(),
        answer.strip(),
    )
    request.full_clean()
    request.save(
        update_fields=["decided_by", "decided_at", "answer", "updated_at"]
    )  # first: a refusal without words can't be written
    moved = move(request, to, table=CORRECTION_MOVES)
    audit.record(
        "certification.correction_decided",
        actor=actor,
        target=request.certificate,
        before={"state": moved.old},
        after={"state": moved.new, "what": request.what},
        reason=request.answer,
    )
    notify_correction_decided(request)


def _correct(actor: Actor, request: CorrectionRequest) -> None:
    person = request.certificate.person
    if person is None:  # a request is the holder's own, and a holder stays
        raise NotFound
    if request.what == CorrectionSubject.PHOTO:
        with request.evidence.open("rb") as file:
            desk.set_photo_as_officer(actor=actor, person=person, data=file.read())
    elif (
        person.name != request.name
    ):  # the record may be right already, and only the certificate old
        desk.correct_name_as_officer(
            actor=actor,
            person=person,
            name=request.name,
            reason=_("Correction of a certificate: %s") % request.reason,
        )


def _check(file: UploadedFile[Any], what: str) -> None:
    kind = PurePosixPath(file.name or "").suffix.lower()
    start = file.read(8)
    file.seek(0)
    sentence = ""
    if (file.size or 0) > LARGEST:
        sentence = _("The file is larger than 8 MB. Use a smaller picture or scan.")
    elif kind not in KINDS or not start.startswith(KINDS[kind]):
        sentence = _("Upload a PDF, or a picture as JPG or PNG.")
    elif what == CorrectionSubject.PHOTO and kind == ".pdf":
        sentence = _("Upload the photo itself, as JPG or PNG.")
    if sentence:
        raise InvalidInput("evidence", sentence, fields={"evidence": sentence})

"""Notify people about certificates.

The functions are called in the transaction of the change. A person without an account gets no
notice from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, ngettext_lazy

import notify
from access.queries.where import who_may
from certification.enums import BulkAct, CertificateState, CorrectionState, Reason
from certification.grants import CONFIRM_REVOCATION, ISSUE
from certification.models import BulkChange, Certificate, CorrectionRequest, RevocationRequest
from notify.workflows.sending import PersonalMessage, write_personal_messages
from people.models import User

CHANGES = {
    CertificateState.SUSPENDED: "certification.suspended",
    CertificateState.REVOKED: "certification.revoked",
    CertificateState.SUPERSEDED: "certification.superseded",
    CertificateState.ISSUED: "certification.reinstated",
}


def _of(certificate: Certificate) -> dict[str, Any]:
    return {
        "title": certificate.title,
        "number": certificate.number,
        "certificate": str(certificate.public_id),
    }


def _send(kind: str, certificate: Certificate, *, key: str, **values: Any) -> None:
    if certificate.person_id is None:
        return  # from paper, and nobody knows yet whose it is: "no person" would fit every account without a record
    notify.send_message(
        kind,
        to=User.objects.filter(person=certificate.person_id),
        context={**_of(certificate), **values},
        about=certificate,
        key=f"{certificate.public_id}:{key}",
    )


def notify_certificates_issued(certificates: Sequence[Certificate]) -> None:
    """Notify the holders that their certificates are issued."""
    mine: dict[int, list[Certificate]] = {}
    for one in certificates:
        if one.person_id is not None:
            mine.setdefault(one.person_id, []).append(one)
    accounts = (
        User.objects.filter(person__pk__among=list(mine))
        .only("is_active", "email", "phone")
        .annotate(holder=F("person"))
    )
    notes = [
        [PersonalMessage(user, _of(one), f"{one.public_id}:", one) for one in mine[user.holder]]
        for user in accounts
    ]
    # A person with several certificates among these is told of each: one note for each account at a
    # time.
    for turn in zip_longest(*notes):
        write_personal_messages("certification.issued", [note for note in turn if note is not None])


def notify_status_changed(certificate: Certificate, *, change: int, reason: str) -> None:
    """Notify the holder of a status change. *change* is the number of the change."""
    if kind := CHANGES.get(CertificateState(certificate.state)):
        _send(kind, certificate, key=str(change), reason=Reason(reason).label)


def notify_revocation_waiting(request: RevocationRequest) -> None:
    """Notify those who may confirm a revocation, except the person who asked."""
    certificate = request.certificate
    people = [
        held.assignment.user
        for held in who_may(CONFIRM_REVOCATION, certificate)
        if held.assignment.user_id != request.requested_by_id
    ]
    context = {**_of(certificate), "reason": Reason(request.reason).label}
    notify.send_message(
        "certification.revocation_waits",
        to=people,
        context=context,
        about=certificate,
        key=f"{certificate.public_id}:{request.pk}",
    )


def notify_correction_requested(request: CorrectionRequest) -> None:
    """Notify those who may decide a request for correction, except the person who asked."""
    certificate = request.certificate
    people = [
        held.assignment.user
        for held in who_may(ISSUE, certificate)
        if held.assignment.user_id != request.asked_by_id
    ]
    context = {
        **_of(certificate),
        "what": request.get_what_display(),
        "due": request.due_on.isoformat(),
        "request": str(request.public_id),
    }
    notify.send_message(
        "certification.correction_asked",
        to=people,
        context=context,
        about=certificate,
        key=str(request.public_id),
    )


def notify_correction_decided(request: CorrectionRequest) -> None:
    """Notify the holder of the decision on the request."""
    granted = request.state == CorrectionState.GRANTED
    _send(
        "certification.correction_decided",
        request.certificate,
        key=f"correction:{request.public_id}",
        decision=request.get_state_display(),
        answer=request.answer
        or (gettext("You will get the new certificate in a moment.") if granted else ""),
    )


def notify_bulk_change_waiting(change: BulkChange, example: Certificate, count: int) -> None:
    """Notify those who may confirm for *example*, one of the certificates, that a bulk change
    waits. The person who asked is left out.
    """
    people = [
        held.assignment.user
        for held in who_may(CONFIRM_REVOCATION, example)
        if held.assignment.user_id != change.asked_by_id
    ]
    reissues = change.act == BulkAct.REISSUE
    kind = "certification.reissue_waits" if reissues else "certification.bulk_waits"
    context = {
        "count": str(count),
        "reason": change.note if reissues else Reason(change.reason).label,
        "change": str(change.public_id),
    }
    notify.send_message(kind, to=people, context=context, about=change, key=str(change.public_id))


def notify_bulk_change_done(change: BulkChange, *, done: int, count: int) -> None:
    """Notify the person who asked for *change* that it is over, and how many of *count* were
    *done*.
    """
    left = count - done
    said: Any = gettext_lazy("None was left out.")
    if left:
        said = ngettext_lazy(
            "{left} certificate could not be changed.",
            "{left} certificates could not be changed.",
            left,
        )
    context = {**_of_many(change, count), "done": done, "outcome": format_lazy(said, left=left)}
    notify.send_message(
        "certification.bulk_done",
        to=change.asked_by,
        context=context,
        about=change,
        key=str(change.public_id),
    )


def notify_bulk_change_refused(change: BulkChange, *, by: Any, count: int) -> None:
    """Notify the person who asked for *change* that the second person turned it down."""
    context = {**_of_many(change, count), "who": str(by)}
    notify.send_message(
        "certification.bulk_refused",
        to=change.asked_by,
        context=context,
        about=change,
        key=str(change.public_id),
    )


def _of_many(change: BulkChange, count: int) -> dict[str, Any]:
    return {"act": BulkAct(change.act).label, "count": count, "change": str(change.public_id)}


def notify_files_reissued(certificates: Sequence[Certificate], *, change: BulkChange) -> None:
    """Notify the holders that there is a new file of their certificates, under the same number."""
    for certificate in certificates:
        _send("certification.file_reissued", certificate, key=f"file:{change.public_id}")

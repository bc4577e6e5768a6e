"""What people are told about certificates. Called inside the deeds; a person without an account is told nothing here."""

from __future__ import annotations

from typing import Any

import notify
from access.queries.where import who_may
from certification.enums import CertificateState, Reason
from certification.grants import CONFIRM_REVOCATION
from certification.models import Certificate, RevocationRequest
from people.models import User

CHANGES = {
    CertificateState.SUSPENDED: "certification.suspended",
    CertificateState.REVOKED: "certification.revoked",
    CertificateState.SUPERSEDED: "certification.superseded",
    CertificateState.ISSUED: "certification.reinstated",
}


def _of(certificate: Certificate) -> dict[str, Any]:
    return {"title": certificate.title, "number": certificate.number, "certificate": str(certificate.public_id)}


def _send(kind: str, certificate: Certificate, *, key: str, **values: Any) -> None:
    notify.send(
        kind,
        to=User.objects.filter(person=certificate.person_id),
        context={**_of(certificate), **values},
        about=certificate,
        key=f"{certificate.public_id}:{key}",
    )


def tell_issued(certificate: Certificate) -> None:
    """Tell the holder that the certificate is there."""
    _send("certification.issued", certificate, key="")


def tell_changed(certificate: Certificate, *, change: int, reason: str) -> None:
    """Tell the holder what became of the certificate; *change* is the number of the status change."""
    if kind := CHANGES.get(CertificateState(certificate.state)):
        _send(kind, certificate, key=str(change), reason=Reason(reason).label)


def tell_revocation_waits(request: RevocationRequest) -> None:
    """Tell whoever may confirm a revocation, but for the one who asked."""
    certificate = request.certificate
    people = [
        held.assignment.user for held in who_may(CONFIRM_REVOCATION, certificate) if held.assignment.user_id != request.requested_by_id
    ]
    context = {**_of(certificate), "reason": Reason(request.reason).label}
    notify.send(
        "certification.revocation_waits", to=people, context=context, about=certificate, key=f"{certificate.public_id}:{request.pk}"
    )

"""Read certificates for their holders, for officers and for figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from access.queries import permitted
from certification.enums import (
    OUT_STATES,
    CertificateKind,
    CertificateState,
    Provenance,
    RevocationState,
    VerificationAnswer,
)
from certification.grants import VIEW
from certification.models import Certificate, CertificateTemplate, RevocationRequest
from certification.queries.verification import normalise_certificate_number
from certification.rules import status
from core.actors import Actor
from core.text import search_key
from people.models import Person

FROM_PAPER = "paper"


@dataclass(frozen=True, slots=True)
class CertificateCounts:
    """Figures of certificates handed out for the home page, in all and by kind."""

    issued: int
    training: int
    awards: int
    honours: int


def list_person_certificates(person: Person) -> QuerySet[Certificate]:
    """Return the certificates that were handed out to *person*, newest first. One query, with what
    an answer needs.
    """
    return (
        Certificate.objects.filter(person=person, state__in=sorted(OUT_STATES))
        .select_related("replaced_by")
        .order_by("-issued_on", "-pk")
    )


def certificates_under_other_names(person: Person) -> QuerySet[Certificate]:
    """Return the certificates issued here to *person* that print another name than the record has
    now.

    Only certificates in force or suspended are among them.
    """
    states = [CertificateState.ISSUED, CertificateState.SUSPENDED]
    rows = Certificate.objects.filter(person=person, state__in=states, provenance=Provenance.ISSUED)
    return rows.exclude(holder_name=person.name).order_by("pk")


def find_person_certificate(person: Person, public_id: Any) -> Certificate | None:
    """Return one certificate of *person*."""
    return list_person_certificates(person).filter(public_id=public_id).first()


def answer_today(certificate: Certificate, *, today: date) -> VerificationAnswer:
    """Return the plain answer about *certificate* (`replaced_by` loaded)."""
    return status.determine_verdict(certificate.standing, today=today).answer


def count_certificates_by_kind() -> CertificateCounts:
    """Return how many certificates were handed out, in all and by kind. One query.

    Those taken over from paper don't count, since others handed them out.
    """
    out = Q(
        state__in=sorted(OUT_STATES), provenance=Provenance.ISSUED
    )  # what we took over from paper, others handed out
    row = Certificate.objects.aggregate(
        issued=Count("pk", filter=out),
        **{kind.name.lower(): Count("pk", filter=out & Q(kind=kind)) for kind in CertificateKind},
    )
    return CertificateCounts(
        issued=row["issued"], training=row["training"], awards=row["award"], honours=row["honour"]
    )


def list_office_certificates(
    user: Actor, *, text: str = "", state: str = ""
) -> QuerySet[Certificate]:
    """Return the certificates *user* may look after, newest first.

    They can be narrowed to a number or name, to a state, or to those from paper.
    """
    rows = permitted(user, VIEW, Certificate.objects.all()).select_related("replaced_by")
    if text.strip():
        rows = rows.filter(
            Q(number_key=normalise_certificate_number(text)) | Q(holder_key=search_key(text)[:100])
        )
    if state in CertificateState.values:
        rows = rows.filter(state=state)
    elif state == FROM_PAPER:
        rows = rows.exclude(provenance=Provenance.ISSUED)
    return rows.order_by("-pk")


def list_held_certificates(user: Actor) -> QuerySet[Certificate]:
    """Return certificates that have a number but could not be printed. Each says why."""
    return permitted(
        user,
        VIEW,
        Certificate.objects.filter(state=CertificateState.APPROVED).exclude(hold_code=""),
    ).order_by("pk")


def list_waiting_revocations(user: Actor) -> QuerySet[RevocationRequest]:
    """Return revocations that wait for a second person, of certificates that *user* may see."""
    seen = permitted(user, VIEW, Certificate.objects.all())
    return (
        RevocationRequest.objects.filter(state=RevocationState.WAITING, certificate__in=seen)
        .select_related("certificate", "requested_by")
        .order_by("pk")
    )


def find_certificate_template(kind: str, org: Any) -> CertificateTemplate | None:
    """Return the newest template of *kind* that *org* uses. One query.

    It is *org*'s own, otherwise that of the nearest union above that has one, otherwise the
    platform's own.
    """
    steps = range(len(org.path), 0, -org.steplen)
    above = [org.path[:end] for end in steps]
    rows = CertificateTemplate.objects.filter(
        Q(org=None) | Q(org__path__in=above), kind=kind
    ).select_related("org")
    return max(
        rows, key=lambda row: (len(row.org.path) if row.org else 0, row.version), default=None
    )


def list_certified_outcomes(source_kind: str, keys: list[str]) -> set[str]:
    """Return the outcomes among *keys* that have a certificate that was handed out."""
    rows = Certificate.objects.filter(
        source_kind=source_kind, source_key__in=keys, state__in=sorted(OUT_STATES)
    )
    return set(rows.values_list("source_key", flat=True))

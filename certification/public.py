"""The functions by which other domains read certificates and honours. They import nothing else of
this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from certification.queries import certificate as _certificates
from certification.queries import honour as _honours
from certification.queries.certificate import CertificateCounts
from certification.rules import wording as _wording
from certification.workflows import programs
from core import clock
from people.models import Person

__all__ = [
    "CertificateCard",
    "CertificateCounts",
    "HonourCard",
    "count_issued_certificates",
    "latest_honours",
    "list_certificate_cards",
    "programs",
]


@dataclass(frozen=True, slots=True)
class CertificateCard:
    """A certificate on its holder's own page.

    `answer` is one of `certification.enums.VerificationAnswer`, as of today. `pdf_url` may be
    empty.
    """

    public_id: UUID
    number: str
    kind: str
    title: str
    subject: str
    trade: str
    distinction: str
    issuer_name: str
    issued_on: date
    valid_until: date | None
    answer: str
    answer_label: str
    url: str
    pdf_url: str
    from_paper: bool = False


@dataclass(frozen=True, slots=True)
class HonourCard:
    """A public honour, named with its bearer's consent."""

    public_id: UUID
    display_name: str
    title: str
    year: int
    trade: str
    employer_name: str
    quote: str
    url: str


def list_certificate_cards(person: Person, limit: int | None = None) -> list[CertificateCard]:
    """Return the certificates handed out to *person*, newest first. One query."""
    today = clock.today()
    rows = _certificates.list_person_certificates(person)
    cards = []
    for row in rows[:limit] if limit else rows:
        answer = _certificates.answer_today(row, today=today)
        cards.append(
            CertificateCard(
                public_id=row.public_id,
                number=row.number,
                kind=row.kind,
                title=row.title,
                subject=row.subject,
                trade=_wording.format_trade(row.occupation_name, row.level),
                distinction=row.distinction,
                issuer_name=row.issuer_name,
                issued_on=row.issued_on,
                valid_until=row.valid_until,
                answer=answer.value,
                answer_label=_("%(answer)s, from paper") % {"answer": answer.label}
                if row.of_paper
                else str(answer.label),
                url=reverse("certification:certificate", args=[row.public_id]),
                pdf_url=reverse("certification:certificate_pdf", args=[row.public_id])
                if row.pdf
                else "",
                from_paper=row.of_paper,
            )
        )
    return cards


def count_issued_certificates() -> CertificateCounts:
    """Return how many certificates were handed out, in all and by kind. One query."""
    return _certificates.count_certificates_by_kind()


def latest_honours(limit: int = 4) -> list[HonourCard]:
    """Return the newest public honours. One query."""
    return [
        HonourCard(
            public_id=row.public_id,
            display_name=row.display_name,
            title=row.title,
            year=row.year,
            trade=row.trade,
            employer_name=row.employer_name,
            quote=row.quote,
            url=row.get_absolute_url(),
        )
        for row in _honours.list_latest_honours(limit)
    ]

"""Show holders the links they made, who looked at their certificates and the corrections they
asked for.

Officers see the corrections that wait for them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from access.queries import permitted
from certification.enums import CorrectionState, VerificationWay
from certification.grants import ISSUE
from certification.models import BatchCheck, Certificate, CorrectionRequest, LookUp, ShareLink
from core import clock
from core.actors import Actor

LOOKS_READ = 500
LOOKS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class DailyLookUps:
    """Checks of one certificate on one day, by one way.

    *who* is an employer or union that signed in to check, and empty otherwise.
    """

    day: date
    way: str
    who: str
    count: int


def list_daily_look_ups(certificate: Certificate) -> list[DailyLookUps]:
    """Return who looked, newest day first. The list is empty if the operator has switched this
    off. At most two queries.

    A look-up has no address and no name. Only those who check with an account are named, by their
    employer or union.
    """
    if not settings.SHOW_LOOK_UPS:
        return []
    rows = list(
        LookUp.objects.filter(certificate=certificate)
        .order_by("-pk")
        .values_list("at", "way", "reference")[:LOOKS_READ]
    )
    references = {reference for _at, way, reference in rows if way == VerificationWay.BATCH}
    named: dict[str, str] = {}
    if references:
        checks = BatchCheck.objects.filter(reference__in=references).values_list(
            "reference", "employer__name", "org__name"
        )
        named = {reference: employer or org or "" for reference, employer, org in checks}
    counted = Counter(
        (
            timezone.localdate(at),
            way,
            named.get(reference, "") if way == VerificationWay.BATCH else "",
        )
        for at, way, reference in rows
    )
    looks = [DailyLookUps(day, way, who, count) for (day, way, who), count in counted.items()]
    return sorted(looks, key=lambda one: (one.day, one.count), reverse=True)[:LOOKS_SHOWN]


def list_open_share_links(certificate: Certificate) -> QuerySet[ShareLink]:
    """Return the links of *certificate* that are open now."""
    return ShareLink.objects.filter(
        certificate=certificate, revoked_at=None, ends_at__gt=clock.now()
    )


def find_open_share_link(code: str) -> ShareLink | None:
    """Return the link with this code while it is open. One query."""
    rows = ShareLink.objects.select_related("certificate__replaced_by", "certificate__person")
    return rows.filter(code=code, revoked_at=None, ends_at__gt=clock.now()).first()


def list_correction_requests(certificate: Certificate) -> QuerySet[CorrectionRequest]:
    """Return the requests to correct *certificate*, newest first."""
    return CorrectionRequest.objects.filter(certificate=certificate)


def find_visible_correction(user: Actor, public_id: Any) -> CorrectionRequest | None:
    """Return one request to correct a certificate that *user* may issue, or None."""
    row = (
        CorrectionRequest.objects.select_related(
            "certificate__org", "certificate__person", "asked_by"
        )
        .filter(public_id=public_id)
        .first()
    )
    if (
        row is None
        or not permitted(user, ISSUE, Certificate.objects.filter(pk=row.certificate_id)).exists()
    ):
        return None
    return row


def list_waiting_corrections(user: Actor) -> QuerySet[CorrectionRequest]:
    """Return the requests for correction that wait for an officer, the most urgent first. *user*
    may issue the certificates.
    """
    asked_about = Certificate.objects.filter(
        corrections__state=CorrectionState.WAITING
    )  # few: the rights are asked for these only
    rows = CorrectionRequest.objects.filter(
        state=CorrectionState.WAITING, certificate__in=permitted(user, ISSUE, asked_about)
    )
    return rows.select_related("certificate").order_by("due_on", "pk")

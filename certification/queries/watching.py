"""Watch-lists: an employer's entries, who watches a certificate, what is due to be told or has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from access.queries import permitted
from certification.enums import CertificateState
from certification.grants import WATCH
from certification.models import Certificate, Watch
from certification.rules import status
from certification.rules.watching import SOON_DAYS
from org.models import Employer, Employment


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches a certificate, as its holder is shown it."""

    employer: str
    since: date
    until: date


def employers_of(user: Any) -> QuerySet[Employer]:
    """Return the employers whose watch-list *user* may see and keep. One query."""
    return permitted(user, WATCH, Employer.objects.order_by("pk"))


def running(today: date | None = None) -> QuerySet[Watch]:
    """Return the entries that count today: not run out, and the employment (if there was one since) not ended."""
    today = today or timezone.localdate()
    return Watch.objects.filter(ends_on__gte=today).exclude(_employment_over(today))


def _employment_over(today: date) -> Q:
    here = Q(employer=OuterRef("employer")) | Q(works_at=OuterRef("employer"))
    rows = Employment.objects.filter(here, person=OuterRef("certificate__person"))
    ended = rows.filter(ends_on__lt=today, ends_on__gte=OuterRef("added_on"))
    still = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return Q(Exists(ended)) & ~Q(Exists(still))


def entries_of(employer: Any, *, today: date | None = None) -> QuerySet[Watch]:
    """Return the entries of *employer* with what an answer needs: those to look at first, then the newest. One query."""
    day = today or timezone.localdate()
    good = Q(certificate__state=CertificateState.ISSUED) & (Q(certificate__valid_until=None) | Q(certificate__valid_until__gte=day))
    rows = running(day).filter(employer=employer).select_related("certificate__replaced_by")
    return rows.order_by(Case(When(good, then=Value(1)), default=Value(0)), "-pk")


def entry_of(user: Any, public_id: Any) -> Watch | None:
    """Return one entry of an employer whose list *user* keeps."""
    found = running().select_related("certificate__replaced_by", "employer").filter(public_id=public_id).first()
    return found if found is not None and employers_of(user).filter(pk=found.employer_id).exists() else None


def verdict_of(watch: Watch, *, today: date) -> status.Verdict:
    """Return what the watched certificate answers today."""
    return status.judge(watch.certificate.standing, today=today)


def watched_among(employer: Any, certificates: Iterable[int]) -> set[int]:
    """Return which of *certificates* (by key) stand on the list of *employer*. One query."""
    rows = running().filter(employer=employer, certificate__in=list(certificates))
    return set(rows.values_list("certificate_id", flat=True))


def watchers_of(certificate: Certificate) -> list[Watcher]:
    """Return who watches *certificate*, for its holder; nobody where the operator turned that off. One query."""
    if not settings.SHOW_WATCHERS:
        return []
    rows = running().filter(certificate=certificate).select_related("employer").order_by("added_on", "pk")
    return [Watcher(row.employer.name, row.added_on, row.ends_on) for row in rows]


def due_to_tell(today: date) -> QuerySet[Watch]:
    """Return the entries of valid certificates that run out within 30 days or have run out, and whose employer wasn't told so yet."""
    soon = Q(told_soon=False, certificate__valid_until__gt=today, certificate__valid_until__lte=today + timedelta(days=SOON_DAYS))
    end = Q(told_end=False, certificate__valid_until__lte=today)
    rows = running(today).filter(soon | end, certificate__state=CertificateState.ISSUED)
    return rows.select_related("certificate", "employer").order_by("pk")


def anything_to_tell() -> bool:
    """Say whether an employer is to be told something (the sweeper's question)."""
    return due_to_tell(timezone.localdate()).exists()


def ended(_cutoff: datetime) -> QuerySet[Watch]:
    """Return the entries that count no longer: run out, or of an employment that ended."""
    today = timezone.localdate()
    return Watch.objects.filter(Q(ends_on__lt=today) | _employment_over(today)).order_by("pk")

"""Read watch-lists. An employer sees its entries, and a holder who watches a certificate.

The background work finds the entries to notify and those that have ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from access.queries import permitted
from certification.enums import CertificateState
from certification.grants import WATCH
from certification.models import Certificate, Watch
from certification.rules import status
from certification.rules.watching import SOON_DAYS
from core import clock
from core.actors import Actor
from org.models import Employer, Employment
from people.models import Person


@dataclass(frozen=True, slots=True)
class Watcher:
    """An employer who watches a certificate, as its holder sees it."""

    employer: str
    since: date
    until: date
    watch: Watch
    employed: bool
    """He works there: then the employer has a reason of its own, and the holder objects; else the holder ends it himself."""
    refused: bool
    """It counts no longer, because the holder ended it or the employer left his objection unanswered."""


def list_watching_employers(user: Actor) -> QuerySet[Employer]:
    """Return the employers whose watch-list *user* may see and keep. One query."""
    return permitted(user, WATCH, Employer.objects.order_by("pk"))


def list_running_watches(today: date | None = None) -> QuerySet[Watch]:
    """Return the entries that count today.

    They haven't run out, and the employment, if there was one since, hasn't ended.
    """
    today = today or clock.today()
    return (
        Watch.objects.filter(ends_on__gte=today)
        .exclude(_refused(today))
        .exclude(_employment_over(today))
    )


def _refused(today: date) -> Q:
    """Match entries that ended by the holder's will.

    The holder ended it, or they objected and the employer let the day for its answer pass.
    """
    return Q(ended_by_holder_on__isnull=False) | Q(answer_due_on__lt=today, answered_on=None)


def list_refused_watches(today: date | None = None) -> QuerySet[Watch]:
    """Return the entries that ended by the holder's will. They can't be made again until the
    holder allows it.
    """
    return Watch.objects.filter(_refused(today or clock.today()))


def find_refused_certificates(employer: Any, certificates: Iterable[int]) -> set[int]:
    """Return which of *certificates* (by key) their holders don't want on the list of *employer*.
    One query.
    """
    rows = list_refused_watches().filter(employer=employer, certificate__in=list(certificates))
    return set(rows.values_list("certificate_id", flat=True))


def _employed(today: date) -> Exists:
    here = Q(employer=OuterRef("employer")) | Q(works_at=OuterRef("employer"))
    open_today = Q(ends_on=None) | Q(ends_on__gte=today)
    return Exists(
        Employment.objects.filter(
            here, open_today, person=OuterRef("certificate__person"), starts_on__lte=today
        )
    )


def is_holder_employed(watch: Watch, *, today: date | None = None) -> bool:
    """Say whether the holder of the watched certificate works at the employer today. One query."""
    return Watch.objects.filter(_employed(today or clock.today()), pk=watch.pk).exists()


def find_own_watch(person: Person | None, public_id: Any) -> Watch | None:
    """Return the entry about a certificate of *person*, or None. One query.

    It is None if the operator has turned off that holders see them.
    """
    if not settings.SHOW_WATCHERS or person is None:
        return None
    rows = Watch.objects.select_related("certificate", "employer").filter(
        public_id=public_id, certificate__person=person
    )
    today = clock.today()
    return rows.filter(Q(pk__in=list_running_watches(today).values("pk")) | _refused(today)).first()


def _employment_over(today: date) -> Q:
    here = Q(employer=OuterRef("employer")) | Q(works_at=OuterRef("employer"))
    rows = Employment.objects.filter(here, person=OuterRef("certificate__person"))
    ended = rows.filter(ends_on__lt=today, ends_on__gte=OuterRef("added_on"))
    still = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return Q(Exists(ended)) & ~Q(Exists(still))


def list_employer_watches(employer: Any, *, today: date | None = None) -> QuerySet[Watch]:
    """Return the entries of *employer* with what an answer needs, those to look at first and then
    the newest. One query.
    """
    day = today or clock.today()
    good = Q(certificate__state=CertificateState.ISSUED) & (
        Q(certificate__valid_until=None) | Q(certificate__valid_until__gte=day)
    )
    rows = (
        list_running_watches(day)
        .filter(employer=employer)
        .select_related("certificate__replaced_by")
    )
    return rows.order_by(Case(When(good, then=Value(1)), default=Value(0)), "-pk")


def find_employer_watch(user: Actor, public_id: Any) -> Watch | None:
    """Return one entry of an employer whose list *user* manages, or None."""
    found = (
        list_running_watches()
        .select_related("certificate__replaced_by", "employer")
        .filter(public_id=public_id)
        .first()
    )
    return (
        found
        if found is not None and list_watching_employers(user).filter(pk=found.employer_id).exists()
        else None
    )


def judge_watched_certificate(watch: Watch, *, today: date) -> status.Verdict:
    """Return today's answer about the watched certificate."""
    return status.determine_verdict(watch.certificate.standing, today=today)


def find_watched_certificates(employer: Any, certificates: Iterable[int]) -> set[int]:
    """Return which of *certificates* (by key) are on the list of *employer*. One query."""
    rows = list_running_watches().filter(employer=employer, certificate__in=list(certificates))
    return set(rows.values_list("certificate_id", flat=True))


def list_certificate_watchers(certificate: Certificate) -> list[Watcher]:
    """Return who watches *certificate*, for its holder. The list is empty if the operator turned
    that off. One query.
    """
    if not settings.SHOW_WATCHERS:
        return []
    today = clock.today()
    kept = Q(
        pk__in=list_running_watches(today).filter(certificate=certificate).values("pk")
    ) | _refused(today)
    rows = (
        Watch.objects.filter(kept, certificate=certificate)
        .annotate(employed=_employed(today))
        .select_related("employer")
    )
    return [
        Watcher(
            employer=row.employer.name,
            since=row.added_on,
            until=row.ends_on,
            watch=row,
            employed=row.employed,
            refused=_is_refused(row, today),
        )
        for row in rows.order_by("added_on", "pk")
    ]


def _is_refused(watch: Watch, today: date) -> bool:
    late = (
        watch.answer_due_on is not None
        and watch.answer_due_on < today
        and watch.answered_on is None
    )
    return late or watch.ended_by_holder_on is not None


def list_watches_to_notify(today: date) -> QuerySet[Watch]:
    """Return the entries of valid certificates that run out within 30 days or have run out.

    Entries whose employer was notified of that already are left out.
    """
    soon = Q(
        told_soon=False,
        certificate__valid_until__gt=today,
        certificate__valid_until__lte=today + timedelta(days=SOON_DAYS),
    )
    end = Q(told_end=False, certificate__valid_until__lte=today)
    rows = list_running_watches(today).filter(
        soon | end, certificate__state=CertificateState.ISSUED
    )
    return rows.select_related("certificate", "employer").order_by("pk")


def has_watches_to_notify() -> bool:
    """Say whether an employer is to be notified of something. This is what the sweeper asks."""
    return list_watches_to_notify(clock.today()).exists()


def list_ended_watches(_cutoff: datetime) -> QuerySet[Watch]:
    """Return the entries that count no longer, because they ran out or the employment ended."""
    # What the holder doesn't want is kept for as long as it is to be remembered.
    today = clock.today()
    return (
        Watch.objects.filter(Q(ends_on__lt=today) | _employment_over(today))
        .exclude(_refused(today))
        .order_by("pk")
    )

"""What the screens of an import from paper show; what of an import somebody has relied on."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.queries import permitted
from certification.enums import CertificateState, HistoricState, Provenance, Sampled
from certification.grants import CONFIRM_HISTORIC, VIEW
from certification.models import (
    BulkLine,
    Certificate,
    CorrectionRequest,
    HistoricImport,
    HistoricRecord,
    HistoricRow,
    LookUp,
    RevocationRequest,
    ShareLink,
    Watch,
)
from core.actors import Actor


def imports_seen_by(user: Actor) -> QuerySet[HistoricImport]:
    """Return the imports of the unions whose register *user* may see, newest first."""
    rows = HistoricImport.objects.select_related(
        "org", "actor", "applied_by", "drawn_by", "confirmed_by", "withdrawn_by"
    )
    return permitted(user, VIEW, rows).order_by("-pk")


def waiting_for_sample(user: Actor) -> QuerySet[HistoricImport]:
    """Return imports that wait for a second person, within what *user* may compare, but not those
    *user* has sent or taken over.
    """
    rows = HistoricImport.objects.filter(
        state=HistoricState.APPLIED, aim=Provenance.ARCHIVE, confirmed_at=None
    )
    rows = rows.exclude(Q(actor=user.pk) | Q(applied_by=user.pk))
    return (
        permitted(user, CONFIRM_HISTORIC, rows).select_related("org", "applied_by").order_by("pk")
    )


def same(run: HistoricImport) -> QuerySet[HistoricRow]:
    """Return staged rows that are recorded already."""
    return HistoricRow.objects.filter(run=run, effect="same").order_by("row")


def records(run: HistoricImport) -> QuerySet[HistoricRecord]:
    """Return what was taken over, in the order of the sheet, with certificates."""
    return HistoricRecord.objects.filter(run=run).select_related("certificate").order_by("row")


def differing(run: HistoricImport) -> QuerySet[HistoricRecord]:
    """Return the records of the last sample that differ from the original and still count."""
    return records(run).filter(
        sampled=Sampled.DIFFERS,
        certificate__state__in=[CertificateState.ISSUED, CertificateState.SUSPENDED],
    )


def relied_on(run: HistoricImport) -> QuerySet[Certificate]:
    """Return the certificates of *run* that count and that somebody has relied on: verified,
    shared, watched, asked about, changed.
    """
    mine = {"certificate": OuterRef("pk")}
    found = (
        Q(Exists(LookUp.objects.filter(**mine)))
        | Q(historic__was_checked=True)
        | Q(Exists(Watch.objects.filter(**mine)))
        | Q(Exists(ShareLink.objects.filter(**mine)))
        | Q(Exists(CorrectionRequest.objects.filter(**mine)))
        | Q(Exists(RevocationRequest.objects.filter(**mine)))
        | Q(Exists(BulkLine.objects.filter(**mine)))
        | Q(state=CertificateState.SUSPENDED)
    )
    rows = Certificate.objects.filter(
        historic__run=run, state__in=[CertificateState.ISSUED, CertificateState.SUSPENDED]
    )
    return rows.filter(found).order_by("pk")

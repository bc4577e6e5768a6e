"""What the screens of an import from paper show; what of an import somebody has relied on."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from openpyxl.utils import get_column_letter

from access.queries import permitted
from certification.enums import CertificateState, HistoricState, Provenance, Sampled
from certification.grants import CONFIRM_HISTORIC, VIEW
from certification.historic_words import fault_of, note_of
from certification.models import (
    BulkLine,
    Certificate,
    CorrectionRequest,
    HistoricImport,
    HistoricRecord,
    HistoricRemark,
    HistoricRow,
    LookUp,
    RevocationRequest,
    ShareLink,
    Watch,
)
from core.spreadsheets.causes import Cause, Found, group_causes
from office.queries.imports import Fault

SHOWN = 50
_FOUND = ("code", "params", "column", "key", "written", "row")


def imports_seen_by(user: Any) -> QuerySet[HistoricImport]:
    """Return the imports of the unions whose register *user* may see, newest first."""
    rows = HistoricImport.objects.select_related("org", "actor", "applied_by", "drawn_by", "confirmed_by", "withdrawn_by")
    return permitted(user, VIEW, rows).order_by("-pk")


def waiting_for_sample(user: Any) -> QuerySet[HistoricImport]:
    """Return imports that wait for a second person, within what *user* may compare, but not those *user* has sent or taken over."""
    rows = HistoricImport.objects.filter(state=HistoricState.APPLIED, aim=Provenance.ARCHIVE, confirmed_at=None)
    rows = rows.exclude(Q(actor=user.pk) | Q(applied_by=user.pk))
    return permitted(user, CONFIRM_HISTORIC, rows).select_related("org", "applied_by").order_by("pk")


def taken_before(run: HistoricImport) -> HistoricImport | None:
    """Return an import that took this very file over for the same issuer, if there is one."""
    rows = HistoricImport.objects.filter(org=run.org_id, sha256=run.sha256, state=HistoricState.APPLIED).exclude(pk=run.pk)
    return rows.order_by("-pk").first()


def place_of(run: HistoricImport, column: int) -> str:
    """Return letter and heading of a column: `B 证书编号`."""
    known = run.layout.get("columns", [])
    return f"{get_column_letter(column + 1)} {known[column]['heading']}".strip() if 0 <= column < len(known) else ""


def faults(run: HistoricImport) -> QuerySet[HistoricRemark]:
    """Return what is to be mended, in the order of the sheet."""
    return HistoricRemark.objects.filter(run=run, fault=True).order_by("row", "pk")


def list_causes(run: HistoricImport) -> list[Cause]:
    """Return what is to be mended, one entry for each cause. One query."""
    found = faults(run).values_list(*_FOUND).iterator(chunk_size=5000)
    grouped = group_causes((Found(*values) for values in found), fault_of)
    for cause in grouped:
        cause.place = place_of(run, cause.column)
    return grouped


def notes(run: HistoricImport) -> QuerySet[HistoricRemark]:
    """Return the spellings that were read as meant, in the order of the sheet."""
    return HistoricRemark.objects.filter(run=run, fault=False).order_by("row", "pk")


def fault(run: HistoricImport, remark: HistoricRemark) -> Fault:
    """Return *remark* in words."""
    what, do = fault_of(remark.code, remark.params)
    return Fault(remark.row, place_of(run, remark.column), remark.written, what, do)


def note_row(run: HistoricImport, remark: HistoricRemark) -> Fault:
    """Return a note in the shape of a fault: nothing to do."""
    return Fault(remark.row, place_of(run, remark.column), remark.written, note_of(remark.code), "")


def note_kinds(run: HistoricImport) -> list[str]:
    """Return how other spellings were read in this sheet, one sentence a kind."""
    return [note_of(code) for code in notes(run).order_by("code").values_list("code", flat=True).distinct()]


def same(run: HistoricImport) -> QuerySet[HistoricRow]:
    """Return staged rows that are recorded already."""
    return HistoricRow.objects.filter(run=run, effect="same").order_by("row")


def records(run: HistoricImport) -> QuerySet[HistoricRecord]:
    """Return what was taken over, in the order of the sheet, with certificates."""
    return HistoricRecord.objects.filter(run=run).select_related("certificate").order_by("row")


def differing(run: HistoricImport) -> QuerySet[HistoricRecord]:
    """Return the records of the last sample that differ from the original and still count."""
    return records(run).filter(sampled=Sampled.DIFFERS, certificate__state__in=[CertificateState.ISSUED, CertificateState.SUSPENDED])


def relied_on(run: HistoricImport) -> QuerySet[Certificate]:
    """Return the certificates of *run* that count and that somebody has relied on: verified, shared, watched, asked about, changed."""
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
    rows = Certificate.objects.filter(historic__run=run, state__in=[CertificateState.ISSUED, CertificateState.SUSPENDED])
    return rows.filter(found).order_by("pk")


def mapping_rows(run: HistoricImport, headings: dict[str, str], none: str) -> list[tuple[str, str]]:
    """Return (letter and heading, what it is imported as) for each column."""
    return [(place_of(run, at), headings.get(run.mapping.get(str(at), ""), none)) for at in range(len(run.layout.get("columns", [])))]

"""Receive a sheet of certificates from paper and start its check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from access.checks import require
from certification.enums import CertificateKind, Provenance
from certification.grants import IMPORT_HISTORIC
from certification.models import HistoricImport
from certification.workflows.paper_records.columns import COLUMNS
from certification.workflows.paper_records.kind import PAPER_RECORDS
from core.actors import Actor
from core.errors import InvalidInput
from imports.workflows import upload
from imports.workflows.error_workbook import build_template_workbook
from org.models import OrgUnit


@transaction.atomic
def receive_sheet(
    *,
    actor: Actor,
    org: OrgUnit,
    filename: str,
    file: IO[bytes],
    source: str,
    aim: str,
    kind: str = CertificateKind.TRAINING,
    title: str = "",
) -> HistoricImport:
    """Keep a sent sheet and look at its headings (`imports.workflows.upload`).

    *org* is the issuer of all of them; *source* says what the list was made from; *aim* whether
    another person shall hold a sample against the originals. Needs `certification.import_historic`.
    Raises `InvalidInput` with a sentence.
    """
    require(actor, IMPORT_HISTORIC, org)
    if aim not in {Provenance.ARCHIVE, Provenance.LIST}:
        raise InvalidInput(
            "aim_unknown", _("Choose from the list."), fields={"aim": _("Choose from the list.")}
        )
    run: HistoricImport = upload.receive_upload(
        PAPER_RECORDS,
        actor=actor,
        org=org,
        filename=filename,
        file=file,
        source=source.strip(),
        aim=aim,
        kind=kind,
        title=title.strip(),
    )
    return run


def start_check(
    *, actor: Actor, run: HistoricImport, mapping: Mapping[str, str], kind: str, title: str = ""
) -> HistoricImport:
    """Check all rows with these columns (`imports.workflows.upload`).

    *kind* and *title* hold for rows that name none.
    """
    return upload.start_check(actor=actor, run=run, mapping=mapping, kind=kind, title=title.strip())


def template_workbook() -> bytes:
    """Return an empty sheet with the headings we know, for people to fill."""
    return build_template_workbook([column.heading for column in COLUMNS], "历史证书")

"""Models of certificates, templates, status changes, look-ups, spreadsheet checks, honours and the
public register.
"""

from certification.models.body import AssessmentBody
from certification.models.bulk import BulkChange, BulkLine
from certification.models.certificate import (
    Certificate,
    FormerFile,
    RevocationRequest,
    StatusChange,
)
from certification.models.credential import (
    Credential,
    IssuerAddress,
    IssuerKey,
    PublishedList,
    StatusList,
)
from certification.models.file_check import HandedIn
from certification.models.holding import CorrectionRequest, ShareLink
from certification.models.honour import Honour, HonourList
from certification.models.paper_records import (
    HistoricImport,
    HistoricRecord,
    HistoricRemark,
    HistoricRow,
)
from certification.models.register import (
    RegisterCheck,
    RegisterCheckpoint,
    RegisterEntry,
    RegisterState,
    RegisterTile,
)
from certification.models.template import CertificateTemplate
from certification.models.verification import BatchCheck, LookUp, Misses, SheetPart
from certification.models.watching import Watch

__all__ = [
    "AssessmentBody",
    "BatchCheck",
    "BulkChange",
    "BulkLine",
    "Certificate",
    "CertificateTemplate",
    "CorrectionRequest",
    "Credential",
    "FormerFile",
    "HandedIn",
    "HistoricImport",
    "HistoricRecord",
    "HistoricRemark",
    "HistoricRow",
    "Honour",
    "HonourList",
    "IssuerAddress",
    "IssuerKey",
    "LookUp",
    "Misses",
    "PublishedList",
    "RegisterCheck",
    "RegisterCheckpoint",
    "RegisterEntry",
    "RegisterState",
    "RegisterTile",
    "RevocationRequest",
    "ShareLink",
    "SheetPart",
    "StatusChange",
    "StatusList",
    "Watch",
]

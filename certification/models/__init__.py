"""Certificates, their templates, changes of standing, look-ups, spreadsheet checks, honours."""

from certification.models.certificate import Certificate, RevocationRequest, StatusChange
from certification.models.honour import Honour, HonourList
from certification.models.template import CertificateTemplate
from certification.models.verification import BatchCheck, LookUp

__all__ = ["BatchCheck", "Certificate", "CertificateTemplate", "Honour", "HonourList", "LookUp", "RevocationRequest", "StatusChange"]

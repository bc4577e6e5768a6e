"""Changes of standing enter the public register: none can be undone without a trace there. Done in the background, once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from certification.enums import OUT_STATES, CertificateState
from certification.models import Credential, HistoricRecord, StatusChange
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, ready_keys
from jobs import workflows as jobs

JOB = "certification.enter_change"
WORDS = {
    CertificateState.SUSPENDED: "suspend",
    CertificateState.ISSUED: "reinstate",
    CertificateState.REVOKED: "revoke",
    CertificateState.SUPERSEDED: "supersede",
}


def start(change: StatusChange, *, actor: Any) -> None:
    """Queue the entry of *change*, in its transaction. A certificate from before the register has none."""
    if fingerprint_of(change.certificate_id):
        jobs.start(kind=JOB, keys=[str(change.pk)], actor=actor, title=_("Entry in the register"))


def fingerprint_of(certificate_id: int) -> str:
    """Return what the register knows the certificate by: its credential, or the record of a paper. Empty for neither."""
    rows = Credential.objects.filter(certificate=certificate_id).values_list("sha256", flat=True)
    papers = HistoricRecord.objects.filter(certificate=certificate_id).values_list("fingerprint", flat=True)
    return rows.first() or papers.first() or ""


def enter(change_id: int) -> None:
    """Enter the change with this key; safe to run twice, because the entry says which of its day it is."""
    change = StatusChange.objects.get(pk=change_id)
    about = fingerprint_of(change.certificate_id)
    day = timezone.localdate(change.at)
    # The issue itself is the entry of the credential; what counts here are the changes after it.
    alike = StatusChange.objects.filter(certificate=change.certificate_id, new=change.new, pk__lte=change.pk, old__in=sorted(OUT_STATES))
    nth = sum(timezone.localdate(at) == day for at in alike.values_list("at", flat=True))
    entry = leaves.write(WORDS[CertificateState(change.new)], bytes.fromhex(about), day, nth)
    register.append([entry], sign=LogSigner(ready_keys().register))

"""Enter status changes into the public register, in the background and exactly once.

So none can be undone without a trace there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from certification.enums import OUT_STATES, CertificateState
from certification.models import Credential, HistoricRecord, StatusChange
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, load_announced_keys
from core.actors import Actor
from jobs import workflows as jobs
from jobs.models import Job

JOB = "certification.enter_change"
WORDS = {
    CertificateState.SUSPENDED: "suspend",
    CertificateState.ISSUED: "reinstate",
    CertificateState.REVOKED: "revoke",
    CertificateState.SUPERSEDED: "supersede",
}


def queue_register_entry(change: StatusChange, *, actor: Actor) -> None:
    """Queue the register entry of *change*, in its transaction. A certificate from before the
    register has no entry.
    """
    if find_register_fingerprint(change.certificate_id):
        jobs.start_job(
            kind=JOB, keys=[str(change.pk)], actor=actor, title=_("Entry in the register")
        )


def queue_register_entries(
    changes: Sequence[StatusChange], *, actor: Actor, job: Job | None
) -> Job | None:
    """Queue the register entries of *changes* after those of *job*, or in a new batch, and return
    the batch.

    Call it in their transaction, as with `queue_register_entry`.
    """
    known = find_register_fingerprints([change.certificate_id for change in changes])
    keys = [str(change.pk) for change in changes if change.certificate_id in known]
    if not keys:
        return job
    if job is None:
        return jobs.start_job(kind=JOB, keys=keys, actor=actor, title=_("Entries in the register"))
    return jobs.extend_job(job=job, keys=keys)


def find_register_fingerprint(certificate_id: int) -> str:
    """Return the fingerprint by which the register knows the certificate, or an empty string.

    It is that of its credential, or of its record from paper.
    """
    return find_register_fingerprints([certificate_id]).get(certificate_id, "")


def find_register_fingerprints(certificate_ids: Sequence[int]) -> dict[int, str]:
    """Return the fingerprints of many certificates by their keys. Certificates without one are
    left out. Two queries.
    """
    papers = dict(
        HistoricRecord.objects.filter(certificate__in=certificate_ids).values_list(
            "certificate", "fingerprint"
        )
    )
    rows = dict(
        Credential.objects.filter(certificate__in=certificate_ids).values_list(
            "certificate", "sha256"
        )
    )
    return {key: fingerprint for key, fingerprint in (papers | rows).items() if fingerprint}


def enter_status_change(change_id: int) -> None:
    """Enter the status change with this key. It is safe to run twice, because the entry says which
    change of its day it is.
    """
    enter_status_changes([change_id])


def enter_status_changes(change_ids: Sequence[int]) -> None:
    """Enter many status changes under one head of the register."""
    changes = StatusChange.objects.in_bulk(change_ids)
    about = find_register_fingerprints([change.certificate_id for change in changes.values()])
    # The issue itself is the entry of the credential; what counts here are the changes after it.
    later = StatusChange.objects.filter(certificate__in=about, old__in=sorted(OUT_STATES)).order_by(
        "pk"
    )
    alike: dict[tuple[int, str, date], list[int]] = {}
    for pk, certificate, new, at in later.values_list("pk", "certificate", "new", "at"):
        alike.setdefault((certificate, new, timezone.localdate(at)), []).append(pk)
    entries = []
    for change_id in change_ids:
        change = changes[change_id]
        day = timezone.localdate(change.at)
        nth = sum(pk <= change.pk for pk in alike.get((change.certificate_id, change.new, day), ()))
        fingerprint = bytes.fromhex(about[change.certificate_id])
        entries.append(
            leaves.write_leaf(WORDS[CertificateState(change.new)], fingerprint, day, nth)
        )
    register.append_register_entries(entries, sign=LogSigner(load_announced_keys().register))

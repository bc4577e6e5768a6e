"""Take a whole import back as long as nobody has relied on one of its records. The register keeps
that it was there, and that it went.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import audit
from access.checks import require
from certification.enums import CERTIFICATE_MOVES, HISTORIC_MOVES, CertificateState, HistoricState
from certification.grants import IMPORT_HISTORIC
from certification.models import Certificate, HistoricImport, HistoricRecord, StatusChange
from certification.queries.paper_records import relied_on
from certification.tlog import leaves
from certification.workflows import look_up_log, register
from certification.workflows.keys import LogSigner, load_announced_keys
from core import clock
from core.actors import Actor
from core.bulk import insert_select
from core.errors import DomainError, InvalidInput
from core.states import lock, move, move_all
from imports.workflows.undo import undo_import
from jobs.models import JobItem
from jobs.workflows import prolong_lease

AT_ONCE = 5000


def withdraw_import(*, actor: Actor, run: HistoricImport, reason: str) -> HistoricImport:
    """Let the background take a whole import back, with the *reason*. Needs
    `certification.import_historic`.

    Refused once a record was verified, shared, watched or changed, or another person has compared a
    sample: then single records are revoked by two. A second click changes nothing.
    """
    return undo_import(actor=actor, run=run, reason=reason.strip()[:300])


def refuse_withdrawal(run: HistoricImport, *, reason: str) -> None:
    """Raise `InvalidInput` without a *reason*, `DomainError` if *run* can't be taken back as a
    whole any more.
    """
    if not reason:
        sentence = _("Say why you are undoing the import. The reason is kept on record.")
        raise InvalidInput("reason_missing", sentence, fields={"reason": sentence})
    if run.state == HistoricState.APPLIED:
        refuse_if_relied_on(run)


def refuse_if_relied_on(run: HistoricImport) -> None:
    """Raise `DomainError` with a sentence if *run* can't be taken back as a whole any more."""
    if run.confirmed_at is not None:
        raise DomainError(
            "compared_already",
            _(
                "Another person has compared this sheet with the originals, so it can't be "
                "undone. Two people together can revoke single records."
            ),
        )
    look_up_log.drain_look_up_journal()  # a check of the last seconds counts too
    if count := relied_on(run).count():
        raise DomainError(
            "relied_on",
            ngettext(
                "%(count)s record was already verified, shared, watched or changed. Have it "
                "revoked by two people first. Then the rest can be undone.",
                "%(count)s records were already verified, shared, watched or changed. Have them "
                "revoked by two people first. Then the rest can be undone.",
                count,
            )
            % {"count": count},
        )


def withdraw_and_enter(run: HistoricImport, item: JobItem) -> dict[str, Any] | None:
    """Withdraw all records of *run* and say so in the public register. Done twice, nothing happens
    the second time.
    """
    generation = item.job.payload["generation"]
    if not withdraw_records(run, generation) or not prolong_lease(item=item):
        return None
    enter_withdrawals(run)
    return conclude_withdrawal(run, generation)


@transaction.atomic
def withdraw_records(run: HistoricImport, generation: int) -> bool:
    """Withdraw all records of *run*, and say whether to go on."""
    run = lock(run)
    if run.state != HistoricState.WITHDRAWING or run.generation != generation:
        return False
    require(run.withdrawn_by, IMPORT_HISTORIC, run.org)
    refuse_if_relied_on(run)
    records = HistoricRecord.objects.filter(run=run).values("certificate_id")
    rows = Certificate.objects.filter(pk__in=records, state=CertificateState.ISSUED)
    insert_select(
        StatusChange,
        rows,
        {
            "certificate": F("pk"),
            "old": Value(CertificateState.ISSUED.value),
            "new": Value(CertificateState.WITHDRAWN.value),
            "note": Value(run.reason),
            "actor": Value(run.withdrawn_by_id),
        },
    )
    move_all(
        Certificate.objects.filter(pk__in=records),
        CertificateState.ISSUED,
        CertificateState.WITHDRAWN,
        table=CERTIFICATE_MOVES,
        state_since=clock.today(),
        updated_at=clock.now(),
    )
    if run.withdrawn_at is None:
        run.withdrawn_at = clock.now()
        run.save(update_fields=["withdrawn_at", "updated_at"])
    return True


def enter_withdrawals(run: HistoricImport) -> None:
    """Say in the public register that each record went. Safe to run again."""
    day = timezone.localdate(
        HistoricImport.objects.values_list("withdrawn_at", flat=True).get(pk=run.pk)
    )
    gone = HistoricRecord.objects.filter(
        run=run, certificate__state=CertificateState.WITHDRAWN
    ).order_by("pk")
    marks = list(gone.values_list("fingerprint", flat=True))
    for at in range(0, len(marks), AT_ONCE):
        entries = [
            leaves.write_leaf("withdraw", bytes.fromhex(mark), day)
            for mark in marks[at : at + AT_ONCE]
        ]
        register.append_register_entries(entries, sign=LogSigner(load_announced_keys().register))


@transaction.atomic
def conclude_withdrawal(run: HistoricImport, generation: int) -> dict[str, Any] | None:
    """Close the import and delete the hashes of what can't be linked any more."""
    run = lock(run)
    if run.state != HistoricState.WITHDRAWING or run.generation != generation:
        return None
    records = HistoricRecord.objects.filter(run=run, certificate__state=CertificateState.WITHDRAWN)
    count = records.count()
    HistoricRecord.objects.filter(pk__in=records.exclude(id_hash="").values("pk")).update(
        id_hash="", newest_hash=""
    )
    move(run, HistoricState.WITHDRAWN, table=HISTORIC_MOVES)
    audit.record(
        "certification.historic_withdrawn",
        actor=run.withdrawn_by,
        target=run,
        before={"state": HistoricState.APPLIED},
        after={"state": HistoricState.WITHDRAWN, "rows": count},
        reason=run.reason,
    )
    return {"rows": count}

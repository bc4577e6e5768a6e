"""Apply the good rows of a sheet of papers.

They are written as not yet issued, entered in the public register, and only then issued, all at one
time. If the work breaks off anywhere, it is resumed or given back, and a row counts only when it is
in the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils import timezone

import audit
from access.checks import require
from certification.enums import (
    CERTIFICATE_MOVES,
    HISTORIC_MOVES,
    CertificateState,
    HistoricEffect,
    HistoricState,
    Provenance,
)
from certification.grants import IMPORT_HISTORIC
from certification.models import (
    Certificate,
    HistoricImport,
    HistoricRecord,
    HistoricRow,
    StatusChange,
)
from certification.models.paper_records import new_salt
from certification.rules.paper_records import fingerprint, words_of
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, load_announced_keys
from certification.workflows.paper_records import effects
from certification.workflows.paper_records.notifications import tell_holders, tell_taken
from core import clock, locks
from core.bulk import insert_rows, insert_select
from core.states import lock, move, move_all
from imports.workflows.check import show_result
from jobs.models import JobItem
from jobs.workflows import prolong_lease

LOCK = (
    "certification.historic"  # one sheet at a time, whoever sends it: two may hold the same papers
)
SOURCE = "certification.historic"
AT_ONCE = 5000


def write_and_enter(run: HistoricImport, item: JobItem) -> dict[str, Any] | None:
    """Write the good rows of *run*, enter them in the public register, bring them out. Done twice,
    nothing happens the second time.
    """
    generation = item.job.payload["generation"]
    if not write_records(run, generation) or not prolong_lease(item=item):
        return None
    if not enter_records(run, item):
        return None
    return bring_out_records(run, generation)


@transaction.atomic
def write_records(run: HistoricImport, generation: int) -> bool:
    """Write all good rows of *run* as certificates that don't count yet, or none.

    Return whether to go on. If what is recorded has changed since the dry run, none is written and
    the new result is shown.
    """
    locks.acquire_named_lock(LOCK)
    run = lock(run)
    if run.state != HistoricState.APPLYING or run.generation != generation:
        return False
    require(run.applied_by, IMPORT_HISTORIC, run.org)
    if HistoricRecord.objects.filter(run=run).exists():
        return True  # written by an earlier try, which went no further
    shown = run.fingerprint
    if effects.decide_effects(run) != shown:
        show_result(run, note="world_changed")
        return False
    try:
        with transaction.atomic():
            for rows in _good(run):
                _write_chunk(run, rows)
    except IntegrityError:  # a number was given here, by an officer or a batch, in this very moment
        show_result(run, note="world_changed")
        return False
    run.applied_at = clock.now()
    run.save(update_fields=["applied_at", "updated_at"])
    return True


def _good(run: HistoricImport) -> Iterator[list[HistoricRow]]:
    last = 0
    while True:
        rows = HistoricRow.objects.filter(
            run=run, effect=HistoricEffect.NEW, row__gt=last
        ).order_by("row")
        if not (chunk := list(rows[: effects.CHUNK])):
            return
        yield chunk
        last = chunk[-1].row


def _write_chunk(run: HistoricImport, rows: Sequence[HistoricRow]) -> None:
    made = [_certificate(run, row) for row in rows]
    insert_rows(made)
    written = Certificate.objects.filter(
        source_kind=SOURCE, source_key__in=[one.source_key for one in made]
    )
    keys = dict(written.values_list("source_key", "pk"))
    for one in made:
        one.pk = keys[one.source_key]
    insert_rows(
        [_record(run, row, certificate) for row, certificate in zip(rows, made, strict=True)]
    )


def _certificate(run: HistoricImport, row: HistoricRow) -> Certificate:
    return Certificate(
        number=row.number, number_key=row.number_key, provenance=Provenance.LIST, kind=row.kind, source_kind=SOURCE,
        source_key=f"{run.pk}-{row.row}", person_id=row.person_id, holder_name=row.name, holder_key=row.name_key, org_id=run.org_id,
        issuer_name=row.issuer, employer_name=row.employer, title=row.title, subject=row.subject, occupation_name=row.occupation,
        level=row.level, distinction=row.distinction, issued_on=row.issued_on, valid_until=row.valid_until,
    )  # fmt: skip


def record_words(certificate: Certificate) -> bytes:
    """Return the words of a certificate from paper that its fingerprint is made of."""
    return words_of(
        number=certificate.number, holder=certificate.holder_name, kind=certificate.kind, title=certificate.title,
        subject=certificate.subject, occupation=certificate.occupation_name, level=certificate.level,
        distinction=certificate.distinction, employer=certificate.employer_name, issuer=certificate.issuer_name,
        issued_on=certificate.issued_on, valid_until=certificate.valid_until,
    )  # fmt: skip


def _record(run: HistoricImport, row: HistoricRow, certificate: Certificate) -> HistoricRecord:
    salt = new_salt()
    known = row.person_id is not None
    return HistoricRecord(
        certificate=certificate, run=run, row=row.row, salt=salt, fingerprint=fingerprint(record_words(certificate), salt),
        id_kind=row.id_kind, id_hash="" if known else row.id_hash, newest_hash="" if known else row.newest_hash,
    )  # fmt: skip


def enter_records(run: HistoricImport, item: JobItem | None = None) -> bool:
    """Enter every record of *run* in the public register.

    Return whether the work is still ours. It is safe to run again, and not to be called inside a
    transaction, because a published head isn't rolled back.
    """
    applied = HistoricImport.objects.values_list("applied_at", flat=True).get(pk=run.pk)
    day = timezone.localdate(applied)
    while True:
        waiting = (
            HistoricRecord.objects.filter(run=run, leaf_index=None)
            .order_by("pk")
            .values_list("pk", "fingerprint")
        )
        chunk = list(waiting[:AT_ONCE])
        if not chunk:
            return True
        entries = [leaves.write_leaf("import", bytes.fromhex(mark), day) for _pk, mark in chunk]
        appended = register.append_register_entries(
            entries, sign=LogSigner(load_announced_keys().register)
        )
        note_places(chunk, appended.indexes)
        if item is not None and not prolong_lease(item=item):
            return False


@transaction.atomic
def note_places(chunk: Sequence[tuple[int, str]], indexes: Sequence[int]) -> None:
    """Write the place of each record.

    There is one UPDATE for each stretch in which keys and places count up together.
    """
    start = 0
    for at in range(1, len(chunk) + 1):
        if at == len(chunk) or indexes[at] - indexes[start] != chunk[at][0] - chunk[start][0]:
            shift = indexes[start] - chunk[start][0]
            rows = HistoricRecord.objects.filter(
                pk__range=(chunk[start][0], chunk[at - 1][0]), leaf_index=None
            )
            rows.update(leaf_index=F("pk") + shift)
            start = at


@transaction.atomic
def bring_out_records(run: HistoricImport, generation: int) -> dict[str, Any] | None:
    """Bring all written certificates of *run* out at one time."""
    run = lock(run)
    if run.state != HistoricState.APPLYING or run.generation != generation:
        return None
    written = Certificate.objects.filter(historic__run=run)
    insert_select(
        StatusChange,
        written.filter(state=CertificateState.APPROVED),
        {
            "certificate": F("pk"),
            "old": Value(CertificateState.APPROVED.value),
            "new": Value(CertificateState.ISSUED.value),
            "actor": Value(run.applied_by_id),
        },
    )
    keys = HistoricRecord.objects.filter(run=run).values("certificate_id")
    count = move_all(
        Certificate.objects.filter(pk__in=keys),
        CertificateState.APPROVED,
        CertificateState.ISSUED,
        table=CERTIFICATE_MOVES,
        updated_at=clock.now(),
    )
    move(run, HistoricState.APPLIED, table=HISTORIC_MOVES)
    HistoricRow.objects.filter(run=run).delete()
    told = {
        "sha256": run.sha256[:16],
        **{
            key: n
            for key, n in run.summary.items()
            if n and key in {"new", "same", "faulty", "linked"}
        },
    }
    audit.record("certification.historic_taken_over", actor=run.applied_by, target=run, after=told)
    tell_taken(run)
    tell_holders(run)
    return {"rows": count}


def delete_unissued_records(run: HistoricImport) -> None:
    """Delete certificates that were written for *run* and never came to count."""
    written = list(HistoricRecord.objects.filter(run=run).values_list("certificate_id", flat=True))
    HistoricRecord.objects.filter(run=run).delete()
    for at in range(0, len(written), effects.CHUNK):
        Certificate.objects.filter(pk__in=written[at : at + effects.CHUNK]).delete()

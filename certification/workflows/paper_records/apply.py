"""Take the good rows over: written as not yet out, entered in the public register, and only then brought out, all at one time.

Broken off anywhere, it is gone on with or given back; a row counts only when it stands in the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import CERTIFICATE_MOVES, HISTORIC_MOVES, CertificateState, HistoricEffect, HistoricState, Provenance
from certification.grants import IMPORT_HISTORIC
from certification.models import Certificate, HistoricImport, HistoricRecord, HistoricRow, StatusChange
from certification.models.historic import new_salt
from certification.rules.historic import fingerprint, words_of
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.historic import checking, deciding, sending
from certification.workflows.historic.telling import tell_holders, tell_taken
from certification.workflows.keys import LogSigner, ready_keys
from core import locks
from core.bulk import insert_rows, insert_select
from core.errors import DomainError
from core.states import lock, move, move_all
from jobs.models import JobItem
from jobs.workflows import prolong

LOCK = "certification.historic"  # one sheet at a time, whoever sends it: two may hold the same papers
APPLY_JOB = "certification.historic_apply"
SOURCE = "certification.historic"
AT_ONCE = 5000


@transaction.atomic
def apply(*, actor: Any, run: HistoricImport) -> HistoricImport:
    """Let the background take the good rows of a checked sheet over. A second click changes nothing.

    Needs `certification.import_historic`. The records count as “from a list” until another person has compared a sample.
    """
    run = lock(run)
    require(actor, IMPORT_HISTORIC, run.org)
    if run.state in (HistoricState.APPLYING, HistoricState.APPLIED):
        return run
    move(run, HistoricState.APPLYING, table=HISTORIC_MOVES)
    run.applied_by_id = getattr(actor, "pk", None)
    return sending.begin(run, actor=actor, kind=APPLY_JOB, title=_("Taking over of %(file)s") % {"file": run.filename})


def take_over(item: JobItem) -> dict[str, Any] | None:
    """Take over the sheet named in the job of *item*. The job's handler: done twice, it does nothing the second time."""
    run = HistoricImport.objects.select_related("org", "applied_by").filter(pk=item.job.payload["run"]).first()
    generation = item.job.payload["generation"]
    if run is None:
        return None
    ready_keys()  # before any transaction: what announces a key isn't rolled back
    try:
        if not write(run, generation) or not prolong(item=item):
            return None
        if not enter(run, item):
            return None
        return finish(run, generation)
    except DomainError as error:
        checking.refused_in_job(run, error)
        raise


@transaction.atomic
def write(run: HistoricImport, generation: int) -> bool:
    """Write all good rows of *run* as certificates that don't count yet, or none; say whether to go on.

    If the world has changed since the dry run, none is written and the new result is shown.
    """
    locks.take(LOCK)
    run = lock(run)
    if run.state != HistoricState.APPLYING or run.generation != generation:
        return False
    require(run.applied_by, IMPORT_HISTORIC, run.org)
    if HistoricRecord.objects.filter(run=run).exists():
        return True  # written by an earlier try, which went no further
    shown = run.fingerprint
    if deciding.decide(run) != shown:
        checking.again(run, note="world_changed")
        return False
    try:
        with transaction.atomic():
            for rows in _good(run):
                _write_chunk(run, rows)
    except IntegrityError:  # a number was given here, by an officer or a batch, in this very moment
        checking.again(run, note="world_changed")
        return False
    run.applied_at = timezone.now()
    run.save(update_fields=["applied_at", "updated_at"])
    return True


def _good(run: HistoricImport) -> Iterator[list[HistoricRow]]:
    last = 0
    while True:
        rows = HistoricRow.objects.filter(run=run, effect=HistoricEffect.NEW, row__gt=last).order_by("row")
        if not (chunk := list(rows[: deciding.CHUNK])):
            return
        yield chunk
        last = chunk[-1].row


def _write_chunk(run: HistoricImport, rows: Sequence[HistoricRow]) -> None:
    made = [_certificate(run, row) for row in rows]
    insert_rows(made)
    written = Certificate.objects.filter(source_kind=SOURCE, source_key__in=[one.source_key for one in made])
    keys = dict(written.values_list("source_key", "pk"))
    for one in made:
        one.pk = keys[one.source_key]
    insert_rows([_record(run, row, certificate) for row, certificate in zip(rows, made, strict=True)])


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


def enter(run: HistoricImport, item: JobItem | None = None) -> bool:
    """Let every record of *run* stand in the public register; say whether it is still ours to go on. Safe to run again.

    Not inside a transaction: a head that was handed out isn't rolled back.
    """
    applied = HistoricImport.objects.values_list("applied_at", flat=True).get(pk=run.pk)
    day = timezone.localdate(applied)
    while True:
        waiting = HistoricRecord.objects.filter(run=run, leaf_index=None).order_by("pk").values_list("pk", "fingerprint")
        chunk = list(waiting[:AT_ONCE])
        if not chunk:
            return True
        entries = [leaves.write("import", bytes.fromhex(mark), day) for _pk, mark in chunk]
        appended = register.append(entries, sign=LogSigner(ready_keys().register))
        note_places(chunk, appended.indexes)
        if item is not None and not prolong(item=item):
            return False


@transaction.atomic
def note_places(chunk: Sequence[tuple[int, str]], indexes: Sequence[int]) -> None:
    """Write the place of each record: one UPDATE for each stretch in which keys and places count up together."""
    start = 0
    for at in range(1, len(chunk) + 1):
        if at == len(chunk) or indexes[at] - indexes[start] != chunk[at][0] - chunk[start][0]:
            shift = indexes[start] - chunk[start][0]
            rows = HistoricRecord.objects.filter(pk__range=(chunk[start][0], chunk[at - 1][0]), leaf_index=None)
            rows.update(leaf_index=F("pk") + shift)
            start = at


@transaction.atomic
def finish(run: HistoricImport, generation: int) -> dict[str, Any] | None:
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
        updated_at=timezone.now(),
    )
    move(run, HistoricState.APPLIED, table=HISTORIC_MOVES)
    HistoricRow.objects.filter(run=run).delete()
    told = {"sha256": run.sha256[:16], **{key: n for key, n in run.summary.items() if n and key in {"new", "same", "faulty", "linked"}}}
    audit.record("certification.historic_taken_over", actor=run.applied_by, target=run, after=told)
    tell_taken(run)
    tell_holders(run)
    return {"rows": count}
